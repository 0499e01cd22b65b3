"""What somebody can do at a venue, one thing after another; what they wished for is used up."""

from dataclasses import dataclass
from typing import Final

from hub.demo.character import Character
from hub.demo.floor import Floor
from hub.demo.programme import MS_PER_MIN
from hub.demo.walk import Walk

COFFEE_MIN: Final = (3.0, 8.0)
BACON_MIN: Final = (5.0, 11.0)
PHOTO_MIN: Final = (1.0, 3.0)
STAND_MIN: Final = (3.0, 7.0)
LINGER_MIN: Final = (4.0, 14.0)
"""Shortest and longest stay, minutes."""

WAY_MIN: Final = 1.5
"""Longest way to another place, minutes."""

PHOTO_MOOD: Final = 0.4
"""Chance of wanting to be photographed now, for those who want it at all today."""


@dataclass(slots=True)
class Outing:
    """One day of one person, as far as it has come."""

    walk: Walk
    who: Character
    floor: Floor
    start_ms: int
    stands_left: list[str]
    photos_left: int

    def at(self, minute: float) -> int:
        """Unix milliseconds of a minute of the day."""
        return self.start_ms + round(minute * MS_PER_MIN)

    def stops(self, places: list[str], until_ms: int) -> None:
        """Stop at each in turn and tap there, leaving out what there is no time for."""
        for place in places:
            minutes = self._minutes(place)
            if self._ends_by(minutes[1], until_ms):
                self.walk.go(place, minutes, tap=place != self.floor.stage)
                self._use(place)

    def linger(self, until_ms: int) -> None:
        """Stand about near something until then, without tapping."""
        places = (*self.floor.sponsors, self.floor.coffee, self.floor.bacon, self.floor.photo)
        while self._ends_by(LINGER_MIN[1], until_ms):
            self.walk.go(self.walk.dice.choice(places), LINGER_MIN)
        self.walk.stay_until(self.floor.stage, until_ms)

    def dawdle(self, minutes_max: float, until_ms: int) -> None:
        """Stand about for up to so many minutes, so that not all do the same at once."""
        minutes = self.walk.dice.uniform(0, minutes_max)
        self.linger(min(until_ms, self.walk.at_ms + round(minutes * MS_PER_MIN)))

    def stands(self, most: int) -> list[str]:
        """The next sponsor stands that the person would like to see."""
        return self.stands_left[:most]

    def photo(self) -> list[str]:
        """The photo corner, or nothing."""
        return [self.floor.photo] * (self.photos_left > 0 and self.chance(PHOTO_MOOD))

    def likes(self) -> bool:
        """Say whether the person feels like stopping somewhere."""
        return self.chance(self.who.sociable)

    def chance(self, share: float) -> bool:
        """Be true in this share of all cases."""
        return self.walk.dice.random() < share

    def shuffled(self, places: list[str]) -> list[str]:
        """Return the places in any order."""
        return self.walk.dice.sample(places, len(places))

    def _ends_by(self, minutes: float, until_ms: int) -> bool:
        return self.walk.at_ms + (minutes + WAY_MIN) * MS_PER_MIN < until_ms

    def _minutes(self, place: str) -> tuple[float, float]:
        floor = self.floor
        of = {floor.coffee: COFFEE_MIN, floor.bacon: BACON_MIN, floor.photo: PHOTO_MIN}
        return of.get(place, STAND_MIN)

    def _use(self, place: str) -> None:
        if place in self.stands_left:
            self.stands_left.remove(place)
        if place == self.floor.photo:
            self.photos_left -= 1
