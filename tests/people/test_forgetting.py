"""Whoever is forgotten is gone: from tables, log, traces, queue, exports and what pages show."""

from pathlib import Path
from typing import Final

from contract.clock import SystemClock
from hub.core import events as ev
from hub.insight.export import files, tables
from hub.insight.service import Insight
from hub.insight.spans import Asked
from hub.store import Store
from hub.store.desk import DeskReads
from hub.store.inbox import Subscription
from hub.store.views_web import WebReads
from tests.engine.parts import Hub
from tests.people.conftest import taken
from tests.people.test_importing import ADA, records
from tests.people.test_pairs import at_desk, tapped
from tests.store.erasing import found

BADGE: Final = "badge-of-ada"
WORDS: Final = ("Ada Obi", "ada@example.org", "+49301234567", BADGE, "adas-endpoint", "Ada ")


def lived(hub: Hub) -> tuple[str, ...]:
    """Let Ada, who was a walk-in first, do what one does; returns all her ids."""
    tapped(hub, BADGE, 1)
    [walk_in] = DeskReads(hub.store.database, hub.store.event).walk_ins()
    taken(hub, records(ADA), "jsonl", "crm")
    [ada] = hub.store.people.search("ada")
    hub.tell(ev.Leased(BADGE, ada.person, hub.clock.now_ms))
    at_desk(hub, "Bob Cole", badge="badge-of-bob")
    tapped(hub, BADGE, 2, 3)
    tapped(hub, "badge-of-bob", 4)
    device = Subscription("https://push.example/adas-endpoint", "k", "a")
    hub.store.inbox.subscribe(ada.person, device, 1)
    taken(hub, "name,key,badge\nEve Dorn,1,badge-of-ada\n")
    return ada.person, walk_in.person


def test_nothing_is_left_of_them_anywhere(hub: Hub, tmp_path: Path) -> None:
    ids = lived(hub)
    reads = DeskReads(hub.store.database, hub.store.event)
    web = WebReads(hub.store.database, hub.store.event)
    assert web.totals().people == 2
    assert reads.naming(ids).keys() >= {"log", "state", "decisions", "actions", "messages"}
    assert set(found(hub.store, WORDS)), "she was everywhere"
    hub.ask(ev.Erased(ids[0], hub.clock.now_ms), "erase/1")
    hub.run()
    assert hub.store.command_result("erase/1") is not None
    assert reads.naming(ids) == {}
    assert set(found(hub.store, (*WORDS, *ids))) == set()
    assert _exported(hub.store, tmp_path, (*WORDS, *ids)) == []
    assert web.totals().people == 1
    assert web.people("ada") == []
    assert not set(ids) & {row.person for row in web.decisions(limit=500)}
    assert hub.store.people.search("bob") != []


def test_it_holds_when_the_engine_begins_anew_and_goes_on(hub: Hub) -> None:
    ids = lived(hub)
    hub.tell(ev.Erased(ids[0], hub.clock.now_ms))
    hub.make_engine()
    tapped(hub, "badge-of-bob", 20)
    hub.run()
    assert set(found(hub.store, (*WORDS, *ids))) == set()


def test_nothing_is_left_in_the_file_once_it_is_scrubbed(quick_hub: Hub, tmp_path: Path) -> None:
    ids = lived(quick_hub)
    quick_hub.tell(ev.Erased(ids[0], quick_hub.clock.now_ms))
    quick_hub.store.scrub()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("hub.sqlite*"))
    assert b"Bob Cole" in content
    for word in (*WORDS, *ids):
        assert word.encode() not in content, word


def test_whoever_registers_again_is_somebody_else(hub: Hub) -> None:
    ids = lived(hub)
    hub.tell(ev.Erased(ids[0], hub.clock.now_ms))
    report = taken(hub, records(ADA), "jsonl", "crm")
    assert report.new == 1
    [ada] = hub.store.people.search("ada")
    assert ada.person not in ids
    assert hub.store.load_people([ada.person])[ada.person].taps == {}


def _exported(store: Store, folder: Path, words: tuple[str, ...]) -> list[str]:
    """Which words are in any file that the hub exports."""
    insight, text = Insight(store, SystemClock()), ""
    for name in ("people", "audiences", "visits", "decisions", "rewards"):
        asked = Asked()
        path = folder / f"{name}.csv"
        files.write(tables.export(insight, name, asked, sensitive=True), path, "csv")
        text += path.read_text()
    return [word for word in words if word in text]
