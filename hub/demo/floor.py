"""The crowd knows places by what one does there; the venue document says which they are.

Places stand beside each other in the order in which the document names them, so a reader also
hears, faintly, the places before and after its own.
"""

from typing import Final

from msgspec import Struct

from hub.core.document import Edge, Venue
from hub.demo.errors import UnfitVenue

SPONSORS: Final = "sponsors"
"""The group of the sponsors' stands."""

NEIGHBOURS_HEARD: Final = 1
"""So many places to each side of its own does a reader hear."""


class Floor(Struct, frozen=True):
    """The ids of the places that a day needs."""

    entrance: str
    coffee: str
    bacon: str
    photo: str
    stage: str
    dance: str
    sponsors: tuple[str, ...]


def floor_of(venue: Venue) -> Floor:
    """Find the places of a day in ``venue``.

    Raises:
        UnfitVenue: one is missing, or no place is in the group ``sponsors``.
    """
    sponsors = tuple(place.id for place in venue.places if SPONSORS in place.groups)
    if not sponsors:
        raise UnfitVenue(f"the crowd needs places in the group {SPONSORS!r}")
    return Floor(
        entrance=_place(venue, "entrance"),
        coffee=_place(venue, "coffee"),
        bacon=_place(venue, "bacon"),
        photo=_place(venue, "photo-corner"),
        stage=_place(venue, "stage"),
        dance=_place(venue, "dance-floor"),
        sponsors=sponsors,
    )


def heard_by(venue: Venue, edge: Edge) -> frozenset[str]:
    """Name the places whose badges ``edge`` hears: its own, loud, and their neighbours, faint."""
    order = [place.id for place in venue.places]
    heard: set[str] = set()
    for own in edge.readers.values():
        index = order.index(own)
        first = max(0, index - NEIGHBOURS_HEARD)
        heard.update(order[first : index + NEIGHBOURS_HEARD + 1])
    return frozenset(heard)


def edge_at(venue: Venue, place: str) -> str:
    """Name the edge that has a reader for ``place``.

    Raises:
        UnfitVenue: none has.
    """
    for edge in venue.edges:
        if place in edge.readers.values():
            return edge.name
    raise UnfitVenue(f"no edge of the venue reads the place {place!r}")


def _place(venue: Venue, wanted: str) -> str:
    if any(place.id == wanted for place in venue.places):
        return wanted
    raise UnfitVenue(f"the crowd needs a place called {wanted!r}")
