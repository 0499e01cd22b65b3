"""Who subscribed with which browser is known elsewhere; it is asked through this small port."""

from typing import Protocol

from msgspec import Struct


class Subscription(Struct, frozen=True):
    """What ``PushManager.subscribe`` gave a browser; the keys are base64url, as it wrote them."""

    endpoint: str
    p256dh: str
    auth: str


class Subscriptions(Protocol):
    """Where subscriptions are kept. Both are called from the connector's thread."""

    def of(self, person: str) -> list[Subscription]:
        """Give the subscriptions of ``person``, the newest first; empty when there are none."""

    def delete(self, endpoint: str, reason: str) -> None:
        """Forget the subscription with ``endpoint``; repeatable."""
