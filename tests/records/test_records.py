"""A record lands under the id by which the system knows the person, with its own names, once."""

import base64
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.port import Done, Drop, RetryAt, RetryLater
from integrations.records.emulator import System
from integrations.records.errors import RecordUnwritable, SettingsError
from integrations.records.record import address, content_of, read_write
from integrations.records.settings import read_settings
from integrations.webhook.emulator.faults import LOST_ANSWER, Fault
from integrations.webhook.emulator.server import Asked
from integrations.webhook.keys import public_key
from tests.records.conftest import BODY, TOKEN, adding, peer_of, settings_of
from tests.webhook.shared import HttpSuite

SEEN = "2023-11-14T22:13:19.995Z"
WRITTEN = {"Score": "7", "First_Name": "Ann Ö", "Last_Seen": SEEN}
Patch = pytest.MonkeyPatch


class TestRecords(HttpSuite):
    """The shared suite, for records that are put and for those that are added."""


def test_a_record_lies_under_its_id_with_the_names_of_there(
    system: System, monkeypatch: Patch
) -> None:
    peer = peer_of(system, monkeypatch, settings_of(system))
    assert peer.deliver("k") == Done("records crm answered HTTP 201")
    assert system.contacts == {"0032/ö?x": WRITTEN}
    (asked,) = system.asked
    assert asked.path == "/api/contacts/0032%2F%C3%B6%3Fx"
    assert asked.headers["idempotency-key"] == public_key("k")
    assert peer.deliver("k2") == Done("records crm answered HTTP 200")
    peer.connector.stop()


def test_put_replaces_and_patch_adds_to_a_record(system: System, monkeypatch: Patch) -> None:
    for method, kept in (("PUT", {}), ("PATCH", {"Status": "gold"})):
        system.contacts["0032/ö?x"] = {"Status": "gold", "Score": "1"}
        peer = peer_of(system, monkeypatch, settings_of(system, method=method))
        assert isinstance(peer.deliver(), Done)
        assert system.contacts["0032/ö?x"] == kept | WRITTEN
        peer.connector.stop()


def test_what_is_added_holds_the_id_and_is_added_once(system: System, monkeypatch: Patch) -> None:
    peer = peer_of(system, monkeypatch, adding(system))
    system.faults.switch(LOST_ANSWER)
    assert isinstance(peer.deliver("k"), RetryLater)
    assert isinstance(peer.deliver("k", after_ms=60_000), Done)
    assert system.activities == [WRITTEN | {"Id": "0032/ö?x"}]
    assert system.duplicates == 1
    assert isinstance(peer.deliver("another"), Done)
    assert len(system.activities) == 2
    peer.connector.stop()


def test_without_a_mapping_all_goes_under_our_names(system: System, monkeypatch: Patch) -> None:
    target = settings_of(system, fields={})
    peer = peer_of(system, monkeypatch, target, fields={"Score": "1", "Status": "x"})
    assert isinstance(peer.deliver(), Done)
    assert system.contacts["0032/ö?x"] == {"Score": "1", "Status": "x"}
    peer.connector.stop()


def test_a_mapping_may_name_what_the_action_says_of_itself(system: System) -> None:
    names = {"_event": "a", "_rule": "b", "_at": "c", "_at_ms": "d", "_key": "e"}
    settings = read_settings({"crm": settings_of(system, fields=names)})["crm"]
    content = content_of(read_write(BODY), settings, "x", "act_1")
    assert msgspec.json.decode(content) == {
        "a": "demo-night",
        "b": "third-stand",
        "c": SEEN,
        "d": BODY["at_ms"],
        "e": "act_1",
    }


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"auth": "bearer"}, "Authorization", f"Bearer {TOKEN}"),
        (
            {"auth": "basic", "user": "foyer"},
            "Authorization",
            "Basic " + base64.b64encode(f"foyer:{TOKEN}".encode()).decode(),
        ),
        ({"auth": "api-key"}, "X-Api-Key", TOKEN),
        ({"auth": "api-key", "header": "X-Own"}, "X-Own", TOKEN),
    ],
)
def test_each_way_to_show_a_key(
    auth: dict[str, str], header: str, value: str, monkeypatch: Patch
) -> None:
    with System(header, value) as system:
        peer = peer_of(system, monkeypatch, settings_of(system, **auth))
        assert isinstance(peer.deliver(), Done)
        system.faults.switch(Fault(status=400, text=f"{value} {TOKEN}!"))
        verdict = peer.deliver("b")
        assert isinstance(verdict, Drop)
        assert TOKEN not in verdict.reason
        assert value not in verdict.reason
        peer.connector.stop()


