"""Who is asked about and who is counted consented to it; what they saw is not recommended."""

import json
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import typer
from fastapi import FastAPI
from typer.testing import CliRunner

from contract.clock import ManualClock
from hub.api.errors import add_error_answers
from hub.api.recommendations import RecommendationRoutes
from hub.cli import recommend_commands
from hub.core import document as d
from hub.core.events import Registered
from hub.core.state import Person
from hub.recommending.service import Recommending
from hub.recommending.settings import PURPOSE, UNWANTED_ATTRIBUTE, RecommendSettings
from hub.store import Group, PublishedVenue, Store
from hub.store.insight import visits_reads
from hub.store.people import NewPerson
from hub.web.ports import WebParts
from hub.web.settings import WebSettings
from tests.databases import EVENT, make_tables
from tests.engine.parts import OPENS_MS, Hub, message, tap
from tests.insight.test_insight_api import Client, NoSession

MIN_MS: Final = 60_000
NOW_MS: Final = 1_000 * MIN_MS
YES: Final = frozenset({PURPOSE})
VENUE: Final = d.Venue(
    d.EventInfo(EVENT, "Fair", "UTC", "1970-01-01T08:00", "1970-01-02T10:00"),
    [
        d.Place("entrance", "Entrance"),
        *(d.Place(id_, id_.title(), groups=["sponsors"]) for id_ in ("alder", "bright", "cindral")),
    ],
)
SPONSORS: Final = RecommendSettings(groups=("sponsors",))


def somebody(name: str, *places: str, consents: frozenset[str] = YES, **more: Any) -> Person:
    came: tuple[int, ...] = (NOW_MS - 10 * MIN_MS,)
    visits = dict.fromkeys(places, came)
    return Person(name, consents=consents, visits=visits, **more)


def keep(store: Store, *people: Person, **more: Any) -> None:
    group = Group(**more)
    if store.venue_at() is None:
        group.venue = PublishedVenue(1, msgspec.json.encode(VENUE).decode(), 0)
    group.people = {person.id: person for person in people}
    store.commit(group)


def crowd(count: int, *places: str, consents: frozenset[str] = YES) -> list[Person]:
    name = "-".join(places) + ("" if consents else "-silent")
    return [somebody(f"{name}-{n:03}", *places, consents=consents) for n in range(count)]


def service(store: Store, settings: RecommendSettings = SPONSORS) -> Recommending:
    return Recommending(store, ManualClock(NOW_MS), ManualClock(0), settings)


def test_what_others_did_and_i_did_not(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits_reads, "PAGE_ROWS", 4)
    keep(
        store,
        somebody("me", "alder"),
        *crowd(6, "alder", "bright", "entrance"),
        *crowd(5, "cindral"),
    )
    assert [(one.place, one.because) for one in service(store).for_person("me")] == [
        ("bright", "6 people who visited Alder also visited Bright in the last 60 minutes"),
        ("cindral", "5 people visited Cindral in the last 60 minutes"),
    ]
    everywhere = service(store, RecommendSettings()).for_person("me")
    assert {one.place for one in everywhere} == {"bright", "cindral", "entrance"}


@pytest.mark.parametrize("others", [frozenset(), frozenset({"push", "presence"})])
def test_without_consent_nobody_receives_and_nobody_counts(
    store: Store, others: frozenset[str]
) -> None:
    silent = crowd(50, "cindral", consents=others)
    keep(store, somebody("me"), somebody("not-me", consents=others), *crowd(5, "bright"), *silent)
    asking = service(store)
    assert [one.place for one in asking.for_person("me")] == ["bright"]
    assert asking.for_person("not-me") == []
    assert asking.for_person("nobody") == []


def test_seen_tapped_here_or_unwanted(store: Store) -> None:
    keep(
        store, *crowd(9, "alder", "bright", "cindral"),
        somebody("tapped", taps={"alder": (1,)}),
        somebody("here", place="bright", since_ms=1),
        somebody("picky", attributes={UNWANTED_ATTRIBUTE: ["cindral", 7]}),
        somebody("odd", attributes={UNWANTED_ATTRIBUTE: "cindral"}),
    )  # fmt: skip
    asking = service(store)
    found = {who: {one.place for one in asking.for_person(who)}
             for who in ("tapped", "here", "picky", "odd")}  # fmt: skip
    assert found == {
        "tapped": {"bright", "cindral"},
        "here": {"alder", "cindral"},
        "picky": {"alder", "bright"},
        "odd": {"alder", "bright", "cindral"},
    }


def test_who_was_merged_is_one(store: Store) -> None:
    keep(store, somebody("me", "alder"), *crowd(4, "bright"), somebody("zed", "bright"),
         aliases={"zed": "bright-000", "mine": "me"})  # fmt: skip
    asking = service(store)
    assert asking.for_person("me") == []
    keep(store, *crowd(6, "bright"))
    assert [one.place for one in service(store).for_person("mine")] == ["bright"]


