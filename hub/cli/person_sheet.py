"""All that is known of one person, on one sheet."""

from typing import Any

from msgspec import Struct

from hub.cli.common import screen, show_table
from hub.core.profile import dwell_ms
from hub.core.spans import spell
from hub.core.state import Person
from hub.store import Store


class Sheet(Struct, frozen=True, kw_only=True):
    """One person. Dwell is in milliseconds, with the stay that goes on."""

    person: str
    name: str
    email: str | None
    company: str | None
    badges: list[str]
    consents: list[str]
    attributes: dict[str, Any]
    place: str | None
    points: int
    tags: list[str]
    taps: dict[str, int]
    visits: dict[str, int]
    dwell_ms: dict[str, int]
    fired: dict[str, int]
    rewards: list[dict[str, str | int]]
    messages: list[str]
    others: list[str] = []
    """The ids of those who were merged into them."""
    ids: dict[str, list[str]] = {}
    honours: list[str] = []
    status: str | None = None
    audiences: list[str] = []


def sheet(store: Store, person: str, now_ms: int) -> Sheet:
    """Collect it, by any of their ids. Codes of rewards are secrets and stay out."""
    person = store.resolve(person)
    info = store.people.get(person)
    state = store.load_people([person]).get(person, Person(person))
    places = {*state.stays, *([state.place] if state.place else [])}
    return Sheet(
        person=person,
        name=info.name if info else person,
        email=info.email if info else None,
        company=info.company if info else None,
        badges=store.people.badges_of(person),
        consents=sorted(state.consents),
        attributes=state.attributes,
        place=state.place,
        points=state.points,
        tags=sorted(state.tags),
        taps={place: len(times) for place, times in sorted(state.taps.items())},
        visits={place: len(times) for place, times in sorted(state.visits.items())},
        dwell_ms={place: dwell_ms(state, place, now_ms) for place in sorted(places)},
        fired={rule: fired.count for rule, fired in sorted(state.fired.items())},
        rewards=[
            {"pool": r.pool, "index": r.index, "status": r.status} for r in store.rewards.of(person)
        ],
        messages=[message.title for message in store.inbox.of(person)],
        others=list(info.others) if info else [],
        ids={kind: list(values) for kind, values in sorted(state.ids.items())},
        honours=sorted(state.honours),
        status=state.status,
        audiences=sorted(state.audiences),
    )


def show_sheet(found: Sheet) -> None:
    """Show it to people."""
    out = screen()
    out.print(f"{found.name} ({found.person})")
    rows: list[tuple[str, object]] = [
        ("e-mail", found.email),
        ("company", found.company),
        ("badges", ", ".join(found.badges)),
        ("consents to", ", ".join(found.consents) or "nothing"),
        ("is at", found.place or "nowhere"),
        ("points", str(found.points)),
        ("tags", ", ".join(found.tags)),
        ("badges of honour", ", ".join(found.honours)),
        ("status", found.status),
        ("audiences", ", ".join(found.audiences)),
        *((f"id: {kind}", ", ".join(values)) for kind, values in found.ids.items()),
        ("also known as", ", ".join(found.others)),
        *((name, value) for name, value in sorted(found.attributes.items())),
    ]
    show_table("", ("what", "value"), [row for row in rows if row[1]])
    places = sorted({*found.visits, *found.taps, *found.dwell_ms})
    if places:
        seen = [
            (place, found.visits.get(place, 0), found.taps.get(place, 0),
             spell(found.dwell_ms.get(place, 0)))
            for place in places
        ]  # fmt: skip
        show_table("Places", ("place", "visits", "taps", "dwell"), seen)
    if found.fired:
        show_table("Rules that fired", ("rule", "times"), list(found.fired.items()))
    if found.rewards:
        given = [(one["pool"], one["index"], one["status"]) for one in found.rewards]
        show_table("Rewards", ("pool", "number", "status"), given)
    for title in found.messages:
        out.print(f"message: {title}")
