"""A venue without a finding, to which tests add what is to be found."""

from typing import Any

from msgspec.structs import replace

from hub.core import document as doc
from hub.core.checking import Finding, check

EVENT = doc.EventInfo("expo", "Expo", "Europe/Berlin", "2026-10-08T08:00", "2026-10-09T10:00")
PLACES = [
    doc.Place("coffee", "Coffee", ["food"], "tap"),
    doc.Place("bacon", "Bacon", ["food"], "tap"),
    doc.Place("stage", "Stage"),
]
READERS = {"a": "coffee", "b": "bacon", "c": "stage"}
VENUE = doc.Venue(
    EVENT,
    PLACES,
    edges=[doc.Edge("pi", READERS)],
    pools=[doc.PoolInfo("card", "Card", 60)],
    lamps=["Floor"],
)
TAP = doc.OnTap("coffee")
POINT = doc.AddPoints(1)


def rule(when: doc.Trigger = TAP, *then: doc.Act, name: str = "a", **more: Any) -> doc.Rule:
    return doc.Rule(name, when, list(then or (POINT,)), **more)


def of_rules(*rules: doc.Rule, **parts: Any) -> list[str]:
    """What is said of the venue with these rules."""
    return said(replace(VENUE, rules=list(rules), **parts))


def of_if(condition: doc.Condition, **parts: Any) -> list[str]:
    """What is said of a condition of the rule ``a``."""
    return of_rules(rule(if_=condition), **parts)


def of_parts(**parts: Any) -> list[str]:
    """What is said of the venue with other parts."""
    return said(replace(VENUE, **parts))


def said(venue: doc.Venue) -> list[str]:
    return [line(one) for one in check(venue)]


def line(one: Finding) -> str:
    return f"{one.severity}: {one.sentence()}"
