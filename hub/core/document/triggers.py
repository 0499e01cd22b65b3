"""What makes a rule true: its ``when``.

Most are about a person. ``present``, ``occupancy``, and ``schedule`` without ``each`` are about a
place or the venue, and so are ``button`` and ``call`` with ``about: venue``.
"""

from typing import Annotated, Literal

from msgspec import Meta

from hub.core.document.base import Count, Duration, Field, Name, Part, TimeOfDay, Window


class OnTap(Part, frozen=True, tag_field="kind", tag="tap"):
    """Each tap at the place."""

    place: Name


class OnVisit(Part, frozen=True, tag_field="kind", tag="visit"):
    """Each visit, once it has lasted ``at_least`` and is still going on.

    Where visits are by tap it is each tap, and there is no ``at_least``.
    """

    place: Name | None = None
    group: Name | None = None
    at_least: Duration | None = None


class OnLeft(Part, frozen=True, tag_field="kind", tag="left"):
    """When somebody leaves the place, or any place of the group, after ``at_least`` there."""

    place: Name | None = None
    group: Name | None = None
    at_least: Duration | None = None


class OnLeftVenue(Part, frozen=True, tag_field="kind", tag="left_venue"):
    """When somebody has left the venue: nothing has heard them for the stale window."""


class OnVisits(Part, frozen=True, tag_field="kind", tag="visits"):
    """The visit that is the ``count``-th within the window, ``instant - within < t <= instant``.

    It is counted at one ``place``, or over all places of a ``group``.
    """

    count: Count
    place: Name | None = None
    group: Name | None = None
    within: Window = "event"


class OnDistinct(Part, frozen=True, tag_field="kind", tag="distinct"):
    """The visit that makes it ``count`` different places of the group within the window.

    Without a ``count`` it is all of them.
    """

    group: Name
    count: Count | None = None
    within: Window = "event"


class OnDwell(Part, frozen=True, tag_field="kind", tag="dwell"):
    """When all stays at the place together have lasted ``at_least``, while still there."""

    place: Name
    at_least: Duration


class OnSequence(Part, frozen=True, tag_field="kind", tag="sequence"):
    """The visit to ``then`` that follows one to ``first`` by less than ``within``."""

    first: Name
    then: Name
    within: Window = "event"


class OnWithout(Part, frozen=True, tag_field="kind", tag="without"):
    """``within`` after a visit to ``first``, when there was none to ``then`` in between."""

    first: Name
    then: Name
    within: Duration


class OnAbsent(Part, frozen=True, tag_field="kind", tag="absent", rename={"for_": "for"}):
    """Has not visited the place (any of the group; any at all) ``for`` so long, or ``by`` then.

    ``for`` is counted from the last visit there; from the first visit anywhere for somebody who was
    never there. ``by`` is a local time of the venue, and asks about everybody who is registered.
    """

    place: Name | None = None
    group: Name | None = None
    for_: Duration | None = None
    by: str | None = None


class OnAudience(Part, frozen=True, tag_field="kind", tag="audience"):
    """When somebody comes into an audience, or goes out of it."""

    audience: Name
    change: Literal["entered", "left"] = "entered"


class OnAttribute(Part, frozen=True, tag_field="kind", tag="attribute"):
    """When an attribute changes its value."""

    name: Field


class OnConsent(Part, frozen=True, tag_field="kind", tag="consent"):
    """When a consent is given, or withdrawn."""

    purpose: Field
    given: bool = True


class OnRedeemed(Part, frozen=True, tag_field="kind", tag="redeemed"):
    """When a reward of the pool, or of any, is handed over."""

    pool: Name | None = None


class OnPoints(Part, frozen=True, tag_field="kind", tag="points"):
    """When somebody's points rise to ``at_least`` from below it."""

    at_least: int


class OnOccupancy(Part, frozen=True, tag_field="kind", tag="occupancy"):
    """When so many are at the place: ``at_least`` rising to it, ``at_most`` falling to it.

    It fires again only after the number has been back at ``until``: by default one less than
    ``at_least``, or one more than ``at_most``. With an ``audience`` only its members count.
    """

    place: Name
    at_least: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    at_most: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    until: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    audience: Name | None = None


class WhilePresent(Part, frozen=True, tag_field="kind", tag="present"):
    """Follows those who are at the place: on each change, at most once every ``every``."""

    place: Name
    every: Duration = "5s"


class OnSchedule(Part, frozen=True, tag_field="kind", tag="schedule"):
    """At a local instant, every day at a time, every so often from the start, or by cron.

    ``each`` says about whom: ``everyone``, or the members of an audience. Without it the rule is
    about the venue.
    """

    at: str | None = None
    daily: TimeOfDay | None = None
    every: Duration | None = None
    cron: str | None = None
    each: Name | None = None


class OnRule(Part, frozen=True, tag_field="kind", tag="rule"):
    """When another rule has fired for the same person, ``after`` so long."""

    rule: Name
    after: Duration = "0s"


class OnButton(Part, frozen=True, tag_field="kind", tag="button"):
    """When an organiser presses the button of that name, about a person or about the venue."""

    button: Name
    about: Literal["person", "venue"] = "venue"


class OnCall(Part, frozen=True, tag_field="kind", tag="call"):
    """When an outside system calls the name, about a person or about the venue."""

    call: Name
    about: Literal["person", "venue"] = "person"


Trigger = (
    OnTap | OnVisit | OnLeft | OnLeftVenue | OnVisits | OnDistinct | OnDwell | OnSequence
    | OnWithout | OnAbsent | OnAudience | OnAttribute | OnConsent | OnRedeemed | OnPoints
    | OnOccupancy | WhilePresent | OnSchedule | OnRule | OnButton | OnCall
)  # fmt: skip
