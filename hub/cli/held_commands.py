"""``foyer quarantine`` and ``foyer actions``: what waits for a person to look at it."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from hub.cli.common import (
    DATA_DEFAULT,
    ConfigOption,
    Data,
    Json,
    opened,
    refusal,
    screen,
    show_json,
    show_table,
)
from hub.store import Store

if TYPE_CHECKING:
    from hub.store.quarantine import Held

quarantine = typer.Typer(no_args_is_help=True, help="What could not be taken in, with reasons.")
actions = typer.Typer(no_args_is_help=True, help="What was to happen outside, and how far it is.")

BY: Final = "cli"
REPLAY_VALID_MS: Final = 3_600_000
"""How long an action that is started again may take to be delivered."""
PAGE_ROWS: Final = 500
STATUSES: Final = "waiting, leased, done, dropped, expired, superseded or dead"


@quarantine.command(name="list")
def list_held(
    status: Annotated[str, typer.Option(help="held, requested, replayed or discarded.")] = "held",
    limit: Annotated[int, typer.Option(help="Most that are shown.")] = 50,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:
    """List what is held, newest first."""
    with opened(data, config) as (_home, store):
        rows, counts = store.quarantine.rows(status, limit=limit), store.quarantine.counts()
    if as_json:
        show_json([_plain(row) for row in rows])
        return
    title = ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nothing"
    shown = [(row.id, row.source, row.edge, row.badge, row.reason) for row in rows]
    show_table(f"Quarantine: {title}", ("id", "from", "edge", "badge", "reason"), shown)


@quarantine.command()
def show(
    number: Annotated[int, typer.Argument(help="Its id.")],
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Show one with what it holds."""
    with opened(data, config) as (_home, store):
        row = store.quarantine.get(number)
        if row is None:
            raise refusal(f"there is nothing in quarantine with the id {number}")
        show_json(_plain(row))


@quarantine.command()
def replay(
    numbers: Annotated[list[int] | None, typer.Argument(help="Their ids.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that is held.")] = False,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Ask the engine to take it in again, once its reason is gone."""
    if bool(numbers) == every:
        raise refusal("say either ids or --all")
    with opened(data, config) as (home, store):
        wanted = _all_held(store) if every else list(numbers or ())
        now_ms = home.clock().wall_ms()
        asked = [number for number in wanted if _taken_again(store, number, now_ms)]
    _said(f"{len(asked)} are taken in again by the engine", wanted, asked)


def _taken_again(store: Store, number: int, now_ms: int) -> bool:
    """Ask the engine to take something in again; a record of people is taken in here."""
    from hub.people.importing import HELD_SOURCE, take_again

    row = store.quarantine.get(number)
    if row is None or not row.source.startswith(HELD_SOURCE):
        return store.quarantine.requeue(number, BY, now_ms)
    return take_again(store, row, now_ms) is None


@quarantine.command()
def discard(
    number: Annotated[int, typer.Argument(help="Its id.")],
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Give one up for good."""
    with opened(data, config) as (home, store):
        if not store.quarantine.discard(number, BY, home.clock().wall_ms()):
            raise refusal(f"nothing with the id {number} is held")
    screen().print(f"{number} is given up")


@actions.command(name="list")
def list_actions(
    status: Annotated[str, typer.Option(help=STATUSES)] = "dead",
    limit: Annotated[int, typer.Option(help="Most that are shown.")] = 50,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:
    """List actions, newest first; the dead ones unless another status is asked for."""
    with opened(data, config) as (_home, store):
        found, counts = store.views.actions(status, limit=limit), store.views.action_counts()
    rows = [
        (one.action.key, one.action.connector, one.action.rule, one.attempts, one.detail)
        for one in found
    ]
    names = ("key", "connector", "rule", "attempts", "detail")
    if as_json:
        show_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    totals = [f"{n} {connector} {state}" for (connector, state), n in sorted(counts.items())]
    show_table(f"Actions: {', '.join(totals) or 'none'}", names, rows)


@actions.command(name="replay")
def replay_action(
    key: Annotated[str, typer.Argument(help="Its key.")],
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Start an action again that is dead, dropped or expired."""
    with opened(data, config) as (home, store):
        if not store.replay_action(key, home.clock().wall_ms(), REPLAY_VALID_MS):
            raise refusal(f"no action {key!r} has come to a bad end")
    screen().print(f"{key} is started again")


def _all_held(store: "Store") -> list[int]:
    found: list[int] = []
    before = None
    while rows := store.quarantine.rows(before_id=before, limit=PAGE_ROWS):
        found += [row.id for row in rows]
        before = rows[-1].id
    return found


def _said(sentence: str, wanted: list[int], done: list[int]) -> None:
    screen().print(sentence)
    lost = [str(number) for number in wanted if number not in set(done)]
    if lost:
        raise refusal(f"not held: {', '.join(lost)}")


def _plain(row: "Held") -> dict[str, object]:
    return {
        "id": row.id, "from": row.source, "edge": row.edge, "badge": row.badge,
        "reason": row.reason, "at_ms": row.at_ms, "status": row.status,
        "payload": row.payload.decode("utf-8", "replace"),
    }  # fmt: skip
