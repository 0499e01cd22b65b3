"""Everything the pages need is handed to them in one value; they look nothing up by themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contract.clock import Clock, SystemClock
from hub.core.explain import Explanation
from hub.store import Store
from hub.web.settings import WebSettings


@dataclass(frozen=True, slots=True)
class LampView:
    """A lamp as it shines now: ``colour`` ``#rrggbb``, ``brightness`` 0 to 1, and why."""

    name: str
    colour: str
    brightness: float
    reason: str = ""


Why = Callable[[str, str, int | None], Explanation]
"""Person, rule, instant (None for now). Raises CoreError (a sentence) for an unknown one."""

REAL: Final = SystemClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """What the composition root hands to the web.

    ``clock`` is venue time, ``wall`` the time by which sessions end and tries are counted.
    ``nudge`` tells the engine that a command waits. ``browser_files`` is the folder with ``sw.js``
    and ``subscribe.js``; without it, or without a push key, the attendee page offers no push.
    """

    store: Store
    clock: Clock
    settings: WebSettings
    nudge: Callable[[], None]
    lamps: Callable[[], Sequence[LampView]]
    why: Why
    wall: Clock = REAL
    push_public_key: str | None = None
    browser_files: Path | None = None
