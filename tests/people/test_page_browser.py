"""An attendee's page in a real browser: consents, quiet hours, the download, the farewell."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from hub.attendee.changes import FORGET_WORDS
from hub.core.events import Value
from tests.engine.parts import Hub
from tests.people.site import Site, serving
from tests.waiting import wait_until
from tests.web.watching import started, watching

pytestmark = pytest.mark.needs_chromium
SHOTS = os.environ.get("FOYER_SHOTS")
"""Folder for pictures of the pages, for whoever wants to look at them."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as running:
        yield running


@pytest.fixture
def site(quick_hub: Hub, tmp_path: Path) -> Iterator[Site]:
    with serving(quick_hub, tmp_path) as running:
        yield running


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    with watching(browser, site.base, viewport={"width": 390, "height": 844}) as one:
        yield one.page
        shot(one.page, "last")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_a_switch_counts_within_a_second(site: Site, page: Page) -> None:
    ann, link = site.register("Ann Berg", "push")
    page.goto(site.base + link)
    shot(page, "page")
    page.locator('[data-consent="recommendations"]').check()
    expect(page.locator("#consented")).to_have_text("Saved.")
    wait_until(lambda: site.hub.engine.consents(ann, "recommendations"), 1.0)
    assert site.hub.engine.consents(ann, "push")
    page.locator('[data-consent="push"]').uncheck()
    wait_until(lambda: not site.hub.engine.consents(ann, "push"), 1.0)
    page.reload()
    expect(page.locator('[data-consent="push"]')).not_to_be_checked()
    expect(page.locator('[data-consent="recommendations"]')).to_be_checked()


def test_quiet_hours(site: Site, page: Page) -> None:
    ann, link = site.register("Ann Berg", "push")
    page.goto(site.base + link)
    form = page.locator("#quiet")
    form.locator("[name=quiet_from]").fill("22:00")
    form.get_by_role("button", name="Save").click()
    said = page.locator("#quiet-saved")
    expect(said).to_have_text("Quiet hours need both: from when, and until when.")
    form.locator("[name=quiet_until]").fill("07:30")
    form.get_by_role("button", name="Save").click()
    expect(said).to_have_text("Saved: quiet from 22:00 until 07:30.")
    shot(page, "quiet")

    def kept() -> Value:
        return site.hub.store.load_people([ann])[ann].attributes.get("quiet_from")

    wait_until(lambda: kept() == "22:00")
    page.get_by_role("button", name="No quiet hours").click()
    expect(said).to_have_text("Saved: no quiet hours.")
    wait_until(lambda: kept() is None)


def test_the_download(site: Site, page: Page, tmp_path: Path) -> None:
    _, link = site.register("Ann Berg", email="ann@example.org")
    page.goto(site.base + link)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download my data").click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.name == "everything-about-me.zip"
    with zipfile.ZipFile(path) as bundle:
        text = bundle.read("everything.html").decode()
    alone = page.context.new_page()
    alone.set_viewport_size({"width": 1100, "height": 900})
    alone.set_content(text)
    expect(alone.get_by_role("heading", name="Your registration")).to_be_visible()
    expect(alone.get_by_text("ann@example.org").first).to_be_visible()
    shot(alone, "everything")


def test_the_farewell(site: Site, page: Page) -> None:
    ann, link = site.register("Ann Berg", "push")
    page.goto(site.base + link)
    page.get_by_text("Delete everything about me").click()
    button = page.get_by_role("button", name="Delete everything")
    field = page.locator("#forget [name=confirm]")
    field.fill("delete")
    expect(button).to_be_disabled()
    field.fill(f" {FORGET_WORDS.title()} ")
    shot(page, "forget")
    button.click()
    expect(page.get_by_role("heading", name="Everything about you is deleted")).to_be_visible()
    assert page.url == f"{site.base}/a/"
    assert "Ann" not in page.content()
    shot(page, "farewell")
    assert site.hub.store.people.get(ann) is None
    assert site.hub.store.load_people([ann]) == {}
