"""One person weighs at most one, and whoever was just played waits for the others.

A person's weight is 1, falls to 0 when a wish of theirs is played, and grows back in a straight
line over ``fairness_ms``. It is shared out evenly over those of their artists that may be played
now, so that many favourites weigh no more than one. A person kept waiting for ``patience_ms`` is
served before any score counts, the longest wait first: so nobody waits for ever.
"""

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

MINUTE_MS = 60_000


class MusicSettings(Struct, frozen=True, kw_only=True):
    """How wishes are weighed; all durations are venue milliseconds."""

    fairness_ms: int = 20 * MINUTE_MS
    """How long a person whose wish was played weighs less than the others."""
    repeat_ms: int = 45 * MINUTE_MS
    """How long an artist who was played is not asked for again."""
    patience_ms: int = 60 * MINUTE_MS
    """Whoever has waited this long comes first."""
    wishes_max: int = 20
    """Most wishes in one ranking."""

    def __post_init__(self) -> None:
        """Refuse a setting that would make the ranking unfair or empty.

        Raises:
            ValueError: naming the setting.
        """
        for name in ("fairness_ms", "repeat_ms"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is a duration and cannot be negative")
        if self.patience_ms < self.fairness_ms:
            raise ValueError("patience_ms is at least fairness_ms")
        if self.wishes_max < 1:
            raise ValueError("wishes_max is at least 1")


class Played(Struct, frozen=True):
    """``artist`` was played at ``at_ms``; ``satisfied`` are those who had wished for it."""

    artist: str
    at_ms: int
    satisfied: tuple[str, ...] = ()


class Wish(Struct, frozen=True):
    """An artist that ``wanted_by`` of those present would like to hear now."""

    artist: str
    wanted_by: int
    score: float
    reason: str


class _Listener(Struct, frozen=True):
    weight: float
    waited_ms: int
    artists: frozenset[str]


def artist_key(name: str) -> str:
    """Make one spelling of ``name``, so that letter case and spacing do not split an artist."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def satisfied_by(present: Mapping[str, Iterable[str]], artist: str) -> tuple[str, ...]:
    """Name those present whose wish is fulfilled when ``artist`` is played, sorted."""
    wanted = artist_key(artist)
    return tuple(
        sorted(person for person, artists in present.items() if wanted in map(artist_key, artists))
    )


def rank(
    present: Mapping[str, tuple[str, ...]],
    played: Sequence[Played],
    now_ms: int,
    settings: MusicSettings,
    arrived_ms: Mapping[str, int] | None = None,
) -> tuple[Wish, ...]:
    """Order the wishes of those ``present``, best first.

    ``present`` maps each person to their favourite artists. ``played`` is the history of at least
    ``patience_ms``, in any order; one dated ahead of ``now_ms`` counts as played now.
    ``arrived_ms`` says since when a person is here; without it a person waits since the first
    play in the history. The result is the same for the same input, whatever its order: ties go to
    the artist wanted by more, then to the first by name.
    """
    listeners = _listeners(present, played, now_ms, settings, arrived_ms or {})
    names = _spellings(present)
    backers = _backers(listeners)
    order = sorted(backers, key=lambda key: (_order(backers[key], settings), key))
    return tuple(
        _wish(names[key], backers[key], len(present), settings)
        for key in order[: settings.wishes_max]
    )


def _listeners(
    present: Mapping[str, tuple[str, ...]],
    played: Sequence[Played],
    now_ms: int,
    settings: MusicSettings,
    arrived_ms: Mapping[str, int],
) -> list[_Listener]:
    resting = {artist_key(p.artist) for p in played if now_ms - p.at_ms < settings.repeat_ms}
    served_ms = _served(played)
    first_ms = min((play.at_ms for play in played), default=now_ms)
    listeners = []
    for person, artists in present.items():
        since_ms = max(arrived_ms.get(person, first_ms), served_ms.get(person, first_ms))
        listeners.append(
            _Listener(
                weight=_weight(served_ms.get(person), now_ms, settings.fairness_ms),
                waited_ms=max(0, now_ms - since_ms),
                artists=frozenset(filter(None, map(artist_key, artists))) - resting,
            )
        )
    return listeners


def _served(played: Iterable[Played]) -> dict[str, int]:
    """Say when a wish of each person was last played."""
    served: dict[str, int] = {}
    for play in played:
        for person in play.satisfied:
            served[person] = max(play.at_ms, served.get(person, play.at_ms))
    return served


def _weight(served_ms: int | None, now_ms: int, fairness_ms: int) -> float:
    if served_ms is None or now_ms - served_ms >= fairness_ms:
        return 1.0
    return max(0, now_ms - served_ms) / fairness_ms


def _backers(listeners: Iterable[_Listener]) -> dict[str, list[_Listener]]:
    backers: dict[str, list[_Listener]] = {}
    for listener in listeners:
        for key in listener.artists:
            backers.setdefault(key, []).append(listener)
    return backers


def _spellings(present: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Give each artist the spelling that most wrote, the first by name among equals."""
    votes: dict[str, dict[str, int]] = {}
    for artists in present.values():
        for name in {" ".join(artist.split()) for artist in artists}:
            spellings = votes.setdefault(artist_key(name), {})
            spellings[name] = spellings.get(name, 0) + 1
    return {
        key: min(spellings.items(), key=lambda spelling: (-spelling[1], spelling[0]))[0]
        for key, spellings in votes.items()
    }


def _score(backers: Iterable[_Listener]) -> float:
    """Sum exactly, so that the order of persons cannot decide between artists."""
    return math.fsum(listener.weight / len(listener.artists) for listener in backers)


def _order(backers: Sequence[_Listener], settings: MusicSettings) -> tuple[int, float, int]:
    longest_ms = max(listener.waited_ms for listener in backers)
    overdue_ms = longest_ms if longest_ms >= settings.patience_ms else 0
    return (-overdue_ms, -_score(backers), -len(backers))


def _wish(artist: str, backers: Sequence[_Listener], here: int, settings: MusicSettings) -> Wish:
    return Wish(artist, len(backers), round(_score(backers), 6), _reason(backers, here, settings))


def _reason(backers: Sequence[_Listener], here: int, settings: MusicSettings) -> str:
    parts = [f"wanted by {len(backers)} of {here} here"]
    overdue = [b for b in backers if b.waited_ms >= settings.patience_ms]
    if overdue:
        minutes = max(listener.waited_ms for listener in overdue) // MINUTE_MS
        parts.append(f"{len(overdue)} kept waiting, up to {minutes} min")
    lighter = sum(listener.weight < 1 for listener in backers)
    if lighter:
        parts.append(f"{lighter} heard a wish lately and weigh less")
    return "; ".join(parts)
