"""What the broker has acknowledged is done; the hub's own MQTT client is handed in."""

from collections.abc import Callable
from typing import Any

from integrations.announce.announcement import read_announcement, written
from integrations.announce.errors import AnnouncementUnreadable
from integrations.announce.settings import AnnounceSettings
from integrations.port import Delivery, Done, Drop, RetryLater, Verdict
from integrations.webhook.keys import public_key

Publish = Callable[[str, bytes], bool]
"""Publishes to a topic below ``foyer/<event>/``, QoS 1, not retained; True once acknowledged."""


class AnnounceConnector:
    """The connector ``mqtt``: announcements below ``foyer/<event>/out/``."""

    name = "mqtt"

    def __init__(self, publish: Publish, settings: AnnounceSettings | None = None) -> None:
        self._publish = publish
        self._settings = settings or AnnounceSettings()

    def start(self) -> None:
        """Nothing to open: the connection is the hub's."""

    def stop(self) -> None:
        """Nothing to close."""

    def coalesce_key(self, body: dict[str, Any]) -> str | None:
        """Let every announcement count: each tells of something that happened."""
        del body
        return None

    def deliver(self, delivery: Delivery) -> Verdict:
        """Publish the announcement and wait for the broker's word."""
        try:
            found = read_announcement(delivery.body)
            content = written(found, public_key(delivery.key), self._settings.payload_bytes_max)
        except AnnouncementUnreadable as error:
            return Drop(str(error))
        if self._publish(found.where, content):
            return Done(f"published to {found.where}")
        return RetryLater("the broker has not taken it")
