"""A person's day is the programme seen through their character, one part after another."""

import random
from collections.abc import Callable
from typing import Final

from hub.demo.character import Character
from hub.demo.floor import Floor
from hub.demo.outing import Outing
from hub.demo.programme import DAY_MIN, PROGRAMME, Block, Kind
from hub.demo.walk import Walk

ARRIVAL_MIN: Final = (4, 58)
LATE_ARRIVAL_MIN: Final = (90, 320)
COFFEE_DASH_MIN: Final = (20, 50)
"""Earliest and latest minute of a long session at which coffee lovers slip out."""
WARM_UP_MIN: Final = 0.5
WARM_UP_MIN_MAX: Final = 120.0
DANCED_BY_MIN: Final = 190.0
"""When the party has gone on for so long, everybody has danced; a minute of dancing takes one and
a half, with what one drinks in between."""
STINT_MIN: Final = (18.0, 40.0)
STINT_MIN_LEAST: Final = 5.0
"""Minutes on the dance floor at a time; what would be left under the least is danced at once."""
SECOND_CUP: Final = 0.05
BREAK_DAWDLE_MIN: Final = 8.0
LUNCH_DAWDLE_MIN: Final = 35.0
FAN_DAWDLE_MIN: Final = 35.0
RECEPTION_DAWDLE_MIN: Final = 90.0
"""Longest time for which somebody stands about before doing anything."""


def play_day(badge: str, who: Character, floor: Floor, start_ms: int, seed: str) -> Walk:
    """Walk ``badge`` from the entrance through the day that begins at ``start_ms`` and out again.

    ``start_ms`` is in Unix milliseconds; the same arguments give the same walk.
    """
    dice = random.Random(f"{seed}:{badge}")  # noqa: S311 - a crowd is played, no secret is made
    stands = dice.sample(floor.sponsors, min(who.stands, len(floor.sponsors)))
    outing = Outing(Walk(badge, dice, start_ms), who, floor, start_ms, stands, who.photos)
    _arrive(outing)
    home_ms = outing.at(DAY_MIN if who.party_goer else who.leaves_min)
    for block in PROGRAMME:
        until_ms = min(outing.at(block.until_min), home_ms)
        if outing.walk.at_ms < until_ms:
            _PLAYS[block.kind](outing, block, until_ms)
    outing.walk.go(floor.entrance, (0.6, 1.5))
    return outing.walk


def _arrive(outing: Outing) -> None:
    earliest, latest = LATE_ARRIVAL_MIN if outing.who.late else ARRIVAL_MIN
    outing.walk.at_ms = outing.at(outing.walk.dice.triangular(earliest, latest))
    outing.walk.go(outing.floor.entrance, (0.8, 2.0), tap=True)
    if outing.likes():
        doors_ms = outing.at(PROGRAMME[0].from_min)
        outing.stops([outing.floor.coffee], doors_ms)
        outing.linger(doors_ms)


def _session(outing: Outing, block: Block, until_ms: int) -> None:
    dash = block.long and outing.who.coffee_lover
    if not dash and outing.chance(outing.who.restless):
        outing.stops(outing.stands(3), until_ms)
        outing.linger(until_ms)
        return
    if dash:
        minute = block.from_min + outing.walk.dice.uniform(*COFFEE_DASH_MIN)
        outing.walk.stay_until(outing.floor.stage, outing.at(minute))
        outing.stops([outing.floor.coffee], until_ms)
    outing.walk.stay_until(outing.floor.stage, until_ms)


def _break(outing: Outing, _block: Block, until_ms: int) -> None:
    stops = outing.shuffled(outing.stands(1 + outing.likes()) + outing.photo())
    if outing.who.coffee_lover:
        stops.insert(0, outing.floor.coffee)
    elif outing.likes():
        stops.insert(len(stops) // 2, outing.floor.coffee)
    if not outing.who.coffee_lover:
        outing.dawdle(BREAK_DAWDLE_MIN, until_ms)
    outing.stops(stops, until_ms)
    outing.linger(until_ms)


def _lunch(outing: Outing, _block: Block, until_ms: int) -> None:
    floor = outing.floor
    stops = outing.shuffled(outing.stands(2) + outing.photo())
    if outing.who.bacon_lover:
        first, second, *_ = [*stops, floor.photo, floor.stage]
        stops = [floor.bacon, first, floor.bacon, second, floor.bacon]
    elif outing.chance(0.7):
        stops.insert(0, floor.bacon)
    if outing.who.coffee_lover:
        stops.insert(0, floor.coffee)
    elif outing.likes():
        stops.append(floor.coffee)
    if not (outing.who.coffee_lover or outing.who.bacon_lover):
        outing.dawdle(LUNCH_DAWDLE_MIN, until_ms)
    outing.stops(stops, until_ms)
    outing.linger(until_ms)


def _reception(outing: Outing, _block: Block, until_ms: int) -> None:
    floor = outing.floor
    fan = outing.who.sponsor_fan
    outing.dawdle(FAN_DAWDLE_MIN if fan else RECEPTION_DAWDLE_MIN, until_ms)
    outing.stops(outing.stands(len(floor.sponsors) if fan else 2), until_ms)
    stops = outing.photo() + [floor.bacon] * outing.chance(0.25)
    stops += [floor.coffee] * outing.likes()
    if outing.chance(SECOND_CUP):
        stops = [floor.coffee, floor.photo, floor.bacon, floor.coffee]
    outing.stops(stops, until_ms)
    outing.linger(until_ms)


def _party(outing: Outing, block: Block, until_ms: int) -> None:
    left_min = float(outing.who.dance_min)
    latest_min = min(WARM_UP_MIN_MAX, DANCED_BY_MIN - 1.5 * left_min)
    warm_up_min = outing.walk.dice.uniform(WARM_UP_MIN, latest_min)
    outing.linger(outing.at(block.from_min + warm_up_min))
    while left_min > 0:
        stint_min = min(left_min, outing.walk.dice.uniform(*STINT_MIN))
        if left_min - stint_min < STINT_MIN_LEAST:
            stint_min = left_min
        outing.walk.go(outing.floor.dance, (stint_min, stint_min))
        left_min -= stint_min
        if left_min > 0:
            _catch_breath(outing, until_ms)


def _catch_breath(outing: Outing, until_ms: int) -> None:
    floor = outing.floor
    outing.stops(outing.photo() or [floor.bacon] * outing.chance(0.2), until_ms)
    outing.walk.go(outing.walk.dice.choice((floor.bacon, floor.coffee)), (2, 6))


_PLAYS: Final[dict[Kind, Callable[[Outing, Block, int], None]]] = {
    Kind.SESSION: _session,
    Kind.BREAK: _break,
    Kind.LUNCH: _lunch,
    Kind.RECEPTION: _reception,
    Kind.PARTY: _party,
}