def test_a_system_without_a_key_is_sent_none(system: System, monkeypatch: Patch) -> None:
    target = settings_of(system, auth="none", secret="")
    peer = peer_of(system, monkeypatch, target)
    assert isinstance(peer.deliver(), RetryAt)
    assert "authorization" not in system.asked[0].headers
    peer.connector.stop()


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_gives_nothing_up(status: int, system: System, monkeypatch: Patch) -> None:
    peer = peer_of(system, monkeypatch, settings_of(system))
    system.faults.switch(Fault(status=status))
    first = peer.deliver("a")
    second = peer.deliver("b", after_ms=0)
    assert isinstance(first, RetryAt)
    assert first == second
    assert first.at_ms == peer.clock.now_ms + 60_000
    assert len(system.asked) == 1
    assert list(peer.connector.stopped()) == ["records crm"]
    assert isinstance(peer.deliver("b", after_ms=60_000), Done)
    assert peer.connector.stopped() == {}
    peer.connector.stop()


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ({}, "no id of the kind crm"),
        ({"mail": ["a"]}, "no id of the kind crm"),
        ({"crm": []}, "no id of the kind crm"),
        ({"crm": [""]}, "no id of the kind crm"),
        ({"crm": [".."]}, "not usable"),
        ({"crm": ["."]}, "not usable"),
        ({"crm": ["a\r\nb"]}, "not usable"),
        ({"crm": ["x" * 257]}, "ids"),
    ],
)
def test_who_is_not_known_there_is_dropped_with_a_sentence(
    ids: dict[str, Any], said: str, system: System, monkeypatch: Patch
) -> None:
    peer = peer_of(system, monkeypatch, settings_of(system), ids=ids)
    verdict = peer.deliver()
    assert isinstance(verdict, Drop)
    assert said in verdict.reason
    assert system.asked == []
    assert peer.connector.coalesce_key(peer.body) is None


def test_of_several_ids_the_first_is_written_to(system: System, monkeypatch: Patch) -> None:
    peer = peer_of(system, monkeypatch, settings_of(system), ids={"crm": ["", "b", "c"]})
    assert isinstance(peer.deliver(), Done)
    assert list(system.contacts) == ["b"]
    system.faults.switch(Fault(status=404, text="neither b2%2F nor c-3 nor ann@example.org"))
    verdict = peer.deliver("k2", ids={"crm": ["b2/", "c-3"], "mail": ["ann@example.org"]})
    assert isinstance(verdict, Drop)
    assert verdict.reason.endswith("neither … nor … nor …")
    peer.connector.stop()


@given(st.text(min_size=1, max_size=40))
def test_no_id_changes_the_address_around_it(found: str) -> None:
    before, _, after = "https://crm.example.org/contacts/{id}/x?y=1".partition("{id}")
    try:
        made = address(f"{before}{{id}}{after}", found)
    except UnicodeEncodeError:
        return
    middle = made.removeprefix(before).removesuffix(after)
    assert made == before + middle + after
    assert not set(middle) & set("/?#&\\ {}@:;")
    assert middle.isascii()


def test_a_record_without_a_field_for_there_is_dropped(system: System, monkeypatch: Patch) -> None:
    target = settings_of(system, fields={"gone": "Gone"})
    verdict = peer_of(system, monkeypatch, target).deliver()
    assert isinstance(verdict, Drop)
    assert "no field" in verdict.reason


def test_an_error_in_an_answer_that_reports_success_is_found(
    system: System, monkeypatch: Patch
) -> None:
    system.errors_in_200 = True
    target = settings_of(system, fields={"score": "Unknown"}, error_field="error")
    peer = peer_of(system, monkeypatch, target)
    assert peer.deliver() == Drop(
        "records crm answered HTTP 200 with an error: unknown fields: Unknown"
    )
    portal = Fault(status=200, text="<html>please sign in</html>")
    nested = Fault(status=200, text=f'{{"error": {{"code": 7, "token": "{TOKEN}"}}}}')
    null = Fault(status=200, text='{"error": null}')
    system.faults.switch(portal, nested, null)
    assert isinstance(peer.deliver(), RetryLater)
    verdict = peer.deliver()
    assert isinstance(verdict, Drop)
    assert '"code":7' in verdict.reason
    assert TOKEN not in verdict.reason
    assert isinstance(peer.deliver(), Done)
    peer.connector.stop()


