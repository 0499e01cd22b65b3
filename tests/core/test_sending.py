"""Caps and quiet hours hold for whatever rules and follow-ups send, in the venue's own time."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.core.fold import MIN, TAP, Fold, document, rule

PUSH: dict[str, Any] = {"do": "push", "title": "Hello", "max_age": "12h"}
DOOR: dict[str, Any] = {"do": "light", "lamp": "Door", "colour": "#00ff00"}
BERLIN = ZoneInfo("Europe/Berlin")
TOKYO = ZoneInfo("Asia/Tokyo")


def ms(text: str, zone: ZoneInfo = BERLIN) -> int:
    """Unix milliseconds of a local time."""
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def days(starts: str, ends: str, zone: str = "Europe/Berlin") -> dict[str, Any]:
    return {"starts": starts, "ends": ends, "zone": zone}


# Three in 24 hours is not three a day.


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-10-08", 24), ("2026-10-25", 25), ("2027-03-28", 23)]
)
@pytest.mark.parametrize("within", ["24h", "day"])
def test_three_within_24_hours_and_three_a_day_at_every_quarter_hour_around_midnight(
    day: str, hours: int, within: str
) -> None:
    """A tap at each quarter of an hour from two hours before the day to two hours after it."""
    starts = datetime.fromisoformat(day) - timedelta(days=2)
    event = days(f"{starts:%Y-%m-%d}T00:00", f"{starts + timedelta(days=9):%Y-%m-%d}T00:00")
    caps = [{"name": "few", "of": "push", "at_most": 3, "within": within}]
    fold = Fold(document(rule(TAP, PUSH), event=event, caps=caps)).join("ann")
    midnight_ms = ms(f"{day}T00:00")
    first_ms, last_ms = midnight_ms - 120 * MIN, midnight_ms + (hours + 2) * 60 * MIN
    for at_ms in range(first_ms, last_ms + 1, 15 * MIN):
        fold.tap((at_ms - fold.opens_ms) / MIN)
    pushed = [(one.cause_ms - midnight_ms) // MIN for one in fold.actions]
    before = [-120, -105, -90]
    if within == "24h":
        again = [one + 24 * 60 for one in before]
        assert pushed == [*before, *(one for one in again if one <= (hours + 2) * 60)]
        return
    today, tomorrow = [0, 15, 30], [hours * 60 + one for one in (0, 15, 30)]
    assert pushed == [*before, *today, *tomorrow]


@pytest.mark.parametrize("edge_ms", [-1, 0, 1])
@pytest.mark.parametrize(("within", "from_ms"), [("24h", 86_400_000), ("day", 16 * 60 * MIN)])
def test_a_cap_allows_again_exactly_when_the_first_no_longer_counts(
    within: str, from_ms: int, edge_ms: int
) -> None:
    """The first push is sent when the doors open at 08:00, sixteen hours before midnight."""
    caps = [{"name": "few", "of": "push", "at_most": 1, "within": within}]
    fold = Fold(document(rule(TAP, PUSH), caps=caps)).join("ann").taps(0)
    fold.tap((from_ms + edge_ms) / MIN)
    assert fold.because() == ["", "cap" if edge_ms < 0 else ""]


def test_a_cap_is_on_a_channel_on_everything_or_on_a_group_and_says_so() -> None:
    caps = [
        {"name": "lights", "of": "light", "at_most": 1},
        {"name": "all", "of": "everything", "at_most": 3},
        {"name": "group", "of": "group:greetings", "at_most": 1},
    ]
    tag = {"do": "tag", "tag": "guest"}
    rules = [rule(TAP, DOOR, PUSH), rule(TAP, tag, name="greets", group="greetings")]
    fold = Fold(document(*rules, caps=caps)).join("ann").taps(1, 2, 3)
    assert [one.connector for one in fold.actions] == ["lights", "push", "push"]
    assert fold.because() == ["", "", "cap"]
    lines = [one.actions for one in fold.decisions if one.rule == "r"]
    assert lines[1][0] == "light: suppressed, cap lights: 1 within the event, and 1 were at 08:01"
    assert "cap all: 3 within the event" in lines[2][1]
    assert fold.because("greets") == ["", "cap", "cap"]
    assert fold.person().tags == {"guest": fold.at_ms(1)}


def test_a_cap_for_all_at_the_event_counts_everybody_and_the_venue() -> None:
    caps = [
        {"name": "each", "of": "light", "at_most": 1},
        {"name": "all", "of": "light", "at_most": 3, "per": "event"},
    ]
    venue = rule({"kind": "button", "button": "go"}, DOOR, name="venue")
    fold = Fold(document(rule(TAP, DOOR), venue, caps=caps)).join("ann", "bob", "cid")
    for minute, who in enumerate(("ann", "ann", "bob"), 1):
        fold.tap(minute, who)
    fold.press(4)
    fold.tap(5, "cid")
    fold.press(6)
    assert fold.because() == ["", "cap"]
    assert [fold.because(who=who) for who in ("bob", "cid")] == [[""], ["cap"]]
    assert fold.because("venue", None) == ["", "cap"], "to a cap for each, the venue is one more"
    assert len(fold.state.zones["*"].sent["all"]) == 3


def test_a_late_cause_counts_when_it_goes_out() -> None:
    caps = [{"name": "few", "of": "push", "at_most": 1, "within": "1h"}]
    fold = Fold(document(rule(TAP, PUSH), caps=caps)).join("ann").taps(100)
    fold.tap(20, late=100)
    fold.tap(200)
    assert fold.because() == ["", "cap", ""]
    assert fold.person().sent["few"] == (fold.at_ms(100), fold.at_ms(200))


def test_every_channel_counts() -> None:
    acts = [
        PUSH, DOOR, {"do": "reward", "pool": "card", "title": "x"}, {"do": "staff", "title": "x"},
        {"do": "webhook", "target": "crm", "needs": []},
        {"do": "mqtt", "topic": "a", "needs": []}, {"do": "write", "target": "crm", "needs": []},
    ]  # fmt: skip
    caps = [{"name": act["do"], "of": act["do"], "at_most": 1} for act in acts]
    fold = Fold(document(rule(TAP, *acts), caps=caps)).join("ann").taps(1, 2)
    assert fold.because() == ["", "cap"]
    assert fold.person().sent == {act["do"]: (fold.at_ms(1),) for act in acts}
    assert all(f"cap {act['do']}: 1" in fold.decisions[1].reason for act in acts)


# Quiet hours, from 22:00 to 06:00 at a venue that is not where the server is.


def quiet(then: str = "hold", **more: Any) -> dict[str, Any]:
    hours = {"from": "22:00", "until": "06:00", "then": then, **more}
    return {
        "event": days("2026-10-08T08:00", "2026-10-10T10:00", "Asia/Tokyo"), "quiet": [hours],
    }  # fmt: skip


def push_at(local: str, max_age: str, **more: Any) -> Fold:
    push = PUSH | {"max_age": max_age}
    fold = Fold(document(rule(TAP, push), **quiet(**more))).join("ann")
    fold.tap((ms(local, TOKYO) - fold.opens_ms) / MIN)
    return fold


def followed_at(local: str, max_age: str, **more: Any) -> Fold:
    """What is sent by a follow-up, an hour after the rule fired."""
    later = {"do": "follow_up", "then": [PUSH | {"max_age": max_age}], "after": "1h"}
    fold = Fold(document(rule(TAP, later), **quiet(**more))).join("ann")
    minute = (ms(local, TOKYO) - fold.opens_ms) / MIN
    fold.tap(minute - 60)
    fold.pass_to(minute)
    return fold


@pytest.mark.parametrize("sent", [push_at, followed_at])
def test_due_at_0530_is_held_to_0600_or_dropped_if_it_expires_before(sent: Any) -> None:
    fold = sent("2026-10-09T05:30", "31min")
    (action,) = fold.actions
    assert action.not_before_ms == ms("2026-10-09T06:00", TOKYO)
    assert fold.decisions[-1].actions[-1] == (
        "push “Hello”, held: quiet hours 22:00 to 06:00, until 2026-10-09 06:00:00"
    )
    assert len(fold.messages) == 1
    for max_age in ("30min", "29min"):
        fold = sent("2026-10-09T05:30", max_age)
        assert (fold.actions, fold.messages, fold.because()[-1]) == ([], [], "quiet")
        assert fold.decisions[-1].reason.endswith(
            "until 2026-10-09 06:00:00, but it expires before"
        )


@pytest.mark.parametrize("sent", [push_at, followed_at])
@pytest.mark.parametrize(
    ("local", "held"),
    [
        ("2026-10-08T21:59:59.999", None), ("2026-10-08T22:00", "2026-10-09T06:00"),
        ("2026-10-08T22:00:00.001", "2026-10-09T06:00"), ("2026-10-09T00:00", "2026-10-09T06:00"),
        ("2026-10-09T05:59:59.999", "2026-10-09T06:00"), ("2026-10-09T06:00", None),
        ("2026-10-09T06:00:00.001", None),
    ],
)  # fmt: skip
def test_quiet_hours_across_midnight_have_both_their_edges(
    sent: Any, local: str, held: str | None
) -> None:
    (action,) = sent(local, "12h").actions
    assert action.not_before_ms == (0 if held is None else ms(held, TOKYO))


@pytest.mark.parametrize("sent", [push_at, followed_at])
def test_what_is_dropped_and_what_goes_to_the_inbox_alone(sent: Any) -> None:
    fold = sent("2026-10-09T01:00", "12h", then="drop")
    assert (fold.actions, fold.messages, fold.because()[-1]) == ([], [], "quiet")
    fold = sent("2026-10-09T01:00", "12h", then="inbox")
    assert (fold.actions, len(fold.messages), fold.because()[-1]) == ([], 1, "")
    assert fold.decisions[-1].actions[-1] == (
        "push “Hello”, to the inbox alone: quiet hours 22:00 to 06:00"
    )


@pytest.mark.parametrize("then", ["hold", "drop"])
def test_a_reward_is_given_though_its_push_waits_or_is_dropped(then: str) -> None:
    give = {"do": "reward", "pool": "card", "title": "A card"}
    fold = Fold(document(rule(TAP, give), **quiet(then=then))).join("ann")
    fold.tap((ms("2026-10-09T05:30", TOKYO) - fold.opens_ms) / MIN)
    held = [(one.connector, one.not_before_ms) for one in fold.actions]
    until_ms = ms("2026-10-09T06:00", TOKYO)
    assert held == [("reward", 0), ("push", until_ms)][: 1 if then == "drop" else 2]
    assert len(fold.grants) == len(fold.messages) == 1


@pytest.mark.parametrize(
    ("own", "until"),
    [
        ({"quiet_from": "05:00", "quiet_until": "07:30"}, "2026-10-09T07:30"),
        ({"quiet_from": "04:00", "quiet_until": "05:00"}, "2026-10-09T06:00"),
        ({"quiet_from": "06:00", "quiet_until": "06:15"}, "2026-10-09T06:15"),
        ({"quiet_from": "soon", "quiet_until": "07:30"}, "2026-10-09T06:00"),
    ],
)
def test_somebodys_own_hours_and_those_of_the_venue_are_waited_for(
    own: dict[str, str], until: str
) -> None:
    fold = Fold(document(rule(TAP, PUSH), **quiet())).join("ann", consents=["push"], **own)
    fold.tap((ms("2026-10-09T05:30", TOKYO) - fold.opens_ms) / MIN)
    assert [one.not_before_ms for one in fold.actions] == [ms(until, TOKYO)]


def test_what_is_held_counts_when_it_goes_out() -> None:
    """Two in an hour: one is held to 06:00, one is sent at 06:30, and that is all until 07:00."""
    caps = [{"name": "few", "of": "push", "at_most": 2, "within": "1h"}]
    fold = Fold(document(rule(TAP, PUSH), caps=caps, **quiet())).join("ann")
    for local in ("05:30", "06:30", "06:45", "06:59:59.999", "07:00"):
        fold.tap((ms(f"2026-10-09T{local}", TOKYO) - fold.opens_ms) / MIN)
    assert fold.because() == ["", "", "cap", "cap", ""]
    sent = fold.person().sent["few"]
    assert sent == tuple(ms(f"2026-10-09T{one}", TOKYO) for one in ("06:00", "06:30", "07:00"))
