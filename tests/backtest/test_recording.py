"""A recording holds what the log holds; a line that is none is named before anything is done."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import pytest

from hub.backtest import recording
from hub.backtest.errors import RecordingFault
from hub.backtest.facts import with_next
from hub.backtest.fold import Fold
from hub.backtest.record import record
from hub.backtest.sources import of_file
from hub.core import events as ev
from hub.core.compiled import compile_venue
from tests.backtest.files import Script
from tests.backtest.made import (
    EVER_MS,
    POINT,
    REWARD,
    Keeping,
    Lived,
    lived,
    setting_of,
    stored,
    venue_of,
)
from tests.core.fold import CONSENTS, MIN, rule, visits
from tests.databases import EVENT
from tests.engine.parts import OPENS_MS, FaultyStore

RULES = [
    rule(visits(2), REWARD, name="card", limit={"once": True}),
    rule({"kind": "absent", "place": "bacon", "for": "50min"}, POINT, name="missed"),
    rule({"kind": "tap", "place": "coffee"}, POINT, name="thirsty", if_={
        "check": "attribute", "name": "diet", "equals": "none"}),
]  # fmt: skip
PEOPLE = {
    "ann-lee": ("ann.lee@example.com", "Ann Lee", "+49 30 1234567"),
    "bob-ray": ("bob.ray@example.com", "Bob Ray", "+49 30 7654321"),
}


@pytest.fixture
def hub(tmp_path: Path, sqlite_template: Path) -> Iterator[Lived]:
    """An event with two people who turn out to be one, a walk-in, and things that tell of them."""
    path = tmp_path / "hub.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    with FaultyStore(f"sqlite:///{path}", EVENT) as store:
        made = lived(
            store, *RULES, unknown_badges="walk_in",
            attributes=[{"name": "diet"}, {"name": "illness", "privacy": "sensitive"}],
            ids=[{"name": "email", "normalise": "email", "blocked": ["info@example.com"]},
                 {"name": "phone", "normalise": "phone"}],
        )  # fmt: skip
        for person, (email, name, phone) in PEOPLE.items():
            said = {"full_name": name, "diet": "none", "reach_me": phone, "illness": "asthma"}
            made.enrol(person, attributes=said, ids={"email": [email, "info@example.com"]})
        made.happens(1, ev.Registered("ann-lee", OPENS_MS, ids={"phone": ["+49301234567"]}))
        for minute, who in ((10, "ann-lee"), (12, "bob-ray"), (14, "badge-9"), (16, "badge-9")):
            made.tap(minute, who)
        made.happens(20, ev.Called("shop", "call", OPENS_MS + 20 * MIN, "bob-ray", by="eve@desk"))
        made.happens(21, ev.Leased("badge-9", "bob-ray", OPENS_MS + 21 * MIN))
        also = ev.Registered("bob-ray", OPENS_MS + 22 * MIN, ids={"phone": ["+49301234567"]})
        made.happens(22, also)
        made.close(200)
        yield made


def recorded(hub: Lived, path: Path, *, pseudonyms: bool = False, since_ms: int = 0) -> int:
    return record(hub.store, setting_of(hub), path, since_ms, EVER_MS, pseudonyms=pseudonyms)


def decided(path: Path) -> Keeping:
    setting = of_file(path)
    rules = compile_venue(setting.live, 1)
    tally = Keeping(rules)
    fold = Fold(rules, setting.begins_ms, setting.settle_ms, tally)
    for fact, next_pos in with_next(setting.source.facts()):
        fold.take(fact, next_pos)
    fold.end(setting.ends_ms)
    return tally


@pytest.mark.parametrize("name", ["event.jsonl", "event.jsonl.gz"])
def test_what_is_recorded_decides_the_same(hub: Lived, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    count = recorded(hub, path)
    assert decided(path).decisions == stored(hub)
    assert count == sum(1 for _ in of_file(path).source.facts()) == of_file(path).rows
    assert path.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("*.part"))
    again = tmp_path / f"again-{name}"
    recorded(hub, again)
    assert again.read_bytes() == path.read_bytes()


def test_a_pseudonymised_one_tells_of_nobody_and_decides_the_same(
    hub: Lived, tmp_path: Path
) -> None:
    path = tmp_path / "event.jsonl"
    recorded(hub, path, pseudonyms=True)
    text = path.read_text(encoding="utf-8").lower()
    told = [part for whom in PEOPLE.values() for part in whom]
    for word in [*PEOPLE, *told, "ann", "bob", "lee", "badge-9", "1234567", "asthma", "eve@",
                 "info@", "full_name"]:  # fmt: skip
        assert word.lower() not in text, word
    walk_ins = {person for person in hub.store.load_engine().aliases if "walk-in" in person}
    assert walk_ins
    assert not any(person in text for person in walk_ins)
    assert '"diet":"none"' in text
    mine, theirs = stored(hub).values(), decided(path).decisions.values()
    assert sorted((one.rule, one.at_ms, one.outcome) for one in mine) == sorted(
        (one.rule, one.at_ms, one.outcome) for one in theirs
    )


def test_two_recordings_have_different_names(hub: Lived, tmp_path: Path) -> None:
    names = []
    for number in range(2):
        path = tmp_path / f"{number}.jsonl"
        recorded(hub, path, pseudonyms=True)
        names.append(set(re.findall(r"[pb]-[0-9a-f]{16}", path.read_text(encoding="utf-8"))))
    assert all(names)
    assert not names[0] & names[1]


def test_who_people_are_is_recorded_from_the_beginning(hub: Lived, tmp_path: Path) -> None:
    path = tmp_path / "event.jsonl"
    recorded(hub, path, since_ms=OPENS_MS + 13 * MIN)
    kinds = [fact.event.__struct_config__.tag for fact in recording.facts(path)]
    assert kinds.count("registered") == 4
    assert kinds.count("tapped") == 2


DUE = b'{"event":"due","timer":"t","at_ms":1}'
TAPPED = b'{"event":"tapped","badge":"b","place":"p","at_ms":1}'
WRONG: Final[list[tuple[Callable[[list[bytes]], list[bytes]], str]]] = [
    (lambda lines: [*lines[:2], b"{", *lines[2:]], "line 3: this is no fact"),
    (lambda lines: [b"[]", *lines[1:]], "line 1: this is no header"),
    (lambda lines: lines[:0], "line 1: this is no header"),
    (lambda lines: [lines[0].replace(b"foyer-event", b"other"), *lines[1:]], "other 1"),
    (lambda lines: [lines[0].replace(b'"version":1', b'"version":9', 1), *lines[1:]], "-event 9"),
    (lambda lines: [*lines, lines[-1]], "line 5: pos 4 does not follow 4"),
    (lambda lines: [*lines[:-1], lines[-1].replace(b"tapped", b"patted")], "line 4"),
    (lambda lines: [*lines[:-1], line(DUE, 1)], "kind 'due' is no fact"),
    (lambda lines: [*lines[:-1], line(TAPPED, 2)], "at_ms is 2"),
    (lambda lines: [*lines[:-1], b"\xff\xfe"], "line 4"),
]


def line(event: bytes, at_ms: int) -> bytes:
    """A line of a file, as somebody writes it."""
    return b'{"pos":9,"key":"k","at_ms":%d,"recorded_ms":1,"event":%s}' % (at_ms, event)


@pytest.mark.parametrize(("change", "said"), WRONG)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, change: object, said: str) -> None:
    assert callable(change)
    path = (
        Script("ann").tap("ann", "coffee", 10).write(tmp_path / "event.jsonl", venue_of(*RULES[:2]))
    )
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join(change(lines)))
    with pytest.raises(RecordingFault, match=re.escape(said)) as raised:
        of_file(path)
    assert str(path) in str(raised.value)


def test_a_damaged_packed_file_is_said_so(tmp_path: Path) -> None:
    path = Script("ann").write(tmp_path / "event.jsonl.gz", venue_of(*RULES[:2]))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(RecordingFault, match="event"):
        of_file(path)


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    path = Script("ann").write(tmp_path / "event.jsonl", venue_of(*RULES[:2]))
    before = path.read_bytes()
    header = recording.check(path).header

    def broken() -> Iterator[object]:
        yield from recording.facts(path)
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        recording.write(path, header, broken())  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_is_lines_of_json(tmp_path: Path) -> None:
    path = Script("ann").write(tmp_path / "event.jsonl.gz", venue_of(*RULES[:2]))
    header, *facts = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert header["format"] == "foyer-event"
    assert header["venue"]["event"]["id"] == "demo"
    assert [fact["event"]["event"] for fact in facts] == ["registered", "leased"]
    assert set(facts[0]["event"]["consents"]) == set(CONSENTS)
    assert msgspec.json.decode(msgspec.json.encode(facts)) == facts
