"""A process with nothing but the hub's link in it: ``python -m tests.engine.link_process``."""

import sys
import threading

from contract.clock import SystemClock
from hub.ingest.link import HubLink, LinkSettings
from tests.databases import EVENT
from tests.waiting import wait_until


def main(port: str, password: str, session: str) -> None:
    settings = LinkSettings("127.0.0.1", int(port), EVENT, "engine", password, int(session))
    link = HubLink(settings, SystemClock(), lambda _t, _p, _ms: None, lambda: None, lambda: None)
    link.start()
    wait_until(lambda: link.is_connected, what="the broker to accept")
    print("connected", flush=True)  # noqa: T201 - the test reads it
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
