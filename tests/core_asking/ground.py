"""A small venue, a scene that a test fills, and short ways to ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from hub.core import document as doc
from hub.core.asking import Ask, Ground, View, compile_condition
from hub.core.outcome import Clause
from hub.core.spans import parse_local
from hub.core.state import Earned, Person, Presence, Stay

BERLIN: Final = ZoneInfo("Europe/Berlin")
FOOD: Final = ("coffee", "bacon", "juice")
PLACES: Final = (*FOOD, "stage")

ATTRIBUTES: Final = (
    doc.AttributeInfo("city"),
    doc.AttributeInfo("age", type="number"),
    doc.AttributeInfo("vip", type="boolean"),
    doc.AttributeInfo("born", type="instant"),
    doc.AttributeInfo("likes", type="set"),
    doc.AttributeInfo("genres", type="tally"),
    doc.AttributeInfo("diet", consent="profile"),
)

GROUND: Final = Ground(
    zone=BERLIN,
    attributes={info.name: info for info in ATTRIBUTES},
    places={place: doc.Place(place, place.title()) for place in PLACES},
    groups={"food": FOOD},
    pools=["card"],
    audiences=["fans", "guests"],
    rules=["hello"],
)


@dataclass
class Hall:
    """A scene."""

    crowds: dict[str, dict[str, Presence]] = field(default_factory=dict)
    stock: dict[str, int] = field(default_factory=dict)
    arms: dict[tuple[str, str], str] = field(default_factory=dict)

    def present(self, place: str) -> Mapping[str, Presence]:
        return self.crowds.get(place, {})

    def left(self, pool: str) -> int:
        return self.stock[pool]

    def arm(self, rule: str, person: str) -> str:
        return self.arms.get((rule, person), "")


EMPTY: Final = Hall()


def condition(check: str, **fields: Any) -> doc.Condition:
    return msgspec.convert({"check": check, **fields}, doc.Condition)  # type: ignore[no-any-return]


def ask(check: str, **fields: Any) -> Ask:
    return compile_condition("rule 'r'", condition(check, **fields), GROUND)


def view(person: Person, at_ms: int = 0, scene: Hall = EMPTY) -> View:
    return View(person, at_ms, scene)


def clause(asked: Ask, person: Person, at_ms: int = 0, scene: Hall = EMPTY) -> Clause:
    """The only clause; what it says is what holds."""
    (only,) = asked.clauses(view(person, at_ms, scene))
    assert only.held is asked.holds(view(person, at_ms, scene))
    return only


def local_ms(text: str) -> int:
    """Unix ms of YYYY-MM-DDTHH:MM in Berlin."""
    return parse_local(text, BERLIN)


def somebody(
    visits: Mapping[str, tuple[int, ...]] | None = None,
    stays: Mapping[str, tuple[tuple[int, int], ...]] | None = None,
    earned: tuple[tuple[int, int], ...] = (),
    place: str | None = None,
    since_ms: int = 0,
) -> Person:
    """Somebody with this past; each visit is a tap too."""
    return Person(
        "ann",
        visits=dict(visits or {}),
        taps=dict(visits or {}),
        stays={at: tuple(Stay(*one) for one in known) for at, known in (stays or {}).items()},
        earned=tuple(Earned(*one) for one in earned),
        place=place,
        since_ms=since_ms,
    )
