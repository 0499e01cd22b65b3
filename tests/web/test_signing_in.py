"""Who may come in, and how far."""

from pathlib import Path

import httpx
import pytest

from contract.clock import ManualClock
from hub.store import Store
from hub.web.errors import NotSignedIn, TooManyTries
from hub.web.ports import WebParts
from hub.web.sessions import COOKIE, Session, SessionBook, load_key
from hub.web.settings import SESSION_MS_MAX, WebSettings
from hub.web.signing_in import SigningIn
from tests.web.conftest import PASSWORD, Site
from tests.web.serve import why
from tests.web.world import EVENT, NOW_MS


def test_a_stranger_is_sent_to_the_sign_in_form(anybody: httpx.Client) -> None:
    for path in ("/", "/people", "/dj", "/stand", "/held", "/devices", "/rules", "/password"):
        answer = anybody.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/signin"), path
    assert anybody.get("/api/v1/people").status_code == 401
    assert "<form" in anybody.get("/signin").text


def test_the_form_signs_in_with_a_guarded_cookie(anybody: httpx.Client) -> None:
    answer = anybody.post("/signin", data={"name": "olga", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert COOKIE in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert anybody.get("/people").status_code == 200
    assert anybody.get("/signout").status_code == 303
    assert anybody.get("/people").status_code == 303


def test_a_wrong_password_is_told_in_one_sentence(anybody: httpx.Client) -> None:
    form = anybody.post("/signin", data={"name": "nobody", "password": "wrong password"})
    assert form.status_code == 401
    assert "do not belong together" in form.text
    body = {"name": "nobody", "password": "wrong password"}
    answer = anybody.post("/api/v1/session", json=body)
    assert answer.status_code == 401
    assert answer.json()["error"] == "not_signed_in"


def test_a_first_password_has_to_be_changed_before_anything_else(site: Site) -> None:
    with site.client("newcomer") as client:
        assert client.get("/api/v1/session").json()["must_change_password"] is True
        assert client.get("/").headers["location"] == "/password"
        assert client.get("/api/v1/people").status_code == 403
        short = client.post("/password", data={"old": PASSWORD, "new": "short"})
        assert (short.status_code, "characters" in short.text) == (422, True)
        same = client.post("/password", data={"old": PASSWORD, "new": PASSWORD})
        assert same.status_code == 422
        done = client.post("/password", data={"old": PASSWORD, "new": "another long password"})
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert client.get("/api/v1/people").status_code == 200


def test_each_role_goes_where_it_belongs(
    dj: httpx.Client, staff: httpx.Client, organiser: httpx.Client
) -> None:
    assert dj.get("/").headers["location"] == "/dj"
    assert dj.get("/dj").status_code == 200
    assert dj.get("/people").headers["location"] == "/dj"
    assert dj.get("/api/v1/people").status_code == 403
    assert dj.post("/api/v1/redeem", json={"code": "x"}).status_code == 403
    assert staff.get("/stand").status_code == 200
    assert staff.get("/dj").headers["location"] == "/stand"
    assert staff.get("/api/v1/dj/queue").status_code == 403
    assert staff.get("/api/v1/devices").status_code == 403
    for path in ("/dj", "/stand", "/held"):
        assert organiser.get(path).status_code == 200


def test_a_forged_or_foreign_cookie_is_nobodys(site: Site) -> None:
    forged = SessionBook(b"another key").write(Session("olga", "organiser", NOW_MS))
    for cookie in (forged, "nonsense", "a.b", "x" * 5000, forged[:-2]):
        with httpx.Client(base_url=site.base, cookies={COOKIE: cookie}) as client:
            assert client.get("/api/v1/session").status_code == 401, cookie[:20]


def test_a_session_ends(tmp_path: Path) -> None:
    book = SessionBook(load_key(tmp_path))
    cookie = book.write(Session("olga", "organiser", 1_000))
    assert book.read(cookie, 1_000 + SESSION_MS_MAX - 1) is not None
    assert book.read(cookie, 1_000 + SESSION_MS_MAX) is None
    assert book.read(cookie, 999) is None
    assert book.read(None, 1_000) is None


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = load_key(tmp_path / "data")
    assert load_key(tmp_path / "data") == first
    files = list((tmp_path / "data").iterdir())
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600]


def test_guessing_is_slowed_down_by_address_and_by_account(tmp_path: Path) -> None:
    with_store = Store(f"sqlite:///{tmp_path / 'foyer.db'}", EVENT)
    with_store.start(migrate=True)
    with with_store as store:
        store.accounts.create("olga", PASSWORD, "organiser", NOW_MS)
        wall = ManualClock(NOW_MS)
        parts = WebParts(
            store=store, clock=wall, wall=wall, settings=WebSettings(tmp_path),
            nudge=lambda: None, lamps=list, why=why,
        )  # fmt: skip
        signing_in = SigningIn(parts, SessionBook(load_key(tmp_path)))
        for _ in range(10):
            with pytest.raises(NotSignedIn):
                signing_in.sign_in("nobody", "wrong", "10.0.0.1")
        with pytest.raises(TooManyTries, match="wait a minute"):
            signing_in.sign_in("olga", PASSWORD, "10.0.0.1")
        assert signing_in.sign_in("olga", PASSWORD, "10.0.0.2").role == "organiser"
        wall.advance(60_000)
        assert signing_in.sign_in("olga", PASSWORD, "10.0.0.1").account == "olga"
        for number in range(5):
            with pytest.raises(NotSignedIn):
                signing_in.sign_in("olga", "wrong", f"10.0.1.{number}")
        with pytest.raises(TooManyTries, match="wrong passwords"):
            signing_in.sign_in("olga", PASSWORD, "10.0.2.1")
