"""Each export is a fixed table; people are named by who they are after all merges."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from hub.core.document import Venue
from hub.insight.errors import BadSpan, UnknownName
from hub.insight.export import people
from hub.insight.export.columns import Export, Row, columns
from hub.insight.movements import OPEN, TAP, Movements
from hub.insight.service import Insight
from hub.insight.spans import Asked
from hub.store.insight import DecisionLine, Member, RewardLine

NAMES: Final = ("people", "audiences", "visits", "decisions", "rewards")

AUDIENCES: Final = columns(
    audience="text", person="text", name="text", email="text", since="instant"
)
VISITS: Final = columns(
    person="text", place="text", visits_by="text", start="instant", end="instant", dwell_s="number"
)
DECISIONS: Final = columns(
    id="integer", at="instant", rule="text", version="integer", person="text", place="text",
    outcome="text", because="text", arm="text", reason="text", actions="texts",
)  # fmt: skip
REWARDS: Final = columns(
    pool="text", number="integer", status="text", person="text", since="instant",
    issued="instant", redeemed="instant", redeemed_by="text",
)  # fmt: skip


def export(
    insight: Insight,
    name: str,
    asked: Asked,
    *,
    audience: str | None = None,
    sensitive: bool = False,
) -> Export:
    """Make an export of ``NAMES``; its rows are read while they are written.

    Visits are dated by their beginning, decisions by their cause, rewards by when they came to
    their status.

    Raises:
        UnknownName: there is no such export or audience.
        BadSpan: a stretch of time is asked for where things are as they are now.
        NothingPublished: there is no venue.
    """
    venue = insight.venue()
    _check(name, asked, audience, venue)
    pages, aliases = insight.pages, insight.reads.aliases()
    bounds = (asked.since_ms, asked.until_ms)
    match name:
        case "people":
            return people.export(venue, pages.people(), aliases.keys(), sensitive=sensitive)
        case "audiences":
            return Export(name, AUDIENCES, _members(pages.members(audience), aliases))
        case "visits":
            _, movements = insight.movements(asked)
            return Export(name, VISITS, _visits(movements))
        case "decisions":
            return Export(name, DECISIONS, _decisions(pages.decisions(*bounds), aliases))
        case _:
            return Export(name, REWARDS, _rewards(pages.rewards(*bounds), aliases))


def _check(name: str, asked: Asked, audience: str | None, venue: Venue) -> None:
    if name not in NAMES:
        raise UnknownName(f"there is no export {name!r}; there is: {', '.join(NAMES)}")
    if name in {"people", "audiences"} and (asked.since_ms, asked.until_ms) != (None, None):
        raise BadSpan(f"{name} are exported as they are now: since and until do not apply")
    if audience is None:
        return
    if name != "audiences":
        raise UnknownName(f"an audience is chosen for the export of audiences, not of {name}")
    known = [one.name for one in venue.audiences]
    if audience not in known:
        listed = ", ".join(known) or "none"
        raise UnknownName(f"there is no audience {audience!r}; there is: {listed}")


def _members(lines: Iterable[Member], aliases: Mapping[str, str]) -> Iterator[Row]:
    for m in lines:
        if m.person not in aliases:
            yield m.audience, m.person, m.name, m.email, m.since_ms


def _visits(movements: Movements) -> Iterator[Row]:
    for person, visits in movements.people():
        for visit in visits:
            by = "tap" if visit.until_ms == TAP else "presence"
            until_ms = None if visit.until_ms in {TAP, OPEN} else visit.until_ms
            dwell_s = None if visit.dwell_ms is None else visit.dwell_ms / 1000
            yield person, movements.places[visit.place], by, visit.at_ms, until_ms, dwell_s


def _decisions(lines: Iterable[DecisionLine], aliases: Mapping[str, str]) -> Iterator[Row]:
    for d in lines:
        person = _who(d.person, aliases)
        yield (
            d.id, d.at_ms, d.rule, d.version, person, d.place, d.outcome, d.because or None,
            d.arm or None, d.reason, d.actions,
        )  # fmt: skip


def _rewards(lines: Iterable[RewardLine], aliases: Mapping[str, str]) -> Iterator[Row]:
    for r in lines:
        person = _who(r.person, aliases)
        yield (
            r.pool,
            r.index,
            r.status,
            person,
            r.at_ms,
            r.issued_ms,
            r.redeemed_ms,
            r.redeemed_by,
        )


def _who(person: str | None, aliases: Mapping[str, str]) -> str | None:
    return None if person is None else aliases.get(person, person)
