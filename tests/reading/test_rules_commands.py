"""``foyer rules`` on files and on an installation whose engine does not run."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from hub.cli import rules_versions
from hub.cli.rules_commands import app
from hub.config import ConfigFault
from hub.core import document as doc
from hub.reading import read_venue, schema
from tests.docs.pages import ROOT

EXAMPLE = ROOT / "examples" / "martech" / "venue.yaml"
WRONG = EXAMPLE.read_text(encoding="utf-8").replace("place: coffee, count", "place: cofee, count")


def run(*words: str | Path) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def example() -> doc.Venue:
    venue = read_venue(EXAMPLE.read_text(encoding="utf-8"), "venue.yaml").venue
    assert venue is not None
    return venue


def test_check_says_that_a_document_is_right() -> None:
    result = run("check", EXAMPLE)
    assert result.exit_code == 0, result.output
    assert "MarTech Conference can be put in force" in result.output


def test_check_says_where_what_and_what_would_be_right(tmp_path: Path) -> None:
    file = tmp_path / "venue.yaml"
    file.write_text(WRONG, encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 1
    line = next(n for n, text in enumerate(WRONG.splitlines(), 1) if "cofee" in text)
    first, hint, last = result.output.splitlines()
    assert first.startswith(
        f"{file}:{line}:33: error: rule 'coffee-lover', when.place: there is no"
    )
    assert hint == "    did you mean 'coffee'?"
    assert last == f"{file}: 1 error"


def test_check_answers_machines(tmp_path: Path) -> None:
    file = tmp_path / "venue.yaml"
    file.write_text(WRONG, encoding="utf-8")
    result = run("check", file, "--json")
    assert result.exit_code == 1
    (only,) = json.loads(result.output)
    assert only["path"] == "rules[1].when.place"
    assert only["hint"] == "did you mean 'coffee'?"


def test_check_of_a_document_with_warnings_ends_well(tmp_path: Path) -> None:
    file = tmp_path / "venue.yaml"
    file.write_text(
        EXAMPLE.read_text(encoding="utf-8").replace("stock: 60", "stock: 0"), encoding="utf-8"
    )
    result = run("check", file)
    assert result.exit_code == 0
    assert "warning: rule 'coffee-lover', then[1].pool: the pool 'coffee-card' has" in result.output
    assert result.output.endswith("rules, 1 to look at\n")


def test_check_of_no_file(tmp_path: Path) -> None:
    result = run("check", tmp_path / "none.yaml")
    assert result.exit_code == 1
    assert "No such file" in result.stderr


def test_schema(tmp_path: Path) -> None:
    assert json.loads(run("schema").output) == schema()
    result = run("schema", "--out", tmp_path / "venue.schema.json")
    assert "# yaml-language-server: $schema=venue.schema.json" in result.output
    assert json.loads((tmp_path / "venue.schema.json").read_text(encoding="utf-8")) == schema()


class Kept:
    """Versions that were put in force, in memory."""

    def __init__(self, *venues: doc.Venue) -> None:
        import msgspec

        from hub.store.group import PublishedVenue

        self.all = [
            PublishedVenue(number, msgspec.json.encode(venue).decode(), 1_000 * number, "ada")
            for number, venue in enumerate(venues, 1)
        ]

    def venue_versions(self) -> Any:
        return self.all

    def venue_version(self, version: int) -> Any:
        return next((one for one in self.all if one.version == version), None)

    def venue_at(self, at_ms: int | None = None) -> Any:
        del at_ms
        return self.all[-1] if self.all else None


def test_versions_are_found_by_number_and_file(tmp_path: Path) -> None:
    old, new = example(), replace(example(), lamps=["One"])
    kept = Kept(old, new)
    assert rules_versions.numbered(kept, None) == new
    assert rules_versions.named(kept, "1") == old
    assert rules_versions.named(kept, str(EXAMPLE)) == old
    with pytest.raises(ConfigFault, match="there is no version 3; there is: 1, 2"):
        rules_versions.named(kept, "3")
    with pytest.raises(ConfigFault, match="no venue is published yet"):
        rules_versions.numbered(Kept(), None)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("rules: [", encoding="utf-8")
    with pytest.raises(ConfigFault, match=r"wrong\.yaml:2:1: error: this is no YAML"):
        rules_versions.named(kept, str(wrong))


def test_a_rule_changes_its_stage() -> None:
    paused = rules_versions.staged(example(), "welcome", "paused")
    assert [rule.stage for rule in paused.rules[:2]] == ["paused", "live"]
    assert rules_versions.staged(paused, "welcome", "live") == example()
    with pytest.raises(ConfigFault, match="there is no rule 'welcom'; did you mean 'welcome'"):
        rules_versions.staged(example(), "welcom", "paused")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An installation in which two versions were put in force."""
    from hub.bootstrap import prepare
    from hub.config import read_config, write_config
    from hub.home import Home
    from hub.store.group import Group

    folder = tmp_path / "data"
    write_config(folder, replace(read_config(folder), event="martech"))
    home = Home(folder, read_config(folder))
    prepare(home, None, lambda _said: None)
    older = replace(example(), lamps=[*example().lamps, "Door"])
    with home.store() as store:
        for version in Kept(older, example()).all:
            store.commit(Group(venue=version))
    return folder


def asked_for(data: Path) -> list[doc.Venue]:
    """The documents that commands ask for."""
    import msgspec

    from hub.config import read_config
    from hub.core.events import VenuePublished
    from hub.home import Home

    with Home(data, read_config(data)).store() as store:
        events = [row.event for row in store.pending_commands()]
    return [
        msgspec.json.decode(event.document, type=doc.Venue)
        for event in events
        if isinstance(event, VenuePublished)
    ]


def test_versions_are_listed(data: Path) -> None:
    listed = json.loads(run("versions", "--data", data, "--json").output)
    assert [(one["version"], one["by"]) for one in listed] == [(2, "ada"), (1, "ada")]
    assert "1970-01-01 01:00:02" in run("versions", "--data", data).output


def test_what_is_exported_is_what_is_in_force(data: Path) -> None:
    assert read_venue(run("export", "--data", data).output, "x").venue == example()
    text = run("export", "--data", data, "--format", "json", "--version", "1").output
    older = read_venue(text, "x.json").venue
    assert older is not None
    assert older.lamps[-1] == "Door"


def test_versions_and_files_are_compared(data: Path) -> None:
    sentence = run("diff", "1", "2", "--data", data).output
    assert sentence.startswith("lamps: [Photo corner")
    assert run("diff", "2", EXAMPLE, "--data", data).output == "there is no difference\n"
    (change,) = json.loads(run("diff", "1", "2", "--data", data, "--json").output)
    assert (change["kind"], change["part"]) == ("changed", "lamps")


@pytest.mark.parametrize(
    ("command", "stage"),
    [("pause", "paused"), ("shadow", "shadow"), ("live", ""), ("resume", "")],
)
def test_the_stage_of_a_rule_is_changed(data: Path, command: str, stage: str) -> None:
    result = run(command, "welcome", "--data", data)
    assert result.exit_code == 0, result.output
    said = "the engine is not running" if stage else "that document is in force already"
    assert said in result.output
    assert [venue.rules[0].stage for venue in asked_for(data)] == ([stage] if stage else [])


def test_an_older_version_is_put_in_force_again(data: Path) -> None:
    assert "the engine is not running" in run("revert", "1", "--data", data).output
    assert [venue.lamps[-1] for venue in asked_for(data)] == ["Door"]
    refused = run("revert", "9", "--data", data)
    assert refused.exit_code == 1
    assert "there is no version 9; there is: 1, 2" in refused.stderr
