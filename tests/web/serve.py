"""``python -m tests.web.serve FOLDER``: the whole web on a seeded store, until SIGTERM.

It prints one JSON line: port, links, and the passwords of the accounts it made.
"""

import json
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from contract.clock import ManualClock
from hub.core.errors import RulesFault
from hub.core.explain import Explanation
from hub.core.outcome import Clause
from hub.store import Store
from hub.web.ports import LampView, WebParts
from hub.web.settings import WebSettings
from hub.web_app import build
from tests.web.world import COLOURS, EVENT, NOW_MS, seed

PASSWORD = "a long enough password"
BROWSER_FILES = Path(__file__).resolve().parents[2] / "integrations" / "push" / "browser"
PUSH_KEY = "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U"


def why(person: str, rule: str, at_ms: int | None) -> Explanation:
    """Stand in for the engine's answer."""
    if rule == "unknown":
        raise RulesFault("there is no rule 'unknown'")
    clauses = [
        Clause("3 visits at coffee within 2h", held=False, saw="2: 14:40, 15:21"),
        Clause("consents to rewards", held=True, saw="lights, push, rewards"),
    ]
    return Explanation(
        rule,
        1,
        person,
        at_ms or NOW_MS,
        "no",
        "not so at 15:52: 3 visits at coffee within 2h",
        clauses,
    )


def lamps() -> list[LampView]:
    """Return seven lamps, one of them dark."""
    names = ["Photo corner", *[f"Dance {n}" for n in range(1, 7)]]
    return [
        LampView(name, COLOURS[n], 0.0 if n == 3 else 0.5 + n / 14, "dance-mood")
        for n, name in enumerate(names)
    ]


def main() -> None:
    """Seed, say where, serve."""
    folder = Path(sys.argv[1])
    store = Store(f"sqlite:///{folder / 'foyer.db'}", EVENT)
    store.start(migrate=True)
    links = seed(store)
    for role in ("organiser", "staff", "dj"):
        store.accounts.create(role if role != "organiser" else "olga", PASSWORD, role, NOW_MS)
    store.accounts.create("newcomer", PASSWORD, "organiser", NOW_MS, must_change=True)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    parts = WebParts(
        store=store,
        clock=ManualClock(NOW_MS),
        settings=WebSettings(folder, f"http://127.0.0.1:{port}", sign_ins_a_minute=1000),
        nudge=(folder / "nudges").touch,
        lamps=lamps,
        why=why,
        push_public_key=PUSH_KEY,
        browser_files=BROWSER_FILES,
    )
    sys.stdout.write(json.dumps({"port": port, "links": links}) + "\n")
    sys.stdout.flush()
    config = uvicorn.Config(build(parts), log_level="warning", access_log=False)
    # uvicorn raises the signal again when it has stopped; without a handler nothing below would run
    signal.signal(signal.SIGTERM, lambda *_: None)
    uvicorn.Server(config).run(sockets=[listener])
    store.stop()


if __name__ == "__main__":
    main()
