"""What an organiser sets about the lights, checked when it is built."""

from dataclasses import dataclass, field
from pathlib import Path

from integrations.lights.arbiter import Look
from integrations.lights.colour import channels
from integrations.lights.limits import ANSWER_WAIT_S, TRANSITION_MS_MAX


@dataclass(frozen=True, slots=True)
class LightsSettings:
    """Where the bridge is, and which of its lamps are the venue's.

    ``address`` is host or host:port. ``key_file`` holds the bridge's key (mode 0600, written by
    pairing). ``lamps`` are the names that may be claimed and are brought to rest when nobody
    does; empty means any lamp of the bridge, each touched only once somebody claims it. ``areas``
    names lamps that are seen together (for the cap on flashes); the others are one area.
    ``rest`` is how an unclaimed lamp looks. ``transition_ms`` is how softly a lamp changes, in
    steps of 100 ms. ``answer_wait_s`` is how long (real time) a delivery waits for its lamp.
    """

    address: str
    key_file: Path
    lamps: tuple[str, ...] = ()
    areas: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rest: Look = field(default_factory=lambda: Look("#ffd9a8", 0.2))
    transition_ms: int = 200
    answer_wait_s: float = ANSWER_WAIT_S

    def __post_init__(self) -> None:
        """Refuse what no bridge could do; raises ValueError or ColourInvalid."""
        channels(self.rest.colour)
        if not 0 <= self.rest.brightness <= 1:
            raise ValueError(f"rest brightness {self.rest.brightness} is not between 0 and 1")
        if not 0 <= self.transition_ms <= TRANSITION_MS_MAX:
            raise ValueError(
                f"transition of {self.transition_ms} ms is not between 0 and {TRANSITION_MS_MAX}"
            )
        if not self.address or any(c in self.address for c in "/ @?#"):
            raise ValueError(f"bridge address {self.address!r}: write host or host:port")

    def area_of(self, lamp: str) -> str:
        """Name of the area that ``lamp`` is seen with; "" for the rest of the bridge."""
        return next((name for name, lamps in self.areas.items() if lamp in lamps), "")
