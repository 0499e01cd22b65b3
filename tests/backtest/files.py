"""A recorded event that is written by hand: facts of minutes after the doors open."""

from pathlib import Path
from typing import Any

from hub.backtest import documents, recording, running
from hub.backtest.comparing import Asked, Report, compare
from hub.backtest.facts import Fact
from hub.backtest.recording import FORMAT, VERSION, Header
from hub.backtest.sources import of_file
from hub.backtest.told import Told
from hub.core import document as doc
from hub.core import events as ev
from tests.backtest.made import EVER_MS
from tests.core.fold import CONSENTS, MIN
from tests.engine.parts import OPENS_MS


class Script:
    """Facts, one after the other."""

    def __init__(self, *people: str) -> None:
        self.facts: list[Fact] = []
        for person in people:
            self.add(0, ev.Registered(person, OPENS_MS, {}, list(CONSENTS)))
            self.add(0, ev.Leased(person, person, OPENS_MS))

    def add(self, minute: float, event: ev.Event) -> "Script":
        """Something became known at a minute."""
        pos = len(self.facts) + 2
        known_ms = OPENS_MS + round(minute * MIN)
        self.facts.append(Fact(pos, f"f/{pos}", event.at_ms, known_ms, event))
        return self

    def tap(self, who: str, place: str, *minutes: float) -> "Script":
        """Taps, each known at once."""
        for minute in minutes:
            self.add(minute, ev.Tapped(who, place, OPENS_MS + round(minute * MIN)))
        return self

    def write(self, path: Path, venue: doc.Venue, ends: float = 600) -> Path:
        """A file; it was recorded up to a minute."""
        header = Header(
            FORMAT, VERSION, venue.event.id, venue, OPENS_MS, OPENS_MS + round(ends * MIN)
        )
        assert recording.write(path, header, self.facts) == len(self.facts)
        return path


def told(path: Path, proposed: doc.Venue, since_ms: int = 0) -> tuple[Told, Told]:
    """Both documents over a file."""
    setting = of_file(path)
    live = running.Task(setting, setting.live, 1, since_ms, EVER_MS)
    other = running.Task(setting, proposed, 2, since_ms, EVER_MS)
    return running.fold(live), running.fold(other)


def report(path: Path, parts: dict[str, Any], *, as_live: bool = False) -> Report:
    """What parts of a document would have come to, beside the one of the file."""
    live = of_file(path).live
    venue = documents.proposed(live, parts, "parts")
    venue = documents.as_live(venue) if as_live else venue
    return compare(Asked(live.event.id, 1, 0, EVER_MS), *told(path, venue))
