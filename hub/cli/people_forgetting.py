"""Whoever is to be forgotten is not named again: what is said afterwards are counts."""

from typing import Annotated, Final

import typer

from hub.cli.common import DATA_DEFAULT, ConfigOption, Data, refusal

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
Scrub = Annotated[
    str,
    typer.Option(help="When the database's files are rewritten, so that nothing of it is left in "
                 "them: auto (once the engine rests), now or never."),
]  # fmt: skip
SCRUBS: Final = ("auto", "now", "never")


def erase(
    person: Annotated[str, typer.Argument(help="Id, badge, e-mail, or a name only they have.")],
    yes: Yes = False,
    scrub: Scrub = "auto",
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Forget somebody: whatever is stored about them is deleted, for good."""
    from hub.cli.people_asking import asked, confirmed, desk, scrubbed, told
    from hub.cli.who import find_person
    from hub.core.events import Erased
    from hub.store.desk import DeskReads

    _check(scrub)
    with desk(data, config) as (home, store):
        found = find_person(store, person)
        ids, reads = store.aliases_of(found), DeskReads(store.database, store.event)
        before = sum(reads.naming(ids).values())
        confirmed(f"Delete everything about them, {before} rows? It cannot be undone", yes=yes)
        done = asked(home, store, [Erased(found, home.clock().wall_ms())])
        left = reads.naming(ids)
        if done and left:
            listed = ", ".join(f"{count} {word}" for word, count in left.items())
            raise refusal(f"something of them is left: {listed}")
        gone = f"they are forgotten: {before} rows named them, none does now"
        told(done, gone if done else f"they will be forgotten, {before} rows that name them")
        if done:
            typer.echo(scrubbed(home, store, scrub))


def purge(
    walk_ins: Annotated[bool, typer.Option("--walk-ins", help="Those without a name.")] = False,
    before: Annotated[
        str, typer.Option(help="Those not seen since then: 2026-11-12T09:00 or 09:00 at the "
                          "venue, or Unix milliseconds.")
    ] = "",
    yes: Yes = False,
    scrub: Scrub = "auto",
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:  # fmt: skip
    """Forget walk-ins who were not seen since a time."""
    from zoneinfo import ZoneInfo

    from hub.cli.importing import bar
    from hub.cli.people_asking import asked, confirmed, desk, scrubbed, told
    from hub.cli.who import parse_instant
    from hub.core.events import Erased
    from hub.people.sources import venue_of
    from hub.people.walk_ins import walk_ins as without_names

    _check(scrub)
    if not walk_ins or not before:
        raise refusal("say --walk-ins and --before WHEN")
    with desk(data, config) as (home, store):
        info, now_ms = venue_of(store).event, home.clock().wall_ms()
        before_ms = parse_instant(before, info, ZoneInfo(info.zone), now_ms)
        events = [Erased(one.person, now_ms) for one in without_names(store, before_ms)]
        if not events:
            typer.echo("no walk-in is that old")
            return
        confirmed(f"Delete everything about {len(events)} walk-ins?", yes=yes)
        with bar("Forgetting", len(events)) as progress:
            done = asked(home, store, events, progress)
        told(done, f"{len(events)} walk-ins are forgotten")
        if done:
            typer.echo(scrubbed(home, store, scrub))


def _check(scrub: str) -> None:
    if scrub not in SCRUBS:
        raise refusal(f"--scrub {scrub!r}: write {', '.join(SCRUBS)}")
