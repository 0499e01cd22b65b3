"""The pages of what happened say what the service says, to the organiser alone."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from contract.clock import ManualClock, SystemClock
from hub.console import words
from hub.console.insight_picture import Axis
from hub.console.insight_reading import asked_of, report_address, span_of
from hub.experiments.service import Experiments
from hub.insight.service import Insight
from hub.insight.spans import HOUR_MS, MINUTE_MS, Asked
from hub.store import Store
from hub.web.sessions import COOKIE
from tests.web.conftest import ROOT, STOP_S_MAX, Site
from tests.web.insight_world import MARKUP, publish, venue
from tests.web.watching import started, watching
from tests.web.world import EVENT, NOW_MS

needs_browser = pytest.mark.needs_chromium
PATHS = ("/insight", "/journeys", "/experiments", "/experiments/taste")
TODAY_MS = round(datetime(2026, 11, 12, tzinfo=ZoneInfo("Europe/Berlin")).timestamp() * 1000)
REPORT_MS = 15_000


@contextmanager
def serving(folder: Path, *how: str) -> Iterator[Site]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.web.insight_world", str(folder), *how],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        yield Site(f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}", folder, {})
        process.terminate()
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def opened(site: Site) -> Iterator[Store]:
    with Store(f"sqlite:///{site.folder / 'foyer.db'}", EVENT) as store:
        yield store


@pytest.fixture(scope="module")
def happened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("happened"), "full") as site:
        yield site


@pytest.fixture(scope="module")
def insight(happened: Site) -> Iterator[Insight]:
    with opened(happened) as store:
        yield Insight(store, SystemClock())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as running:
        yield running


@pytest.fixture(scope="module")
def cookie(happened: Site) -> str:
    with happened.client("olga") as client:
        return client.cookies[COOKIE]


@pytest.fixture
def page(browser: Browser, happened: Site, cookie: str) -> Iterator[Page]:
    with watching(browser, happened.base) as one:
        one.page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": happened.base}])
        yield one.page


def go(page: Page, site: Site, path: str) -> None:
    page.goto(f"{site.base}{path}")
    expect(page.get_by_text("Reading what happened")).to_have_count(0, timeout=REPORT_MS)


def tile(page: Page, name: str, number: int) -> None:
    found = page.locator(".total").filter(has=page.get_by_text(name, exact=True))
    expect(found.locator(".total-figure")).to_have_text(words.count(number), timeout=REPORT_MS)


def tiles(page: Page, insight: Insight, asked: Asked) -> None:
    rules, pools = insight.rules(asked).rules, insight.rewards(asked).pools
    tile(page, "Visitors", insight.journeys(asked, 1).journeys)
    tile(page, "Visits", sum(one.visits for one in insight.places(asked).places))
    tile(page, "Rules fired", sum(one.fired for one in rules))
    tile(page, "Suppressed", sum(one.suppressed_total for one in rules))
    tile(page, "Rewards issued", sum(one.given for one in pools))
    tile(page, "Redeemed", sum(one.redeemed for one in pools))


@needs_browser
def test_the_page_says_what_the_service_says(page: Page, happened: Site, insight: Insight) -> None:
    go(page, happened, "/insight")
    tiles(page, insight, Asked())
    (photo,) = [one for one in insight.rules(Asked()).rules if one.rule == "photo-colour"]
    line = page.locator(".happened", has_text="photo-colour")
    assert photo.suppressed["consent"] > 0
    expect(line.locator(".legend")).to_contain_text(f"fired {photo.fired}")
    expect(line.locator(".legend")).to_contain_text(f"no consent {photo.suppressed['consent']}")
    expect(line.locator("svg.bars title")).to_contain_text(f"photo-colour: {photo.fired} fired, ")
    expect(line.locator("path")).to_have_count(1 + len(photo.suppressed))
    expect(line.get_by_role("link", name="Who, and why")).to_have_attribute(
        "href", "/rules/photo-colour"
    )
    expect(page.get_by_text("Decided nothing: sponsor-round, recovery.")).to_be_visible()
    (card, _) = insight.rewards(Asked()).pools
    pool = page.locator(".happened", has_text="Coffee card")
    assert card.median_ms is not None
    assert card.p90_ms is not None
    expect(pool).to_contain_text(f"{card.left} of 50 left now")
    expect(pool).to_contain_text(f"half were redeemed within {words.lasting(card.median_ms)}")
    expect(pool).to_contain_text(f"nine of ten within {words.lasting(card.p90_ms)}")
    expect(pool).to_contain_text(f"redeemed at: coffee {card.redeemed}")


@needs_browser
def test_places_and_the_ways_between_them(page: Page, happened: Site, insight: Insight) -> None:
    go(page, happened, "/insight")
    (stage,) = [one for one in insight.places(Asked()).places if one.place == "stage"]
    line = page.locator(".happened", has_text="Main stage")
    assert stage.dwell_median_ms is not None
    expect(line).to_contain_text(f"{stage.visits} visits by {stage.visitors} people")
    expect(line).to_contain_text(f"{stage.repeat_visitors} came again")
    expect(line).to_contain_text(f"half stayed up to {words.lasting(stage.dwell_median_ms)}")
    expect(line).to_contain_text(f"{stage.present_max} at once")
    flows = insight.flows(Asked())
    row = flows.people[flows.places.index("entrance")]
    said = [words.count(people) if people else "" for people in row]
    expect(page.locator(".matrix tbody tr", has_text="Entrance").locator("td")).to_have_text(said)
    expect(page.locator(".drawn title").first).to_have_text("From place to place")
    expect(page.locator(".matrix th", has_text=MARKUP)).to_have_count(2)
    expect(page.locator("b")).to_have_count(0)


@needs_browser
def test_a_stretch_is_chosen_with_the_keyboard(
    page: Page, happened: Site, insight: Insight
) -> None:
    go(page, happened, "/insight")
    page.get_by_role("link", name="Today").press("Enter")
    page.wait_for_url("**/insight?span=today")
    expect(page.get_by_role("link", name="Today")).to_have_attribute("aria-current", "true")
    tiles(page, insight, Asked(since_ms=TODAY_MS))
    go(page, happened, "/insight?span=hour")
    hour = Asked(since_ms=NOW_MS // MINUTE_MS * MINUTE_MS - HOUR_MS)
    tiles(page, insight, hour)
    expect(
        page.get_by_text("Nothing of the kind in this stretch (last hour)").first
    ).to_be_visible()
    page.get_by_role("button", name="Read again").press("Enter")
    tiles(page, insight, hour)


@needs_browser
def test_journeys(page: Page, happened: Site, insight: Insight) -> None:
    names = {place.id: place.name for place in venue().places}
    go(page, happened, "/journeys")
    report = insight.journeys(Asked())
    expect(page.locator(".page-lead")).to_contain_text(f"{report.journeys} people's ways")
    first = report.paths[0]
    assert first.people > 1
    way = page.locator(".way").first
    expect(way.locator(".way-figure")).to_have_text(
        [str(first.people), f"{first.people / report.journeys * 100:.0f} %"]
    )
    expect(way.locator(".way-stop:not(.row-faint)")).to_have_text(
        [names[place] for place in first.places]
    )
    shown = sum(path.people > 1 for path in report.paths[:20])
    expect(page.locator(".way")).to_have_count(shown)
    steps = page.locator(".steps tbody tr")
    expect(steps).to_have_count(len(report.steps))
    last = report.steps[-1]
    assert last.ended > 0
    expect(steps.last).to_contain_text(f"{last.reached}")
    expect(steps.last).to_contain_text(f"{last.ended} ({last.ended / last.reached * 100:.0f} %)")
    expect(page.locator(".drawn desc")).to_contain_text(f"{report.journeys} journeys")

    page.get_by_role("link", name="Each person's day").click()
    page.get_by_role("link", name="3 stops").click()
    page.wait_for_url("**/journeys?span=event&by=day&steps=3")
    days = insight.journeys(Asked(), 3, by_day=True)
    assert days.journeys > report.journeys
    expect(page.locator(".page-lead")).to_contain_text(f"{days.journeys} days of people")
    expect(page.locator(".steps tbody tr")).to_have_count(3)


@needs_browser
def test_experiments(page: Page, happened: Site) -> None:
    with opened(happened) as store:
        report = Experiments(store, ManualClock(NOW_MS)).report()
    go(page, happened, "/experiments")
    panels = page.locator(".experiment")
    found = [*report.rules, *report.whole_event]
    assert report.whole_event
    expect(panels).to_have_count(len(found))
    expect(panels.last.locator("h2")).to_have_text("Every rule together")
    for panel, one in zip(panels.all(), found, strict=True):
        leads = [each.sentences[0] for each in one.comparisons] or one.sentences[:1]
        expect(panel.locator(".verdict-line")).to_have_text(leads)
        rest = [said for said in one.sentences if said not in leads]
        expect(panel.locator("li")).to_have_text(rest)
        for arm in one.arms:
            row = panel.locator("tbody tr", has_text=arm.title)
            counts = [arm.people, arm.reached, f"{arm.rate * 100:.0f} %", arm.refused, arm.waiting]
            expect(row.locator("td")).to_have_text([str(each) for each in counts])
        for each, line in zip(one.comparisons, panel.locator(".needed").all(), strict=True):
            expect(line).to_contain_text(f"about {each.needed} in each arm", ignore_case=True)
    for note in report.notes:
        expect(page.get_by_text(note)).to_be_visible()

    go(page, happened, "/rules/taste")
    page.get_by_role("link", name="What the experiment says so far").click()
    expect(page.locator("h1")).to_have_text("Experiment: taste")
    expect(page.locator(".experiment")).to_have_count(1)
    expect(page.locator(".experiment svg[role=img]")).to_have_count(5)
    go(page, happened, "/experiments/nothing")
    expect(page.locator(".empty")).to_contain_text("There is no rule 'nothing'")
    expect(page.locator(".empty")).to_contain_text("Give a rule a holdout or variants, and a goal")


@needs_browser
def test_files_are_those_of_the_page(page: Page, happened: Site, insight: Insight) -> None:
    found: dict[str, str] = {}
    with happened.client("olga") as client:
        for path in PATHS:
            go(page, happened, f"{path}?span=today")
            expect(page.locator(".files a").first).to_be_visible(timeout=REPORT_MS)
            for link in page.locator("a[download]").all():
                target, name = link.get_attribute("href"), link.get_attribute("download")
                assert target
                assert name
                answer = client.get(target)
                assert answer.status_code == 200, target
                kind = "image/svg+xml" if name.endswith(".svg") else "text/csv"
                assert answer.headers["content-type"].startswith(kind), target
                found[name] = answer.text
    assert len(found) == 15
    report = insight.rules(Asked(since_ms=TODAY_MS))
    rows = list(csv.DictReader(io.StringIO(found["rules.csv"])))
    assert [(row["rule"], row["fired"]) for row in rows] == [
        (one.rule, str(one.fired)) for one in report.rules
    ]


@needs_browser
def test_every_page_fits_a_phone_and_names_its_pictures(page: Page, happened: Site) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    for path in PATHS:
        go(page, happened, path)
        expect(page.locator("svg").first).to_be_visible(timeout=REPORT_MS)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400, path
        unnamed = "svg:not(:has(> title)), .scrolled:not([aria-label]), th:not([scope])"
        expect(page.locator(".page").locator(unnamed)).to_have_count(0)


@pytest.mark.parametrize("account", ["staff", "dj"])
def test_only_the_organiser(happened: Site, account: str) -> None:
    with happened.client(account) as client:
        for path in PATHS:
            answer = client.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, home(account)), path
        assert client.get("/api/v1/insight/rules?format=csv").status_code == 403
        assert "/insight" not in client.get(home(account)).text


def home(account: str) -> str:
    return {"staff": "/stand", "dj": "/dj"}[account]


def test_nobody_without_a_session(happened: Site) -> None:
    with happened.client() as client:
        for path in PATHS:
            assert client.get(path).headers["location"].startswith("/signin"), path


@needs_browser
def test_nothing_has_happened_yet(browser: Browser, tmp_path: Path) -> None:
    later = venue()
    event = replace(later.event, starts="2026-12-01T09:30", ends="2026-12-02T18:00")
    with serving(tmp_path) as site, watching(browser, site.base) as one, opened(site) as store:
        page = one.sign_in("olga")
        page.wait_for_url(f"{site.base}/")
        for path in PATHS:
            go(page, site, path)
            expect(page.locator(".empty")).to_contain_text("No venue is published yet.")
        publish(store, replace(later, event=event, rules=later.rules[1:3]))
        for path, said in (("/insight", "each rule stands here"), ("/journeys", "the ways that")):
            go(page, site, path)
            expect(page.locator(".empty").first).to_contain_text(
                "The event begins on Tuesday 1 December at 09:30."
            )
            expect(page.locator(".empty").first).to_contain_text(said)
        go(page, site, "/experiments")
        expect(page.locator(".panel")).to_contain_text("there is no experiment")
        expect(page.locator(".panel")).to_contain_text("Give a rule a holdout")
        publish(store, later, 2)
        go(page, site, "/journeys")
        expect(page.locator(".empty")).to_contain_text("has happened so far")
        go(page, site, "/experiments/taste")
        expect(page.locator(".verdict-line").first).to_contain_text("Nothing to compare")


def test_a_stretch_begins_with_the_venues_day() -> None:
    zone = ZoneInfo("Europe/Berlin")
    evening = datetime(2026, 10, 25, 20, 15, 42, tzinfo=zone)
    now_ms = round(evening.timestamp() * 1000)
    midnight = datetime(2026, 10, 25, tzinfo=zone)
    assert asked_of("today", now_ms, "Europe/Berlin") == Asked(round(midnight.timestamp() * 1000))
    hour = datetime(2026, 10, 25, 19, 15, tzinfo=zone)
    assert asked_of("hour", now_ms, "Europe/Berlin") == Asked(round(hour.timestamp() * 1000))
    assert asked_of("event", now_ms, "Europe/Berlin") == Asked()
    assert span_of({"span": "yesterday"}) == span_of({}) == "event"


def test_addresses_say_the_stretch() -> None:
    assert report_address("rules", Asked(since_ms=5), part="over-time") == (
        "/api/v1/insight/rules?format=csv&part=over-time&since_ms=5"
    )
    assert report_address("flows", Asked(), format="svg") == "/api/v1/insight/flows?format=svg"


def test_an_axis_keeps_everything_inside() -> None:
    axis = Axis(-0.5, 0.5)
    assert [axis.at(value) for value in (-0.5, 0.0, 0.25, 0.9)] == [
        "0.00%", "50.00%", "75.00%", "100.00%",
    ]  # fmt: skip
