"""Rules, buttons, calls, audiences and notes by program, with an engine that answers."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from hub.core import document as d
from hub.reading import read_venue, to_yaml
from tests.waiting import wait_until
from tests.web.rules_world import RulesSite, rich

YAML = {"content-type": "application/yaml"}
RULES = "/api/v1/rules"


@pytest.fixture(scope="module")
def olga(rules_site: RulesSite) -> Iterator[httpx.Client]:
    with rules_site.client("olga") as client:
        yield client


@pytest.fixture
def fresh(rules_site: RulesSite) -> d.Venue:
    """The document as it was in the beginning, in force."""
    rules_site.put(rich())
    return rich()


def text_of(client: httpx.Client) -> tuple[int, str]:
    answer = client.get(f"{RULES}/document")
    assert answer.status_code == 200
    return int(answer.headers["foyer-version"]), answer.text


def put(client: httpx.Client, text: str, **query: Any) -> httpx.Response:
    return client.post(f"{RULES}/document", content=text, headers=YAML, params=query)


def test_the_document_in_force_is_read_in_both_forms(olga: httpx.Client, fresh: d.Venue) -> None:
    version, text = text_of(olga)
    assert read_venue(text, "x").venue == fresh
    as_json = olga.get(f"{RULES}/document", params={"format": "json", "version": version})
    assert read_venue(as_json.text, "x").venue == fresh
    assert olga.get(f"{RULES}/document", params={"version": 99_999}).status_code == 404
    assert olga.get(f"{RULES}/schema").json()["title"] == "Foyer venue"


def test_the_document_in_force_is_right_and_no_different(
    olga: httpx.Client, fresh: d.Venue
) -> None:
    version, text = text_of(olga)
    said = olga.post(f"{RULES}/check", content=text, headers=YAML).json()
    assert (said["right"], said["version"], said["total"]) == (True, version, 0)
    assert said["rules"] == len(fresh.rules)


def test_a_wrong_document_is_told_by_its_line_and_changes_nothing(
    olga: httpx.Client, fresh: d.Venue
) -> None:
    version, text = text_of(olga)
    wrong = text.replace("place: photo-corner", "place: foto-corner")
    line = next(n for n, one in enumerate(wrong.splitlines(), 1) if "foto" in one)
    said = olga.post(f"{RULES}/check", content=wrong, headers=YAML).json()
    found = next(one for one in said["findings"] if one["severity"] == "error")
    assert not said["right"]
    assert (found["line"], found["hint"]) == (line, "did you mean 'photo-corner'?")
    answer = put(olga, wrong)
    assert answer.status_code == 422
    assert answer.json()["detail"]["line"] == line
    assert text_of(olga)[0] == version
    assert read_venue(text_of(olga)[1], "x").venue == fresh


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("rules: [", "this is no YAML"),
        ("", "line 1"),
        (to_yaml(replace(rich(), event=replace(rich().event, id="other"))), "is of 'other'"),
    ],
)
def test_what_is_no_document_of_this_event_is_refused(
    olga: httpx.Client, wrong: str, told: str
) -> None:
    answer = put(olga, wrong)
    assert answer.status_code == 422
    assert told in answer.json()["message"]


def test_what_is_no_text_is_refused(olga: httpx.Client) -> None:
    answer = olga.post(f"{RULES}/check", content=b"\xff\xfe", headers=YAML)
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_input")


def test_a_document_is_put_in_force_and_taken_back(olga: httpx.Client, fresh: d.Venue) -> None:
    before, text = text_of(olga)
    changed = text.replace("within: 2h", "within: 3h", 1)
    said = olga.post(f"{RULES}/check", content=changed, headers=YAML).json()
    assert [one["sentence"] for one in said["changes"]] == [
        "rule 'coffee-lover', when.within: 2h -> 3h"
    ]
    done = put(olga, changed, based_on=before).json()
    assert (done["done"], done["version"]) == (True, before + 1)
    versions = olga.get(f"{RULES}/versions").json()
    assert (versions[0]["version"], versions[0]["by"]) == (before + 1, "olga")
    diff = olga.get(f"{RULES}/diff", params={"before": before}).json()
    assert (diff["total"], diff["changes"][0]["after"]) == (1, "3h")
    back = olga.post(f"{RULES}/revert", json={"version": before, "based_on": before + 1})
    assert back.json()["version"] == before + 2
    assert read_venue(text_of(olga)[1], "x").venue == fresh
    again = put(olga, text_of(olga)[1]).json()
    assert again == {
        "done": True, "version": before + 2, "message": "that document is in force already",
    }  # fmt: skip


@pytest.mark.usefixtures("fresh")
def test_nobody_undoes_what_came_into_force_meanwhile(
    olga: httpx.Client, rules_site: RulesSite
) -> None:
    before, text = text_of(olga)
    olga.post(f"{RULES}/taps/stage", json={"stage": "paused"})
    answer = put(olga, text.replace("within: 2h", "within: 4h", 1), based_on=before)
    assert (answer.status_code, answer.json()["error"]) == (409, "outdated")
    assert f"version {before + 1}" in answer.json()["message"]
    assert rules_site.stage("taps") == "paused"


def test_a_stage_is_a_version_of_its_own(olga: httpx.Client, fresh: d.Venue) -> None:
    before, _ = text_of(olga)
    for number, stage in enumerate(("paused", "shadow", "live"), start=1):
        done = olga.post(f"{RULES}/thank/stage", json={"stage": stage}).json()
        assert (done["done"], done["version"]) == (True, before + number)
        listed = {one["name"]: one["stage"] for one in olga.get(RULES).json()}
        assert listed["thank"] == stage
    assert read_venue(text_of(olga)[1], "x").venue == fresh
    unknown = olga.post(f"{RULES}/thnk/stage", json={"stage": "live"})
    assert unknown.status_code == 404
    assert "did you mean 'thank'?" in unknown.json()["message"]
    assert olga.post(f"{RULES}/thank/stage", json={"stage": "gone"}).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "roles"),
    [
        ("GET", "/rules", ()),
        ("GET", "/rules/document", ()),
        ("POST", "/rules/document", ()),
        ("POST", "/rules/check", ()),
        ("GET", "/rules/versions", ()),
        ("POST", "/rules/revert", ()),
        ("POST", "/rules/taps/stage", ()),
        ("GET", "/audiences", ()),
        ("GET", "/audiences/coffee-fans/members", ()),
        ("GET", "/buttons", ()),
        ("POST", "/buttons/last-round", ()),
        ("GET", "/calls", ("staff",)),
        ("GET", "/notes", ("staff",)),
    ],
)
def test_each_route_is_for_its_roles(
    rules_site: RulesSite, method: str, path: str, roles: tuple[str, ...]
) -> None:
    for role in ("staff", "dj"):
        with rules_site.client(role) as client:
            answer = client.request(method, f"/api/v1{path}", headers=YAML)
        assert (answer.status_code == 403) == (role not in roles), role
    with rules_site.client() as client:
        assert client.request(method, f"/api/v1{path}", headers=YAML).status_code == 401


def test_a_change_from_another_site_is_refused(olga: httpx.Client) -> None:
    evil = {"Origin": "https://evil.example", **YAML}
    for path in ("rules/document", "rules/taps/stage", "buttons/last-round", "calls/till-opened"):
        answer = olga.post(f"/api/v1/{path}", headers=evil)
        assert (answer.status_code, answer.json()["error"]) == (403, "foreign_origin"), path


# Buttons and calls.


def points(site: RulesSite, person: str) -> int:
    found = site.store.load_people([person])
    return found[person].points if found else 0


def test_a_button_fires_its_rule(olga: httpx.Client, rules_site: RulesSite, fresh: d.Venue) -> None:
    person = rules_site.people["b-3"]
    before = points(rules_site, person)
    listed = {one["name"]: one for one in olga.get("/api/v1/buttons").json()}
    assert (listed["thank"]["about"], listed["last-round"]["about"]) == (["person"], ["venue"])
    assert len(listed) == len([r for r in fresh.rules if isinstance(r.when, d.OnButton)])
    assert olga.post("/api/v1/buttons/thank", json={"person": "b-3"}).status_code == 202
    wait_until(lambda: points(rules_site, person) == before + 7, 30, "the points")
    assert olga.post("/api/v1/buttons/last-round").status_code == 202
    wait_until(
        lambda: any(note.title == "Last round" for note in rules_site.store.notes.rows()),
        30, "the note",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "about", "status", "told"),
    [
        ("buttons/thank", "", 422, "is about a person: name one"),
        ("buttons/last-round", "b-1", 422, "is about the venue: name no person"),
        ("buttons/thx", "", 404, "there is: last-round, thank"),
        ("buttons/thank", "b-99", 404, "nobody with this id"),
        ("calls/till-open", "b-1", 404, "did you mean 'till-opened'?"),
    ],
)
def test_what_nobody_waits_for_is_refused(
    olga: httpx.Client, path: str, about: str, status: int, told: str
) -> None:
    answer = olga.post(f"/api/v1/{path}", json={"person": about})
    assert answer.status_code == status
    assert told in answer.json()["message"]


def test_a_system_calls_with_its_token_and_once_with_its_key(
    olga: httpx.Client, rules_site: RulesSite, fresh: d.Venue
) -> None:
    rules_site.put(replace(fresh, rules=[r for r in fresh.rules if r.name != "taps"]))
    made = olga.post("/api/v1/tokens", json={"name": "till", "role": "staff"})
    bearer = {"Authorization": f"Bearer {made.json()['secret']}", "Idempotency-Key": "sale-1"}
    person = rules_site.people["b-2"]
    before = points(rules_site, person)
    with httpx.Client(base_url=rules_site.base) as till:
        sent = [
            till.post("/api/v1/calls/till-opened", json={"person": about}, headers=bearer)
            for about in ("b-2", person, "b-2")
        ]
        assert till.post("/api/v1/buttons/last-round", headers=bearer).status_code == 403
        odd = till.post("/api/v1/calls/till-opened", headers={**bearer, "Idempotency-Key": "a b"})
    assert [one.status_code for one in sent] == [202, 202, 202]
    assert [one.json()["again"] for one in sent] == [False, True, True]
    assert odd.status_code == 422
    wait_until(lambda: points(rules_site, person) == before + 5, 30, "the points")
    rules_site.installation.wait_commands()
    assert points(rules_site, person) == before + 5
    assert rules_site.store.command_result("call/till-opened/till/sale-1") is not None


@pytest.mark.usefixtures("fresh")
def test_somebody_is_called_about_by_e_mail(olga: httpx.Client, rules_site: RulesSite) -> None:
    made = rules_site.installation.register(["b-7"], email="Vera@example.org")
    rules_site.installation.register(["b-8", "b-9"], email="two@example.org")
    for written in ("vera@example.org", " VERA@EXAMPLE.ORG "):
        answer = olga.post("/api/v1/buttons/thank", json={"person": written})
        assert answer.status_code == 202, answer.text
    wait_until(lambda: points(rules_site, made["b-7"]) == 14, 30, "the points")
    both = olga.post("/api/v1/buttons/thank", json={"person": "two@example.org"})
    assert (both.status_code, both.json()["error"]) == (422, "bad_input")


def test_a_call_says_who_made_it(olga: httpx.Client, rules_site: RulesSite) -> None:
    key = olga.post("/api/v1/buttons/last-round").json()["key"]

    def written() -> bool:
        rows = [row for row in rules_site.store.log_from() if row.key == key]
        return bool(rows)

    wait_until(written, 30, "the press in the log")
    body = next(row.body for row in rules_site.store.log_from() if row.key == key)
    assert b'"by":"olga"' in body


# Audiences and notes.


def test_members_of_an_audience_come_and_are_paged(
    olga: httpx.Client, rules_site: RulesSite, fresh: d.Venue
) -> None:
    for badge in ("b-1", "b-2"):
        for number in range(2):
            rules_site.tap(badge, "coffee", f"audience/{badge}/{number}")

    def members() -> list[dict[str, Any]]:
        found = olga.get("/api/v1/audiences/coffee-fans/members").json()
        return [one for one in found if one["person"] in rules_site.people.values()]

    wait_until(lambda: len(members()) >= 2, 30, "the members")
    listed = {one["name"]: one for one in olga.get("/api/v1/audiences").json()}
    assert listed["coffee-fans"]["text"] == fresh.audiences[0].text
    assert listed["coffee-fans"]["members"] >= 2
    first = olga.get("/api/v1/audiences/coffee-fans/members", params={"limit": 1}).json()
    after = {"limit": 1, "after": first[0]["person"]}
    second = olga.get("/api/v1/audiences/coffee-fans/members", params=after).json()
    assert first[0]["person"] < second[0]["person"]
    assert first[0]["name"].startswith("Bearer of")
    assert olga.get("/api/v1/audiences/nobody/members").status_code == 404


@pytest.mark.usefixtures("fresh")
def test_what_an_audience_had_before_its_change_is_known(
    olga: httpx.Client, rules_site: RulesSite
) -> None:
    size = {one["name"]: one["members"] for one in olga.get("/api/v1/audiences").json()}
    version, text = text_of(olga)
    changed = text.replace("tag: coffee-lover", "tag: other", 1)
    said = olga.post(f"{RULES}/check", content=changed, headers=YAML).json()
    assert said["members"] == {"lovers": size["lovers"]}
    assert put(olga, changed).json()["version"] == version + 1
    note = rules_site.store.status.get("audiences_before")
    assert note is not None
    assert f'"lovers":{{"version":{version + 1},"members":{size["lovers"]}}}'.encode() in note


@pytest.mark.usefixtures("fresh")
def test_a_note_is_read_once(olga: httpx.Client, rules_site: RulesSite) -> None:
    known = {one["id"] for one in olga.get("/api/v1/notes").json()}
    olga.post("/api/v1/buttons/last-round")

    def new() -> list[dict[str, Any]]:
        found = olga.get("/api/v1/notes", params={"unread": True}).json()
        return [one for one in found if one["id"] not in known]

    wait_until(lambda: len(new()) >= 1, 30, "the note")
    note = new()[0]
    assert (note["rule"], note["person"], note["read_ms"]) == ("last-round", None, None)
    with rules_site.client("staff") as staff:
        body = {"ids": [note["id"]]}
        assert staff.post("/api/v1/notes/read", json=body).json() == {"marked": 1}
        assert staff.post("/api/v1/notes/read", json=body).json() == {"marked": 0}
        read = staff.get("/api/v1/notes", params={"before": note["id"] + 1, "limit": 1}).json()
    assert (read[0]["id"], read[0]["read_by"]) == (note["id"], "staff")
