"""What is handed to a person is all that is stored about them, and nothing about anybody else."""

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hub.core import events as ev
from hub.people import sections
from hub.people.errors import Nobody
from hub.people.handover import HTML_NAME, JSON_NAME, everything, write_everything
from hub.store.inbox import Subscription
from tests.engine.parts import OPENS_MS, Hub
from tests.people.test_pairs import MIN, at_desk, tapped


def opened(content: bytes) -> tuple[dict[str, Any], str]:
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert bundle.testzip() is None
        assert sorted(bundle.namelist()) == sorted((JSON_NAME, HTML_NAME))
        return json.loads(bundle.read(JSON_NAME)), bundle.read(HTML_NAME).decode()


def test_everything_is_in_it_and_nothing_of_others(hub: Hub) -> None:
    ann = at_desk(hub, "Ann <Berg>", badge="b1", email="ann@example.org")
    ana = at_desk(hub, "Ana Berg")
    bob = at_desk(hub, "Bob Cole", badge="badge-of-bob", email="bob@example.org")
    tapped(hub, "b1", 1)
    tapped(hub, "badge-of-bob", 2)
    hub.tell(ev.Leased("b1", bob, hub.clock.now_ms))
    hub.tell(ev.Registered(ann, hub.clock.now_ms, {"favourite_colour": "#00ff00"}, ["push"]))
    hub.tell(ev.Merged(ann, ana, hub.clock.now_ms))
    device = Subscription("https://push.example/ann", "key", "auth-secret")
    hub.store.inbox.subscribe(ann, device, OPENS_MS)
    found, page = opened(b"".join(everything(hub.store, ann, hub.clock.now_ms)))
    assert {row["email"] for row in found["registration"]} == {"ann@example.org", None}
    assert {row["attribute"]: row["value"] for row in found["attributes"]} == {
        "favourite_colour": "#00ff00"
    }
    given = {row["purpose"] for row in found["consents"] if row["given"]}
    assert given == {"push"}
    assert [row["consents"] for row in found["consent_history"]][-1] == ["push"]
    assert len(found["consent_history"]) == 3
    [badge] = found["badges"]
    assert (badge["badge"], badge["until_ms"]) == ("b1", hub.clock.now_ms)
    [tap] = found["taps"]
    assert (tap["place"], tap["at"]) == ("coffee", "2026-10-08T08:01:00+02:00")
    assert [row["place_name"] for row in found["visits"]] != []
    assert found["decisions"][0]["rule"] == "greeting"
    assert found["messages"][0]["title"] == "Hello"
    assert found["points"][-1]["points"] == 1
    assert [row["person"] for row in found["merges"]] == [ana]
    assert found["devices"][0]["endpoint"] == "https://push.example/ann"
    assert found["sent"][0]["to"] == "push"
    assert {row["kind"] for row in found["events"]} >= {"registered", "tapped"}
    whole = json.dumps(found) + page
    for other in (bob, "Bob Cole", "bob@example.org", "badge-of-bob", "auth-secret"):
        assert other not in whole, other
    assert "Ann &lt;Berg&gt;" in page
    assert "<Berg>" not in page


def test_the_file_is_for_its_owner_alone(quick_hub: Hub, tmp_path: Path) -> None:
    ann = at_desk(quick_hub, "Ann Berg")
    out = tmp_path / "ann.zip"
    written = write_everything(quick_hub.store, ann, OPENS_MS, out)
    assert out.stat().st_size == written
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*.part")] == []
    with pytest.raises(Nobody, match="nothing is stored"):
        write_everything(quick_hub.store, "nobody", OPENS_MS, tmp_path / "none.zip")
    assert not (tmp_path / "none.zip").exists()


def test_a_section_has_a_bound_and_says_so(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.people.handover.SECTION_ROWS_MAX", 3)
    ann = at_desk(quick_hub, "Ann Berg", badge="b1")
    tapped(quick_hub, "b1", 1, 2, 3, 4)
    found, page = opened(b"".join(everything(quick_hub.store, ann, OPENS_MS)))
    assert len(found["taps"]) == 4
    assert "more than 3 rows" in found["taps"][-1]["left_out"]
    assert "more than 3 rows" in page
    assert found["visits"][0]["at_ms"] == OPENS_MS + MIN


def test_every_section_has_a_title(quick_hub: Hub) -> None:
    ann = at_desk(quick_hub, "Ann Berg")
    named = sections.Whole(quick_hub.store, ann).sections()
    assert len({one.name for one in named}) == len({one.title for one in named}) == len(named)
