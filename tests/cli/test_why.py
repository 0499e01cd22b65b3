"""``foyer why``: yes, suppressed and no, each with the clauses and what they saw."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.cli.who import parse_instant
from hub.config import ConfigFault
from hub.core.document import EventInfo
from hub.core.spans import local
from tests.cli.recorded import done, refused, said

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("cli")]
ZONE = ZoneInfo("Europe/Berlin")
EVENT = EventInfo("morning", "Morning", "Europe/Berlin", "2026-10-08T08:00", "2026-10-09T18:00")


def test_yes(morning: Path) -> None:
    shown = done("why", "ada", "coffee-lover", "--data", morning)
    assert shown.startswith("Yes, at 10:41:20: The third coffee within two hours is on the house.")
    assert "Badge ada, rule coffee-lover (version 1), 2026-10-08 10:41:20" in shown
    assert "3 visits at coffee within 2 h" in shown
    assert "3: 10:00:00, 10:30:00, 10:41:20" in shown
    assert "reward from card, 4 of 5 left" in shown


def test_no_with_what_was_seen(morning: Path) -> None:
    found = said("why", "bob", "coffee-lover", "--at", "2026-10-08T13:00", "--data", morning)
    assert found["answer"] == "no"
    assert found["clauses"][0] == ["3 visits at coffee within 2 h", False, "1: 13:00:00"]
    earlier = said("why", "bob", "coffee-lover", "--at", "10:42", "--data", morning)
    assert earlier["clauses"][0] == [
        "3 visits at coffee within 2 h", False, "2: 10:35:00, 10:40:00"
    ]  # fmt: skip
    assert earlier["clauses"][1] == [
        "consents to rewards",
        True,
        "lights, music, presence, push, rewards",
    ]


def test_a_minute_is_meant_whole(morning: Path) -> None:
    assert (
        said("why", "ada", "coffee-lover", "--at", "10:41", "--data", morning)["answer"] == "fired"
    )
    assert said("why", "ada", "coffee-lover", "--at", "10:40", "--data", morning)["answer"] == "no"
    later = said("why", "ada", "coffee-lover", "--at", "11:30", "--data", morning)
    assert later["answer"] == "no"
    assert later["clauses"][1][2].startswith("limit: once for each person, and it fired at 10:41")
    assert later["sentence"].startswith("No: that was reached at 10:41:20 already")


def test_all_rules_in_one_table(morning: Path) -> None:
    found = said("why", "ada", "--data", morning)
    assert [(one["rule"], one["answer"]) for one in found] == [
        ("coffee-lover", "fired"), ("photo-light", "suppressed"),
    ]  # fmt: skip
    shown = done("why", "ada", "--at", "10:41", "--data", morning)
    assert "Yes, at 10:41:20: The third coffee" in shown
    assert "No: there was no tap at photo by then" in shown


def test_now_and_what_was_looked_at(morning: Path) -> None:
    found = said("why", "bob", "coffee-lover", "--at", "now", "--data", morning)
    assert found["answer"] == "no"
    shown = done("why", "bob", "coffee-lover", "--at", "10:42", "--data", morning)
    assert (
        "2 visits at coffee within 2 h (10:35, 10:40), 3 are needed: 1 more before 12:35" in shown
    )
    assert "10-08 10:40:00" in shown


def test_about_whom_or_which_place_has_to_be_said(morning: Path) -> None:
    assert "say about whom" in refused("why", "--data", morning)
    assert "say the place and the rule" in refused("why", "--place", "photo", "--data", morning)
    assert "is about people: say about whom" in refused(
        "why", "--place", "photo", "photo-light", "--data", morning
    )


def test_suppressed(morning: Path) -> None:
    shown = done("why", "ada", "photo-light", "--data", morning)
    assert shown.startswith("No, at 10:50 it was suppressed: light: suppressed, its cause is")


def test_by_badge_name_or_id(morning: Path) -> None:
    person = said("people", "list", "ada", "--data", morning)[0]["person"]
    for who in ("ada", "Badge ada", person):
        assert said("why", who, "coffee-lover", "--data", morning)["person"] == person


def test_what_is_not_there_is_said(morning: Path) -> None:
    assert "there is no rule 'tea'; there is: coffee-lover, photo-light" in refused(
        "why", "ada", "tea", "--data", morning
    )
    assert "nobody has the id, badge, name or e-mail 'zoe'" in refused(
        "why", "zoe", "coffee-lover", "--data", morning
    )
    assert "'badge' may be 3 people" in refused("why", "badge", "coffee-lover", "--data", morning)
    assert "--at 'noon'" in refused("why", "ada", "coffee-lover", "--at", "noon", "--data", morning)


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("10:42", "2026-10-09T12:00", "2026-10-09 10:42:59"),
        ("10:42:07", "2026-10-09T12:00", "2026-10-09 10:42:07"),
        ("10:42", "2027-01-01T12:00", "2026-10-09 10:42:59"),
        ("10:42", "2026-01-01T12:00", "2026-10-08 10:42:59"),
        ("2026-10-08T09:00", "2026-01-01T12:00", "2026-10-08 09:00:59"),
        ("2026-10-08T09:00:00+00:00", "2026-01-01T12:00", "2026-10-08 11:00:00"),
        ("1791360000000", "2026-01-01T12:00", "2026-10-07 10:00:00"),
    ],
)
def test_instants(text: str, now: str, expected: str) -> None:
    now_ms = parse_instant(now, EVENT, ZONE, 0)
    found = local(parse_instant(text, EVENT, ZONE, now_ms), ZONE)
    assert f"{found:%Y-%m-%d %H:%M:%S}" == expected


@pytest.mark.parametrize("text", ["25:00", "10:75", "yesterday", "2026-13-01T00:00"])
def test_no_instants(text: str) -> None:
    with pytest.raises(ConfigFault, match="write a time of the venue"):
        parse_instant(text, EVENT, ZONE, 0)