def test_counts_are_kept_for_a_while_and_the_person_is_not(store: Store) -> None:
    wall = ManualClock(0)
    asking = Recommending(store, ManualClock(NOW_MS), wall, SPONSORS)
    assert asking.places() == {}
    keep(store, somebody("me"), *crowd(5, "bright"))
    assert asking.for_person("me") == []
    wall.advance(SPONSORS.refresh_ms)
    assert [one.place for one in asking.for_person("me")] == ["bright"]
    keep(store, somebody("me", "bright"))
    assert asking.for_person("me") == []
    keep(store, somebody("me", consents=frozenset()))
    assert asking.for_person("me") == []


def test_through_the_engine(store: Store) -> None:
    hub = Hub(store, {"name": "r", "when": {"kind": "tap", "place": "coffee"}, "then": []})
    names = [f"n{number}" for number in range(6)]
    hub.join(*names, "ann", consents=[PURPOSE])
    hub.join("quiet", consents=[])
    taps = [tap(name, reader=reader) for name in names for reader in ("desk", "grill")]
    hub.run(message(*taps, tap("ann", reader="desk")))
    asking = Recommending(store, ManualClock(OPENS_MS + MIN_MS), ManualClock(0))
    assert [one.because for one in asking.for_person("ann")] == [
        "6 people who visited Coffee also visited Bacon in the last 60 minutes"
    ]
    assert asking.for_person("quiet") == []
    assert hub.tell(Registered("ann", OPENS_MS, {UNWANTED_ATTRIBUTE: ["bacon"]})) is None
    assert asking.for_person("ann") == []


def test_api(store: Store, tmp_path: Path) -> None:
    keep(store, somebody("me"), *crowd(5, "bright"))
    token = store.people.register(NewPerson(name="Me", person="me", source_key="s"), 0).link_token
    parts = WebParts(
        store=store, clock=ManualClock(NOW_MS), wall=ManualClock(0), nudge=lambda: None,
        settings=WebSettings(tmp_path, "http://hub"), lamps=list, why=lambda *_: pytest.fail("?"),
    )  # fmt: skip
    app = FastAPI()
    app.include_router(RecommendationRoutes(parts, SPONSORS).router)
    add_error_answers(app, page=lambda title, text: f"{title} {text}")
    guest = PostingClient(NoSession(app))
    (found,) = guest.get(f"/mine/{token}/recommendations").json()
    assert (found["place"], found["name"]) == ("bright", "Bright")
    said = guest.post(f"/mine/{token}/recommendations", {"place": "bright"})
    assert said == (202, "Bright: not wanted")
    said = guest.post(f"/mine/{token}/recommendations", {"place": "bright", "unwanted": False})
    assert said == (202, "Bright: wanted")
    left = [row.event for row in store.pending_commands()]
    assert [event.attributes for event in left if isinstance(event, Registered)][-2:] == [
        {UNWANTED_ATTRIBUTE: ["bright"]}, {UNWANTED_ATTRIBUTE: []},
    ]  # fmt: skip
    assert guest.post(f"/mine/{token}/recommendations", {"place": "entrance"})[0] == 422
    assert guest.get("/recommendations/me").status_code == 401
    bearer = {"authorization": f"Bearer {store.accounts.add_token('o', 'organiser', 0)}"}
    assert len(guest.get("/recommendations/me", headers=bearer).json()) == 1
    assert guest.get("/recommendations/nobody", headers=bearer).json() == []
    wrong = [guest.get(f"/mine/{'x' * 43}/recommendations").status_code for _ in range(21)]
    assert wrong == [404] * 20 + [429]
    marks = {guest.post(f"/mine/{token}/recommendations", {"place": "alder"})[0] for _ in range(60)}
    assert marks == {202, 429}


class PostingClient(Client):
    """A client that changes something, too."""

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, str]:
        import asyncio

        import httpx

        async def posted() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=self.client)
            async with httpx.AsyncClient(transport=transport, base_url="http://hub") as asking:
                return await asking.post(path, json=body)

        answer = asyncio.run(posted())
        return answer.status_code, answer.json()["message"]


def test_cli(tmp_path: Path) -> None:
    (tmp_path / "foyer.yaml").write_text(f"event: {EVENT}\nclock: fixed:{NOW_MS}\n")
    url = f"sqlite:///{tmp_path / 'foyer.db'}"
    make_tables(url)
    with Store(url, EVENT) as store:
        keep(store, somebody("me"), somebody("no", consents=frozenset()), *crowd(5, "bright"),
             *crowd(6, "entrance"))  # fmt: skip
    app = typer.Typer()
    app.command()(recommend_commands.recommend)

    def said(*words: str) -> str:
        result = CliRunner().invoke(app, [*words, "-d", str(tmp_path)])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "6 people visited Entrance in the last 60 minutes" in said("me")
    found = json.loads(said("me", "--json", "--group", "sponsors"))
    assert [one["place"] for one in found] == ["bright"]
    assert said("no").startswith("nothing: no consent")
