"""What programs may ask."""

import json

import httpx

from hub.core.events import Leased, Played, Registered
from hub.core.outcome import Action
from hub.store import Group, SettledRow, Store
from tests.web.conftest import Site
from tests.web.world import NOW_MS


def test_health_is_for_anybody(anybody: httpx.Client) -> None:
    answer = anybody.get("/api/v1/health").json()
    assert answer == {
        "status": "ok", "event": "martech", "version": 1, "venue_ms": NOW_MS, "speed": 1.0,
    }  # fmt: skip


def test_the_summary_is_the_live_page_as_data(organiser: httpx.Client) -> None:
    summary = organiser.get("/api/v1/summary").json()
    assert summary["totals"]["taps"] == 240
    assert summary["totals"]["inside"] == 20
    assert [place["id"] for place in summary["places"]][:2] == ["entrance", "coffee"]
    assert sum(place["present"] for place in organiser.get("/api/v1/places").json()) == 20
    assert len(summary["lamps"]) == 7
    assert [edge["edge"] for edge in summary["edges"] if not edge["alive"]] == ["pi-halden"]


def test_decisions_come_with_reasons_and_can_be_filtered(
    site: Site, organiser: httpx.Client
) -> None:
    rows = organiser.get("/api/v1/decisions", params={"limit": 10}).json()
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    person = site.people[0]
    mine = organiser.get("/api/v1/decisions", params={"person": person}).json()
    assert {row["name"] for row in mine} == {"Ada Okafor"}
    held = organiser.get("/api/v1/decisions", params={"rule": "photo-colour"}).json()
    assert {row["reason"] for row in held} == {"no consent to lights"}
    assert held[0]["clauses"][0] == {
        "text": "consents to lights",
        "held": False,
        "saw": "music, push",
    }


def test_people_are_found_by_name_mail_company_and_badge(
    site: Site, organiser: httpx.Client
) -> None:
    def found(text: str) -> list[str]:
        rows = organiser.get("/api/v1/people", params={"search": text}).json()
        return [row["name"] for row in rows]

    assert found("okaf") == ["Ada Okafor"]
    assert found("jakub@") == ["Jakub Bondarenko"]
    assert found("mt-003") == ["Anouk Albrecht"]
    assert "Ada Okafor" in found("northmere")
    assert found("100%_") == []
    one = organiser.get(f"/api/v1/people/{site.people[0]}").json()
    assert one["points"] == 10
    assert one["badges"] == ["mt-001"]
    assert organiser.get("/api/v1/people/nobody").status_code == 404


def test_somebody_new_gets_a_link_once_and_leaves_commands(
    store: Store, organiser: httpx.Client, anybody: httpx.Client
) -> None:
    body = {
        "name": "Nia Test", "badge": "mt-700", "consents": ["lights"], "key": "desk-1",
        "attributes": {"favourite_colour": "#00ff00", "favourite_artists": "Funk; Soul"},
    }  # fmt: skip
    first = organiser.post("/api/v1/people", json=body)
    assert first.status_code == 201
    again = organiser.post("/api/v1/people", json=body).json()
    assert again == {"person": first.json()["person"], "link": None}
    assert anybody.get(first.json()["link"]).status_code == 200
    events = [c.event for c in store.pending_commands(limit=500)]
    person = first.json()["person"]
    registered = next(e for e in events if isinstance(e, Registered) and e.person == person)
    assert registered.attributes["favourite_artists"] == ["Funk", "Soul"]
    assert registered.consents == ["lights"]
    assert Leased("mt-700", person, NOW_MS) in events
    for wrong in ({"name": ""}, {"name": "x", "consents": ["spam"]}, {"name": "x", "odd": 1}):
        assert organiser.post("/api/v1/people", json=wrong).status_code == 422, wrong


def test_a_file_is_imported_once(organiser: httpx.Client) -> None:
    file = (
        "badge,first_name,last_name,email,company,favourite_colour,favourite_artists,consents\n"
        "imp-1,Rosa,Ibarra,rosa@example.org,Acme,#112233,Funk;Soul,lights;push\n"
        "imp-2,Sami,Virtanen,sami@example.org,Acme,green,,\n"
        "imp-3,Tove,Berg,tove@example.org,Acme,,,music\n"
    )
    first = organiser.post("/api/v1/people/import", content=file.encode()).json()
    assert (first["rows"], first["new"], first["known"]) == (3, 2, 0)
    assert first["refused"] == ["line 3: favourite_colour 'green': write #rrggbb"]
    assert sorted(first["links"]) == ["imp-1", "imp-3"]
    again = organiser.post("/api/v1/people/import", content=file.encode()).json()
    assert (again["new"], again["known"], again["links"]) == (0, 2, {})
    binary = organiser.post("/api/v1/people/import", content=b"\xff\xfe\x00")
    assert (binary.status_code, binary.json()["error"]) == (422, "bad_input")
    ragged = organiser.post("/api/v1/people/import", content=b"name\nA,B\n")
    assert ragged.json()["refused"] == ["line 2: more cells than columns"]


def test_a_new_link_ends_the_old_one(site: Site, organiser: httpx.Client) -> None:
    person = site.people[19]
    old = httpx.get(f"{site.base}/a/{site.links[person]}")
    assert old.status_code == 200
    made = organiser.post(f"/api/v1/people/{person}/link").json()
    assert made["qr_svg"].startswith("<svg")
    assert httpx.get(made["link"]).status_code == 200
    assert httpx.get(f"{site.base}/a/{site.links[person]}").status_code == 404
    assert organiser.post("/api/v1/people/nobody/link").status_code == 404


