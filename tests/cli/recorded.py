"""A small recorded morning: who tapped where, and the venue whose rules it is replayed through."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from hub.cli.main import app

VENUE = """
event: {id: morning, name: Morning, zone: Europe/Berlin, starts: "2026-10-08T08:00",
        ends: "2026-10-08T18:00"}
places:
  - {id: coffee, name: Coffee stand, visits_by: tap}
  - {id: photo, name: Photo corner, visits_by: tap}
pools: [{id: card, title: A coffee on the house, stock: 5}]
lamps: [Photo]
rules:
  - name: coffee-lover
    text: The third coffee within two hours is on the house.
    when: {kind: visits, place: coffee, count: 3, within: 2h}
    limit: {once: true}
    then:
      - {do: tag, tag: coffee-lover}
      - {do: reward, pool: card, title: A coffee on the house}
  - name: photo-light
    when: {kind: tap, place: photo}
    then: [{do: light, lamp: Photo, colour: "#ff0000", max_age: 10s}]
"""

SCANS = """person,where,when,note
ada,Coffee!,2026-10-08T10:00:00,ok
ada,Coffee!,2026-10-08T10:30:00,ok
bob,Coffee!,2026-10-08T10:35:00,ok
bob,Coffee!,2026-10-08T10:40:00,ok
ada,Coffee!,2026-10-08T10:41:20,ok
ada,Photo corner,2026-10-08T10:50:00,ok
ada,Photo corner,soon,ok
bob,Coffee!,2026-10-08T13:00:00,ok
eve,Coffee!,2026-10-08T14:00:00,ok
eve,Coffee!,2026-10-08T14:01:00,left out
"""

MAP = ["--map", "person=person,place=where,time=when", "--zone", "Europe/Berlin"]
MAP += ["--where", "note=ok", "--place-map", "Coffee!=coffee"]

_runner = CliRunner()


def foyer(*words: str | Path) -> Result:
    """Run a command; errors that are no sentence come out."""
    result = _runner.invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def done(*words: str | Path) -> str:
    """Run a command that must succeed; what it said."""
    result = foyer(*words)
    assert result.exit_code == 0, result.output
    return str(result.output)


def refused(*words: str | Path) -> str:
    """Run a command that must be refused in a sentence; the sentence."""
    result = foyer(*words)
    assert result.exit_code == 1, result.output
    lines = str(result.stderr).strip().splitlines()
    assert lines[-1].startswith("foyer: "), result.output
    return lines[-1]


def said(*words: str | Path) -> Any:
    """Run a command that answers in JSON; the answer."""
    return json.loads(done(*words, "--json"))


def replayed(folder: Path, *more: str | Path, scans: Sequence[Path] = ()) -> dict[str, Any]:
    """Replay the morning, or other files like it, with more options."""
    folder.mkdir(parents=True, exist_ok=True)
    venue, file = folder / "venue.yaml", folder / "scans.csv"
    venue.write_text(VENUE)
    file.write_text(SCANS)
    found: dict[str, Any] = said("replay", *(scans or [file]), *MAP, "--venue", venue, *more)
    return found
