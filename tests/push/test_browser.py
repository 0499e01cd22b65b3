"""In a real browser: the worker shows what arrives, and the page's button subscribes."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, sync_playwright

import integrations.push
from tests import needs
from tests.waiting import wait_until

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(120)]

BROWSER = Path(integrations.push.__file__).parent / "browser"
KEY = urlsafe_b64encode(b"\x04" + bytes(range(64))).decode().rstrip("=")
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = f"""<!doctype html><html lang="en"><title>Me</title>
<button data-push data-push-key="{KEY}" data-push-save="/subscriptions" hidden></button>
<p data-push-state role="status"></p>
<script src="vendor.js"></script><script src="subscribe.js"></script>"""
VENDOR = """
// Stands for the browser vendor's push service, which cannot be reached from here.
let held = null;
PushManager.prototype.getSubscription = async () => held;
PushManager.prototype.subscribe = async (options) => {
  held = {
    options: { applicationServerKey: options.applicationServerKey.buffer },
    toJSON: () => ({ endpoint: "https://push.example/1", keys: { p256dh: "P", auth: "A" } }),
    endpoint: "https://push.example/1",
    unsubscribe: async () => { held = null; return true; },
  };
  return held;
};
"""


@dataclass
class Site:
    """The attendee page under its strict policy, and what it sent back."""

    origin: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    status: int = 204


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    files = {
        "/": ("text/html", PAGE),
        "/vendor.js": ("text/javascript", VENDOR),
        "/sw.js": ("text/javascript", (BROWSER / "sw.js").read_text()),
        "/subscribe.js": ("text/javascript", (BROWSER / "subscribe.js").read_text()),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, text = files.get(self.path, ("text/plain", ""))
            self.send_response(200 if text else 404)
            self.send_header("Content-Type", kind + "; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(text.encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.calls.append((self.command, json.loads(body)))
            self.send_response(found.status)
            self.end_headers()

        do_DELETE = do_POST  # noqa: N815 - the name that http.server calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    found.origin = f"http://127.0.0.1:{server.server_address[1]}"
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(site: Site) -> Iterator[Page]:
    program = needs.chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        context = browser.new_context()
        context.grant_permissions(["notifications"], origin=site.origin)
        page = context.new_page()
        page.goto(site.origin)
        page.wait_for_selector("[data-push='off']")
        yield page
        browser.close()


def registration(cdp: CDPSession) -> str:
    """Wait for the number that the browser gave the worker's registration."""
    found: list[str] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    cdp.send("ServiceWorker.enable")
    wait_until(lambda: found or (cdp.send("Browser.getVersion") and found), 20, "the worker")
    return found[0]


def notifications(page: Page) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = page.evaluate(
        """async () => (await (await navigator.serviceWorker.getRegistration())
           .getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, data }))"""
    )
    return shown


def test_what_arrives_is_shown_and_its_link_is_safe(site: Site, page: Page) -> None:
    cdp = page.context.new_cdp_session(page)
    number = registration(cdp)

    def push(data: str) -> None:
        cdp.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": site.origin, "registrationId": number, "data": data},
        )

    coffee = json.dumps({"title": "Coffee", "text": "It is ready ☕", "url": "/r/1", "tag": "a"})

    def told() -> list[dict[str, Any]]:
        """Deliver it until it is shown: a worker that is only just starting may miss the first."""
        push(coffee)
        return notifications(page)

    shown = wait_until(told, 40, "a notification")
    url = site.origin + "/r/1"
    assert shown == [
        {"title": "Coffee", "body": "It is ready ☕", "tag": "a", "data": {"url": url}}
    ]
    push(json.dumps({"title": "Again", "url": "javascript:alert(1)", "tag": "a"}))
    wait_until(lambda: notifications(page)[0]["title"] == "Again", 20, "the replacement")
    assert notifications(page)[0]["data"] == {"url": site.origin + "/"}
    push("not json")
    wait_until(lambda: len(notifications(page)) == 2, 20, "the fallback")


def test_the_button_subscribes_and_takes_it_back(site: Site, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    button = page.locator("button")
    assert button.inner_text() == "Turn notifications on"
    button.click()
    page.wait_for_selector("[data-push='on']")
    assert site.calls == [
        ("POST", {"endpoint": "https://push.example/1", "p256dh": "P", "auth": "A"})
    ]
    assert page.locator("[role=status]").inner_text() == "Notifications are on in this browser."
    button.click()
    page.wait_for_selector("[data-push='off']")
    assert site.calls[1] == ("DELETE", {"endpoint": "https://push.example/1"})
    site.status = 503
    button.click()
    page.wait_for_selector("[data-push='failed']")
    assert not [text for text in complaints if "Content Security Policy" in text]
