"""Which arm somebody is in follows from who they are, never from when or where they are asked."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final, Literal

from msgspec import Struct

from hub.core.document.actions import Act
from hub.core.document.limits import Goal, Variant
from hub.core.document.rule import Rule
from hub.core.errors import RulesFault

HOLDOUT: Final = "holdout"


class Arm(Struct, frozen=True):
    """The arm somebody is in: the holdout, a variant's name, or nothing where there is no choice.

    ``by`` says whose holdout it is: that of the whole event, or the rule's.
    """

    name: str = ""
    is_held_out: bool = False
    by: Literal["", "global", "rule"] = ""


def hash01(salt: str, person: str) -> float:
    """A number in [0, 1) that is always the same for the salt and the person.

    It is the first 53 bits, all that a float can hold, of the BLAKE2b hash of ``salt/person`` with
    8 bytes (RFC 7693), read as a big-endian fraction.
    """
    digest = blake2b(f"{salt}/{person}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / 2**53


def arm(event_id: str, holdout_percent: float, rule: Rule, person: str) -> Arm:
    """The arm of the rule that the person is in; ``holdout_percent`` is the event's, of 100."""
    if hash01(event_id, person) * 100 < holdout_percent:
        return Arm(HOLDOUT, is_held_out=True, by="global")
    salt = f"{event_id}/{rule.name}"
    if hash01(salt, person) * 100 < rule.holdout:
        return Arm(HOLDOUT, is_held_out=True, by="rule")
    if not rule.variants:
        return Arm()
    return Arm(_chosen(rule.variants, hash01(f"{salt}/variant", person)).name)


def _chosen(variants: Sequence[Variant], position: float) -> Variant:
    """The variant in whose share of the whole the position lies."""
    whole = sum(variant.share for variant in variants)
    upto = 0.0
    for variant in variants[:-1]:
        upto += variant.share
        if position * whole < upto:
            return variant
    return variants[-1]


def acts_for(rule: Rule, arm: Arm) -> list[Act]:
    """What the rule does in the arm: nothing in the holdout."""
    if arm.is_held_out:
        return []
    return next((variant.then for variant in rule.variants if variant.name == arm.name), rule.then)


def check_experiment(rule: Rule, places: Iterable[str], pools: Iterable[str]) -> None:
    """Check a rule's variants and goal against the ids of places and pools there are.

    Raises:
        RulesFault: it says something that cannot be meant.
    """
    where = f"rule {rule.name!r}"
    names = [variant.name for variant in rule.variants]
    if rule.variants and rule.then:
        raise RulesFault(f"{where}: give then or variants, not both")
    if len(names) != len(set(names)):
        raise RulesFault(f"{where}: two of its variants have one name")
    if HOLDOUT in names:
        raise RulesFault(f"{where}: no variant can be called {HOLDOUT!r}, which is kept for those "
                         "whom it never acts for")  # fmt: skip
    if rule.goal is not None:
        _check_goal(f"{where}, goal", rule.goal, set(places), set(pools))


def _check_goal(where: str, goal: Goal, places: set[str], pools: set[str]) -> None:
    if (goal.visit is None) == (goal.redeemed is None):
        raise RulesFault(f"{where}: give exactly one of visit and redeemed")
    _check_known(where, "place", goal.visit, places)
    _check_known(where, "pool", goal.redeemed, pools)


def _check_known(where: str, what: str, name: str | None, there_are: set[str]) -> None:
    if name is not None and name not in there_are:
        listed = ", ".join(sorted(there_are)) or "none"
        raise RulesFault(f"{where}: there is no {what} {name!r}; there is: {listed}")
