"""The whole web and a running engine over one store, in this process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import uvicorn

from hub.core.errors import RulesFault
from hub.core.explain import Explanation
from hub.store.people import NewPerson
from hub.web.ports import WebParts
from hub.web.settings import WebSettings
from hub.web_app import build
from tests.engine.parts import Hub
from tests.waiting import wait_until

PASSWORD: Final = "a long enough password"


@dataclass(slots=True)
class Site:
    """Where it runs, and what lies behind it."""

    base: str
    hub: Hub

    def register(self, name: str, *consents: str, **more: str) -> tuple[str, str]:
        """Register somebody; returns their id and the path of their page."""
        new = NewPerson(name=name, consents=list(consents), **more)  # type: ignore[arg-type]
        made = self.hub.store.people.register(new, self.hub.clock.now_ms)
        self.hub.engine.nudge()
        wait_until(lambda: self.hub.store.load_people([made.person]), what=f"{name} to be known")
        return made.person, f"/a/{made.link_token}"

    @contextmanager
    def client(self, account: str | None = None) -> Iterator[httpx.Client]:
        """Open a browser-like client, signed in when ``account`` is given."""
        headers = {"Origin": self.base}
        with httpx.Client(base_url=self.base, headers=headers, timeout=30) as client:
            if account is not None:
                body = {"name": account, "password": PASSWORD}
                assert client.post("/api/v1/session", json=body).status_code == 200
            yield client


def _why(person: str, rule: str, at_ms: int | None) -> Explanation:
    del person, at_ms
    raise RulesFault(f"there is no rule {rule!r}")


@contextmanager
def serving(hub: Hub, folder: Path) -> Iterator[Site]:
    """Serve what the store of a hub holds, and let its engine run meanwhile."""
    for name, role in (("olga", "organiser"), ("staff", "staff")):
        hub.store.accounts.create(name, PASSWORD, role, hub.clock.now_ms)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        base = f"http://127.0.0.1:{port}"
        parts = WebParts(
            store=hub.store, clock=hub.clock,
            settings=WebSettings(folder, base, sign_ins_a_minute=1000),
            nudge=hub.engine.nudge, lamps=list, why=_why,
        )  # fmt: skip
        config = uvicorn.Config(build(parts), log_level="warning", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            with hub.running():
                wait_until(lambda: server.started, what="the web to answer")
                yield Site(base, hub)
        finally:
            server.should_exit = True
            thread.join(20)
