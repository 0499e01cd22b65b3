"""News as they happen."""

import json
from collections.abc import Iterator
from typing import Any

import httpx

from hub.core.outcome import Decision
from hub.store import Group, Store
from tests.web.conftest import Site
from tests.web.world import NOW_MS


def events(response: httpx.Response) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield kind, id and body of each event."""
    kind = number = ""
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "id":
            number = value
        elif name == "data":
            yield kind, number, json.loads(value)
            kind = number = ""


def decide(store: Store, site: Site, key: str) -> None:
    """Commit one more decision, as the engine would."""
    who = site.people[10]
    decision = Decision(key, "streamed", 1, who, None, NOW_MS, "fired", f"because of {key}")
    store.commit(Group(decisions=[decision]))


def test_a_decision_is_streamed_as_it_is_committed(
    site: Site, store: Store, organiser: httpx.Client
) -> None:
    with organiser.stream("GET", "/api/v1/stream") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        news = events(response)
        kind, _, summary = next(news)
        assert (kind, summary["event"]) == ("summary", "MarTech 2026")
        decide(store, site, "stream/1")
        decision = next(body for kind, _, body in news if kind == "decision")
        assert decision["reason"] == "because of stream/1"


def test_who_comes_back_gets_what_was_missed(
    site: Site, store: Store, organiser: httpx.Client
) -> None:
    newest = organiser.get("/api/v1/decisions", params={"limit": 1}).json()[0]["id"]
    for number in range(50):
        decide(store, site, f"missed/{newest}/{number}")
    headers = {"Last-Event-ID": str(newest)}
    with organiser.stream("GET", "/api/v1/stream", headers=headers) as response:
        got: list[str] = []
        for kind, seen, body in events(response):
            if kind == "decision" and body["reason"].startswith(f"because of missed/{newest}/"):
                got.append(seen)
            if len(got) == 50:
                break
    assert len(set(got)) == 50
    assert [int(one) for one in got] == sorted(int(one) for one in got)


def test_the_stream_is_the_organisers(dj: httpx.Client, anybody: httpx.Client) -> None:
    assert dj.get("/api/v1/stream").status_code == 403
    assert anybody.get("/api/v1/stream").status_code == 401
