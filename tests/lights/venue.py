"""A bridge that is switched on, an app that is paired with it, and what its lamps went through."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from contract.clock import Clock, ManualClock
from integrations.lights.arbiter import Look
from integrations.lights.connector import LightsConnector
from integrations.lights.emulator import Emulator, Faults
from integrations.lights.pairing import pair
from integrations.lights.settings import LightsSettings
from integrations.port import Delivery

LAMPS = ("Photo corner", "Dance 1", "Dance 2", "Dance 3", "Dance 4")
START_MS = 1_700_000_000_000
LONG_MS = 3_600_000
REST = Look("#ffffff", 0.5)

_numbers = itertools.count()


class Venue:
    """One bridge, one connector, one clock."""

    def __init__(self, folder: Path, clock: Clock | None = None, **options: Any) -> None:
        groups = {"Dance floor": LAMPS[1:]} if options.pop("grouped", False) else {}
        self.emulator = Emulator(LAMPS, groups=groups, state_file=folder / "bridge.json")
        self.clock = clock or ManualClock(START_MS)
        self.key_file = folder / "hub" / "hue.json"
        self.options = {
            "lamps": options.pop("venue_lamps", LAMPS),
            "rest": REST,
            "transition_ms": 0,
            **options,
        }
        self.emulator.start()
        self.emulator.press()
        pair(self.emulator.address, self.key_file, timeout_s=5)
        self.lights = self.connector()

    def connector(self) -> LightsConnector:
        settings = LightsSettings(
            address=self.emulator.address, key_file=self.key_file, **self.options
        )
        return LightsConnector(settings, self.clock)

    def delivery(self, body: dict[str, Any], key: str = "") -> Delivery:
        now_ms = self.clock.wall_ms()
        return Delivery(
            key=key or f"key-{next(_numbers)}",
            connector="lights",
            body=body,
            attempt=1,
            now_ms=now_ms,
            expires_ms=now_ms + LONG_MS,
        )

    def deliver(self, key: str = "", **body: Any) -> Any:
        return self.lights.deliver(self.delivery(body, key))

    def claim(self, lamp: str, colour: str, key: str = "", **more: Any) -> Any:
        return self.deliver(
            key, **{"op": "claim", "lamp": lamp, "source": "rule", "colour": colour, **more}
        )

    def fault(self, **faults: Any) -> None:
        answer = httpx.post(f"http://{self.emulator.address}/emulator/faults", json=faults)
        assert msgspec.convert(answer.json(), Faults) == Faults(**faults)

    def history(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(f"http://{self.emulator.address}/emulator/history").json()
        return found

    def state(self, lamp: str) -> dict[str, Any]:
        house = self.emulator.api.house
        return next(dict(found.state) for found in house.lamps.values() if found.name == lamp)

    def refused(self) -> int:
        count: int = self.history()["commands"]["refused"]
        return count


@contextmanager
def venue(folder: Path, clock: Clock | None = None, **options: Any) -> Iterator[Venue]:
    """A venue whose lights are on."""
    place = Venue(folder, clock, **options)
    place.lights.start()
    try:
        yield place
    finally:
        place.lights.stop()
        place.emulator.stop()


def most_in_a_second(instants_ms: list[float]) -> int:
    """The most of ``instants_ms`` that lie in any window of one second."""
    ordered = sorted(instants_ms)
    counts = [sum(1 for at in ordered[i:] if at - start < 1000) for i, start in enumerate(ordered)]
    return max(counts, default=0)


def changes_by_lamp(history: dict[str, Any]) -> dict[str, list[float]]:
    """When each lamp was given a state."""
    found: dict[str, list[float]] = defaultdict(list)
    for change in history["changes"]:
        found[change["name"]].append(change["at_ms"])
    return found
