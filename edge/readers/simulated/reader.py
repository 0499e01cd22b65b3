"""Plays a script as the clock goes; its position is the venue time up to which all is stored."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from contract.clock import MS_PER_S, Clock
from edge.anchors import own_anchor
from edge.limits import SIGHTINGS_COMMIT_MS, SIGHTINGS_COMMIT_REAL_S_MIN
from edge.readers.port import Chunk, Emit, Progress, Read, Wifi
from edge.readers.simulated.crowd import Crowd, Heard
from edge.readers.simulated.script import Script
from edge.readers.worker import Worker

CHUNK_READS: Final = 500
"""Reads stored together at most, unless more fall into one millisecond."""

ADVERT_S: Final = 15.0
"""Default venue time between two adverts of a badge."""


class SimulatedReader:
    """A place's receivers, and its Wi-Fi."""

    def __init__(
        self,
        clock: Clock,
        script: Script,
        places: Sequence[str],
        wifi: Wifi,
        *,
        neighbours: Sequence[str] = (),
        advert_s: float = ADVERT_S,
        seed: int = 0,
    ) -> None:
        """Store what is played; each of ``places`` is a reader of that name."""
        self.name = f"simulated:{'+'.join(places)}"
        self._clock = clock
        self._script = script
        self._crowd = Crowd(script, places, neighbours, advert_s, seed)
        self._wifi = wifi
        self._away = False
        self._worker = Worker(self.name)
        self._progress = Progress()

    @property
    def progress(self) -> Progress:
        """Reads so far; done when the script is over."""
        return self._progress

    @property
    def fault(self) -> Exception | None:
        """Why it stopped by itself."""
        return self._worker.fault

    def start(self, emit: Emit, position: str | None) -> None:
        """Go on after venue time ``position``; what fell due meanwhile is caught up with."""
        begin_ms = (self._script.from_ms or 0) - 1 if position is None else int(position)
        self._worker.start(lambda stopping: self._work(emit, begin_ms, stopping))

    def stop(self) -> None:
        """End the thread."""
        self._worker.stop()

    def _work(self, emit: Emit, begin_ms: int, stopping: threading.Event) -> None:
        coming = self._crowd.after(begin_ms)
        upcoming = next(coming, None)
        while not stopping.is_set():
            now_ms = self._clock.wall_ms()
            self._switch(now_ms)
            while upcoming is not None and upcoming.at_ms <= now_ms and not stopping.is_set():
                heard, upcoming = _due(chain([upcoming], coming), now_ms)
                self._emit(heard, emit)
            over = upcoming is None and self._script.until_ms <= now_ms
            self._progress = replace(self._progress, done=over)
            stopping.wait(self._wait_s(now_ms))

    def _emit(self, heard: list[Heard], emit: Emit) -> None:
        both = own_anchor(self._clock)
        offset_ms = both.boot_ms - both.wall_ms
        reads = tuple(
            Read(each.badge, each.place, each.at_ms + offset_ms, each.rssi_dbm) for each in heard
        )
        emit(Chunk(self.name, reads, position=str(heard[-1].at_ms)))
        self._progress = replace(self._progress, read=self._progress.read + len(reads))

    def _wait_s(self, now_ms: int) -> float:
        """Real time to wait at ``now_ms``: a tap comes at once, sightings a second's worth."""
        speed = max(self._clock.speed, 1e-9)
        pause_s = SIGHTINGS_COMMIT_MS / MS_PER_S / speed
        pause_s = min(max(pause_s, SIGHTINGS_COMMIT_REAL_S_MIN), 1.0)
        tap_ms = self._crowd.next_tap_ms(now_ms)
        if tap_ms is None:
            return pause_s
        return min((tap_ms - now_ms) / MS_PER_S / speed, pause_s)

    def _switch(self, now_ms: int) -> None:
        away = any(
            outage.wifi_from_ms <= now_ms < outage.wifi_until_ms for outage in self._script.outages
        )
        if away and not self._away:
            self._wifi.cut()
        elif self._away and not away:
            self._wifi.restore()
        self._away = away


def _due(coming: Iterator[Heard], now_ms: int) -> tuple[list[Heard], Heard | None]:
    """Take what is due, whole milliseconds only; returns it and the first that is left."""
    taken: list[Heard] = []
    for heard in coming:
        full = len(taken) >= CHUNK_READS and heard.at_ms != taken[-1].at_ms
        if full or heard.at_ms > now_ms:
            return taken, heard
        taken.append(heard)
    return taken, None
