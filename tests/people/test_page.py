"""An attendee's own page and the desk's part of the API, with the engine running behind them."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hub.attendee.changes import FORGET_WORDS
from hub.core.events import Value
from hub.core.state import Person
from hub.people.purposes import KNOWN
from hub.store.desk import DeskReads
from tests.engine.parts import Hub
from tests.people.site import Site, serving
from tests.people.test_importing import ADA, PLAIN, records
from tests.waiting import wait_until


@pytest.fixture
def site(quick_hub: Hub, tmp_path: Path) -> Iterator[Site]:
    with serving(quick_hub, tmp_path) as running:
        yield running


@pytest.fixture
def anybody(site: Site) -> Iterator[httpx.Client]:
    with site.client() as client:
        yield client


@pytest.fixture
def olga(site: Site) -> Iterator[httpx.Client]:
    with site.client("olga") as client:
        yield client


class TestOwnPage:
    def test_every_purpose_is_there_in_plain_words(self, site: Site, anybody: httpx.Client) -> None:
        _, link = site.register("Ann Berg", "push", "old_purpose")
        page = anybody.get(link).text
        for purpose, (name, meaning) in KNOWN.items():
            assert f'data-consent="{purpose}"' in page
            assert name in page
            assert meaning.replace("'", "&#39;") in page
        assert 'data-consent="old_purpose" checked' in page

    def test_quiet_hours_are_kept_and_taken_back(self, site: Site, anybody: httpx.Client) -> None:
        ann, link = site.register("Ann Berg", "push")

        def state() -> dict[str, Value]:
            return site.hub.store.load_people([ann])[ann].attributes

        both = {"quiet_from": "22:00", "quiet_until": "07:30"}
        assert anybody.post(f"{link}/about", json=both).status_code == 202
        wait_until(lambda: state().get("quiet_from") == "22:00", 1.0)
        assert state()["quiet_until"] == "07:30"
        assert 'value="22:00"' in anybody.get(link).text
        none = {"quiet_from": "", "quiet_until": ""}
        assert anybody.post(f"{link}/about", json=none).status_code == 202
        wait_until(lambda: "quiet_from" not in state(), 1.0)

    @pytest.mark.parametrize(
        "body", [{"quiet_from": "22:00"}, {"quiet_from": "25:00", "quiet_until": "07:00"}]
    )
    def test_half_of_quiet_hours_is_none(
        self, site: Site, anybody: httpx.Client, body: dict[str, str]
    ) -> None:
        _, link = site.register("Ann Berg")
        assert anybody.post(f"{link}/about", json=body).status_code == 422

    def test_a_consent_counts_within_a_second(self, site: Site, anybody: httpx.Client) -> None:
        ann, link = site.register("Ann Berg", "push", "rewards")
        anybody.post(f"{link}/about", json={"consents": ["rewards", "sharing"]})
        consents = site.hub.engine.consents
        wait_until(lambda: consents(ann, "sharing") and not consents(ann, "push"), 1.0)

    def test_the_download_is_everything(self, site: Site, anybody: httpx.Client) -> None:
        ann, link = site.register("Ann Berg", email="ann@example.org")
        answer = anybody.get(f"{link}/everything")
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["cache-control"] == "no-store"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
            found = json.loads(bundle.read("everything.json"))
        assert (found["person"], found["registration"][0]["email"]) == (ann, "ann@example.org")
        asked = {anybody.get(f"{link}/everything").status_code for _ in range(15)}
        assert asked == {200, 429}
        assert anybody.get(f"/a/{'x' * 43}/everything").status_code == 404

    def test_forgetting_needs_the_words_and_is_for_good(
        self, site: Site, anybody: httpx.Client
    ) -> None:
        ann, link = site.register("Ann Berg", "push")
        wrong = anybody.post(f"{link}/forget", json={"confirm": "yes"})
        assert (wrong.status_code, wrong.json()["error"]) == (422, "bad_input")
        assert anybody.get(link).status_code == 200
        done = anybody.post(f"{link}/forget", json={"confirm": f" {FORGET_WORDS.upper()} "})
        assert (done.status_code, done.json()) == (200, {"gone": True})
        assert anybody.get(link).status_code == 404
        assert DeskReads(site.hub.store.database, site.hub.store.event).naming([ann]) == {}


class TestDesk:
    def test_a_source_is_imported_and_looked_at_first(self, site: Site, olga: httpx.Client) -> None:
        url, content = "/api/v1/people/import", records(ADA, {"id": 1}).encode()
        kind = {"Content-Type": "application/x-ndjson"}
        params: dict[str, str] = {"source": "crm", "dry_run": "true"}
        plan = olga.post(url, params=params, content=content, headers=kind).json()
        assert (plan["dry_run"], plan["new"], plan["refused_rows"]) == (True, 1, 1)
        assert plan["unmapped"] == {"age": 1}
        assert {one["to"] for one in plan["fields"]} >= {"attributes.spent", "email"}
        assert site.hub.store.people.count() == 0
        made = olga.post(url, params={"source": "crm"}, content=content, headers=kind).json()
        assert (made["new"], made["held"], len(made["links"])) == (1, 1, 1)
        again = olga.post(url, params={"source": "crm"}, content=content, headers=kind).json()
        assert (again["unchanged"], again["held"]) == (1, 0)
        lost = olga.post(url, params={"source": "none"}, content=content, headers=kind)
        assert (lost.status_code, lost.json()["error"]) == (422, "bad_input")
        large = olga.post(url, content=b"x" * 3_000_000)
        assert large.status_code == 413

    def test_two_are_made_one_and_parted(self, site: Site, olga: httpx.Client) -> None:
        ann, _ = site.register("Ann Berg", "push")
        site.hub.clock.advance(1_000)
        ana, _ = site.register("Ana Berg", "rewards")
        body = {"person": ana, "other": ann}
        plan = olga.post("/api/v1/people/merge", json={**body, "dry_run": True}).json()
        assert (plan["done"], plan["survivor"]["person"]) == (False, ann)
        assert plan["together"]["consents"] == []
        assert olga.post("/api/v1/people/merge", json=body).json()["done"] is True
        assert site.hub.store.resolve(ana) == ann
        twice = olga.post("/api/v1/people/merge", json=body)
        assert twice.status_code == 404
        assert olga.post("/api/v1/people/unmerge", json=body).json() == {"done": True}
        assert site.hub.store.resolve(ana) == ana

    def test_duplicates_and_walk_ins(self, site: Site, olga: httpx.Client) -> None:
        olga.post("/api/v1/people/import", content=PLAIN.encode())
        ann, _ = site.register("Ann Berg")
        [pair] = olga.get("/api/v1/people/duplicates").json()
        assert (pair["same"], ann in {pair["person"], pair["other"]}) == ("name", True)
        assert olga.get("/api/v1/people/walk-ins").json() == []
        claimed = olga.post("/api/v1/people/walk-ins/walk-in-x/claim", json={"person": ann})
        assert claimed.status_code == 404

    def test_badges_are_for_staff_too(self, site: Site) -> None:
        ann, _ = site.register("Ann Berg")
        url = "/api/v1/badges/b1"
        with site.client("staff") as staff:
            assert staff.get(url).status_code == 404
            lent = staff.post(url, json={"move": "lend", "person": ann})
            assert lent.json() == {"done": True}
            assert staff.get(url).json()["person"] == ann
            assert staff.post(url, json={"move": "return"}).json() == {"done": True}
            assert staff.post(url, json={"move": "return"}).status_code == 404
            assert staff.post(url, json={"move": "lend", "person": "x"}).status_code == 404
            staff.post(url, json={"move": "lend", "person": ann})
            assert staff.post(url, json={"move": "lost"}).json() == {"done": True}
            assert staff.get("/api/v1/people/duplicates").status_code == 403
        wait_until(lambda: site.hub.store.people.by_badge("b1") is None)
        assert site.hub.store.notes.count_unread() == 1

    def test_somebody_is_handed_their_data_and_forgotten(
        self, site: Site, olga: httpx.Client
    ) -> None:
        ann, link = site.register("Ann Berg")
        answer = olga.get(f"/api/v1/people/{ann}/everything")
        assert zipfile.is_zipfile(io.BytesIO(answer.content))
        assert olga.get("/api/v1/people/nobody/everything").status_code == 404
        forget = f"/api/v1/people/{ann}/forget"
        assert olga.post(forget, json={"confirm": "yes"}).status_code == 422
        gone = olga.post(forget, json={"confirm": ann}).json()
        assert (gone["done"], gone["left"], gone["rows"] > 0) == (True, {}, True)
        assert olga.post(forget, json={"confirm": ann}).status_code == 404
        assert olga.get(link).status_code == 404

    def test_whoever_registers_at_the_desk_is_found_by_a_source(
        self, site: Site, olga: httpx.Client
    ) -> None:
        body = {"name": "Ada Obi", "email": "Ada@Example.org", "consents": ["sharing"]}
        made = olga.post("/api/v1/people", json=body).json()
        person = made["person"]

        def known() -> dict[str, Person]:
            return site.hub.store.load_people([person])

        def ids() -> tuple[str, ...] | None:
            return known()[person].ids.get("crm")

        wait_until(known)
        site.hub.clock.advance(1_000)
        url, kind = "/api/v1/people/import", {"Content-Type": "application/x-ndjson"}
        olga.post(url, params={"source": "crm"}, content=records(ADA).encode(), headers=kind)
        assert wait_until(ids) == ("7",)
