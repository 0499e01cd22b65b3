"""The pages in a real browser: what they show, that they live, and that they ask no other host."""

from collections.abc import Iterator
from functools import partial

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, expect

from hub.core.events import Played, Registered
from hub.core.outcome import Action, Decision
from hub.core.state import Person
from hub.store import Group, SettledRow, Store
from tests.waiting import wait_until
from tests.web.conftest import Site
from tests.web.watching import Watched, started, watching
from tests.web.world import NOW_MS

pytestmark = pytest.mark.needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as running:
        yield running


@pytest.fixture
def watched(browser: Browser, site: Site) -> Iterator[Watched]:
    with watching(browser, site.base) as one:
        yield one


def test_the_live_page_shows_the_venue_and_lives(
    watched: Watched, site: Site, store: Store
) -> None:
    page = watched.sign_in("olga")
    expect(page.locator(".place")).to_have_count(12)
    expect(page.locator(".place", has_text="Main stage").locator(".place-count")).to_have_text("7")
    expect(page.locator(".bulb")).to_have_count(7)
    expect(page.locator(".now-clock")).to_have_text("16:32:15")
    expect(page.locator(".wanted", has_text="Lantern Parade Club")).to_contain_text("9 people")
    expect(page.locator(".edge", has_text="pi-halden")).to_contain_text("340 waiting")
    first = page.locator(".decision").nth(1)
    expect(first).to_be_visible()
    kept = first.element_handle()
    decision = Decision("live/1", "coffee-lover", 1, site.people[3], None, NOW_MS, "fired",
                        "the page lives", actions=["tag coffee-lover"])  # fmt: skip
    store.commit(Group(decisions=[decision]))
    newest = page.locator(".decision").first
    expect(newest).to_contain_text("the page lives", timeout=5_000)
    expect(newest).to_contain_text("Mateo Lindqvist")
    assert kept is not None
    assert kept.evaluate("row => row.isConnected"), "what stood there was not drawn again"
    expect(page.locator(".decision")).to_have_count(40)
    rule = page.locator(".now-rule")
    for number in (3, 4):
        news = replace(decision, key=f"place/{number}", person=None, place="dance-floor",
                       rule="dance-music", reason=f"dance-floor has {number} wishes")  # fmt: skip
        store.commit(Group(decisions=[news]))
        expect(rule).to_contain_text(f"Has {number} wishes", timeout=5_000)
        expect(rule).to_have_count(1)


def test_a_person_moves_and_the_live_page_follows(
    watched: Watched, site: Site, store: Store
) -> None:
    page = watched.sign_in("olga")
    card = page.locator(".place", has_text="Quillon").locator(".place-count")
    expect(card).to_have_text("0")
    walker = site.people[18]
    before = store.load_people([walker])[walker]
    store.commit(Group(people={walker: Person(walker, place="quillon", since_ms=NOW_MS)}))
    expect(card).to_have_text("1", timeout=5_000)
    store.commit(Group(people={walker: before}))
    expect(card).to_have_text("0", timeout=5_000)


def test_the_live_page_fits_a_phone(watched: Watched) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    page = watched.sign_in("olga")
    expect(page.locator(".place")).to_have_count(12)
    for path in ("/", "/people", "/held", "/devices"):
        page.goto(watched.base + path)
        expect(page.locator(".now-clock")).not_to_have_text("")
        # Its style may come a moment later than its text.
        fits = "document.documentElement.scrollWidth <= 390"
        wait_until(partial(page.evaluate, fits), 10, f"{path} to fit")


def test_a_person_is_found_and_asked_about(watched: Watched) -> None:
    page = watched.sign_in("olga")
    page.goto(f"{watched.base}/people")
    page.get_by_label("Search").fill("okaf")
    expect(page.locator("a.row-line")).to_have_count(1)
    page.locator("a.row-line").click()
    expect(page.locator("h1")).to_have_text("Ada Okafor")
    expect(page.locator(".lane", has_text="Main stage").locator(".stay")).to_have_count(2)
    page.get_by_label("At (now if empty)").fill("nonsense")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".said")).to_contain_text("10:42")
    page.get_by_label("At (now if empty)").fill("15:00")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".verdict")).to_contain_text("3 visits at coffee")
    expect(page.locator(".clause-saw").first).to_have_text("2: 14:40, 15:21")


def test_somebody_registers_at_the_desk(watched: Watched) -> None:
    page = watched.sign_in("olga")
    page.goto(f"{watched.base}/people")
    page.get_by_role("button", name="Register somebody").click()
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_text("a name is needed")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Desk Guest")
    page.get_by_label("Badge").fill("desk-1")
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.locator(".link-dialog .qr img")).to_be_visible()
    link = page.locator(".link-dialog .mono").inner_text()
    page.goto(link)
    expect(page.locator("h1")).to_have_text("Hello Desk")


