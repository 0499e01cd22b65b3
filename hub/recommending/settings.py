"""What can be set, each with its unit."""

from typing import Final

from msgspec import Struct

PURPOSE: Final = "recommendations"
"""The consent without which nobody gets a recommendation, nor counts in anybody else's."""
UNWANTED_ATTRIBUTE: Final = "unwanted_places"
"""The attribute with the ids of places that somebody does not want to be sent to."""


class RecommendSettings(Struct, frozen=True):
    """How recommendations are made.

    ``groups``: only places of one of these groups; without any, every place. ``window_ms`` (venue
    time) is what counts as just now. ``refresh_ms`` (real time) is how old the counts may be.
    ``people_min``: what fewer people did is neither said nor used. ``places_max`` are recommended.
    """

    groups: tuple[str, ...] = ()
    window_ms: int = 3_600_000
    refresh_ms: int = 10_000
    people_min: int = 5
    places_max: int = 3
