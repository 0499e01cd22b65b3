"""``foyer replay``: the words of the command line become an order, and the outcome a table."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.cli.common import home_at, screen, show_json, show_table
from hub.cli.replay.bar import Bar
from hub.cli.replay.errors import ReplayFault
from hub.cli.replay.ground import existing, private
from hub.cli.replay.order import Order
from hub.cli.replay.outcome import Outcome
from hub.cli.replay.parts import PARTS_MAX
from hub.cli.replay.run import replay

REASONS_SHOWN = 12


def check_zone(zone: str) -> str:
    """Return a time zone's name.

    Raises:
        ReplayFault: there is none of that name.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ReplayFault(f"--zone {zone!r} is no time zone: write one as Europe/Berlin") from error
    return zone


def check_files(files: Sequence[Path], parts: int) -> None:
    """Refuse what cannot be replayed.

    Raises:
        ReplayFault: a file is not there, or it is too many parts.
    """
    lost = [str(file) for file in files if not file.is_file()]
    if lost:
        raise ReplayFault(f"there is no file {', '.join(lost)}")
    if not 0 < parts * len(files) <= PARTS_MAX:
        raise ReplayFault(f"{parts * len(files)} agents: from 1 to {PARTS_MAX} are possible")


def carry_out(order: Order, data: Path | None, config: Path | None, *, as_json: bool) -> None:
    """Replay, and show what came of it."""
    with ExitStack() as stack:
        if data is not None:
            ground = existing(order, home_at(data, config))
        else:
            folder = order.keep or Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="foyer-replay-"))
            )
            ground = private(order, folder)
        bar = stack.enter_context(Bar(order.seen.rows, shown=not as_json))
        found = replay(order, ground, bar)
    if as_json:
        show_json(found)
    else:
        show(found)


def show(found: Outcome) -> None:
    """Show what came of a replay to people."""
    pace = "all at once" if found.speed is None else f"{found.speed:,.0f} times real time"
    renamed = {text: place for text, place in found.places.items() if text != place}
    names = {place: text for text, place in renamed.items()}
    screen().print(
        f"{found.rows:,} rows in {found.seconds:g} s, {pace}; {found.refused:,} rows did not fit"
    )
    figures = [
        ("people", found.people), ("taps", found.taps), ("presence changes", found.moves),
        ("visits", sum(found.visits.values())), ("rewards given", sum(found.rewards.values())),
        ("quarantined", sum(found.quarantined.values())),
    ]  # fmt: skip
    show_table("What came of it", ("what", "how many"), figures)
    if found.visits:
        rows = [(place, names.get(place), count) for place, count in found.visits.items()]
        show_table("Visits", ("place", "in the recording", "visits"), rows)
    if found.rules:
        decided = [(rule, n["fired"], n["suppressed"]) for rule, n in found.rules.items()]
        show_table("Rules", ("rule", "fired", "suppressed"), decided)
    if found.rewards:
        show_table("Rewards", ("pool", "given"), list(found.rewards.items()))
    if found.quarantined:
        most = sorted(found.quarantined.items(), key=lambda item: -item[1])[:REASONS_SHOWN]
        show_table("Quarantined", ("reason", "how many"), most)
    if found.data:
        screen().print(f"All of it is kept: foyer why PERSON RULE --data {found.data}")
