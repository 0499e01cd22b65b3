"""What an organiser writes: the venue and its rules as one typed document, in YAML or JSON.

It is data only: no code, no expressions. Durations are written ``90s``, ``45min``, ``2h``, ``3d``;
``event`` as a window means the whole event.
"""

from typing import Annotated

from msgspec import Meta, Struct

from hub.core.events import Value

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
Duration = Annotated[str, Meta(pattern=r"^\d{1,6}(ms|s|min|h|d)$")]
Window = Annotated[str, Meta(pattern=r"^(\d{1,6}(ms|s|min|h|d)|event)$")]
Colour = Annotated[str, Meta(pattern=r"^(#[0-9a-fA-F]{6}|\{[a-z_]+\})$")]
"""``#rrggbb``, or ``{attribute}`` for the person's own."""


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A field that is not known is an error, not a surprise."""


class EventInfo(Part, frozen=True):
    """The event itself. ``starts`` and ``ends`` are local times of the venue: YYYY-MM-DDTHH:MM."""

    id: Name
    name: str
    zone: str
    starts: str
    ends: str


class Place(Part, frozen=True):
    """Somewhere people go. A visit begins with a tap, or when presence says that they entered."""

    id: Name
    name: str
    groups: list[Name] = []
    visits_by: Annotated[str, Meta(pattern="^(tap|presence)$")] = "presence"


class Edge(Part, frozen=True):
    """A Pi: each of its readers stands for a place. ``config`` is what it is to be set to."""

    name: Name
    readers: dict[str, Name]
    config: dict[str, float] = {}


class PoolInfo(Part, frozen=True):
    """A kind of reward, with its stock."""

    id: Name
    title: str
    stock: Annotated[int, Meta(ge=0, le=1_000_000)]
    text: str = ""
    redeem_at: Name | None = None


# Triggers: a rule's ``when``.


class OnTap(Part, frozen=True, tag_field="kind", tag="tap"):
    """Each tap at the place."""

    place: Name


class OnVisit(Part, frozen=True, tag_field="kind", tag="visit"):
    """Each visit, once it has lasted ``at_least`` and is still going on.

    Where visits are by tap it is each tap, and there is no ``at_least``.
    """

    place: Name
    at_least: Duration | None = None


class OnVisits(Part, frozen=True, tag_field="kind", tag="visits"):
    """The visit that is the ``count``-th within the window, ``instant - within < t <= instant``.

    It is counted at one ``place``, or over all places of a ``group``.
    """

    count: Annotated[int, Meta(ge=1, le=512)]
    place: Name | None = None
    group: Name | None = None
    within: Window = "event"


class OnDistinct(Part, frozen=True, tag_field="kind", tag="distinct"):
    """The visit that makes it ``count`` different places of the group within the window."""

    group: Name
    count: Annotated[int, Meta(ge=1, le=512)]
    within: Window = "event"


class OnDwell(Part, frozen=True, tag_field="kind", tag="dwell"):
    """When all stays at the place together have lasted ``at_least``, while still there."""

    place: Name
    at_least: Duration


class WhilePresent(Part, frozen=True, tag_field="kind", tag="present"):
    """Follows those who are at the place: on each change, at most once every ``every``."""

    place: Name
    every: Duration = "5s"


Trigger = OnTap | OnVisit | OnVisits | OnDistinct | OnDwell | WhilePresent

# Conditions: a rule's ``if``.


class Attribute(Part, frozen=True, tag_field="check", tag="attribute"):
    """Each test that is given must hold; a missing attribute is unknown, and no test holds."""

    name: str
    equals: Value = None
    one_of: list[Value] | None = None
    contains: str | None = None
    at_least: float | None = None
    at_most: float | None = None


class HasTag(Part, frozen=True, tag_field="check", tag="tag"):
    """The person has the tag."""

    tag: str


class HasConsent(Part, frozen=True, tag_field="check", tag="consent"):
    """The person has consented to the purpose."""

    purpose: str


class IsAt(Part, frozen=True, tag_field="check", tag="at"):
    """The person is at the place now."""

    place: Name


class All(Part, frozen=True, tag_field="check", tag="all"):
    """Every one holds."""

    of: list["Condition"]


class AnyOf(Part, frozen=True, tag_field="check", tag="any"):
    """At least one holds."""

    of: list["Condition"]


class NoneOf(Part, frozen=True, tag_field="check", tag="none"):
    """Not one holds."""

    of: list["Condition"]


Condition = Attribute | HasTag | HasConsent | IsAt | All | AnyOf | NoneOf

# Actions: a rule's ``then``. ``max_age`` is how old the cause may be.


class GiveTag(Part, frozen=True, tag_field="do", tag="tag"):
    """Give the person a tag."""

    tag: str


class AddPoints(Part, frozen=True, tag_field="do", tag="points"):
    """Add points."""

    points: int


class EnterDraw(Part, frozen=True, tag_field="do", tag="draw"):
    """Enter the person in a prize draw, once."""

    draw: Name


class GiveReward(Part, frozen=True, tag_field="do", tag="reward"):
    """Give a reward from a pool; ``title`` and ``text`` may name attributes: ``{first_name}``."""

    pool: Name
    title: str
    text: str = ""
    max_age: Duration = "7d"


class SendPush(Part, frozen=True, tag_field="do", tag="push"):
    """Write to the person's inbox and to the browsers they subscribed."""

    title: str
    text: str = ""
    max_age: Duration = "1h"


class SetLight(Part, frozen=True, tag_field="do", tag="light"):
    """Turn a lamp to a colour for a while. The higher priority has the lamp."""

    lamp: str
    colour: Colour
    hold: Duration = "10s"
    priority: int = 50
    max_age: Duration = "10s"


class SetMood(Part, frozen=True, tag_field="do", tag="mood"):
    """Spread the favourite colours of those present over lamps."""

    lamps: list[str]
    priority: int = 20
    max_age: Duration = "2min"


class RequestMusic(Part, frozen=True, tag_field="do", tag="music"):
    """Rank the favourite artists of those present for the DJ.

    With ``ask_every`` the best wish is asked for as well, at most so often: for a player that takes
    requests, such as MPD. What was asked for is not asked for again while it rests.
    """

    max_age: Duration = "2min"
    ask_every: Duration | None = None


class FollowUp(Part, frozen=True, tag_field="do", tag="follow_up"):
    """Do more later: ``after`` a duration, or ``at`` the next such time of day at the venue."""

    then: list["Act"]
    after: Duration | None = None
    at: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d( next morning)?$")] | None = None


Act = (
    GiveTag | AddPoints | EnterDraw | GiveReward | SendPush | SetLight | SetMood | RequestMusic
    | FollowUp
)  # fmt: skip


class Limit(Part, frozen=True):
    """How often a rule may fire for one person: once, every so often, n within a window.

    Every limit that is given holds, also for a cause that becomes known late.
    """

    once: bool = False
    every: Duration | None = None
    at_most: Annotated[int, Meta(ge=1)] | None = None
    within: Window = "event"


class Rule(Part, frozen=True, rename={"if_": "if"}):
    """When this happens, and if that holds, then do these, within the limit."""

    name: Name
    when: Trigger
    then: list[Act]
    text: str = ""
    """The rule as the organiser would say it."""
    if_: Condition | None = None
    limit: Limit = Limit()
    active: bool = True


class Venue(Part, frozen=True):
    """One event: its places, edges, rewards and rules."""

    event: EventInfo
    places: list[Place]
    edges: list[Edge] = []
    pools: list[PoolInfo] = []
    lamps: list[str] = []
    rules: list[Rule] = []
