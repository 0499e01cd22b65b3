"""A record is written under the id by which that system knows the person, or not at all.

A system that refuses our key is left alone for a while and nothing is given up: a record has days,
and a person can put the key right.
"""

import ssl
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from contract.clock import Clock
from integrations.port import Delivery, Drop, RetryLater, Verdict
from integrations.records.errors import RecordUnwritable
from integrations.records.record import Write, address, content_of, id_of, read_write
from integrations.records.settings import RecordSettings
from integrations.webhook.connector import unknown_target
from integrations.webhook.exchange import Answer, Request
from integrations.webhook.keys import public_key
from integrations.webhook.secret import read_secret
from integrations.webhook.target import Target
from integrations.webhook.verdicts import told


class RecordsConnector:
    """The connector ``write``: people's records in the systems of the configuration."""

    name = "write"

    def __init__(
        self,
        targets: Mapping[str, RecordSettings],
        clock: Clock,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = dict(targets)
        self._targets = {
            name: Target(f"records {name}", one, clock, ssl_context, rests_when_refused=True)
            for name, one in targets.items()
        }

    def start(self) -> None:
        """Do nothing: each system is connected to when it is first needed."""

    def stop(self) -> None:
        """Close all connections; repeatable."""
        for target in self._targets.values():
            target.stop()

    def coalesce_key(self, body: dict[str, Any]) -> str | None:
        """Let the newest of the same fields of one record stand for those before it.

        What is added by POST counts each time, and so does what has no id.
        """
        try:
            write = read_write(body)
            settings = self._settings[write.target]
            found = id_of(write, settings)
        except (RecordUnwritable, KeyError):
            return None
        if settings.method == "POST":
            return None
        names = msgspec.json.encode([write.target, found, sorted(write.fields)]).decode()
        return f"write:{names}"

    def stopped(self) -> dict[str, str]:
        """Systems that a person has to look after, with the reason."""
        return {
            f"records {name}": target.trouble
            for name, target in self._targets.items()
            if target.trouble is not None
        }

    def deliver(self, delivery: Delivery) -> Verdict:
        """Write the record."""
        name = public_key(delivery.key)
        try:
            write = read_write(delivery.body)
            target = self._targets.get(write.target)
            if target is None:
                return Drop(unknown_target("records", write.target, self._targets))
            settings = self._settings[write.target]
            found = id_of(write, settings)
            content = content_of(write, settings, found, name)
        except RecordUnwritable as error:
            return Drop(str(error))

        def make(url: str) -> Request:
            return _request(settings, write, address(url, found), content, name)

        def check(answer: Answer, hide: list[str]) -> Verdict | None:
            return refusal(answer, settings, f"records {write.target}", hide)

        return target.send(delivery, make, check if settings.error_field else None)


def _request(
    settings: RecordSettings, write: Write, url: str, content: bytes, name: str
) -> Request:
    headers, secrets = _credentials(settings)
    headers |= {"Content-Type": "application/json", "Idempotency-Key": name}
    return Request(settings.method, url, headers, content, (*secrets, *_people(write)))


def _credentials(settings: RecordSettings) -> tuple[dict[str, str], tuple[str, ...]]:
    """Give the headers that carry the key, and what of them nobody may read.

    Raises:
        SecretUnusable: the key is not where it is said to lie.
    """
    if settings.auth == "none":
        return {}, ()
    key = read_secret(settings.secret).reveal()
    if settings.auth == "bearer":
        return {"Authorization": f"Bearer {key}"}, (key,)
    if settings.auth == "api-key":
        return {settings.header: key}, (key,)
    pair = b64encode(f"{settings.user}:{key}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}, (pair, key)


def _people(write: Write) -> tuple[str, ...]:
    """What names the person, also as an address writes it, and is not to stand in a reason."""
    ids = [one for values in write.ids.values() for one in values]
    return (write.person, *ids, *(quote(one, safe="") for one in ids))


def refusal(answer: Answer, settings: RecordSettings, who: str, hide: list[str]) -> Verdict | None:
    """Say what an answer that reports success means when it tells of an error; None for success.

    An answer that is no JSON object may come from somebody who stands between, such as a portal.
    """
    try:
        found = msgspec.json.decode(answer.text, type=dict[str, Any])
    except msgspec.DecodeError:
        return RetryLater(f"{who} answered HTTP {answer.status} with what is no JSON object")
    wrong = found.get(settings.error_field)
    if not wrong:
        return None
    text = wrong if isinstance(wrong, str) else msgspec.json.encode(wrong).decode()
    return Drop(f"{who} answered HTTP {answer.status} with an error: {told(text, hide)}")
