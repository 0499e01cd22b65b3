"""Each call goes to the one target it names, signed there with that target's key alone."""

import ssl
import time
from collections.abc import Mapping
from typing import Any

from contract.clock import Clock
from integrations.port import Delivery, Drop, Verdict
from integrations.webhook.call import read_call, written
from integrations.webhook.errors import CallUnreadable
from integrations.webhook.exchange import Request
from integrations.webhook.keys import public_key
from integrations.webhook.secret import read_secret
from integrations.webhook.settings import TargetSettings
from integrations.webhook.signature import signed_headers
from integrations.webhook.target import Target


class WebhookConnector:
    """The connector ``webhook``: signed requests to the targets of the configuration."""

    name = "webhook"

    def __init__(
        self,
        targets: Mapping[str, TargetSettings],
        clock: Clock,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = dict(targets)
        self._targets = {
            name: Target(f"webhook {name}", one, clock, ssl_context)
            for name, one in targets.items()
        }

    def start(self) -> None:
        """Do nothing: each target is connected to when it is first needed."""

    def stop(self) -> None:
        """Close all connections; repeatable."""
        for target in self._targets.values():
            target.stop()

    def coalesce_key(self, body: dict[str, Any]) -> str | None:
        """Let every call count: each tells of something that happened."""
        del body
        return None

    def stopped(self) -> dict[str, str]:
        """Targets that a person has to look after, with the reason."""
        return {
            f"webhook {name}": target.trouble
            for name, target in self._targets.items()
            if target.trouble is not None
        }

    def deliver(self, delivery: Delivery) -> Verdict:
        """Post the call; its key stays the same at each try, its signature's time does not."""
        name = public_key(delivery.key)
        try:
            call = read_call(delivery.body)
            content = written(call, name)
        except CallUnreadable as error:
            return Drop(str(error))
        target = self._targets.get(call.target)
        if target is None:
            return Drop(unknown_target("webhooks", call.target, self._targets))
        where = self._settings[call.target].secret

        def make(url: str) -> Request:
            headers = {"Content-Type": "application/json", "Idempotency-Key": name}
            secret = read_secret(where)
            headers |= signed_headers(secret, name, int(time.time()), content)
            hide = (call.person or "", *secret.reveal().split())
            return Request("POST", url, headers, content, hide)

        return target.send(delivery, make)


def unknown_target(section: str, name: str, known: Mapping[str, object]) -> str:
    """Say that a document names a target that the configuration does not."""
    there = ", ".join(sorted(known)) or "none"
    return f"foyer.yaml has no target {name} under {section}; it has {there}"
