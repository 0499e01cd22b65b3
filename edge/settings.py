"""Everything that can be set, checked when built; three settings may come from the hub."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from contract.topics import valid_name
from edge.errors import SettingsError
from edge.limits import OUTBOX_BYTES_MAX, OUTBOX_BYTES_MIN

SECRET_VARIABLE: Final = "FOYER_EDGE_SECRET"  # noqa: S105 - the name of a variable
DEFAULT_PORT: Final = 1883
PORT_MAX: Final = 65_535


@dataclass(frozen=True, slots=True)
class Tunable:
    """Settings that the hub may change while the agent runs."""

    tap_bounce_s: float = 2.0
    """A card read again within this venue time is still the same tap."""
    outbox_bytes_max: int = OUTBOX_BYTES_MAX
    """Bound of the outbox."""
    resend_s: float = 10.0
    """Real time without progress after which a batch is sent again."""

    def changed(self, config: dict[str, Any]) -> "Tunable":
        """Apply the hub's configuration: all of it, or nothing.

        Raises:
            SettingsError: an unknown key, or a value out of range; the text names it.
        """
        for key, value in config.items():
            if key not in _RANGES:
                raise SettingsError(f"{key} cannot be set: only {', '.join(sorted(_RANGES))}")
            low, high = _RANGES[key]
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise SettingsError(f"{key} must be a number, not {type(value).__name__}")
            if not low <= value <= high:
                raise SettingsError(f"{key} must be from {low} to {high}, not {value}")
        whole = {k: int(v) if k == "outbox_bytes_max" else float(v) for k, v in config.items()}
        return replace(self, **whole)  # type: ignore[arg-type]


_RANGES: Final[dict[str, tuple[float, float]]] = {
    "tap_bounce_s": (0, 60),
    "outbox_bytes_max": (OUTBOX_BYTES_MIN, 16 * 1024**3),
    "resend_s": (1, 3600),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How one agent runs.

    Raises:
        SettingsError: a name that cannot be a topic level, or no secret.
    """

    event: str
    name: str
    secret: str
    host: str
    port: int
    folder: Path
    health_s: float = 10.0
    """Real time between two figures of health."""
    tunable: Tunable = Tunable()

    def __post_init__(self) -> None:
        """Check the names."""
        for what, name in (("event", self.event), ("edge", self.name)):
            if not valid_name(name):
                raise SettingsError(
                    f"{what} {name!r}: write 1 to 48 of a-z, 0-9 and '-', not beginning with '-'"
                    " (and not 'hub')"
                )
        if not self.secret:
            raise SettingsError(
                f"no secret: give --secret-file FILE or the variable {SECRET_VARIABLE}"
            )


def parse_address(text: str) -> tuple[str, int]:
    """Read ``host:port`` or ``host``.

    Raises:
        SettingsError: the port is no number from 1 to 65535.
    """
    host, colon, port = text.rpartition(":")
    if not colon:
        return text, DEFAULT_PORT
    if not port.isdecimal() or not 0 < int(port) <= PORT_MAX or not host:
        raise SettingsError(f"broker {text!r}: write host:port, as in 192.168.1.10:1883")
    return host.strip("[]"), int(port)
