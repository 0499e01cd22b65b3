"""A day through the engine itself: its own arms, its own log, and the report's counts."""

import csv
import json
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import typer
from fastapi import FastAPI
from typer.testing import CliRunner

from contract.clock import ManualClock
from hub.api.errors import add_error_answers
from hub.api.experiments import ExperimentRoutes
from hub.cli import experiment_commands
from hub.core import document as d
from hub.core import events as ev
from hub.core.outcome import Decision
from hub.experiments.service import NO_GOAL, NONE, NOT_LIVE, Experiments
from hub.insight.errors import NothingPublished, UnknownName
from hub.store import Group, LogRow, PublishedVenue, Store
from hub.store.insight import experiments_reads
from hub.store.insight.experiments_reads import ExperimentReads
from hub.web.ports import WebParts
from hub.web.settings import WebSettings
from tests.databases import EVENT, make_tables
from tests.engine.parts import OPENS_MS, Hub, message, tap
from tests.insight.test_insight_api import Client, NoSession

PEOPLE: Final = [f"person{number:02}" for number in range(60)]
MIN_MS: Final = 60_000
AFTER_MS: Final = OPENS_MS + 300 * MIN_MS
RULE: Final[dict[str, Any]] = {
    "name": "taste",
    "when": {"kind": "tap", "place": "coffee"},
    "then": [{"do": "points", "points": 1}],
    "holdout": 40,
    "goal": {"visit": "bacon", "within": "2h"},
    "limit": {"once": True},
}
SALT: Final = f"{EVENT}/taste"


