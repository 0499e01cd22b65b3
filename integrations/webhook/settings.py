"""Every setting of a target has one name, one unit and one sentence when it is wrong."""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from integrations.webhook.address import Guard, Place, check_url
from integrations.webhook.errors import SettingsError
from integrations.webhook.limits import (
    PER_SECOND_MAX,
    PER_SECOND_MIN,
    TARGETS_MAX,
    TIMEOUT_S_MAX,
)
from integrations.webhook.secret import check_reference, is_reference, read_secret

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")


class Reach(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a place is reached. It does not show its address, which may be a secret."""

    url: str
    """``https://...``; or where an address that is a secret lies: ``env:NAME``, ``file:/PATH``."""
    timeout_s: float = 15.0
    """Longest that one exchange may take, from looking the name up to the last byte."""
    per_second: float = 10.0
    """Most requests in a second, evenly spread."""
    insecure: bool = False
    """Let plain ``http://`` leave this machine."""
    allow_link_local: bool = False
    """Let the name lead to a link-local or a cloud's metadata address."""

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if not is_reference(self.url):
            check_url(self.template(self.url), "url", insecure=self.insecure)
        if not 0 < self.timeout_s <= TIMEOUT_S_MAX:
            raise SettingsError(f"timeout_s is above 0, at most {TIMEOUT_S_MAX} seconds")
        if not PER_SECOND_MIN <= self.per_second <= PER_SECOND_MAX:
            raise SettingsError(f"per_second is from {PER_SECOND_MIN} to {PER_SECOND_MAX}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(hidden)"

    @property
    def guard(self) -> Guard:
        """Where its name may lead."""
        return Guard(self.insecure, self.allow_link_local)

    def template(self, url: str) -> str:
        """Make an address to check of what was written."""
        return url

    def address(self) -> str:
        """Give the address as it was written, or as it lies where it was said to.

        Raises:
            SecretUnusable: nothing lies there.
        """
        return read_secret(self.url).reveal() if is_reference(self.url) else self.url

    def place(self, url: str) -> Place:
        """Take the address apart.

        Raises:
            SettingsError: it cannot be used.
        """
        return check_url(self.template(url), "url", insecure=self.insecure)


class TargetSettings(Reach, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One web address that takes signed requests."""

    secret: str
    """Where the signing key lies: ``env:NAME`` or ``file:/PATH``."""

    def __post_init__(self) -> None:
        """Refuse what cannot work, and a secret that stands in the configuration."""
        super().__post_init__()
        check_reference(self.secret, "secret")


R = TypeVar("R", bound=Reach)


def read_settings(raw: Mapping[str, Any]) -> dict[str, TargetSettings]:
    """Make settings of the mapping ``webhooks`` of a configuration file, each under its name.

    Raises:
        SettingsError: a setting is missing, unknown or out of range; the text names it.
    """
    return read_targets(raw, TargetSettings, "webhooks")


def read_targets(raw: Mapping[str, Any], kind: type[R], section: str) -> dict[str, R]:
    """Make settings of one section of a configuration file.

    Raises:
        SettingsError: a setting is missing, unknown or out of range; the text names it.
    """
    if len(raw) > TARGETS_MAX:
        raise SettingsError(f"{section}: at most {TARGETS_MAX} targets")
    return {name: _read(name, one, kind, section) for name, one in raw.items()}


def _read(name: str, raw: object, kind: type[R], section: str) -> R:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise SettingsError(f"{section}: a target's name is lower-case letters, digits and dashes")
    try:
        return msgspec.convert(raw, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{section}.{name}: {error}") from None
