"""What a store holds of an event becomes a file with which others can ask the same questions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub.backtest import recording
from hub.backtest.facts import Fact, fact_of, is_fact
from hub.backtest.pseudonyms import Pseudonyms
from hub.backtest.recording import FORMAT, VERSION, Header
from hub.backtest.sources import Setting
from hub.store import Store

PASSING: Final = frozenset(("tapped", "moved", "gap", "played", "called", "redeemed"))
"""Kinds of facts that may be left out of the time before; the others say who people are."""


def record(
    store: Store, setting: Setting, out: Path, since_ms: int, until_ms: int, *, pseudonyms: bool
) -> int:
    """Write the facts that became known from ``since_ms`` to ``until_ms``; returns how many.

    Who people are is written from the beginning on. With ``pseudonyms`` people, badges and ids
    have other names, and attributes that tell who somebody is are left out.

    Raises:
        StoreError: the store cannot be read.
        OSError: the file cannot be written.
    """
    names = Pseudonyms(setting.live) if pseudonyms else None
    header = Header(
        format=FORMAT,
        version=VERSION,
        event=setting.live.event.id,
        venue=setting.live if names is None else names.venue(setting.live),
        begins_ms=setting.begins_ms,
        ends_ms=min(until_ms, setting.ends_ms),
        settle_ms=setting.settle_ms,
        pseudonyms=pseudonyms,
    )
    last_pos = setting.rows
    return recording.write(out, header, _facts(store, last_pos, since_ms, until_ms, names))


def _facts(
    store: Store, last_pos: int, since_ms: int, until_ms: int, names: Pseudonyms | None
) -> Iterator[Fact]:
    for row in store.log_from():
        if row.pos > last_pos or row.recorded_ms > until_ms:
            return
        if is_fact(row):
            fact = fact_of(row)
            named = fact if names is None else names.fact(fact, row.person)
            if row.recorded_ms >= since_ms or row.kind not in PASSING:
                yield named