def test_the_dj_plays_and_skips(watched: Watched, store: Store) -> None:
    page = watched.sign_in("dj")
    expect(page).to_have_url(f"{watched.base}/dj")
    first = page.locator(".wish:visible").first
    expect(first).to_contain_text("Lantern Parade Club")
    expect(page.locator(".nav a")).to_have_count(1)
    first.get_by_role("button", name="Played").click()
    second = page.locator(".wish:visible", has_text="Deep house")
    second.get_by_role("button", name="Skip").click()
    wanted = {"Lantern Parade Club": False, "Deep house": True}

    def left() -> bool:
        events = [command.event for command in store.pending_commands(limit=500)]
        found = {e.artist: e.skipped for e in events if isinstance(e, Played) and e.by == "dj"}
        return wanted.items() <= found.items()

    wait_until(left, 10, "both commands")
    expect(page.locator(".wanted", has_text="made 6 happy")).to_be_visible()


def test_the_stand_says_yes_once(watched: Watched, site: Site, store: Store) -> None:
    code = next(r.code for r in store.rewards.of(site.people[11]))
    page = watched.sign_in("staff")
    field = page.get_by_label("Reward code")
    field.fill(code.lower())
    field.press("Enter")
    expect(page.locator(".answer.yes")).to_contain_text("Hand it over")
    field.fill(code)
    page.get_by_role("button", name="Redeem").click()
    expect(page.locator(".answer.no")).to_contain_text("by staff")
    field.fill("nonsense")
    field.press("Enter")
    expect(page.locator(".answer.no")).to_contain_text("no such code")


def test_the_attendee_page_shows_rewards_and_changes_consents(
    watched: Watched, site: Site, store: Store
) -> None:
    page = watched.page
    person = site.people[12]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{watched.base}/a/{site.links[person]}")
    code = page.locator(".ticket.issued img")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.naturalWidth") > 100
    page.locator("[data-consent=music]").click()
    before = store.load_people([person])[person]
    store.commit(Group(people={person: replace(before, points=777)}))
    expect(page.locator(".points b")).to_have_text("777", timeout=10_000)

    def consented() -> bool:
        events = [command.event for command in store.pending_commands(limit=500)]
        return any(
            isinstance(e, Registered) and e.person == person and "music" in (e.consents or ())
            for e in events
        )

    wait_until(consented, 10, "the command")
    page.locator("#about textarea").fill("Funk, Soul")
    page.locator("#about").get_by_role("button", name="Save").click()
    expect(page.locator("#saved")).to_have_text("Saved.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_was_held_back_is_shown_with_its_reason(watched: Watched) -> None:
    page = watched.sign_in("olga")
    page.goto(f"{watched.base}/held")
    expect(page.get_by_text("the bridge refuses the key")).to_be_visible()
    line = page.locator(".row-line", has_text="clock of the badge reader")
    expect(line).to_contain_text("taps of pi-oriel")
    line.get_by_role("button", name="Try again").click()
    expect(line).to_have_count(0)


def test_a_reward_that_was_given_up_cannot_be_sent_again(watched: Watched, store: Store) -> None:
    body = {"person": "ann", "pool": "card", "index": 0}
    reward = Action("a/late-reward", "reward", body, "too-late", None, NOW_MS, NOW_MS + 1)
    store.commit(Group(actions=[reward]))
    store.commit(Group(settled=[SettledRow("a/late-reward", "dead", "no such pool", NOW_MS)]))
    page = watched.sign_in("olga")
    page.goto(f"{watched.base}/held")
    line = page.locator(".row-line", has_text="reward: too-late")
    expect(line).to_contain_text("The reward is in its pool again.")
    expect(line.get_by_role("button")).to_have_count(0)


def test_a_device_is_added_and_locked_out(watched: Watched) -> None:
    page = watched.sign_in("olga")
    page.goto(f"{watched.base}/devices")
    page.get_by_label("Name of a new device").fill("pi-browser")
    page.get_by_role("button", name="Add device").click()
    expect(page.locator(".said.mono")).to_be_visible()
    line = page.locator(".row-line", has_text="pi-browser")
    line.get_by_role("button", name="Lock out").click()
    page.locator(".q-dialog").get_by_role("button", name="Lock out").click()
    expect(line).to_contain_text("revoked")


def test_the_rules_are_sentences(watched: Watched) -> None:
    page = watched.sign_in("olga")
    page.goto(f"{watched.base}/rules")
    line = page.locator(".row-line", has_text="The third coffee within two hours")
    expect(line).to_contain_text("When the 3rd visit to Coffee stand within 2h begins")
    expect(page.locator(".row-line.rule")).to_have_count(5)
