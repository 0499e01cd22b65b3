"""Every setting of Web Push has one name, one unit and one sentence when it is wrong."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from integrations.push.errors import SettingsError

DAY_S: Final = 86_400
TTL_S_MAX: Final = 28 * DAY_S
"""Longest that push services keep an undelivered message."""
TIMEOUT_S_MAX: Final = 60.0
"""Longest that one exchange with a push service may be allowed."""
PLAINTEXT_BYTES_MAX: Final = 3_993
"""Most that fits into the 4096 bytes every push service takes (RFC 8291, section 4)."""
SUBSCRIPTIONS_PER_PERSON_MAX: Final = 10
"""Most browsers of one person that are sent to."""
DELIVERIES_REMEMBERED_MAX: Final = 10_000
"""Most deliveries of which is remembered who accepted; then the oldest is forgotten."""
ORIGINS_REMEMBERED_MAX: Final = 64
"""Most push services of which a signed token or a "come back later" is remembered."""
ANSWER_BYTES_MAX: Final = 4_096
"""Most that is read of a push service's answer."""
RETRY_AFTER_S_MAX: Final = DAY_S
"""Furthest ahead a push service can put off a delivery."""
TOKEN_S: Final = 12 * 3_600
"""How long a signed VAPID token is valid; 24 hours is the most that is accepted."""

SERVICES: Final = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
"""The browser vendors' push services: only their word stops the connector."""

Urgency = Literal["very-low", "low", "normal", "high"]

_MAILTO = re.compile(r"mailto:[^@\s]+@(?P<domain>[\w.-]+)", re.ASCII)
_HTTPS = re.compile(r"https://(?P<domain>[\w.-]+)", re.ASCII)
_NO_DOMAIN = (".localhost", ".local", ".internal", ".lan", ".invalid", ".test")
SUBJECT_HINT: Final = (
    "write subject as mailto:somebody@your-domain or https://your-domain; "
    "push services refuse localhost and made-up domains"
)


class PushSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How push messages are signed and sent.

    Raises:
        SettingsError: when built with a value out of range; the text names the setting.
    """

    subject: str
    """Whom a push service may write to: ``mailto:`` or ``https:`` with a real domain."""
    data_dir: Path
    """Folder in which the VAPID key is made and kept."""
    ttl_s_max: int = DAY_S
    """Longest that a push service keeps a message for a browser that is away."""
    urgency: Urgency = "normal"
    timeout_s: float = 10.0
    """Longest that one browser's push service may take, from connecting to the last byte."""
    services: tuple[str, ...] = SERVICES
    """Host names, their subdomains included, whose refusal stops the connector."""
    allow_loopback: bool = False
    """Let endpoints be on this machine, without TLS: for demonstrations and tests."""

    def __post_init__(self) -> None:
        """Refuse what push services would refuse later."""
        match = _MAILTO.fullmatch(self.subject) or _HTTPS.fullmatch(self.subject)
        if match is None or not _real_domain(match["domain"]):
            raise SettingsError(f"push subject {self.subject!r}: {SUBJECT_HINT}")
        if not 0 <= self.ttl_s_max <= TTL_S_MAX:
            raise SettingsError(f"push ttl_s_max is between 0 and {TTL_S_MAX} seconds")
        if not 0 < self.timeout_s <= TIMEOUT_S_MAX:
            raise SettingsError(f"push timeout_s is above 0, at most {TIMEOUT_S_MAX} seconds")


def _real_domain(domain: str) -> bool:
    return "." in domain.strip(".") and not f".{domain.lower()}".endswith(_NO_DOMAIN)


def read_settings(raw: Mapping[str, Any]) -> PushSettings:
    """Make settings of a configuration file's mapping.

    Raises:
        SettingsError: a setting is missing, unknown or out of range; the text names it.
    """
    try:
        return msgspec.convert(raw, PushSettings, strict=False, dec_hook=_read_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"push: {error}") from error


def _read_path(kind: type, value: object) -> Path:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise ValueError(f"expected a path, got {value!r}")
