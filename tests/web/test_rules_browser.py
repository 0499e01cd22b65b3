"""The organiser's pages for rules and audiences in a real browser, with an engine behind them."""

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from hub.core import document as d
from hub.web.sessions import COOKIE
from tests.waiting import wait_until
from tests.web.rules_world import RulesSite, rich
from tests.web.watching import started, watching

pytestmark = pytest.mark.needs_chromium
ENGINE_MS = 15_000
RULES_MANY = 10_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as running:
        yield running


@pytest.fixture
def page(browser: Browser, rules_site: RulesSite) -> Iterator[Page]:
    """A page of the organiser, with the document as it was in the beginning."""
    rules_site.put(rich())
    with watching(browser, rules_site.base) as one:
        enter(one.page, rules_site, "olga")
        yield one.page


def enter(page: Page, site: RulesSite, account: str) -> None:
    """Be signed in."""
    cookie = {"name": COOKIE, "value": site.session(account), "url": site.base}
    page.context.add_cookies([cookie])  # type: ignore[list-item]


def go(page: Page, site: RulesSite, path: str) -> None:
    page.goto(f"{site.base}{path}")
    expect(page.locator(".now-clock")).not_to_have_text("")


def replace_in(page: Page, old: str, new: str) -> None:
    """Change the text of the document as somebody who types does."""
    area = page.get_by_label("The document")
    expect(area).to_have_value(re.compile("rules:"))
    area.fill(area.input_value().replace(old, new, 1))


def test_publish_live_pause_revert(page: Page, rules_site: RulesSite) -> None:
    go(page, rules_site, "/document")
    replace_in(page, "name: photo-colour", "name: photo-shine")
    page.get_by_role("button", name="Publish", exact=True).click()
    said = page.locator("#document-said")
    expect(said).to_contain_text("rule 'photo-colour' removed")
    expect(said).to_contain_text("rule 'photo-shine' added")
    said.get_by_role("button", name="Publish as version").click()
    expect(said).to_contain_text("is in force", timeout=ENGINE_MS)
    assert rules_site.stage("photo-shine") == "live"

    go(page, rules_site, "/rules")
    rule = page.locator(".row-line.rule", has_text="photo-shine")
    expect(rule.locator(".chip")).to_have_text("live")
    rule.get_by_role("button", name="Pause").click()
    expect(rule.locator(".chip")).to_have_text("paused", timeout=ENGINE_MS)
    toast = page.locator(".toast")
    expect(toast).to_contain_text("photo-shine is paused")
    toast.get_by_role("button", name="Take back").click()
    expect(toast).to_contain_text("Taken back", timeout=ENGINE_MS)
    expect(rule.locator(".chip")).to_have_text("live")
    rule.get_by_role("button", name="Shadow").click()
    expect(rule.locator(".chip")).to_have_text("shadow", timeout=ENGINE_MS)

    go(page, rules_site, "/versions")
    rows = page.locator(".row-line.version")
    expect(rows.first).to_contain_text("by olga")
    expect(rows.first).to_contain_text("in force")
    rows.first.get_by_role("button", name="What changed").click()
    expect(page.locator(".change")).to_have_text("rule 'photo-shine', stage added: shadow")
    rows.nth(1).get_by_role("button", name="Take back to this").click()
    expect(page.locator(".toast")).to_contain_text("is in force again", timeout=ENGINE_MS)
    assert rules_site.stage("photo-shine") == "live"


def test_a_wrong_document_shows_its_line(page: Page, rules_site: RulesSite) -> None:
    go(page, rules_site, "/document")
    replace_in(page, "place: photo-corner", "place: foto-corner")
    page.get_by_role("button", name="Check").click()
    finding = page.locator(".finding.error")
    expect(finding).to_contain_text("foto-corner")
    expect(finding).to_contain_text("did you mean 'photo-corner'?")
    area = page.get_by_label("The document")
    text = area.input_value()
    number = next(n for n, one in enumerate(text.splitlines(), 1) if "foto" in one)
    expect(finding).to_contain_text(f"line {number}")
    finding.click()
    start = area.evaluate("area => area.selectionStart")
    assert text[:start].count("\n") + 1 == number
    expect(page.locator(".code-line.error")).to_have_text(str(number))
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("#document-said")).to_contain_text("cannot be put in force yet")
    expect(page.get_by_role("button", name="Publish as version")).to_have_count(0)