def hash01(salt: str, person: str) -> float:
    digest = blake2b(f"{salt}/{person}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def went_on(number: int) -> bool:
    return number % 3 == 0


def a_day(store: Store, *rules: dict[str, Any], **changes: Any) -> None:
    """Everybody has two coffees; each third goes on to the bacon bar within the two hours."""
    hub = Hub(store, *rules)
    if changes:
        assert hub.publish(*rules, **changes) is None
    hub.join(*PEOPLE)
    hub.clock.now_ms = AFTER_MS
    taps = []
    for number, person in enumerate(PEOPLE):
        first_ms = number * MIN_MS
        taps += [(first_ms, person, "desk"), (first_ms + MIN_MS // 2, person, "desk")]
        late_ms = 30 * MIN_MS if went_on(number) else 121 * MIN_MS
        taps.append((first_ms + late_ms, person, "grill"))
    for first, (at_ms, person, reader) in enumerate(sorted(taps), 1):
        hub.run(message(tap(person, reader=reader, boot_ms=at_ms), first=first))


def test_a_rule_with_a_holdout(store: Store) -> None:
    a_day(store, RULE)
    report = Experiments(store, ManualClock(AFTER_MS)).report()
    (found,) = report.rules
    held = {number for number, p in enumerate(PEOPLE) if hash01(SALT, p) * 100 < 40}
    acted = set(range(len(PEOPLE))) - held
    assert 10 < len(held) < 40
    assert [(arm.arm, arm.people, arm.reached, arm.refused) for arm in found.arms] == [
        ("", len(acted), sum(map(went_on, acted)), 0),
        ("holdout", len(held), sum(map(went_on, held)), 0),
    ]
    assert (found.since_ms, found.goal) == (OPENS_MS, "visited Bacon within 2 h")
    assert report.whole_event == []
    assert len(report.notes) == 1
    early = Experiments(store, ManualClock(OPENS_MS + 130 * MIN_MS)).report("taste").rules[0]
    assert sum(arm.people for arm in early.arms) == 11
    assert sum(arm.waiting for arm in early.arms) == len(PEOPLE) - 11


def test_those_whom_no_rule_acts_for_are_a_comparison_of_their_own(store: Store) -> None:
    a_day(store, RULE, holdout=25)
    report = Experiments(store, ManualClock(AFTER_MS)).report()
    apart = {p for p in PEOPLE if hash01(EVENT, p) * 100 < 25}
    (found,), (whole,) = report.rules, report.whole_event
    assert found.whole_event == len(apart) > 0
    assert sum(arm.people for arm in found.arms) == len(PEOPLE) - len(apart)
    assert [arm.people for arm in whole.arms] == [len(PEOPLE) - len(apart), len(apart)]
    assert [arm.reached for arm in whole.arms] == [len(PEOPLE) - len(apart), len(apart)]
    assert whole.sentences[0].startswith("About as many visited Bacon: ")
    assert len(report.notes) == 2


def test_without_a_holdout_of_its_own_the_events_counts(store: Store) -> None:
    a_day(store, RULE | {"holdout": 0}, holdout=25)
    report = Experiments(store, ManualClock(AFTER_MS)).report("taste")
    (found,) = report.rules
    apart = sum(hash01(EVENT, p) * 100 < 25 for p in PEOPLE)
    assert [arm.people for arm in found.arms] == [len(PEOPLE) - apart, apart]
    assert found.sentences[-1].startswith("Compared with the event's holdout")
    assert report.whole_event == []


def test_versions_end_where_they_cannot_be_read(store: Store) -> None:
    info = d.EventInfo(EVENT, "Fair", "UTC", "2026-10-08T08:00", "2026-10-09T10:00")
    text = msgspec.json.encode(d.Venue(info, [])).decode()
    for version, document in enumerate((text, '{"other": 1}', text, text), 1):
        store.commit(Group(venue=PublishedVenue(version, document, version * 10)))
    reads = ExperimentReads(store.database, EVENT)
    assert [version.at_ms for version in reads.versions()] == [40, 30]


def test_people_who_were_in_two_arms_and_rewards(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redemptions as the log has them; merges and limits as decisions have them."""
    monkeypatch.setattr(experiments_reads, "PAGE_ROWS", 2)
    rule = d.Rule("give", d.OnTap(place="coffee"), holdout=50, goal=d.Goal(redeemed="card"))
    info = d.EventInfo(EVENT, "Fair", "UTC", "2026-10-08T08:00", "2026-10-09T10:00")
    venue = d.Venue(info, [d.Place("coffee", "Coffee")], pools=[d.PoolInfo("card", "A card", 9)],
                    rules=[rule])  # fmt: skip
    group = Group(venue=PublishedVenue(1, msgspec.json.encode(venue).decode(), 0))
    group.aliases = {"bob": "ann", "dan": "cid"}
    for key, person, arm, outcome, because in (
        ("1", "ann", "", "fired", ""),
        ("2", "bob", "holdout", "suppressed", "holdout"),
        ("3", "cid", "", "suppressed", "consent"),
        ("4", "dan", "", "fired", ""),
        ("5", "eve", "holdout", "suppressed", "holdout"),
        ("6", "fay", "", "suppressed", "stock"),
        ("7", "gus", "", "suppressed", "limit"),
        ("8", "hal", "", "shadow", ""),
    ):
        made = Decision(key, "give", 1, person, None, 100 + int(key), outcome, "", because, arm)  # type: ignore[arg-type]
        group.decisions.append(made)
    for pos, (whose, at_ms) in enumerate((("dan", 500), ("eve", 50), (None, 600)), 1):
        body = msgspec.json.encode(ev.Redeemed(whose or "", "card", 0, at_ms))
        group.log.append(LogRow(pos, str(pos), whose, "redeemed", at_ms, at_ms, body))
    store.commit(group)
    (found,) = Experiments(store, ManualClock(AFTER_MS)).report().rules
    assert found.merged == 1
    assert [(arm.people, arm.reached, arm.refused) for arm in found.arms] == [(2, 1, 1), (1, 0, 0)]
    assert found.goal == "redeemed A card within 2 h"


def test_what_cannot_be_compared(store: Store) -> None:
    service = Experiments(store, ManualClock(AFTER_MS))
    with pytest.raises(NothingPublished, match="foyer venue apply"):
        service.report()
    hub = Hub(store, {"name": "plain", "when": RULE["when"], "then": RULE["then"]})
    assert service.report().notes == [NONE]
    with pytest.raises(UnknownName, match="neither a holdout nor variants"):
        service.report("plain")
    with pytest.raises(UnknownName, match="with something to compare: none"):
        service.report("other")
    aimless = {key: value for key, value in RULE.items() if key != "goal"} | {"name": "aimless"}
    assert hub.publish(aimless, RULE | {"stage": "shadow"}) is None
    found = {one.rule: one.sentences for one in service.report().rules}
    assert found == {"aimless": [NO_GOAL], "taste": [NOT_LIVE]}


def test_api(store: Store, tmp_path: Path) -> None:
    a_day(store, RULE)
    parts = WebParts(
        store=store, clock=ManualClock(AFTER_MS), settings=WebSettings(tmp_path, "http://hub"),
        nudge=lambda: None, lamps=list, why=lambda *_: pytest.fail("nobody asks why"),
    )  # fmt: skip
    app = FastAPI()
    app.include_router(ExperimentRoutes(parts).router)
    add_error_answers(app, page=lambda title, text: f"{title} {text}")
    token = {"authorization": f"Bearer {store.accounts.add_token('o', 'organiser', 0)}"}
    client = Client(NoSession(app), token)
    answer = client.get("/experiments", params={"rule": "taste"}).json()
    assert answer["rules"][0]["sentences"][0].startswith(("More", "Fewer", "About as many"))
    for part in ("arms", "comparisons", "sentences"):
        table = client.get("/experiments", params={"format": "csv", "part": part})
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        rows = list(csv.reader(table.text.splitlines()))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert rows[1][0] == "taste"
    assert client.get("/experiments", params={"rule": "x"}).status_code == 404
    staff = {"authorization": f"Bearer {store.accounts.add_token('s', 'staff', 0)}"}
    assert client.get("/experiments", headers=staff).status_code == 403


def test_cli(tmp_path: Path) -> None:
    (tmp_path / "foyer.yaml").write_text(f"event: {EVENT}\n")
    url = f"sqlite:///{tmp_path / 'foyer.db'}"
    make_tables(url)
    with Store(url, EVENT) as store:
        a_day(store, RULE)
    app = typer.Typer()
    app.command()(experiment_commands.experiments)

    def said(*words: str, fails: bool = False) -> str:
        result = CliRunner().invoke(app, [*words, "-d", str(tmp_path)])
        assert result.exit_code == int(fails), result.output
        return result.stderr if fails else result.stdout

    table = said("taste")
    assert "taste: visited Bacon within 2 h" in table
    assert "held out" in table
    assert "\u2503" in table
    assert json.loads(said("-f", "json"))["rules"][0]["rule"] == "taste"
    assert said("-f", "csv", "--part", "comparisons").startswith("rule,goal,arm,against")
    with Store(url, EVENT) as store:
        aimless = {key: value for key, value in RULE.items() if key != "goal"}
        assert Hub(store).publish(aimless) is None
    assert NO_GOAL in said()
    assert "there is: table, json, csv" in said("-f", "xml", fails=True)
    assert "there is: arms" in said("-f", "csv", "--part", "x", fails=True)
    assert "there is no rule" in said("other", fails=True)
