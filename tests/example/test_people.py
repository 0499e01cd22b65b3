"""The attendees are made up the same each time, and are unlike each other."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from hub.demo.errors import UnreadablePeople
from hub.demo.people import COLUMNS, Attendee, read_people
from tests.example.conftest import MARTECH

HEADER = ",".join(COLUMNS) + "\n"


def test_making_them_again_gives_the_same_file(tmp_path: Path) -> None:
    again = tmp_path / "people.csv"
    maker = MARTECH / "make_people.py"
    subprocess.run([sys.executable, str(maker), "--out", str(again)], check=True, timeout=30)
    assert again.read_bytes() == (MARTECH / "people.csv").read_bytes()


def test_there_are_150_with_a_badge_and_an_address_each(people: list[Attendee]) -> None:
    assert len(people) == 150
    assert len({person.badge for person in people}) == 150
    assert len({person.email for person in people}) == 150
    assert all(person.email.endswith("@example.org") for person in people)
    assert all(person.email.isascii() for person in people)


def test_consents_differ(people: list[Attendee]) -> None:
    given = Counter(len(person.consents) for person in people)
    assert given[0] == 6
    assert given[5] > 100
    assert given[2] + given[3] + given[4] == 30
    purposes = {"lights", "music", "presence", "push", "rewards"}
    assert {c for p in people for c in p.consents} == purposes


def test_favourites_overlap_and_some_have_none(people: list[Attendee]) -> None:
    popular = Counter(artist for person in people for artist in person.favourite_artists)
    assert popular.most_common(1)[0][1] > 30
    assert len(popular) > 20
    assert all(len(set(p.favourite_artists)) == len(p.favourite_artists) for p in people)
    assert sum(not person.favourite_artists for person in people) == 9
    assert sum(person.favourite_colour is None for person in people) == 13


def test_attributes_leave_out_what_was_not_said(people: list[Attendee]) -> None:
    silent = next(person for person in people if person.favourite_colour is None)
    assert "favourite_colour" not in silent.attributes
    assert silent.attributes["first_name"] == silent.first_name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("badge,first_name\nb1,Ada\n", "has no column last_name"),
        (HEADER + ",Ada,,,,,,\n", "row 2: badge '' is missing or twice"),
        (HEADER + "b1,Ada,,,,,,\nb1,Bea,,,,,,\n", "row 3: badge 'b1' is missing or twice"),
        ("", "has no column badge"),
    ],
)
def test_an_unfit_file_is_refused_with_its_reason(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadablePeople, match=says):
        read_people(path)


def test_too_many_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.demo.people.PEOPLE_MAX", 1)
    path = tmp_path / "people.csv"
    path.write_text(HEADER + "b1,Ada,,,,,,\nb2,Bea,,,,,,\n", encoding="utf-8")
    with pytest.raises(UnreadablePeople, match="2 rows, over the limit of 1"):
        read_people(path)


def test_a_short_row_has_nothing_in_the_missing_cells(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(HEADER + "b1,Ada\n", encoding="utf-8")
    assert read_people(path)[0].consents == ()