def test_unsaved_text_outlives_the_page(page: Page, rules_site: RulesSite) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    go(page, rules_site, "/document")
    replace_in(page, "within: 2h", "within: 5h")
    wait_until(
        lambda: bool(page.evaluate("sessionStorage.getItem('foyer-document')")), 10, "the draft"
    )
    go(page, rules_site, "/rules")
    go(page, rules_site, "/document")
    expect(page.locator("#document-lead")).to_contain_text("changed here, not in force")
    expect(page.get_by_label("The document")).to_have_value(re.compile("within: 5h"))
    page.get_by_role("button", name="Take the live one again").click()
    expect(page.locator("#document-lead")).to_contain_text("as it is in force")
    expect(page.get_by_label("The document")).not_to_have_value(re.compile("within: 5h"))


def test_a_rule_has_a_page_of_its_own(page: Page, rules_site: RulesSite) -> None:
    for number in range(3):
        rules_site.tap("b-1", "coffee", f"page/{number}")
    rules_site.installation.wait_commands()
    go(page, rules_site, "/rules")
    page.get_by_role("link", name="taps", exact=True).click()
    expect(page.locator("h1")).to_have_text("taps")
    expect(page.locator(".rule-text")).to_contain_text("When somebody taps at Coffee stand")
    expect(page.locator("pre")).to_contain_text("- name: taps")
    expect(page.locator("svg.spark rect").last).to_be_visible()
    latest = page.locator(".decided").first
    expect(latest).to_contain_text("Bearer of b-1")
    latest.get_by_text("why?").click()
    expect(latest.locator(".clause").first).to_be_visible()
    expect(latest).to_contain_text("consents to rewards")
    page.get_by_role("link", name="Open the document").click()
    expect(page.locator("#document-lead")).to_contain_text("as it is in force")
    area = page.get_by_label("The document")
    expect(area).to_be_focused()
    chosen = "area => area.value.slice(area.selectionStart, area.selectionEnd)"
    assert "- name: taps" in str(area.evaluate(chosen))
    go(page, rules_site, "/rules/nothing")
    expect(page.locator(".empty")).to_contain_text("no rule 'nothing'")


def test_rules_are_found_by_what_they_say(page: Page, rules_site: RulesSite) -> None:
    go(page, rules_site, "/rules")
    expect(page.locator(".row-line.rule")).to_have_count(len(rich().rules))
    page.get_by_label("Search").fill("last round")
    expect(page.locator(".row-line.rule")).to_have_count(1)
    expect(page.locator(".row-line.rule")).to_contain_text("last-round")


def test_a_button_about_the_venue_and_about_somebody(page: Page, rules_site: RulesSite) -> None:
    person = rules_site.people["b-3"]
    found = rules_site.store.load_people([person])
    before = found[person].points if found else 0
    go(page, rules_site, "/buttons")
    page.get_by_role("button", name="last-round").click()
    dialog = page.locator(".q-dialog")
    expect(dialog).to_contain_text("for the whole venue?")
    dialog.get_by_role("button", name="Press").click()
    expect(page.locator(".toast")).to_contain_text("last-round was pressed for the venue")
    page.get_by_role("button", name="thank").click()
    page.get_by_label("Name, e-mail").fill("b-3")
    expect(page.locator(".choice .row-line")).to_have_count(1)
    page.locator(".choice").get_by_role("button", name="Press").click()
    expect(page.locator(".toast")).to_contain_text("thank was pressed for Bearer of b-3")

    def thanked() -> bool:
        there = rules_site.store.load_people([person])
        return person in there and there[person].points == before + 7

    wait_until(thanked, 30, "the points")