def test_the_newest_value_stands_for_older_ones_of_the_same_fields(
    system: System, monkeypatch: Patch
) -> None:
    peer = peer_of(system, monkeypatch, settings_of(system))

    def key(**body: Any) -> str | None:
        return peer.connector.coalesce_key(BODY | body)

    assert key() is not None
    assert key() == key(fields=BODY["fields"] | {"score": "8"})
    assert key() != key(fields={"score": "8"})
    assert key() != key(ids={"crm": ["another"]})
    assert key(target="nowhere") is None
    assert key(at_ms="soon") is None
    added = peer_of(system, monkeypatch, adding(system))
    assert added.connector.coalesce_key(BODY) is None


GOOD = {"url": "https://crm.example.org/c/{id}", "id": "crm", "secret": "env:CRM_TOKEN"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"secret": "T0K3N"}, "env:NAME or file:/PATH"),
        ({"secret": ""}, "env:NAME or file:/PATH"),
        ({"url": "https://crm.example.org/c/"}, "stands in it"),
        ({"url": "https://{id}.example.org/c/"}, "stands in the path"),
        ({"url": "https://crm.example.org/{id}/{id}"}, "stands in the path, once"),
        ({"url": "http://crm.example.org/{id}"}, "not encrypted"),
        ({"id": ""}, "id is missing"),
        ({"id": "CRM id"}, "kind of id"),
        ({"method": "POST", "id": "", "id_field": "Id"}, "id is missing"),
        ({"method": "DELETE"}, "method"),
        ({"auth": "basic"}, "user is missing"),
        ({"auth": "basic", "user": "a:b"}, "user is missing"),
        ({"auth": "api-key", "header": "a b"}, "header"),
        ({"auth": "api-key", "header": "Content-Type"}, "header"),
        ({"fields": {"a": "X", "b": "X"}}, "fields"),
        ({"fields": {f"f{n}": f"F{n}" for n in range(65)}}, "fields"),
        ({"timeout_s": 0}, "timeout_s"),
    ],
)
def test_what_cannot_work_is_refused_when_it_is_read(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings({"crm": GOOD | wrong})
    text = str(raised.value)
    assert text.startswith("records.crm: ")
    assert said in text
    assert "T0K3N" not in text


def test_a_system_that_knows_no_people_needs_no_id(system: System, monkeypatch: Patch) -> None:
    target = settings_of(
        system, url=f"{system.url}/activities", method="POST", id="", fields={"score": "Score"}
    )
    peer = peer_of(system, monkeypatch, target, ids={})
    assert isinstance(peer.deliver(), Done)
    assert system.activities == [{"Score": "7"}]
    peer.connector.stop()


def test_a_body_that_is_no_write_says_what_is_wrong() -> None:
    with pytest.raises(RecordUnwritable, match="person"):
        read_write(BODY | {"person": None})


def test_the_emulator_refuses_what_a_strict_system_would(system: System) -> None:
    ask = peer_ask(system)
    assert ask("PUT", "/api/contacts/a", {"Score": "1"}).status == 201
    assert ask("PUT", "/api/contacts/a", {"Score": "1"}, authorization="x").status == 401
    assert ask("PUT", "/api/contacts/a", {"Score": "1"}, **{"content-type": "x"}).status == 415
    assert ask("PUT", "/api/contacts/a", {"Score": "1"}, **{"idempotency-key": ""}).status == 400
    assert ask("PUT", "/api/contacts/a", {"Score": 1}).status == 400
    assert ask("PUT", "/api/contacts/a", {"Nope": "1"}).status == 400
    assert ask("PUT", "/api/contacts/a/b", {}).status == 404
    assert ask("GET", "/api/contacts/a", {}).status == 404
    assert ask("POST", "/api/activities", {"Score": "1"}).status == 201
    assert ask("POST", "/api/activities", {"Score": "2"}).status == 422


def peer_ask(system: System) -> Any:
    """A function that hands the system one request without a network."""
    good = {
        "authorization": f"Bearer {TOKEN}",
        "content-type": "application/json",
        "idempotency-key": "k",
    }

    def ask(method: str, path: str, record: dict[str, Any], **headers: str) -> Any:
        return system.answer(Asked(method, path, good | headers, msgspec.json.encode(record)))

    return ask
