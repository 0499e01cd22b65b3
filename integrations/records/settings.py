"""How a system wants its records is written down once: its address, its names, its key."""

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from integrations.records.errors import ReachError, SettingsError
from integrations.webhook.secret import check_reference
from integrations.webhook.settings import Reach, read_targets

ID_PLACE: Final = "{id}"
FIELDS_MAX: Final = 64
"""Most fields that one record may have there."""

Method = Literal["PUT", "PATCH", "POST"]
Auth = Literal["none", "bearer", "basic", "api-key"]

_KIND: Final = re.compile(r"(?:[a-z][a-z0-9_]{0,47})?")
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_ABOUT_US: Final = frozenset({"authorization", "content-type", "content-length", "host"})


class RecordSettings(Reach, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One system that takes records. Its ``url`` holds ``{id}`` where the person's id stands."""

    method: Method = "PUT"
    """``PUT`` and ``PATCH`` write under the id, as often as they like; ``POST`` adds."""
    id: str = ""
    """The kind of id by which that system knows people; needed for ``{id}`` and ``id_field``."""
    id_field: str = ""
    """Field of the record that holds the id as well; empty for none."""
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    """Our name to theirs; what is not named is not sent. Empty sends all, under our names."""
    auth: Auth = "bearer"
    secret: str = ""
    """Where the token, password or key lies: ``env:NAME`` or ``file:/PATH``."""
    user: str = ""
    """The name that goes with the password, for ``basic``."""
    header: str = "X-Api-Key"
    """The header that carries the key, for ``api-key``."""
    error_field: str = ""
    """Field by which that system tells of an error in an answer that reports success."""

    def __post_init__(self) -> None:
        """Refuse what cannot work, and a secret that stands in the configuration."""
        super().__post_init__()
        if _KIND.fullmatch(self.id) is None:
            raise SettingsError("id is the name of a kind of id: lower-case letters, digits, _")
        if not self.id and (self.id_field or self.method != "POST" or ID_PLACE in self.url):
            raise SettingsError("id is missing: the kind of id by which that system knows people")
        if len(self.fields) > FIELDS_MAX or len(set(self.fields.values())) != len(self.fields):
            raise SettingsError(f"fields: at most {FIELDS_MAX}, each with a name of its own there")
        self._check_key()

    def _check_key(self) -> None:
        if self.auth != "none":
            check_reference(self.secret, "secret")
        if self.auth == "basic" and (not self.user or ":" in self.user or not self.user.isascii()):
            raise SettingsError("user is missing for basic, or holds a colon or no plain letters")
        if _HEADER.fullmatch(self.header) is None or self.header.lower() in _ABOUT_US:
            raise SettingsError("header cannot carry a key under that name")

    def template(self, url: str) -> str:
        """Put a stand-in for the id into the path.

        Raises:
            SettingsError: PUT and PATCH have no place for the id, or it is not in the path.
        """
        before, place, after = url.partition(ID_PLACE)
        if self.method != "POST" and not place:
            raise SettingsError(
                f"url: {self.method} writes under an id, so {ID_PLACE} stands in it"
            )
        if place and (before.count("/") < 3 or ID_PLACE in after):  # noqa: PLR2004 - scheme://host/
            raise SettingsError(f"url: {ID_PLACE} stands in the path, once")
        return f"{before}id{after}" if place else url


def read_settings(raw: Mapping[str, Any]) -> dict[str, RecordSettings]:
    """Make settings of the mapping ``records`` of a configuration file, each under its name.

    Raises:
        SettingsError: a setting is missing, unknown or out of range; the text names it.
    """
    try:
        return read_targets(raw, RecordSettings, "records")
    except ReachError as error:
        raise SettingsError(str(error)) from None
