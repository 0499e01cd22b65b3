"""A page in a real browser, and all that it should not have done."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests import needs
from tests.web.serve import PASSWORD

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--no-first-run",
)  # fmt: skip


@dataclass(slots=True)
class Watched:
    """A page, and all that it should not have done."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Write down errors, and requests that leave the host."""
        inside = (self.base, self.base.replace("http", "ws"), "data:", "blob:")
        self.page.on("console", lambda m: self._fault(m.text, bad=m.type in ("error", "warning")))
        self.page.on("pageerror", lambda error: self._fault(str(error)))
        self.page.on("request", lambda r: self._fault(r.url, bad=not r.url.startswith(inside)))
        self.page.on("response", lambda r: self._fault(r.url, bad=r.status >= 400))

    def _fault(self, text: str, *, bad: bool = True) -> None:
        if bad:
            self.faults.append(text)

    def sign_in(self, account: str) -> Page:
        """Sign in through the form."""
        self.page.goto(f"{self.base}/signin")
        self.page.fill("[name=name]", account)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("button")
        return self.page


@contextmanager
def started() -> Iterator[Browser]:
    """Run a browser until the context ends."""
    program = needs.chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def watching(browser: Browser, base: str, **context: Any) -> Iterator[Watched]:
    """Open a page of a site; in the end it has done nothing that it should not have."""
    size = {"width": 1440, "height": 900}
    with browser.new_context(**{"viewport": size, **context}) as opened:
        one = Watched(opened.new_page(), base)
        one.watch()
        yield one
    assert one.faults == []
