"""Which rules were in force at an instant; a version is compiled once."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec

from hub.core import document as doc
from hub.core.compiled import Compiled, compile_venue
from hub.core.errors import RulesFault
from hub.core.explain import Explanation, no_rule, not_in_force
from hub.core.explaining.saying import when
from hub.store import Store
from hub.store.group import PublishedVenue

VERSIONS_MAX: Final = 200
"""Most versions of the venue that are looked through for a rule that was not there."""

_document = msgspec.json.Decoder(doc.Venue)


@lru_cache(maxsize=32)
def _compiled(document: str, version: int) -> Compiled:
    return compile_venue(_document.decode(document), version)


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of one venue."""

    store: Store

    def at(self, at_ms: int | None) -> Compiled:
        """The rules that were in force at an instant; before the first version those of the first.

        Raises:
            RulesFault: none was published by now.
        """
        venue = self.store.venue_at(at_ms) or self._first()
        if venue is None:
            raise RulesFault("no venue is published yet: foyer venue apply FILE")
        return _compiled(venue.document, venue.version)

    def _first(self) -> PublishedVenue | None:
        infos = self.store.venue_versions()
        return self.store.venue_version(min(one.version for one in infos)) if infos else None

    def of(self, version: int) -> Compiled | None:
        """The rules of a version, if it is known."""
        venue = self.store.venue_version(version)
        return None if venue is None else _compiled(venue.document, venue.version)

    def missing(self, rule: str, person: str | None, at_ms: int) -> Explanation | None:
        """Say that the rule was not there at the instant; None when it was.

        Raises:
            RulesFault: there never was such a rule; the text names those there are.
        """
        rules = self.at(at_ms)
        if rule in rules.rules:
            return None
        other = self._with(rule, at_ms)
        if other is None:
            raise no_rule(rules, rule)
        was = when(other.at_ms, at_ms, rules.zone)
        if other.at_ms > at_ms:
            said = f"the rule did not exist yet: it was published at {was}, with version"
        else:
            said = f"the rule was there no longer: the last version with it, of {was}, is"
        return not_in_force(rule, person, at_ms, rules.version, f"{said} {other.version}")

    def _with(self, rule: str, at_ms: int) -> PublishedVenue | None:
        """The first version after the instant that has the rule, else the last one before."""
        infos = sorted(self.store.venue_versions()[:VERSIONS_MAX], key=lambda one: one.version)
        after = [one for one in infos if one.at_ms > at_ms]
        before = [one for one in reversed(infos) if one.at_ms <= at_ms]
        for info in (*after, *before):
            venue = self.store.venue_version(info.version)
            if venue is not None and rule in _compiled(venue.document, venue.version).rules:
                return venue
        return None
