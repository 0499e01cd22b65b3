"""What is refused before any page sees it."""

import asyncio
import re

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from hub.web.limits import SOURCES_MAX, RateLimit
from hub.web.settings import BODY_BYTES_MAX
from tests.web.conftest import Site


def test_a_change_from_another_site_is_refused(organiser: httpx.Client) -> None:
    body = {"name": "Mallory"}
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        answer = organiser.post("/api/v1/people", json=body, headers={"Origin": origin})
        assert (answer.status_code, answer.json()["error"]) == (403, "foreign_origin"), origin


def test_a_change_without_origin_needs_the_browsers_word(site: Site) -> None:
    with site.client("olga") as client:
        del client.headers["Origin"]
        path = "/api/v1/quarantine/999999/discard"
        assert client.post(path).json()["error"] == "foreign_origin"
        cross = client.post(path, headers={"Sec-Fetch-Site": "cross-site"})
        assert cross.json()["error"] == "foreign_origin"
        same = client.post(path, headers={"Sec-Fetch-Site": "same-origin"})
        assert same.json()["error"] == "not_found"


def test_sign_in_from_another_site_is_refused(anybody: httpx.Client) -> None:
    answer = anybody.post(
        "/signin", data={"name": "x", "password": "y"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_socket_from_another_site_is_refused(site: Site, origin: str) -> None:
    async def knock() -> int:
        address = site.base.replace("http", "ws") + "/_nicegui_ws/socket.io/?transport=websocket"
        try:
            async with connect(address, additional_headers={"Origin": origin}):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    assert asyncio.run(knock()) == 403


def test_a_body_that_is_too_large_is_not_read(organiser: httpx.Client) -> None:
    answer = organiser.post("/api/v1/people/import", content=b"x" * (BODY_BYTES_MAX + 1))
    assert (answer.status_code, answer.json()["error"]) == (413, "body_too_large")
    pieces = (b"x" * 65_536 for _ in range(BODY_BYTES_MAX // 65_536 + 2))
    chunked = organiser.post("/api/v1/people/import", content=pieces)
    assert chunked.status_code in (400, 413)


def test_every_page_carries_its_policy(site: Site, organiser: httpx.Client) -> None:
    link = f"/a/{site.links[site.people[0]]}"
    for path in ("/", "/people", "/signin", link, "/api/docs", "/api/v1/health"):
        headers = organiser.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "http" not in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store", path
    for path in (link, "/signin", "/api/docs"):
        assert "unsafe" not in organiser.get(path).headers["content-security-policy"], path


def test_the_api_reference_needs_nothing_from_elsewhere(anybody: httpx.Client) -> None:
    page = anybody.get("/api/docs").text
    document = anybody.get("/api/openapi.json").json()
    for path in document["paths"]:
        assert path in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert "/a/{token}" not in document["paths"]


def test_a_bucket_refills_evenly_and_remembers_a_bounded_number() -> None:
    limit = RateLimit(tries=2, within_ms=1000)
    assert [limit.allow("a", 0) for _ in range(3)] == [True, True, False]
    assert limit.allow("b", 0)
    assert not limit.allow("a", 499)
    assert limit.allow("a", 1000)
    for number in range(SOURCES_MAX + 10):
        limit.allow(str(number), 0)
    assert len(limit) == SOURCES_MAX
