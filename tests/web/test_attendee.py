"""What attendees see, and what nobody else does."""

import re

import httpx
import pytest

from hub.core.events import Registered, Value
from hub.store import Store
from hub.store.inbox import Subscription
from hub.web.headers import STRICT_POLICY
from tests.web.conftest import Site
from tests.web.world import NOW_MS, SECRET_MARKUP


def link(site: Site, number: int) -> str:
    return f"/a/{site.links[site.people[number]]}"


def test_the_page_is_complete_without_any_script(site: Site, anybody: httpx.Client) -> None:
    page = anybody.get(link(site, 0)).text
    for shown in (
        "Hello Ada",
        "MarTech 2026",
        "You are at",
        "Coffee lover",
        "Coffee card",
        "Show this at Coffee stand",
        "Welcome to MarTech",
        "In the draw: Speaker",
    ):
        assert shown in page
    assert 'src="data:image/svg+xml' in page
    assert anybody.get(link(site, 0) + "/").status_code == 200


def test_the_strict_policy_is_sent_and_kept(site: Site, anybody: httpx.Client) -> None:
    answer = anybody.get(link(site, 0))
    assert answer.headers["content-security-policy"] == STRICT_POLICY
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    page = answer.text
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert "<style" not in page
    assert not re.search(r"\s(on\w+|style)=", page)
    for source in re.findall(r"(?:src|href)=\"([^\"]+)\"", page):
        assert source.startswith(("/", "data:image/")), source
        if source.startswith("/"):
            assert anybody.get(source).status_code == 200, source


def test_markup_in_a_message_is_shown_and_not_run(site: Site, anybody: httpx.Client) -> None:
    for path in (link(site, 2), link(site, 2) + "/live"):
        page = anybody.get(path).text
        assert SECRET_MARKUP not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_the_live_part_is_sent_again_only_when_it_changed(
    site: Site, anybody: httpx.Client
) -> None:
    path = link(site, 4) + "/live"
    first = anybody.get(path)
    assert "<html" not in first.text
    again = anybody.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 400, "%00", "..%2f..", "a b"])
def test_a_wrong_link_tells_nothing(anybody: httpx.Client, token: str) -> None:
    pages = {anybody.get(f"/a/{wrong}").text for wrong in (token, "B" * 43)}
    assert len(pages) == 1
    assert "This link opens nothing" in pages.pop()
    assert anybody.get(f"/a/{token}").status_code == 404


def test_changes_are_commands(site: Site, store: Store, anybody: httpx.Client) -> None:
    path = link(site, 5) + "/about"
    body = {"consents": ["music"], "colour": "#ABCDEF", "artists": ["Funk", "Soul"]}
    assert anybody.post(path, json=body).status_code == 202
    assert anybody.post(path, json={"consents": []}).status_code == 202
    mine = [
        command.event
        for command in store.pending_commands(limit=500)
        if isinstance(command.event, Registered) and command.event.person == site.people[5]
    ]
    attributes: dict[str, Value] = {
        "favourite_colour": "#abcdef",
        "favourite_artists": ["Funk", "Soul"],
    }
    assert mine[-2:] == [
        Registered(site.people[5], NOW_MS, attributes, ["music"]),
        Registered(site.people[5], NOW_MS, {}, []),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"consents": ["everything"]},
        {"colour": "red"},
        {"artists": ["x" * 61]},
        {"artists": ["x"] * 11},
        {"points": 1000},
    ],
)
def test_what_cannot_be_meant_is_refused(
    site: Site, anybody: httpx.Client, body: dict[str, object]
) -> None:
    answer = anybody.post(link(site, 6) + "/about", json=body)
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_input")


def test_a_browser_subscribes_and_only_its_owner_takes_it_back(
    site: Site, store: Store, anybody: httpx.Client
) -> None:
    mine, other = link(site, 7) + "/push", link(site, 8) + "/push"
    body = {"endpoint": "https://push.example/abc", "p256dh": "key", "auth": "secret"}
    assert anybody.post(mine, json=body).status_code == 204
    kept = Subscription("https://push.example/abc", "key", "secret")
    assert store.inbox.subscriptions(site.people[7]) == [kept]
    gone = {"endpoint": body["endpoint"]}
    assert anybody.request("DELETE", other, json=gone).status_code == 204
    assert store.inbox.subscriptions(site.people[7]) == [kept]
    assert anybody.request("DELETE", mine, json=gone).status_code == 204
    assert store.inbox.subscriptions(site.people[7]) == []


def test_a_foreign_page_cannot_change_anything(site: Site, anybody: httpx.Client) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = anybody.post(link(site, 9) + "/about", json={"consents": []}, headers=headers)
    assert answer.status_code == 403


def test_the_worker_and_its_script_are_served(site: Site, anybody: httpx.Client) -> None:
    for path in (link(site, 0) + "/sw.js", "/subscribe.js"):
        answer = anybody.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/javascript")
    assert anybody.get("/a/" + "C" * 43 + "/sw.js").status_code == 404
