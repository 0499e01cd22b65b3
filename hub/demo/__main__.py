"""``python -m hub.demo VENUE PEOPLE FOLDER``: writes the crowd's scripts, a file for each edge."""

import argparse
from pathlib import Path

import msgspec
import yaml

from hub.core.document import Venue
from hub.demo.crowd import generate, start_of, write_script
from hub.demo.people import read_people


def main() -> None:
    """Read the command line, and write."""
    parser = argparse.ArgumentParser(prog="python -m hub.demo", description=__doc__)
    parser.add_argument("venue", type=Path, help="the venue's document")
    parser.add_argument("people", type=Path, help="CSV of those who walk about")
    parser.add_argument("folder", type=Path, help="where EDGE.jsonl is written for each edge")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another day")
    chosen = parser.parse_args()
    raw = yaml.safe_load(chosen.venue.read_text(encoding="utf-8"))
    venue = msgspec.convert(raw, Venue)
    script = generate(venue, read_people(chosen.people), chosen.seed, start_of(venue))
    for name, file in write_script(script, venue, chosen.folder).items():
        print(f"{name}: {file}")  # noqa: T201 - this is a command line


main()