def test_why_answers_with_clauses(site: Site, organiser: httpx.Client) -> None:
    asked: dict[str, str | int] = {
        "person": site.people[0],
        "rule": "coffee-lover",
        "at_ms": NOW_MS,
    }
    answer = organiser.get("/api/v1/why", params=asked).json()
    assert (answer["answer"], answer["at_ms"]) == ("no", NOW_MS)
    assert answer["clauses"][0]["saw"] == "2: 14:40, 15:21"
    unknown = organiser.get("/api/v1/why", params={**asked, "rule": "unknown"})
    assert (unknown.status_code, unknown.json()["error"]) == (404, "not_found")


def test_the_dj_reads_the_queue_and_says_what_was_played(
    site: Site, store: Store, dj: httpx.Client
) -> None:
    queue = dj.get("/api/v1/dj/queue", params={"place": "dance-floor"}).json()
    assert queue[0] == {
        "place": "dance-floor", "artist": "Lantern Parade Club", "wanted_by": 9, "score": 9.0,
        "reason": "waiting 14 min",
    }  # fmt: skip
    assert dj.get("/api/v1/dj/queue", params={"place": "stage"}).json() == []
    body = {"place": "dance-floor", "artist": "Api Artist", "skipped": True}
    assert dj.post("/api/v1/dj/played", json=body).status_code == 202
    played = Played("dance-floor", "Api Artist", NOW_MS, skipped=True, by="dj")
    assert played in [c.event for c in store.pending_commands(limit=500)]
    assert (site.folder / "nudges").exists()


def test_what_was_held_back_can_go_on(store: Store, organiser: httpx.Client) -> None:
    held = organiser.get("/api/v1/quarantine").json()
    by_reason = {one["reason"][:6]: one for one in held}
    assert json.loads(by_reason["nobody"]["payload"])["badge"] == "mt-999"
    number = by_reason["nobody"]["id"]
    assert organiser.post(f"/api/v1/quarantine/{number}/replay").status_code == 200
    assert number in {one.id for one in store.quarantine.requested()}
    assert organiser.post(f"/api/v1/quarantine/{number}/replay").status_code == 404
    assert organiser.post(f"/api/v1/quarantine/{number}/discard").status_code == 404
    other = by_reason["not a "]["id"]
    assert organiser.post(f"/api/v1/quarantine/{other}/discard").status_code == 200
    assert organiser.post("/api/v1/quarantine/x/discard").status_code == 422


def test_a_dead_letter_can_be_sent_again(organiser: httpx.Client) -> None:
    dead = {one["key"]: one for one in organiser.get("/api/v1/dead-letters").json()}
    assert "503" in dead["a/dead"]["error"]
    assert organiser.post("/api/v1/dead-letters/replay", json={"key": "a/dead"}).status_code == 200
    left = {one["key"] for one in organiser.get("/api/v1/dead-letters").json()}
    assert left == dead.keys() - {"a/dead"}
    again = organiser.post("/api/v1/dead-letters/replay", json={"key": "a/dead"})
    assert again.status_code == 404


def test_a_reward_that_was_given_up_is_not_sent_again(
    store: Store, organiser: httpx.Client
) -> None:
    body = {"person": "ann", "pool": "card", "index": 0}
    reward = Action("a/reward", "reward", body, "coffee-lover", "ann", NOW_MS, NOW_MS + 1)
    store.commit(Group(actions=[reward]))
    store.commit(Group(settled=[SettledRow("a/reward", "dead", "no such pool", NOW_MS)]))
    again = organiser.post("/api/v1/dead-letters/replay", json={"key": "a/reward"})
    assert (again.status_code, again.json()["error"]) == (409, "already_done")
    assert "went back to its pool" in again.json()["message"]
    assert "a/reward" in {one["key"] for one in organiser.get("/api/v1/dead-letters").json()}


def test_a_device_shows_its_secret_once(organiser: httpx.Client) -> None:
    made = organiser.post("/api/v1/devices", json={"name": "pi-api"})
    assert made.status_code == 201
    assert len(made.json()["secret"]) == 43
    listed = organiser.get("/api/v1/devices").text
    assert made.json()["secret"] not in listed
    assert "pi-api" in listed
    twice = organiser.post("/api/v1/devices", json={"name": "pi-api"})
    assert (twice.status_code, twice.json()["error"]) == (409, "already_done")
    assert organiser.delete("/api/v1/devices/pi-api").status_code == 200
    assert organiser.delete("/api/v1/devices/pi-none").status_code == 404
    bad = organiser.post("/api/v1/devices", json={"name": "Not A Name"})
    assert (bad.status_code, bad.json()["error"]) == (422, "bad_input")


def test_bad_input_is_told_by_its_field(organiser: httpx.Client) -> None:
    answer = organiser.get("/api/v1/decisions", params={"limit": "many"})
    assert answer.status_code == 422
    assert answer.json()["message"].startswith("query.limit: ")
    lost = organiser.get("/api/v1/nothing")
    assert (lost.status_code, lost.json()["error"]) == (404, "not_found")
    broken = organiser.post(
        "/api/v1/devices", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert broken.status_code == 422