def test_an_audience_counts_by_itself(page: Page, rules_site: RulesSite) -> None:
    people = rules_site.installation.register(["b-20"])
    go(page, rules_site, "/audiences")
    row = page.locator("a.row-line", has_text="coffee-fans")
    expect(row).to_contain_text("the number of visits at Coffee stand during the event")
    figure = row.locator(".figure")
    expect(figure).to_have_text(re.compile(r"\d"))
    before = int(figure.inner_text())
    for number in range(2):
        rules_site.tap("b-20", "coffee", f"audience-page/{number}")
    expect(figure).to_have_text(str(before + 1), timeout=ENGINE_MS)
    row.click()
    member = page.get_by_role("link", name="Bearer of b-20")
    expect(member).to_have_attribute("href", f"/people/{people['b-20']}")
    expect(page.locator(".panel-aside")).to_have_text(re.compile(r"\d+ (person|people) now"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    assert people["b-20"] in download.value.path().read_text()


def test_a_note_waits_until_staff_have_read_it(browser: Browser, rules_site: RulesSite) -> None:
    rules_site.put(rich())
    with rules_site.client("olga") as client:
        assert client.post("/api/v1/buttons/last-round").status_code == 202
    rules_site.installation.wait_commands()
    with watching(browser, rules_site.base) as one:
        page = one.page
        enter(page, rules_site, "staff")
        go(page, rules_site, "/notes")
        assert page.locator(".nav a").all_inner_texts()[0].startswith("Notes")
        expect(page.locator(".nav .pill")).to_be_visible()
        note = page.locator(".row-line.note").first
        expect(note).to_contain_text("Last round")
        expect(note).to_contain_text("The organiser calls for it.")
        unread = page.locator(".row-line.note", has=page.get_by_role("button", name="Read"))
        many = unread.count()
        note.get_by_role("button", name="Read").click()
        expect(unread).to_have_count(many - 1)
        expect(page.locator(".row-line.note", has_text="read by staff").first).to_be_visible()
        page.goto(f"{rules_site.base}/rules")
        expect(page).to_have_url(f"{rules_site.base}/stand")


def test_every_page_fits_a_phone(page: Page, rules_site: RulesSite) -> None:
    page.set_viewport_size({"width": 400, "height": 850})
    paths = (
        "/rules", "/rules/taps", "/document", "/versions", "/audiences", "/audiences/lovers",
        "/notes", "/buttons",
    )  # fmt: skip
    for path in paths:
        go(page, rules_site, path)
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400, path


def test_a_large_document_does_not_freeze_the_page(page: Page, rules_site: RulesSite) -> None:
    """With very many rules the clock of the page goes on while they are shown and searched."""
    small = d.OnTap(place="coffee")
    many = [
        d.Rule(name=f"r-{n}", when=small, then=[d.GiveTag(tag="t")], stage="draft")
        for n in range(RULES_MANY)
    ]
    rules_site.put(replace(rich(), rules=many))
    go(page, rules_site, "/rules")
    expect(page.locator(".row-line.rule")).to_have_count(100, timeout=30_000)
    page.get_by_role("button", name="Further").click()
    expect(page.locator(".row-line.rule").first).to_contain_text("r-100", timeout=30_000)
    go(page, rules_site, "/document")
    expect(page.locator("#document-lead")).to_contain_text("as it is in force", timeout=30_000)
    area = page.get_by_label("The document")
    area.evaluate("area => { area.scrollTop = area.scrollHeight; }")
    last = int(area.evaluate("area => area.value.split('\\n').length"))
    expect(page.locator(".code-line").last).to_have_text(str(last))
    assert page.locator(".code-line").count() < 100
    page.get_by_role("button", name="Check").click()
    said = page.locator(".finding.good")
    expect(said).to_contain_text(f"{RULES_MANY} rules", timeout=60_000)
    rules_site.put(rich())
