"""What has to hold besides: a rule's ``if``, and what an audience is. A typed tree, no code."""

from typing import Annotated, Literal

from msgspec import Meta

from hub.core.document.base import Field, Name, Part, TimeOfDay, Window
from hub.core.events import Value

Figure = float | str
"""A number; a duration such as ``10min`` where lengths of stays are compared."""


class Attribute(Part, frozen=True, tag_field="check", tag="attribute"):
    """Each test that is given must hold; a missing attribute is unknown, and no test holds.

    ``matches`` is a pattern with ``*`` and ``?``. ``before`` and ``after`` are local times of the
    venue, for attributes that are instants. ``favourite`` is the key that a tally counts most of.
    """

    name: Field
    equals: Value = None
    one_of: list[Value] | None = None
    contains: str | None = None
    matches: Annotated[str, Meta(max_length=100)] | None = None
    at_least: float | None = None
    at_most: float | None = None
    before: str | None = None
    after: str | None = None
    favourite: str | None = None
    exists: bool | None = None


class HasTag(Part, frozen=True, tag_field="check", tag="tag"):
    """The person has the tag."""

    tag: str


class HasConsent(Part, frozen=True, tag_field="check", tag="consent"):
    """The person has consented to the purpose."""

    purpose: Field


class HasHonour(Part, frozen=True, tag_field="check", tag="honour"):
    """The person was awarded the badge of honour."""

    honour: Name


class HasStatus(Part, frozen=True, tag_field="check", tag="status"):
    """The person's status is one of these."""

    one_of: list[Name]


class HasPoints(Part, frozen=True, tag_field="check", tag="points"):
    """The person's points are within these bounds."""

    at_least: int | None = None
    at_most: int | None = None


class IsAt(Part, frozen=True, tag_field="check", tag="at"):
    """The person is at the place, or at any of the group, now."""

    place: Name | None = None
    group: Name | None = None


class InAudience(Part, frozen=True, tag_field="check", tag="audience"):
    """The person is in the audience now."""

    audience: Name


class Counted(Part, frozen=True, tag_field="check", tag="counted"):
    """What lies inside a window that ends now: how many, or what their values come to.

    ``of`` is ``visits``, ``taps``, ``stays`` (their lengths; the one that goes on counts up to
    now) or ``points`` (as they were added, place and group do not apply). ``take`` is ``count``,
    ``distinct`` (places), ``sum``, ``min`` or ``max`` (of lengths of stays, or of points). Without
    anything inside the window ``min`` and ``max`` are unknown, the others are 0.
    """

    of: Literal["visits", "taps", "stays", "points"] = "visits"
    take: Literal["count", "distinct", "sum", "min", "max"] = "count"
    place: Name | None = None
    group: Name | None = None
    within: Window = "event"
    at_least: Figure | None = None
    at_most: Figure | None = None


class AtTime(Part, frozen=True, tag_field="check", tag="time", rename={"from_": "from"}):
    """The venue's clock is from ``from`` until before ``until``, across midnight too, on a day."""

    from_: TimeOfDay | None = None
    until: TimeOfDay | None = None
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] | None = None


class Occupied(Part, frozen=True, tag_field="check", tag="occupancy"):
    """So many are at the place now; with an ``audience`` only its members count."""

    place: Name
    at_least: int | None = None
    at_most: int | None = None
    audience: Name | None = None


class InStock(Part, frozen=True, tag_field="check", tag="stock"):
    """So many rewards are left in the pool."""

    pool: Name
    at_least: int = 1


class InArm(Part, frozen=True, tag_field="check", tag="arm"):
    """The person is in the arm of a rule's experiment: ``holdout``, or the name of a variant."""

    rule: Name
    arm: Name


class All(Part, frozen=True, tag_field="check", tag="all"):
    """Every one holds."""

    of: list["Condition"]


class AnyOf(Part, frozen=True, tag_field="check", tag="any"):
    """At least one holds."""

    of: list["Condition"]


class NoneOf(Part, frozen=True, tag_field="check", tag="none"):
    """Not one holds."""

    of: list["Condition"]


Condition = (
    Attribute | HasTag | HasConsent | HasHonour | HasStatus | HasPoints | IsAt | InAudience
    | Counted | AtTime | Occupied | InStock | InArm | All | AnyOf | NoneOf
)  # fmt: skip
