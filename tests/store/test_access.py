"""Secrets are shown once and kept as hashes; guessing gets nowhere."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from hub.broker.secrets import secret_matches
from hub.store import Store, StoreConflict, StoreError
from hub.store import accounts as limits
from hub.store.accounts import Account, SignInRefused

RIGHT = "correct horse"
NOW_MS = 1_000_000


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm with little memory: these tests are about what is done with the hash."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("hub.store.accounts._argon2", quick)


def test_the_first_start_makes_one_account(store: Store) -> None:
    password = store.accounts.first_start(NOW_MS)
    assert password is not None
    assert store.accounts.first_start(NOW_MS) is None
    assert store.accounts.verify("organiser", password, NOW_MS) == Account(
        "organiser", "organiser", must_change=True
    )
    assert store.accounts.set_password("organiser", RIGHT)
    assert store.accounts.verify("organiser", RIGHT, NOW_MS) == Account(
        "organiser", "organiser", must_change=False
    )
    assert store.accounts.verify("organiser", password, NOW_MS) == SignInRefused("wrong")


def test_accounts(store: Store) -> None:
    store.accounts.create("dora", RIGHT, "dj", NOW_MS)
    assert store.accounts.all() == [Account("dora", "dj", must_change=False)]
    assert store.accounts.get("dora") == Account("dora", "dj", must_change=False)
    assert store.accounts.get("nobody") is None
    assert store.accounts.verify("nobody", RIGHT, NOW_MS) == SignInRefused("wrong")
    assert not store.accounts.set_password("nobody", RIGHT)
    with pytest.raises(StoreConflict):
        store.accounts.create("dora", RIGHT, "staff", NOW_MS)


@pytest.mark.parametrize(
    ("name", "password", "role"),
    [("x", "short", "dj"), ("x", "x" * 257, "dj"), ("", RIGHT, "dj"), ("x", RIGHT, "king")],
)
def test_accounts_that_cannot_be(store: Store, name: str, password: str, role: str) -> None:
    with pytest.raises(StoreError):
        store.accounts.create(name, password, role, NOW_MS)


def test_guessing_locks_the_account_for_a_while(store: Store) -> None:
    store.accounts.create("dora", RIGHT, "dj", NOW_MS)
    for _ in range(limits.FAILED_MAX):
        assert store.accounts.verify("dora", "wrong", NOW_MS) == SignInRefused("wrong")
    until_ms = NOW_MS + limits.LOCKED_MS
    assert store.accounts.verify("dora", RIGHT, until_ms - 1) == SignInRefused("locked", until_ms)
    assert isinstance(store.accounts.verify("dora", RIGHT, until_ms), Account)
    assert store.accounts.verify("dora", "wrong", until_ms) == SignInRefused("wrong")


def test_many_guesses_at_once_are_no_more_than_one_after_the_other(store: Store) -> None:
    store.accounts.create("dora", RIGHT, "dj", NOW_MS)
    with ThreadPoolExecutor(8) as pool:
        tried = list(pool.map(lambda _: store.accounts.verify("dora", "x", NOW_MS), range(12)))
    looked_at = [result for result in tried if result == SignInRefused("wrong")]
    assert len(looked_at) == limits.FAILED_MAX


def test_a_stands_token(store: Store, database_url: str) -> None:
    token = store.accounts.add_token("bar", "staff", NOW_MS)
    found = store.accounts.by_token(token)
    assert found is not None
    assert (found.name, found.role) == ("bar", "staff")
    assert store.accounts.by_token("guess") is None
    with Store(database_url, "other") as other:
        assert other.accounts.by_token(token) is None
    newer = store.accounts.add_token("bar", "staff", NOW_MS)
    assert store.accounts.by_token(token) is None
    assert store.accounts.revoke_token("bar")
    assert store.accounts.by_token(newer) is None
    assert [info.revoked for info in store.accounts.tokens()] == [True]
    assert not store.accounts.revoke_token("none")
    with pytest.raises(StoreError):
        store.accounts.add_token("bar", "king", NOW_MS)


def test_devices(store: Store) -> None:
    secret = store.devices.add("coffee-pi", "edge", NOW_MS)
    store.devices.add("hub-1", "hub", NOW_MS)
    coffee, hub = store.devices.all()
    assert (coffee.name, coffee.role, coffee.revoked) == ("coffee-pi", "edge", False)
    assert hub.role == "hub"
    assert secret_matches(secret, coffee.secret_hash)
    assert store.devices.revoke("coffee-pi")
    assert not store.devices.revoke("none")
    assert store.devices.all()[0].revoked
    newer = store.devices.add("coffee-pi", "edge", NOW_MS)
    again = store.devices.all()[0]
    assert not again.revoked
    assert secret_matches(newer, again.secret_hash)
    assert not secret_matches(secret, again.secret_hash)


@pytest.mark.parametrize(("name", "role"), [("hub", "edge"), ("A b", "edge"), ("pi", "king")])
def test_devices_that_cannot_be(store: Store, name: str, role: str) -> None:
    with pytest.raises(StoreError):
        store.devices.add(name, role, NOW_MS)


def test_there_is_a_most_of_devices(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.store.devices.DEVICES_MAX", 1)
    store.devices.add("pi-1", "edge", NOW_MS)
    store.devices.add("pi-1", "edge", NOW_MS)
    with pytest.raises(StoreError, match="the most"):
        store.devices.add("pi-2", "edge", NOW_MS)


def test_what_an_edge_last_said(store: Store) -> None:
    store.devices.report_health("pi-1", 1, True, b"{}", 1_000)
    store.devices.report_health("pi-1", 2, False, b'{"a":1}', 2_000)
    health = store.devices.health()["pi-1"]
    assert (health.session, health.alive, health.body, health.at_ms) == (
        2,
        False,
        b'{"a":1}',
        2_000,
    )
