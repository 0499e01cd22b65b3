"""The ranking is fair to each person and the same for the same facts."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.music import (
    MINUTE_MS,
    MusicSettings,
    Played,
    artist_key,
    rank,
    satisfied_by,
)

SETTINGS = MusicSettings()
NOW = 1_000 * MINUTE_MS
TRACK_MS = 4 * MINUTE_MS

artists = st.sampled_from(["ABBA", "Björk", "Can", "Devo", "Eno", "Faust", "Gong", "Hole"])
floors = st.dictionaries(
    st.integers(0, 30).map("p{}".format),
    st.lists(artists, min_size=1, max_size=6, unique=True).map(tuple),
    min_size=1,
    max_size=12,
)
histories = st.lists(
    st.builds(
        Played,
        artists,
        st.integers(NOW - 3 * 60 * MINUTE_MS, NOW + MINUTE_MS),
        st.lists(st.integers(0, 30).map("p{}".format), max_size=5).map(tuple),
    ),
    max_size=12,
)


def names(present: Mapping[str, tuple[str, ...]], *played: Played, now: int = NOW) -> list[str]:
    return [wish.artist for wish in rank(present, played, now, SETTINGS)]


def test_the_artist_wanted_by_most_is_first_and_says_so() -> None:
    floor = {"a": ("Can",), "b": ("Eno",), "c": ("Eno",)}
    first, second = rank(floor, (), NOW, SETTINGS)
    assert (first.artist, first.wanted_by, first.score) == ("Eno", 2, 2.0)
    assert first.reason == "wanted by 2 of 3 here"
    assert second.artist == "Can"


def test_many_favourites_weigh_no_more_than_one() -> None:
    floor = {"greedy": ("Can", "Devo", "Eno", "Faust"), "modest": ("Gong",)}
    assert names(floor)[0] == "Gong"


def test_whoever_was_just_played_waits_and_grows_back() -> None:
    floor = {"a": ("Can", "Devo"), "b": ("Devo",), "c": ("Eno",)}
    play = Played("Faust", NOW, ("a", "b"))
    assert names(floor, play)[0] == "Eno"
    assert names(floor, play, now=NOW + 20 * MINUTE_MS)[0] == "Devo"
    wish = rank(floor, (play,), NOW + 10 * MINUTE_MS, SETTINGS)[0]
    assert wish.score == 1.0
    assert rank({"a": ("Can",)}, (play,), NOW + 10 * MINUTE_MS, SETTINGS)[0].score == 0.5
    assert "weigh less" in rank(floor, (play,), NOW, SETTINGS)[1].reason


def test_an_artist_rests_after_being_played_and_no_longer() -> None:
    floor = {"a": ("Can",), "b": (" can ", "Eno")}
    play = Played("CAN", NOW)
    assert names(floor, play) == ["Eno"]
    assert "Can" in names(floor, play, now=NOW + SETTINGS.repeat_ms)
    assert "Can" not in names(floor, play, now=NOW + SETTINGS.repeat_ms - 1)


def test_ties_go_by_number_then_name() -> None:
    assert names({"a": ("Eno",), "b": ("Can",)}) == ["Can", "Eno"]
    assert names({"a": ("Can",), "b": ("Eno", "Gong"), "c": ("Eno", "Hole")})[0] == "Eno"


def test_whoever_waited_beyond_patience_comes_before_the_crowd() -> None:
    floor = {f"p{i}": ("Eno",) for i in range(9)} | {"lonely": ("Can", "Devo")}
    play = Played("Gong", NOW - 61 * MINUTE_MS, tuple(f"p{i}" for i in range(9)))
    recent = Played("Hole", NOW - 30 * MINUTE_MS, tuple(f"p{i}" for i in range(9)))
    wish = rank(floor, (play, recent), NOW, SETTINGS)[0]
    assert wish.artist == "Can"
    assert "1 kept waiting, up to 61 min" in wish.reason
    arrived = {"lonely": NOW - MINUTE_MS}
    assert rank(floor, (play, recent), NOW, SETTINGS, arrived)[0].artist == "Eno"


def test_coming_back_does_not_make_one_weigh_less() -> None:
    play = Played("Gong", NOW - 30 * MINUTE_MS, ("a",))
    wish = rank({"a": ("Can",)}, (play,), NOW, SETTINGS, {"a": NOW - 1})[0]
    assert wish.score == 1.0


def test_nobody_and_nothing_wished() -> None:
    assert rank({}, (), NOW, SETTINGS) == ()
    assert rank({"a": (), "b": (" ",)}, (), NOW, SETTINGS) == ()


def test_spelling_of_the_majority_is_shown() -> None:
    floor = {"a": ("abba",), "b": ("ABBA",), "c": ("ABBA ",)}
    assert names(floor) == ["ABBA"]
    assert satisfied_by(floor, "Abba") == ("a", "b", "c")
    assert artist_key("\uff21bba") == "abba"


@pytest.mark.parametrize(
    ("setting", "value"),
    [("fairness_ms", -1), ("repeat_ms", -1), ("patience_ms", 1), ("wishes_max", 0)],
)
def test_a_setting_out_of_range_is_refused_by_name(setting: str, value: int) -> None:
    with pytest.raises(ValueError, match=setting):
        MusicSettings(**{setting: value})


@settings(deadline=None)
@given(floors, histories)
def test_each_person_weighs_at_most_one(
    floor: dict[str, tuple[str, ...]], played: list[Played]
) -> None:
    wishes = rank(floor, played, NOW, SETTINGS)
    assert sum(wish.score for wish in wishes) <= len(floor) + 1e-4
    for person, favourites in floor.items():
        alone = rank({person: favourites}, played, NOW, SETTINGS)
        assert sum(wish.score for wish in alone) <= 1 + 1e-4


@settings(deadline=None)
@given(floors, histories, st.randoms())
def test_order_of_input_changes_nothing(
    floor: dict[str, tuple[str, ...]], played: list[Played], shuffle: random.Random
) -> None:
    people = list(floor.items())
    shuffle.shuffle(people)
    again = shuffle.sample(played, len(played))
    assert rank(dict(people), again, NOW, SETTINGS) == rank(floor, played, NOW, SETTINGS)


@settings(deadline=None)
@given(floors, histories)
def test_only_what_somebody_here_wants_and_nothing_resting(
    floor: dict[str, tuple[str, ...]], played: list[Played]
) -> None:
    wishes = rank(floor, played, NOW, SETTINGS)
    wanted = {artist for favourites in floor.values() for artist in favourites}
    resting = {p.artist for p in played if NOW - p.at_ms < SETTINGS.repeat_ms}
    assert {wish.artist for wish in wishes} == wanted - resting
    assert all(wish.wanted_by == len(satisfied_by(floor, wish.artist)) for wish in wishes)


@settings(deadline=None)
@given(floors)
def test_everyone_who_stays_is_served(floor: dict[str, tuple[str, ...]]) -> None:
    """Patience, then one track for each of the others, then nobody is left waiting."""
    rules = MusicSettings(repeat_ms=0)
    plays_max = rules.patience_ms // TRACK_MS + len(floor) + 1
    played: list[Played] = []
    waiting = set(floor)
    for turn in range(plays_max):
        now = NOW + turn * TRACK_MS
        artist = rank(floor, played, now, rules)[0].artist
        played.append(Played(artist, now, satisfied_by(floor, artist)))
        waiting -= set(played[-1].satisfied)
    assert not waiting


@settings(deadline=None)
@given(st.integers(1, 8))
def test_turns_go_round_when_wishes_differ(people: int) -> None:
    """With a wish each and tracks shorter than fairness divided by people, all get one turn."""
    floor = {f"p{i}": (f"artist {i}",) for i in range(people)}
    rules = MusicSettings(repeat_ms=0)
    played: list[Played] = []
    for turn in range(people):
        now = NOW + turn * MINUTE_MS
        artist = rank(floor, played, now, rules)[0].artist
        played.append(Played(artist, now, satisfied_by(floor, artist)))
    assert {person for play in played for person in play.satisfied} == set(floor)
