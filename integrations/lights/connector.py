"""A delivery becomes claims on lamps; its verdict is what came of them.

"Done" means that the claim stands and its lamp obeys: it shows the colour, or that of the one who
outranks it.
"""

from dataclasses import dataclass
from typing import Any

from contract.clock import Clock
from integrations.lights.arbiter import Claim
from integrations.lights.body import Body, ReleaseLamp, SetMood, claims_of, overwrites, read_body
from integrations.lights.bridge import HueBridge, Lamp
from integrations.lights.driver import Driver
from integrations.lights.errors import BoardFull, BodyInvalid
from integrations.lights.keyfile import read_key
from integrations.lights.ledger import Ticket, combine
from integrations.lights.limits import SETTLED_KEYS_MAX
from integrations.lights.settings import LightsSettings
from integrations.port import Delivery, Done, Drop, Verdict


@dataclass(frozen=True, slots=True)
class LampView:
    """How a lamp should look now: colour ``#rrggbb``, brightness 0 to 1.

    ``source`` is who wants it so ("" when the lamp rests), ``until_ms`` (Unix milliseconds) until
    when, None for no end.
    """

    lamp: str
    colour: str
    brightness: float
    source: str
    until_ms: int | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A delivery that was accepted: what it asked for, and the ticket for its outcome."""

    delivery: Delivery
    body: Body
    ticket: Ticket


class LightsConnector:
    """Lamps on a Philips Hue bridge, behind the port."""

    name = "lights"

    def __init__(self, settings: LightsSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._driver = Driver(settings, clock)
        self._settled: dict[str, None] = {}

    def start(self) -> None:
        """Bring the venue's lamps to rest and begin to obey; repeatable."""
        self._driver.start()

    def stop(self) -> None:
        """Stop, leaving the lamps as they are; repeatable."""
        self._driver.stop()

    def deliver(self, delivery: Delivery) -> Verdict:
        """Bring the effect about; blocks until its lamps obey, ``answer_wait_s`` at most."""
        pending = self.submit(delivery)
        return self.outcome(pending) if isinstance(pending, Pending) else pending

    def submit(self, delivery: Delivery) -> Pending | Verdict:
        """Accept ``delivery`` without waiting for its lamps, or say why not."""
        if delivery.key in self._settled:
            return Done("was done before")
        if delivery.expires_ms <= self._clock.wall_ms():
            return Drop("too late: it expired before it reached the lights")
        try:
            body = read_body(delivery.body)
            return Pending(delivery, body, self._place(delivery, body))
        except (BodyInvalid, BoardFull) as error:
            return Drop(str(error))

    def outcome(self, pending: Pending) -> Verdict:
        """Wait for what came of an accepted delivery."""
        verdicts = self._driver.ledger.wait(pending.ticket, self._settings.answer_wait_s)
        verdict = combine(verdicts)
        if not isinstance(verdict, Done):
            return verdict
        self._remember(pending.delivery.key)
        return Done("; ".join(filter(None, (verdict.detail, self._outranked(pending.body)))))

    def coalesce_key(self, body: dict[str, Any]) -> str | None:
        """Name what ``body`` overwrites: its source's wishes for the same lamps."""
        try:
            return overwrites(read_body(body))
        except BodyInvalid:
            return None

    def view(self) -> list[LampView]:
        """How each of the venue's lamps should look now, by name."""
        return [self._view(lamp, claim) for lamp, claim in self._driver.effective().items()]

    def verify(self) -> list[Lamp]:
        """Ask the bridge for its lamps, lowest number first.

        Raises:
            KeyFileInvalid: there is no key; pair first.
            KeyRefused: the bridge does not know the key.
            BridgeAway, BridgeBusy: it cannot be reached, or has too much to do.
        """
        key = read_key(self._settings.key_file, self._settings.address)
        return HueBridge(self._settings.address, key, self._settings.key_file).lamps()

    def _place(self, delivery: Delivery, body: Body) -> Ticket:
        if isinstance(body, ReleaseLamp):
            return self._driver.ledger.release(body.lamp, body.source)
        return self._driver.ledger.place(claims_of(body, delivery), self._clock.wall_ms())

    def _outranked(self, body: Body) -> str:
        if isinstance(body, ReleaseLamp):
            return ""
        holders = self._driver.effective()
        others = {lamp: holders.get(lamp) for lamp in _lamps(body)}
        return "; ".join(
            f"{lamp}: {claim.source} comes first"
            for lamp, claim in others.items()
            if claim is not None and claim.source != body.source
        )

    def _view(self, lamp: str, claim: Claim | None) -> LampView:
        if claim is None:
            rest = self._settings.rest
            return LampView(lamp, rest.colour, rest.brightness, "", None)
        look = claim.look
        return LampView(lamp, look.colour, look.brightness, claim.source, claim.until_ms)

    def _remember(self, key: str) -> None:
        self._settled[key] = None
        while len(self._settled) > SETTLED_KEYS_MAX:
            del self._settled[next(iter(self._settled))]


def _lamps(body: Body) -> list[str]:
    return body.lamps if isinstance(body, SetMood) else [body.lamp]
