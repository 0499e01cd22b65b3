"""Each browser of a person is told once; the inbox has it anyway, so no browser is a success too.

Which browsers accepted is remembered for each delivery, so that a retry reaches only the others.
The memory is bounded and does not outlive the process; beyond it, ``Topic`` makes the push service
replace a message it still holds, and the notification's tag makes the browser replace the one it
shows.
"""

import math
import ssl
from typing import Any, Final

import httpcore

from contract.clock import MS_PER_S, Clock, SystemClock
from integrations.port import Delivery, Done, Drop, StopConnector, Verdict
from integrations.push.endpoints import Endpoint, check_endpoint, digest
from integrations.push.errors import AddressRefused, KeyFileError, SubscriptionUnusable
from integrations.push.keys import load_keys
from integrations.push.memory import Memory
from integrations.push.message import Message, payload_of, read_message, topic_of
from integrations.push.sender import Sender
from integrations.push.settings import (
    DELIVERIES_REMEMBERED_MAX,
    ORIGINS_REMEMBERED_MAX,
    SUBSCRIPTIONS_PER_PERSON_MAX,
    PushSettings,
)
from integrations.push.subscriptions import Subscription, Subscriptions
from integrations.push.verdicts import Answer, Now, combine, judge

SERVER_FAULT: Final = 500
"""From here on a status speaks of the whole push service, below of one subscription."""


class PushConnector:
    """The connector ``push``: Web Push to all browsers of one person."""

    name = "push"

    def __init__(
        self,
        settings: PushSettings,
        subscriptions: Subscriptions,
        clock: Clock,
        real_clock: Clock | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._subscriptions = subscriptions
        self._clock = clock
        self._real_clock = real_clock or SystemClock()
        self._ssl_context = ssl_context
        self._sender: Sender | None = None
        self._accepted: Memory[str, frozenset[str]] = Memory(DELIVERIES_REMEMBERED_MAX)
        self._holds: Memory[str, Answer] = Memory(ORIGINS_REMEMBERED_MAX)

    def start(self) -> None:
        """Read the key, making it the first time; repeatable.

        Raises:
            KeyFileError: the key cannot be read or made.
        """
        self._started()

    def _started(self) -> Sender:
        if self._sender is None:
            keys = load_keys(self._settings.data_dir)
            self._sender = Sender(self._settings, keys, self._real_clock, self._ssl_context)
        return self._sender

    def stop(self) -> None:
        """Close all connections; repeatable."""
        if self._sender is not None:
            self._sender.close()
            self._sender = None

    def coalesce_key(self, body: dict[str, Any]) -> str | None:
        """Let the newest of a person's waiting messages with one tag stand for the others."""
        tag = body.get("tag")
        return f"push:{body.get('person')}:{tag}" if tag else None

    def deliver(self, delivery: Delivery) -> Verdict:
        """Send to each browser that has not accepted this delivery yet."""
        try:
            message = read_message(delivery.body)
            self._started()
        except ValueError as error:
            return Drop(f"the body of the delivery: {error}")
        except KeyFileError as error:
            return StopConnector(str(error))
        if delivery.expires_ms <= delivery.now_ms:
            return Drop("expired before it was sent")
        found = self._subscriptions.of(message.person)[:SUBSCRIPTIONS_PER_PERSON_MAX]
        if not found:
            return Done("inbox only")
        return self._deliver_to(found, message, delivery)

    def _deliver_to(
        self, found: list[Subscription], message: Message, delivery: Delivery
    ) -> Verdict:
        topic = topic_of(delivery.key)
        payload = payload_of(message, topic)
        try:
            answers = [self._tell(one, payload, topic, delivery) for one in found]
        except KeyFileError as error:
            return StopConnector(str(error))
        return combine(answers)

    def _tell(
        self, subscription: Subscription, payload: bytes, topic: str, delivery: Delivery
    ) -> Answer:
        name = digest(subscription.endpoint)
        accepted = self._accepted.get(delivery.key) or frozenset()
        if name in accepted:
            return Answer("accepted", "accepted before")
        answer = self._ask(subscription, payload, topic, self._ttl_s(delivery))
        if answer.fate == "accepted":
            self._accepted.put(delivery.key, accepted | {name})
        if answer.fate == "gone":
            self._subscriptions.delete(subscription.endpoint, answer.reason)
        return answer

    def _ask(self, subscription: Subscription, payload: bytes, topic: str, ttl_s: int) -> Answer:
        try:
            endpoint = check_endpoint(
                subscription.endpoint, allow_loopback=self._settings.allow_loopback
            )
            if held := self._held(endpoint.origin) or self._held(digest(subscription.endpoint)):
                return held
            return self._send(endpoint, subscription, payload, ttl_s, topic)
        except SubscriptionUnusable as error:
            return Answer("gone", str(error))
        except AddressRefused as error:
            return Answer("later", str(error))

    def _send(
        self,
        endpoint: Endpoint,
        subscription: Subscription,
        payload: bytes,
        ttl_s: int,
        topic: str,
    ) -> Answer:
        try:
            response = self._started().send(endpoint, subscription, payload, ttl_s, topic)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            wait_ms = int(self._settings.timeout_s * MS_PER_S * self._clock.speed)
            reason = f"no answer from {endpoint.host}: {type(error).__name__}"
            self._holds.put(
                endpoint.origin, Answer("later", reason, self._clock.wall_ms() + wait_ms)
            )
            return Answer("later", reason)
        answer = judge(response, self._now(), believed=self._believes(endpoint.host))
        if answer.at_ms is not None:
            whole_service = response.status >= SERVER_FAULT
            self._holds.put(
                endpoint.origin if whole_service else digest(subscription.endpoint), answer
            )
        return answer

    def _held(self, name: str) -> Answer | None:
        """Give the answer that asked to come back later, while that is ahead."""
        answer = self._holds.get(name)
        if answer is None or answer.at_ms is None or answer.at_ms <= self._clock.wall_ms():
            return None
        return answer

    def _now(self) -> Now:
        return Now(self._clock.wall_ms(), self._real_clock.wall_ms() / MS_PER_S, self._clock.speed)

    def _ttl_s(self, delivery: Delivery) -> int:
        """Real seconds until the delivery expires, since a push service lives in real time."""
        left_ms = (delivery.expires_ms - delivery.now_ms) / self._clock.speed
        return min(self._settings.ttl_s_max, math.ceil(left_ms / MS_PER_S))

    def _believes(self, host: str) -> bool:
        known = any(f".{host}".endswith(f".{name}") for name in self._settings.services)
        return known or self._settings.allow_loopback
