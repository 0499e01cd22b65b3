"""The venue: what there is, who may be there, and what happens."""

from typing import Annotated, Literal

from msgspec import Meta

from hub.core.document.base import Name, Part, Percent
from hub.core.document.limits import Budget, Cap, Quiet
from hub.core.document.people import AttributeInfo, Audience, IdKind, Source
from hub.core.document.rule import Rule


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
    visits_by: Literal["tap", "presence"] = "presence"


class Edge(Part, frozen=True):
    """A Pi: each of its readers stands for a place. ``config`` is what it is to be set to."""

    name: Name
    readers: dict[str, Name]
    config: dict[str, float] = {}


class PoolInfo(Part, frozen=True):
    """A kind of reward, with its stock and what one of it costs."""

    id: Name
    title: str
    stock: Annotated[int, Meta(ge=0, le=1_000_000)]
    text: str = ""
    redeem_at: Name | None = None
    cost: Annotated[float, Meta(ge=0)] = 0


class Venue(Part, frozen=True):
    """One event: its places, edges, people, rewards and rules.

    ``unknown_badges`` says what becomes of the tap of a badge that nobody holds: it waits in the
    quarantine, or a ``walk_in`` without a name begins with it. ``holdout`` is how many of a hundred
    people no rule acts for.
    """

    event: EventInfo
    places: list[Place]
    edges: list[Edge] = []
    pools: list[PoolInfo] = []
    lamps: list[str] = []
    attributes: list[AttributeInfo] = []
    ids: list[IdKind] = []
    sources: list[Source] = []
    audiences: list[Audience] = []
    caps: list[Cap] = []
    quiet: list[Quiet] = []
    budgets: list[Budget] = []
    unknown_badges: Literal["quarantine", "walk_in"] = "quarantine"
    holdout: Percent = 0
    rules: list[Rule] = []
