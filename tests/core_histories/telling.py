"""Tells an evaluator a script by hand, in seconds after ten o'clock."""

from typing import Any, Final

import msgspec

from hub.core import document as doc
from hub.core import events as ev
from tests.core_histories.venues import ATTRIBUTES, EVENT, PLACES, POOLS
from tests.oracles.evaluator import Evaluator
from tests.oracles.evaluator.spans import instant_of

OPENS_MS: Final = instant_of("2026-10-10T10:00", "Europe/Berlin")
POINT: Final = {"do": "points", "points": 1}
ALL: Final = ["rewards", "push", "lights", "sharing"]
Script = list[tuple[float, str, str]]
"""Second, what, where: ``tap``, ``in``, ``out``, ``gone``."""


def document(*rules: dict[str, Any], **more: Any) -> doc.Venue:
    whole = {
        "event": EVENT, "places": PLACES, "pools": POOLS, "attributes": ATTRIBUTES,
        "rules": list(rules),
    }  # fmt: skip
    return msgspec.convert(whole | more, doc.Venue)


def rule(when: dict[str, Any], *then: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {"name": "r", "when": when, "then": list(then) or [POINT]}
    return made | {key.rstrip("_"): value for key, value in more.items()}


class Told:
    """An evaluator in seconds after ten o'clock, with Ann registered a second before."""

    def __init__(self, venue: doc.Venue, opens_ms: int = OPENS_MS) -> None:
        self.opens_ms = opens_ms
        self.evaluator = Evaluator(venue, opens_ms - 2_000, opens_ms + 10**9)
        self.register("ann", -1)

    def at_ms(self, second: float) -> int:
        return self.opens_ms + round(second * 1_000)

    def register(
        self,
        who: str,
        second: float,
        consents: list[str] | None = ALL,
        **attributes: Any,
    ) -> None:
        at_ms = self.at_ms(second)
        self.evaluator.know(ev.Registered(who, at_ms, attributes, consents), at_ms)
        self.evaluator.know(ev.Leased(f"{who}-badge", who, at_ms), at_ms)

    def tell(self, event: ev.Event, late: float = 0) -> None:
        self.evaluator.know(event, event.at_ms + round(late * 1_000))

    def tap(self, second: float, place: str = "coffee", who: str = "ann", late: float = 0) -> None:
        self.tell(ev.Tapped(f"{who}-badge", place, self.at_ms(second)), late)

    def move(self, second: float, kind: Any, place: str = "stage", who: str = "ann") -> None:
        self.tell(ev.Moved(who, place, kind, self.at_ms(second)))

    def play(self, script: Script) -> "Told":
        kinds = {"in": "entered", "out": "left", "gone": "left_venue"}
        for second, what, place in script:
            if what == "tap":
                self.tap(second, place)
            else:
                self.move(second, kinds[what], place)
        return self

    def until(self, second: float) -> "Told":
        self.evaluator.pass_to(self.at_ms(second))
        return self

    def said(self, outcome: str = "fired", who: str | None = "ann", name: str = "r") -> list[float]:
        return [
            (one.at_ms - self.opens_ms) / 1_000
            for one in self.evaluator.deciding.verdicts
            if (one.outcome, one.person, one.rule) == (outcome, who, name)
        ]

    def because(self) -> list[str]:
        return [one.because for one in self.evaluator.deciding.verdicts]


def taps(told: Told, *seconds: float) -> Told:
    """Ann taps at the coffee stand."""
    for second in seconds:
        told.tap(second)
    return told
