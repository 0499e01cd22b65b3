"""The venue as this package needs it: what places, attributes and ids there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from hub.core.document.people import AttributeInfo, IdKind
from hub.core.document.venue import Place, Venue
from hub.core.state import MERGED_KEPT_MAX

DEFAULT_KINDS: Final = (
    IdKind("registration", priority=100, per_person=MERGED_KEPT_MAX + 1),
    IdKind("email", priority=80, per_person=5, normalise="email"),
    IdKind("phone", priority=60, per_person=5, normalise="phone"),
    IdKind("crm", priority=50, per_person=5),
    IdKind("app", priority=40, per_person=5),
)
"""The kinds of id of a venue that declares none. A badge is leased, and no id."""


class Ground(Protocol):
    """What the folding of people stands on; the compiled rules of a venue are one."""

    @property
    def venue(self) -> Venue:
        """The document."""

    @property
    def places(self) -> Mapping[str, Place]:
        """Places by their id."""

    @property
    def attributes(self) -> Mapping[str, AttributeInfo]:
        """Declared attributes by name."""

    @property
    def zone(self) -> tzinfo:
        """The venue's zone."""


@dataclass(frozen=True, slots=True)
class PlainGround:
    """The ground of a venue whose rules nobody asks for."""

    venue: Venue
    places: Mapping[str, Place]
    attributes: Mapping[str, AttributeInfo]
    zone: tzinfo


def ground_of(venue: Venue) -> PlainGround:
    """The ground of a venue; its document has been checked before."""
    return PlainGround(
        venue=venue,
        places={place.id: place for place in venue.places},
        attributes={info.name: info for info in venue.attributes},
        zone=ZoneInfo(venue.event.zone),
    )


def kinds_of(venue: Venue) -> dict[str, IdKind]:
    """The kinds of id that count at the venue, by name: its own, or :data:`DEFAULT_KINDS`."""
    return {kind.name: kind for kind in venue.ids or DEFAULT_KINDS}
