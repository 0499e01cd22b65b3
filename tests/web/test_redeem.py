"""A reward is handed over once, whoever asks and however many at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx

from hub.store import Store
from tests.web.conftest import Site

AT_ONCE = 64


def code_of(store: Store, person: str, pool: str) -> str:
    return next(r.code for r in store.rewards.of(person) if r.pool == pool)


def test_sixty_four_at_the_same_time_give_one_success(
    site: Site, store: Store, organiser: httpx.Client
) -> None:
    code = code_of(store, site.people[1], "coffee-card")
    token = organiser.post("/api/v1/tokens", json={"name": "race"}).json()["secret"]
    barrier = Barrier(AT_ONCE)

    def hand_over(_: int) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=site.base, headers=headers, timeout=60) as client:
            barrier.wait()
            return client.post("/api/v1/redeem", json={"code": code})

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(hand_over, range(AT_ONCE)))
    given = [answer for answer in answers if answer.status_code == 200]
    assert len(given) == 1
    assert given[0].json()["title"] == "Coffee card"
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert len(refused) == AT_ONCE - 1
    assert {one["error"] for one in refused} == {"already"}
    assert refused[0]["detail"]["redeemed_by"] == "race"
    assert "16:32" in refused[0]["message"]
    left = [c for c in store.pending_commands() if c.key.startswith("redeem/coffee-card/1")]
    assert len(left) == 1


def test_a_code_may_be_typed_as_people_type(site: Site, store: Store, staff: httpx.Client) -> None:
    code = code_of(store, site.people[0], "bacon-card")
    typed = f" {code[:5].lower()}-{code[5:].lower()} "
    answer = staff.post("/api/v1/redeem", json={"code": typed})
    assert answer.status_code == 200
    assert "Ada Okafor" in answer.json()["message"]
    page = httpx.get(f"{site.base}/a/{site.links[site.people[0]]}").text
    assert "Used at 16:32" in page
    assert code not in page


def test_an_unknown_code_and_a_strange_one(staff: httpx.Client) -> None:
    unknown = staff.post("/api/v1/redeem", json={"code": "AAAAAAAAAA"})
    assert (unknown.status_code, unknown.json()["error"]) == (404, "unknown")
    empty = staff.post("/api/v1/redeem", json={"code": ""})
    assert (empty.status_code, empty.json()["error"]) == (422, "bad_input")


def test_a_revoked_token_opens_nothing(anybody: httpx.Client, organiser: httpx.Client) -> None:
    secret = organiser.post("/api/v1/tokens", json={"name": "bar"}).json()["secret"]
    headers = {"Authorization": f"Bearer {secret}"}
    body = {"code": "AAAAAAAAAA"}
    assert anybody.post("/api/v1/redeem", json=body, headers=headers).status_code == 404
    assert "bar" in {one["name"] for one in organiser.get("/api/v1/tokens").json()}
    assert organiser.delete("/api/v1/tokens/bar").status_code == 200
    assert anybody.post("/api/v1/redeem", json=body, headers=headers).status_code == 401
    assert organiser.delete("/api/v1/tokens/nobody").status_code == 404
