"""Versions of the document as commands use them: found by number or file, and published again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from hub.config import ConfigFault
from hub.core.checking import listed, nearest
from hub.core.document import Stage, Venue
from hub.reading import Read, read_venue

_venue: Final = msgspec.json.Decoder(Venue)


class Version(Protocol):
    """A version of the document that was put in force."""

    @property
    def version(self) -> int:
        """Its number, from 1."""

    @property
    def at_ms(self) -> int:
        """Since when."""

    @property
    def by(self) -> str:
        """Who put it in force."""


class Document(Version, Protocol):
    """A version with what it says, as JSON."""

    @property
    def document(self) -> str:
        """The document."""


class Versions(Protocol):
    """Where versions are kept."""

    def venue_versions(self) -> Sequence[Version]:
        """All of them, without their documents."""

    def venue_version(self, version: int) -> Document | None:
        """One of them."""

    def venue_at(self, at_ms: int | None = None) -> Document | None:
        """The one in force at an instant, or now."""


def read_file(file: Path) -> Read:
    """Read a document from a file.

    Raises:
        ConfigFault: there is no such file, or it is no text.
    """
    try:
        return read_venue(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigFault(f"{file}: {fault}") from fault


def numbered(store: Versions, version: int | None) -> Venue:
    """The document of a version, or of the one in force.

    Raises:
        ConfigFault: there is no such version.
    """
    found = store.venue_at() if version is None else store.venue_version(version)
    if found is None and version is None:
        raise ConfigFault("no venue is published yet: foyer venue apply FILE")
    if found is None:
        there = listed(str(one.version) for one in store.venue_versions())
        raise ConfigFault(f"there is no version {version}; there is: {there}")
    return _venue.decode(found.document)


def named(store: Versions, name: str) -> Venue:
    """The document of a version's number, or of a file.

    Raises:
        ConfigFault: there is neither, or what the file says cannot be put in force.
    """
    if name.isascii() and name.isdigit():
        return numbered(store, int(name))
    read = read_file(Path(name))
    if read.venue is None:
        raise ConfigFault(read.of("error")[0].one_line())
    return read.venue


def staged(venue: Venue, name: str, stage: Stage) -> Venue:
    """The document with a rule in another stage.

    Raises:
        ConfigFault: there is no such rule.
    """
    names = [rule.name for rule in venue.rules]
    if name not in names:
        hint = nearest(name, names)
        raise ConfigFault(f"there is no rule {name!r}; {hint or f'there is: {listed(names)}'}")
    rules = [replace(one, stage=stage) if one.name == name else one for one in venue.rules]
    return replace(venue, rules=rules)
