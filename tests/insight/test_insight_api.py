"""The routes answer those who may ask, in each format, and refuse what cannot be meant."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from contract.clock import ManualClock
from hub.api.errors import add_error_answers
from hub.api.insight import InsightRoutes, MetricsRoute, _is_loopback
from hub.store import Store
from hub.web.ports import WebParts
from hub.web.settings import WebSettings
from tests.insight.made import START_MS, Made

PAGES = ("rules", "rewards", "places", "flows", "journeys")


class NoSession:
    """Everybody comes without a cookie."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["foyer_session"] = None
        await self._app(scope, receive, send)


@dataclass(frozen=True)
class Client:
    """Asks the application without a network; ``client`` is from where, as it sees it."""

    app: NoSession
    headers: dict[str, str] = field(default_factory=dict)
    client: tuple[str, int] = ("10.0.0.7", 5)

    def get(
        self, path: str, params: dict[str, str | int] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:  # fmt: skip
        return asyncio.run(self._get(path, params, {**self.headers, **(headers or {})}))

    async def _get(
        self, path: str, params: dict[str, str | int] | None, headers: dict[str, str]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, client=self.client)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as asking:
            return await asking.get(path, params=params, headers=headers)


def app(store: Store, folder: Path, public_url: str = "http://127.0.0.1:8000") -> NoSession:
    parts = WebParts(
        store=store, clock=ManualClock(START_MS), settings=WebSettings(folder, public_url),
        nudge=lambda: None, lamps=list, why=lambda *_: pytest.fail("nobody asks why"),
    )  # fmt: skip
    made = FastAPI()
    made.include_router(InsightRoutes(parts).router, prefix="/api/v1")
    made.include_router(MetricsRoute(parts).router)
    add_error_answers(made, page=lambda title, text: f"{title} {text}")
    return NoSession(made)


def bearer(store: Store, role: str) -> dict[str, str]:
    return {"authorization": f"Bearer {store.accounts.add_token(role, role, START_MS)}"}


@pytest.fixture
def client(made: Made, tmp_path: Path) -> Client:
    return Client(app(made.store, tmp_path), bearer(made.store, "organiser"))


def test_reports_as_json_and_csv(client: Client, made: Made) -> None:
    for page in PAGES:
        answer = client.get(f"/api/v1/insight/{page}")
        assert answer.status_code == 200, answer.text
        assert answer.json()
        table = client.get(f"/api/v1/insight/{page}", params={"format": "csv"})
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        assert "," in table.text.splitlines()[0]
    rules = client.get("/api/v1/insight/rules", params={"bucket": "1d"}).json()
    assert rules["width"] == "1d"
    thirsty = rules["rules"][0]
    fired = [d for d in made.decisions if (d.rule, d.outcome) == ("thirsty", "fired")]
    assert sum(thirsty["fired_over_time"]) == thirsty["fired"] == len(fired)
    steps = client.get("/api/v1/insight/journeys", params={"steps": 2, "by_day": "true"}).json()
    assert [step["step"] for step in steps["steps"]] == [1, 2]


def test_parts_and_pictures(client: Client) -> None:
    pairs = client.get("/api/v1/insight/flows", params={"format": "csv", "part": "pairs"})
    assert pairs.text.startswith("from,to,people,moves\r\n")
    for page in ("flows", "journeys"):
        drawn = client.get(f"/api/v1/insight/{page}", params={"format": "svg"})
        assert drawn.headers["content-type"].startswith("image/svg+xml")
        assert drawn.text.startswith("<svg")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("rules?bucket=2h", "a bucket is one of"),
        ("rules?since_ms=5&until_ms=5", "ends before"),
        ("flows?since_ms=5&until_ms=4", "ends before"),
        ("places?format=csv&part=tree", "there is: totals, over-time"),
        ("journeys?steps=0", "steps"),
        ("rewards?format=svg", "format"),
    ],
)
def test_what_cannot_be_meant(client: Client, query: str, said: str) -> None:
    answer = client.get(f"/api/v1/insight/{query}")
    assert answer.status_code == 422
    assert answer.json()["error"] == "bad_input"
    assert said in answer.json()["message"]


def test_exports_stream(client: Client, made: Made) -> None:
    answer = client.get("/api/v1/export/visits", params={"format": "jsonl"})
    assert answer.headers["content-disposition"] == 'attachment; filename="visits.jsonl"'
    assert len([json.loads(line) for line in answer.text.splitlines()]) == len(made.visits)
    for name in ("people", "audiences", "decisions", "rewards"):
        table = client.get(f"/api/v1/export/{name}")
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        assert len(table.text.splitlines()) > 1
    assert "diet" in client.get("/api/v1/export/people?sensitive=true").text
    assert client.get("/api/v1/export/people?since_ms=1").status_code == 422
    assert client.get("/api/v1/export/secrets").status_code == 422


def test_only_the_organiser(made: Made, tmp_path: Path) -> None:
    opened = Client(app(made.store, tmp_path))
    paths = [f"/api/v1/insight/{page}" for page in PAGES]
    paths += ["/api/v1/export/people", "/api/v1/export/1"]
    staff = bearer(made.store, "staff")
    for path in paths:
        assert opened.get(path).status_code == 401
        assert opened.get(path, headers=staff).status_code == 403


def test_metrics_are_for_tokens_and_for_this_machine(made: Made, tmp_path: Path) -> None:
    here = ("127.0.0.1", 5)
    opened = Client(app(made.store, tmp_path), client=here)
    answer = opened.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "foyer_decisions_total{" in answer.text
    assert opened.get("/metrics", headers={"x-forwarded-for": "10.0.0.9"}).status_code == 401
    opened = Client(app(made.store, tmp_path))
    assert opened.get("/metrics").status_code == 401
    assert opened.get("/metrics", headers=bearer(made.store, "dj")).status_code == 200
    assert opened.get("/metrics", headers={"authorization": "Bearer x"}).status_code == 401
    proxied = app(made.store, tmp_path, "https://foyer.example.org")
    opened = Client(proxied, client=here)
    assert opened.get("/metrics").status_code == 401


def test_nothing_is_published(empty: Store, tmp_path: Path) -> None:
    opened = Client(app(empty, tmp_path), headers=bearer(empty, "organiser"))
    answer = opened.get("/api/v1/insight/rules")
    assert answer.status_code == 404
    assert "foyer venue apply" in answer.json()["message"]


def test_loopback_in_each_spelling() -> None:
    assert all(map(_is_loopback, ("127.0.0.1", "localhost", "::1", "[::1]", "127.3.2.1")))
    assert not any(map(_is_loopback, ("10.0.0.1", "foyer.example.org", "", "testclient")))


def test_csv_holds_what_json_says(client: Client, made: Made) -> None:
    del made
    answer = client.get("/api/v1/insight/places").json()
    table = client.get("/api/v1/insight/places", params={"format": "csv"}).text.splitlines()
    assert [line.split(",")[0] for line in table[1:]] == [p["place"] for p in answer["places"]]
