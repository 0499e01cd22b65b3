"""Two who are one, one who is two, and somebody of whom only a badge is known."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hub.cli.common import DATA_DEFAULT, ConfigOption, Data, Json, screen, show_json, show_table

if TYPE_CHECKING:
    from hub.core.state import Person

Id = Annotated[str, typer.Argument(help="Id, badge, e-mail, or a name only they have.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
BY: Final = "cli"


def merge(
    one: Id, other: Id, yes: Yes = False, data: Data = DATA_DEFAULT, config: ConfigOption = None
) -> None:
    """Make two people one; shows first what would come of it."""
    from hub.cli.people_asking import asked, confirmed, desk, told
    from hub.cli.who import find_person
    from hub.core.events import Merged
    from hub.people.pairs import preview

    with desk(data, config) as (home, store):
        now_ms = home.clock().wall_ms()
        found = preview(store, find_person(store, one), find_person(store, other), now_ms)
        names = [_name(store.people.get(who.id), who.id) for who in (found.survivor, found.other)]
        _show(found.survivor, found.other, found.one)
        screen().print(f"{names[0]} has the older registration: that id stays")
        confirmed(f"Make {names[1]} and {names[0]} one?", yes=yes)
        event = Merged(found.survivor.id, found.other.id, now_ms, "somebody at the desk said so",
                       BY)  # fmt: skip
        told(asked(home, store, [event]), f"{names[1]} is known as {names[0]}")


def unmerge(
    one: Id, other: Annotated[str, typer.Argument(help="The id of who was merged into them.")],
    data: Data = DATA_DEFAULT, config: ConfigOption = None,
) -> None:  # fmt: skip
    """Part two people who were merged; both get back what was theirs."""
    from hub.cli.people_asking import asked, desk, told
    from hub.cli.who import find_person
    from hub.core.events import Unmerged
    from hub.people.pairs import merged_into

    with desk(data, config) as (home, store):
        person, parted = merged_into(store, find_person(store, one), other)
        event = Unmerged(person, parted, home.clock().wall_ms(), BY)
        told(asked(home, store, [event]), f"{parted} and {person} are two people")


def duplicates(data: Data = DATA_DEFAULT, config: ConfigOption = None, as_json: Json = False
) -> None:  # fmt: skip
    """List who may be registered twice, and why they were not merged."""
    from hub.cli.people_asking import desk
    from hub.people.pairs import duplicates as found_twice

    with desk(data, config) as (_home, store):
        pairs = found_twice(store)
    if as_json:
        show_json(pairs)
        return
    rows = [(f"{one.name} ({one.person})", f"{one.other_name} ({one.other})", one.same, one.why)
            for one in pairs]  # fmt: skip
    show_table(f"{len(rows)} pairs", ("one", "other", "same", "why they are two"), rows)


def walk_ins(data: Data = DATA_DEFAULT, config: ConfigOption = None, as_json: Json = False
) -> None:  # fmt: skip
    """List those of whom only a badge is known."""
    from zoneinfo import ZoneInfo

    from hub.cli.people_asking import desk
    from hub.core.spans import clock_time
    from hub.people.sources import venue_of
    from hub.people.walk_ins import walk_ins as without_names

    with desk(data, config) as (_home, store):
        found = list(without_names(store))
        zone = ZoneInfo(venue_of(store).event.zone)
    if as_json:
        show_json(found)
        return
    rows = [(one.person, ", ".join(one.badges), clock_time(one.first_ms, zone),
             clock_time(one.last_ms, zone), one.visits) for one in found]  # fmt: skip
    show_table(f"{len(rows)} walk-ins", ("id", "badge", "first seen", "last seen", "visits"), rows)


def claim(
    walk_in: Annotated[str, typer.Argument(help="The walk-in's id.")],
    person: Id,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Say who a walk-in is: their badge and what they did are that person's from now on."""
    from hub.cli.people_asking import asked, desk, told
    from hub.cli.who import find_person
    from hub.people.walk_ins import claim as claimed

    with desk(data, config) as (home, store):
        found = find_person(store, person)
        event = claimed(store, walk_in, found, home.clock().wall_ms())
        told(asked(home, store, [event]), f"{walk_in} is {found}")


def _name(info: "object", person: str) -> str:
    return f"{getattr(info, 'name', '')} ({person})".strip()


def _show(survivor: "Person", other: "Person", one: "Person") -> None:
    """Both, and what they would be together."""
    named: dict[str, Callable[[Person], object]] = {
        "consents": lambda p: ", ".join(sorted(p.consents)),
        "visits": lambda p: sum(map(len, p.visits.values())),
        "taps": lambda p: sum(map(len, p.taps.values())),
        "points": lambda p: p.points,
        "tags": lambda p: ", ".join(sorted(p.tags)),
        "ids": lambda p: ", ".join(f"{k} {v}" for k, some in p.ids.items() for v in some),
    }
    attributes = sorted({*survivor.attributes, *other.attributes})
    rows = [(what, *(str(read(p)) for p in (survivor, other, one))) for what, read in named.items()]
    rows += [(name, *(str(p.attributes.get(name, "")) for p in (survivor, other, one)))
             for name in attributes]  # fmt: skip
    show_table("What would come of it", ("what", survivor.id, other.id, "together"), rows)
