"""``foyer badges``: a badge belongs to somebody from instant to instant."""

from typing import Annotated, Final

import typer

from hub.cli.common import DATA_DEFAULT, ConfigOption, Data, Json, refusal, show_json, show_table

app = typer.Typer(no_args_is_help=True, help="Lend badges, take them back, ask whose they are.")

Badge = Annotated[str, typer.Argument(help="The badge's number.")]
Person = Annotated[str, typer.Argument(help="Id, badge, e-mail, or a name only they have.")]
BY: Final = "cli"


@app.command()
def lend(
    badge: Badge, person: Person, data: Data = DATA_DEFAULT, config: ConfigOption = None
) -> None:
    """Lend a badge; it may be somebody's second, or somebody else's until now."""
    from hub.cli.people_asking import asked, desk, told
    from hub.cli.who import find_person
    from hub.core.events import Leased
    from hub.people.badges import checked_badge

    with desk(data, config) as (home, store):
        name, found = checked_badge(badge), find_person(store, person)
        before = store.people.by_badge(name)
        done = asked(home, store, [Leased(name, found, home.clock().wall_ms())])
        handed = f"; {before} had it until now" if before not in {None, found} else ""
        told(done, f"{name} is lent to {found}{handed}")


@app.command(name="return")
def return_(badge: Badge, data: Data = DATA_DEFAULT, config: ConfigOption = None) -> None:
    """Take a badge back: it is nobody's from now on."""
    from hub.cli.people_asking import asked, desk, told
    from hub.core.events import Leased

    with desk(data, config) as (home, store):
        holder = store.people.by_badge(badge)
        if holder is None:
            raise refusal(f"nobody holds {badge!r}")
        done = asked(home, store, [Leased(badge, None, home.clock().wall_ms())])
        told(done, f"{badge} is back from {holder}")


@app.command()
def lost(badge: Badge, data: Data = DATA_DEFAULT, config: ConfigOption = None) -> None:
    """Say that a badge is lost: it is nobody's from now on, and a note says so."""
    from hub.cli.people_asking import desk
    from hub.people.badges import lose

    with desk(data, config) as (home, store):
        holder = lose(store, badge, home.clock().wall_ms())
        typer.echo(f"{badge} was lost by {holder}: it is nobody's from now on, and a note says so")


@app.command()
def who(
    badge: Badge,
    at: Annotated[
        str, typer.Option(help="2026-11-12T09:00 or 09:00 at the venue, or Unix milliseconds.")
    ] = "",
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Say who holds a badge, now or at an instant."""
    from zoneinfo import ZoneInfo

    from hub.cli.people_asking import desk
    from hub.cli.who import parse_instant
    from hub.people.badges import holder_at
    from hub.people.sources import venue_of

    with desk(data, config) as (home, store):
        info, now_ms = venue_of(store).event, home.clock().wall_ms()
        at_ms = parse_instant(at, info, ZoneInfo(info.zone), now_ms) if at else now_ms
        found = holder_at(store, badge, at_ms)
        if found is None:
            raise refusal(f"nobody {'held' if at else 'holds'} {badge!r}")
        typer.echo(found)


@app.command()
def history(
    badge: Badge, data: Data = DATA_DEFAULT, config: ConfigOption = None, as_json: Json = False
) -> None:
    """List everybody who has held a badge."""
    from zoneinfo import ZoneInfo

    from hub.cli.people_asking import desk
    from hub.core.spans import local
    from hub.people.badges import history as leases_of
    from hub.people.sources import venue_of

    with desk(data, config) as (_home, store):
        found = leases_of(store, badge)
        zone = ZoneInfo(venue_of(store).event.zone)
    if as_json:
        show_json(found)
        return
    if not found:
        raise refusal(f"nobody has ever held {badge!r}")
    rows = [(f"{local(one.from_ms, zone):%Y-%m-%d %H:%M:%S}", one.person, one.name)
            for one in found]  # fmt: skip
    show_table(badge, ("from", "id", "name"), rows)
