"""Whole venues for property tests: random, of every kind of part, and without an error.

``venues()`` gives documents that ``hub.core.checking.check`` has no error for. Parts that random
choices made impossible (two values at once, a circle) are taken out until none is left.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from msgspec.structs import replace

from hub.core import document as doc
from hub.core.checking import check
from hub.core.events import Value

T = TypeVar("T")
Draw = st.DrawFn

PURPOSES: Final = ("lights", "music", "presence", "push", "rewards", "sharing")
TAGS: Final = ("keen", "vip", "on", "12", "Éclair: no")
HONOURS: Final = ("early-bird", "dancer")
STATUSES: Final = ("silver", "gold")

NAMES: Final = st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True)
FIELDS: Final = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
DURATIONS: Final = st.builds(
    lambda number, unit: f"{number}{unit}", st.integers(1, 90), st.sampled_from(["s", "min", "h"])
)
WINDOWS: Final = st.one_of(DURATIONS, st.sampled_from(["event", "hour", "day", "week"]))
CLOCK: Final = st.from_regex(r"([01][0-9]|2[0-3]):[0-5][0-9]", fullmatch=True)
MOMENTS: Final = st.builds(lambda clock: f"2026-10-08T{clock}", CLOCK)
COUNTS: Final = st.integers(1, 60)
NUMBERS: Final = st.one_of(
    st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)
)
COLOURS: Final = st.one_of(
    st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.just("{favourite_colour}")
)
VALUES: Final[st.SearchStrategy[Value]] = st.one_of(
    TEXTS,
    NUMBERS,
    st.booleans(),
    st.lists(TEXTS, max_size=3),
    st.dictionaries(TEXTS, st.integers(-5, 5), max_size=3),
)
SHARED: Final = ("first_name", "company", "favourite_colour", "quiet_from")


def _maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.one_of(st.none(), strategy)


def _unique(names: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(names, min_size=least, max_size=most, unique=True)


@st.composite
def venues(draw: Draw, rules_max: int = 6) -> doc.Venue:
    """A venue without an error, with up to so many rules."""
    places = _places(draw)
    pools = [_pool(draw, name, places) for name in draw(_unique(NAMES, 1, 3))]
    lamps = draw(st.lists(TEXTS.filter(bool), min_size=1, max_size=3, unique=True))
    audiences = draw(_unique(NAMES, 0, 3))
    rules = draw(_unique(NAMES, 1, rules_max))
    parts = Parts(places, [pool.id for pool in pools], lamps, audiences, rules)
    infos = draw(st.lists(_attributes(), max_size=3, unique_by=lambda info: info.name))
    venue = doc.Venue(
        event=_event(draw),
        places=places,
        edges=_edges(draw, places),
        pools=pools,
        lamps=lamps,
        attributes=infos,
        ids=draw(st.lists(_ids(), max_size=2, unique_by=lambda kind: kind.name)),
        sources=draw(st.lists(_sources(infos), max_size=2, unique_by=lambda one: one.name)),
        audiences=[doc.Audience(name, draw(conditions(parts)), draw(TEXTS)) for name in audiences],
        caps=draw(st.lists(_caps(), max_size=2, unique_by=lambda cap: cap.name)),
        quiet=draw(st.lists(_quiet(), max_size=2)),
        budgets=[doc.Budget("money", 99.5, [pools[0].id])] if pools[0].cost else [],
        unknown_badges=draw(st.sampled_from(["quarantine", "walk_in"])),
        holdout=draw(st.sampled_from([0, 5, 12.5])),
        rules=[_rule(draw, name, parts) for name in rules],
    )
    return mended(venue)


def mended(venue: doc.Venue) -> doc.Venue:
    """The venue without the parts that have an error."""
    while errors := [one.path for one in check(venue) if one.severity == "error"]:
        gone: dict[str, set[int]] = {}
        for path in errors:
            found = re.match(r"([a-z]+)\[(\d+)\]", path)
            assert found is not None, (path, venue)
            gone.setdefault(found[1], set()).add(int(found[2]))
        left = {
            part: [one for index, one in enumerate(getattr(venue, part)) if index not in numbers]
            for part, numbers in gone.items()
        }
        venue = replace(venue, **left)
    return venue


class Parts:
    """The names that rules and conditions may use."""

    def __init__(
        self,
        places: Sequence[doc.Place],
        pools: Sequence[str],
        lamps: Sequence[str],
        audiences: Sequence[str],
        rules: Sequence[str],
    ) -> None:
        self.place = st.sampled_from([place.id for place in places])
        groups = sorted({group for place in places for group in place.groups})
        self.group = st.sampled_from(groups)
        self.pool = st.sampled_from(list(pools))
        self.lamp = st.sampled_from(list(lamps))
        self.audience = st.sampled_from(list(audiences)) if audiences else None
        self.rule = st.sampled_from(list(rules))

    def somewhere(self) -> st.SearchStrategy[dict[str, str]]:
        """A place or a group."""
        return st.one_of(
            st.builds(lambda name: {"place": name}, self.place),
            st.builds(lambda name: {"group": name}, self.group),
        )


def _places(draw: Draw) -> list[doc.Place]:
    ids = draw(_unique(NAMES, 2, 5))
    by: Any = st.sampled_from(["tap", "presence"])
    groups = st.lists(st.sampled_from(["food", "sponsors"]), unique=True)
    rest = [doc.Place(name, draw(TEXTS), draw(groups), draw(by)) for name in ids[1:]]
    return [doc.Place(ids[0], "The first", ["food", "sponsors"], "presence"), *rest]


def _event(draw: Draw) -> doc.EventInfo:
    zone = draw(st.sampled_from(["Europe/Berlin", "UTC", "America/New_York"]))
    return doc.EventInfo(
        draw(NAMES), draw(TEXTS), zone, "2026-10-08T08:00", draw(st.sampled_from(
            ["2026-10-08T18:00", "2026-10-10T10:00"]))
    )  # fmt: skip


def _edges(draw: Draw, places: list[doc.Place]) -> list[doc.Edge]:
    readers = st.dictionaries(TEXTS, st.sampled_from([place.id for place in places]), max_size=3)
    config = st.dictionaries(FIELDS, st.floats(0, 100), max_size=2)
    return [doc.Edge(name, draw(readers), draw(config)) for name in draw(_unique(NAMES, 0, 3))]


def _pool(draw: Draw, name: str, places: list[doc.Place]) -> doc.PoolInfo:
    at = draw(_maybe(st.sampled_from([place.id for place in places])))
    stock, cost = draw(st.integers(0, 100)), draw(st.sampled_from([0, 2.5]))
    return doc.PoolInfo(name, draw(TEXTS), stock, draw(TEXTS), at, cost)


@st.composite
def _attributes(draw: Draw) -> doc.AttributeInfo:
    kind, merge = draw(st.sampled_from([
        ("text", None), ("number", "sum"), ("set", "union"), ("tally", None), ("instant", "latest"),
        ("boolean", "first"),
    ]))  # fmt: skip
    made: Any = doc.AttributeInfo
    return made(  # type: ignore[no-any-return]
        draw(st.sampled_from(["visits_so_far", "ticket", "tastes", *SHARED])),
        kind,
        draw(TEXTS),
        merge,
        draw(_maybe(st.sampled_from(PURPOSES))),
        draw(st.sampled_from(["public", "personal", "sensitive"])),
    )


@st.composite
def _ids(draw: Draw) -> doc.IdKind:
    how: Any = draw(st.sampled_from(["text", "email", "phone"]))
    return doc.IdKind(
        draw(FIELDS), draw(st.integers(0, 99)), draw(st.integers(1, 5)), draw(st.booleans()),
        draw(st.lists(TEXTS, max_size=2)), how,
    )  # fmt: skip


@st.composite
def _sources(draw: Draw, infos: list[doc.AttributeInfo]) -> doc.Source:
    named = [f"attributes.{info.name}" for info in infos] or ["attributes.anything"]
    to = st.sampled_from([*named, "name", "email", "consents.push", "source_key"])
    chosen = draw(st.lists(to, min_size=1, max_size=3, unique=True))
    how: Any = st.sampled_from(["none", "trim", "lower", "title", "colour"])
    fields = [
        doc.Mapped(
            target, draw(st.lists(TEXTS, min_size=1, max_size=2)), draw(how),
            draw(_maybe(st.floats(0.01, 100))), draw(_maybe(TEXTS)), draw(_maybe(VALUES)),
            draw(st.dictionaries(TEXTS, VALUES, max_size=2)),
        )
        for target in chosen
    ]  # fmt: skip
    return doc.Source(draw(NAMES), fields, draw(TEXTS))


@st.composite
def _caps(draw: Draw) -> doc.Cap:
    of = draw(st.sampled_from(["push", "reward", "everything", "write"]))
    per: Any = draw(st.sampled_from(["person", "event"]))
    return doc.Cap(draw(NAMES), of, draw(COUNTS), draw(WINDOWS), per)


@st.composite
def _quiet(draw: Draw) -> doc.Quiet:
    from_, until = draw(st.lists(CLOCK, min_size=2, max_size=2, unique=True))
    if draw(st.booleans()):
        return doc.Quiet(from_, until, ("push",), "inbox")
    then: Any = draw(st.sampled_from(["hold", "drop"]))
    channels: Any = draw(st.sampled_from([("push",), ("light", "staff"), ("write", "reward")]))
    return doc.Quiet(from_, until, channels, then)


def leaves(parts: Parts) -> st.SearchStrategy[doc.Condition]:
    """Conditions that are made of no others."""
    least, most = st.integers(0, 10), st.integers(10, 30)
    bounds = st.fixed_dictionaries({"at_least": least, "at_most": _maybe(most)})
    lengths = st.fixed_dictionaries({"at_least": DURATIONS})
    attribute = st.sampled_from(SHARED)
    time: Any = doc.AtTime
    kinds: list[st.SearchStrategy[Any]] = [
        st.builds(doc.Attribute, attribute, equals=VALUES),
        st.builds(doc.Attribute, attribute, one_of=st.lists(VALUES, min_size=1, max_size=3)),
        st.builds(doc.Attribute, attribute, contains=TEXTS, exists=st.just(True)),
        st.builds(doc.Attribute, attribute, matches=st.just("a*?"), exists=_maybe(st.just(True))),
        st.builds(doc.HasTag, st.sampled_from(TAGS)),
        st.builds(doc.HasConsent, st.sampled_from(PURPOSES)),
        st.builds(doc.HasHonour, st.sampled_from(HONOURS)),
        st.builds(doc.HasStatus, st.lists(st.sampled_from(STATUSES), min_size=1, unique=True)),
        st.builds(lambda given: doc.HasPoints(**given), bounds),
        st.builds(lambda given: doc.IsAt(**given), parts.somewhere()),
        st.builds(lambda given, within, where: doc.Counted(within=within, **where, **given),
                  bounds, WINDOWS, parts.somewhere()),
        st.builds(lambda given, where: doc.Counted("stays", "sum", **where, **given),
                  lengths, parts.somewhere()),
        st.builds(lambda given: doc.Counted("points", "max", **given), bounds),
        st.builds(time, CLOCK, _maybe(CLOCK),
                  _maybe(st.lists(st.sampled_from(["mon", "sun"]), min_size=1, unique=True))),
        st.builds(lambda place, given: doc.Occupied(place, **given), parts.place, bounds),
        st.builds(doc.InStock, parts.pool, st.integers(0, 3)),
        st.builds(doc.InArm, parts.rule, st.just("holdout")),
    ]  # fmt: skip
    if parts.audience is not None:
        kinds.append(st.builds(doc.InAudience, parts.audience))
    return st.one_of(kinds)


def conditions(parts: Parts) -> st.SearchStrategy[doc.Condition]:
    """Conditions, some made of others."""
    return st.recursive(
        leaves(parts),
        lambda inner: st.one_of([
            st.builds(kind, st.lists(inner, min_size=1, max_size=3))
            for kind in (doc.All, doc.AnyOf, doc.NoneOf)
        ]),
        max_leaves=5,
    )  # fmt: skip


def triggers(parts: Parts) -> st.SearchStrategy[doc.Trigger]:
    """Every kind of trigger that is about a person."""
    where = parts.somewhere()
    about: Any = st.just("person")
    kinds: list[st.SearchStrategy[Any]] = [
        st.builds(doc.OnTap, parts.place),
        st.builds(lambda at, least: doc.OnVisit(**at, at_least=least), where, _maybe(DURATIONS)),
        st.builds(lambda at, least: doc.OnLeft(**at, at_least=least), where, _maybe(DURATIONS)),
        st.just(doc.OnLeftVenue()),
        st.builds(lambda at, n, w: doc.OnVisits(n, within=w, **at), where, COUNTS, WINDOWS),
        st.builds(doc.OnDistinct, parts.group, _maybe(st.integers(1, 5)), WINDOWS),
        st.builds(doc.OnDwell, parts.place, DURATIONS),
        st.builds(doc.OnSequence, parts.place, parts.place, WINDOWS),
        st.builds(doc.OnWithout, parts.place, parts.place, DURATIONS),
        st.builds(lambda at, length: doc.OnAbsent(**at, for_=length), where, DURATIONS),
        st.builds(lambda moment: doc.OnAbsent(by=moment), MOMENTS),
        st.builds(doc.OnAttribute, st.sampled_from(SHARED)),
        st.builds(doc.OnConsent, st.sampled_from(PURPOSES), st.booleans()),
        st.builds(doc.OnRedeemed, _maybe(parts.pool)),
        st.builds(doc.OnPoints, st.integers(1, 100)),
        st.builds(lambda clock: doc.OnSchedule(daily=clock, each="everyone"), CLOCK),
        st.builds(lambda length: doc.OnSchedule(every=length, each="everyone"), DURATIONS),
        st.builds(doc.OnRule, parts.rule, DURATIONS),
        st.builds(doc.OnButton, NAMES, about),
        st.builds(doc.OnCall, NAMES, about),
    ]
    if parts.audience is not None:
        change: Any = st.sampled_from(["entered", "left"])
        kinds.append(st.builds(doc.OnAudience, parts.audience, change))
    return st.one_of(kinds)


def triggers_of_venue(parts: Parts) -> st.SearchStrategy[doc.Trigger]:
    """Triggers that are about a place or the venue, but for ``present``."""
    return st.one_of(
        st.builds(doc.OnOccupancy, parts.place, st.integers(5, 9), until=_maybe(st.just(4))),
        st.builds(lambda place: doc.OnOccupancy(place, at_most=3, until=7), parts.place),
        st.builds(lambda moment: doc.OnSchedule(at=moment), MOMENTS),
        st.just(doc.OnSchedule(cron="*/5 9-17 * * mon-fri")),
        st.builds(doc.OnButton, NAMES),
    )


def acts_of_venue(parts: Parts) -> st.SearchStrategy[doc.Act]:
    """Actions that are about no person."""
    topics = st.sampled_from(["signage", "signage/door-1"])
    needs = st.sampled_from([(), ("sharing",), ("sharing", "push")])
    fields = st.dictionaries(TEXTS, TEXTS, max_size=2)
    return st.one_of(
        st.builds(doc.SetLight, parts.lamp, COLOURS, DURATIONS, st.integers(0, 99), DURATIONS),
        st.builds(doc.TellStaff, TEXTS, TEXTS, DURATIONS),
        st.builds(doc.CallWebhook, NAMES, fields, needs, DURATIONS),
        st.builds(doc.PublishMqtt, topics, fields, needs),
    )


def acts(parts: Parts) -> st.SearchStrategy[doc.Act]:
    """Every kind of action that can be done for a person."""
    one = st.one_of(
        acts_of_venue(parts),
        st.builds(doc.GiveTag, st.sampled_from(TAGS)),
        st.builds(doc.TakeTag, st.sampled_from(TAGS)),
        st.builds(doc.SetAttribute, st.sampled_from(SHARED), VALUES),
        st.builds(doc.AddPoints, st.integers(-50, 50)),
        st.builds(doc.AwardHonour, st.sampled_from(HONOURS)),
        st.builds(doc.SetStatus, st.sampled_from(STATUSES)),
        st.builds(doc.EnterDraw, NAMES),
        st.builds(doc.GiveReward, parts.pool, TEXTS, TEXTS),
        st.builds(doc.SendPush, TEXTS, TEXTS, DURATIONS),
        st.builds(doc.WriteRecord, NAMES),
        st.builds(doc.CancelFollowUp, parts.rule),
    )
    later = st.lists(one, min_size=1, max_size=2)
    return st.one_of(
        one,
        st.builds(lambda then, after: doc.FollowUp(then, after=after), later, DURATIONS),
        st.builds(lambda then: doc.FollowUp(then, at="08:00 next morning"), later),
    )


@st.composite
def _limits(draw: Draw) -> doc.Limit:
    per: Any = draw(st.sampled_from(["person", "visit", "event"]))
    also = st.lists(st.builds(doc.Period, COUNTS, WINDOWS), max_size=2)
    at_most = draw(_maybe(COUNTS))
    within = "event" if at_most is None else draw(WINDOWS)
    return doc.Limit(
        draw(st.booleans()), per, draw(_maybe(DURATIONS)), at_most, within, draw(also)
    )  # fmt: skip


def _rule(draw: Draw, name: str, parts: Parts) -> doc.Rule:
    stage: Any = draw(st.sampled_from(["live", "live", "shadow", "draft", "paused"]))
    match draw(st.sampled_from(["person", "person", "person", "venue", "present"])):
        case "present":
            mood = st.builds(doc.SetMood, st.lists(parts.lamp, min_size=1, max_size=2, unique=True))
            music = st.builds(doc.RequestMusic, ask_every=_maybe(DURATIONS))
            then: Any = st.lists(st.one_of(mood, music), min_size=1, max_size=2)
            when: Any = st.builds(doc.WhilePresent, parts.place, DURATIONS)
            return doc.Rule(name, draw(when), draw(then), draw(TEXTS), stage=stage)
        case "venue":
            then = st.lists(acts_of_venue(parts), min_size=1, max_size=2)
            when = triggers_of_venue(parts)
            return doc.Rule(name, draw(when), draw(then), draw(TEXTS), stage=stage)
        case _:
            return _of_person(draw, name, parts, stage)


def _of_person(draw: Draw, name: str, parts: Parts, stage: Any) -> doc.Rule:
    then = st.lists(acts(parts), min_size=1, max_size=3)
    varied = draw(st.booleans())
    goal = st.one_of(
        st.builds(doc.Goal, visit=parts.place), st.builds(doc.Goal, redeemed=parts.pool)
    )
    return doc.Rule(
        name=name,
        when=draw(triggers(parts)),
        then=[] if varied else draw(then),
        text=draw(TEXTS),
        if_=draw(_maybe(conditions(parts))),
        limit=draw(st.one_of(st.just(doc.Limit()), _limits())),
        group=draw(_maybe(st.sampled_from(["offers", "greetings"]))),
        priority=draw(st.integers(-5, 5)),
        holdout=draw(st.sampled_from([0, 10, 33.3])),
        variants=[doc.Variant("one", draw(then)), doc.Variant("two", draw(then), 2.5)]
        if varied
        else [],
        goal=draw(_maybe(goal)),
        stage=stage,
    )
