"""What somebody is like is drawn once and holds for every day of the event."""

import random
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

COFFEE_LOVERS: Final = 1 / 6
BACON_LOVERS: Final = 1 / 8
SPONSOR_FANS: Final = 4 / 15
PARTY_GOERS: Final = 0.62
LONG_DANCERS: Final = 0.34
LATECOMERS: Final = 0.05

LONG_DANCE_MIN: Final = (50, 110)
SHORT_DANCE_MIN: Final = (6, 40)
"""Minutes on the dance floor: nobody stays so near to 45 that a blurred reading would matter."""


class Character(Struct, frozen=True):
    """How somebody spends a day."""

    coffee_lover: bool
    bacon_lover: bool
    sponsor_fan: bool
    party_goer: bool
    late: bool
    restless: float
    """Chance of skipping a session."""
    sociable: float
    """Chance of stopping somewhere, for each place one could stop at."""
    stands: int
    """Sponsor stands this person would like to see."""
    photos: int
    dance_min: int
    """Minutes on the dance floor in one evening; 0 for those who go home before."""
    leaves_min: int
    """When somebody who is not staying for the party goes home, minutes after the day began."""


def draw(badges: Sequence[str], seed: int) -> dict[str, Character]:
    """Give each badge a character; the same seed gives the same ones."""
    dice = random.Random(f"{seed}:characters")  # noqa: S311 - a crowd is played, no secret is made
    late = _some(dice, badges, LATECOMERS)
    punctual = [badge for badge in badges if badge not in late]
    coffee = _some(dice, punctual, COFFEE_LOVERS * len(badges) / max(1, len(punctual)))
    bacon = _some(dice, punctual, BACON_LOVERS)
    fans = _some(dice, badges, SPONSOR_FANS)
    party = _some(dice, badges, PARTY_GOERS)
    long = _some(dice, sorted(party), LONG_DANCERS * len(badges) / max(1, len(party)))
    return {
        badge: Character(
            coffee_lover=badge in coffee,
            bacon_lover=badge in bacon,
            sponsor_fan=badge in fans,
            party_goer=badge in party,
            late=badge in late,
            restless=dice.uniform(0.02, 0.25),
            sociable=dice.uniform(0.25, 0.7),
            stands=dice.choice((5, 6, 6)) if badge in fans else dice.choice((0, 1, 2, 2, 3, 4)),
            photos=dice.choices((0, 1, 2), (50, 35, 15))[0],
            dance_min=_dance_min(dice, badge in party, badge in long),
            leaves_min=dice.randint(600, 655) if badge in fans else dice.randint(460, 650),
        )
        for badge in badges
    }


def _some(dice: random.Random, badges: Sequence[str], share: float) -> frozenset[str]:
    return frozenset(dice.sample(list(badges), min(len(badges), round(share * len(badges)))))


def _dance_min(dice: random.Random, party_goer: bool, long: bool) -> int:
    if not party_goer:
        return 0
    return dice.randint(*(LONG_DANCE_MIN if long else SHORT_DANCE_MIN))
