"""Every path, function, link, verb and library that the documentation names is there."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from edge.options import parser
from edge.settings import Tunable
from tests.docs.pages import PAGES, ROOT, Page, column, page

ALL: Final = [page(str(path.relative_to(ROOT))) for path in PAGES]
FOLDERS: Final = ("contract", "edge", "hub", "integrations", "tests", "docs", "bench", "examples")
ARCHITECTURE: Final = page("docs/architecture.md")
DEVICES: Final = page("docs/devices.md")
ROOMS: Final = (
    "edge/readers", "edge/outbox", "edge/link", "contract", "hub/broker", "hub/ingest",
    "hub/engine", "hub/core", "hub/store", "hub/outbox", "hub/schedule", "integrations",
)  # fmt: skip
LIBRARIES: Final = page("docs/decisions/0004-libraries.md")

names = pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)


@names
def test_every_path_in_a_sentence_is_there(one: Page) -> None:
    for span in one.spans():
        path = span.partition("::")[0]
        if path.split("/")[0] in FOLDERS and "/" in path and " " not in path:
            assert (ROOT / path).exists(), f"{one.name}: {span}"


def symbols(path: Path) -> set[str]:
    """Functions and classes of a file, with the methods of the classes."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    found.add(f"{node.name}.{inner.name}")
    return found


@names
def test_every_function_that_is_named_is_there(one: Page) -> None:
    for span in one.spans():
        path, mark, symbol = span.partition("::")
        if mark:
            assert symbol in symbols(ROOT / path), f"{one.name}: {span}"


def test_the_way_of_a_tap_goes_through_every_room() -> None:
    told = {span.rpartition("/")[0] for span in ARCHITECTURE.spans() if "::" in span}
    for room in ROOMS:
        assert room in told, room


def test_every_folder_of_the_house_is_in_the_table() -> None:
    first = ARCHITECTURE.table("Architecture")
    told = {span.rstrip("/") for row in first for span in re.findall(r"[\w/]+/", row[0])}
    hub = {f"hub/{path.parent.name}" for path in (ROOT / "hub").glob("*/__init__.py")}
    assert told == hub | {"contract", "edge", "integrations", "bench", "tests"}


def test_the_way_names_what_decides_rules() -> None:
    told = set(ARCHITECTURE.spans())
    for span in (
        "hub/core/fire.py::settle", "hub/core/audiences.py::refresh", "hub/core/sweeps.py::swept",
        "hub/core/persons.py::holder_of_tap", "hub/core/persons.py::erased",
        "hub/core/explain.py::explain",
    ):  # fmt: skip
        assert span in told, span


def test_every_decision_is_named_by_its_number() -> None:
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        assert path.read_text(encoding="utf-8").startswith(f"# {path.name[:4]} "), path.name


@names
def test_every_link_leads_somewhere(one: Page) -> None:
    for link in one.links():
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (one.path.parent / path).resolve() if path else one.path
        assert target.exists(), f"{one.name}: {link}"
        if anchor:
            assert anchor in page(str(target.relative_to(ROOT))).anchors(), f"{one.name}: {link}"


@names
def test_no_page_names_a_machine(one: Page) -> None:
    assert not re.search(r"/(work|root|home/\w+)/", one.text)


def test_every_verb_is_in_the_readme_or_its_pages() -> None:
    makefile = (ROOT / "Makefile").read_text()
    verbs = set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE))
    text = "\n".join(one.text for one in ALL)
    said = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
    assert said <= verbs
    assert {"setup", "demo", "test", "check", "sim", "bench"} <= said & verbs


def test_options_of_an_edge_are_those_of_its_command_line() -> None:
    root: Any = parser()
    run = root._subparsers._group_actions[0].choices["run"]
    real = {action.option_strings[-1]: action for action in run._actions if action.dest != "help"}
    rows = {row[0]: row[1] for row in DEVICES.table("Options")}
    assert list(rows) == list(real)
    for option, default in rows.items():
        action = real[option]
        assert (default == "needed") == action.required, option
        if default not in {"needed", "none", "off", "found out", "the edge's name"}:
            assert str(action.default) == default, option
        elif default == "none":
            assert not action.default, option


def test_readers_of_an_edge_are_those_that_can_be_chosen() -> None:
    from edge.options import READERS

    told = re.findall(r"^- `(\w+)`:", DEVICES.section("Readers"), re.MULTILINE)
    assert sorted(told) == sorted(READERS)


def test_the_unit_of_an_edge_starts_with_options_that_are_there() -> None:
    (unit,) = DEVICES.examples("ini")
    (line,) = re.findall(r"^ExecStart=(.+)$", unit.text, re.MULTILINE)
    words = line.split()
    assert words[1:4] == ["-m", "edge", "run"]
    options = parser().parse_args(words[3:])
    assert options.name == "pi-coffee"
    for example in [*DEVICES.examples("sh"), *page("README.md").examples("sh")]:
        for line in example.text.splitlines():
            if " edge run " in line:
                parser().parse_args(line.split(" edge ", 1)[1].split())


def test_what_the_hub_may_tell_an_edge_to_set_is_told() -> None:
    text = page("docs/wire.md").section("Desired and Reported")
    for name in Tunable.__dataclass_fields__:
        assert f"`{name}`" in text


# Libraries and integrations.


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().split()
    return dict(line.lower().replace("_", "-").split("==") for line in lines if "==" in line)


def test_versions_of_libraries_are_those_that_are_installed() -> None:
    pins = pinned()
    for name, version, licence, what, _ in LIBRARIES.table("0004 Libraries"):
        assert pins[name.lower().replace("_", "-")] == version, name
        assert licence
        assert what


def test_no_library_that_is_needed_is_left_out() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {re.split(r"[\[<>=]", name)[0].lower() for name in project["dependencies"]}
    told = column(LIBRARIES.table("0004 Libraries"))
    assert needed <= {name.lower().replace("_", "-") for name in told}
    optional = project["optional-dependencies"]["parquet"]
    assert set(optional) <= set(told)


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "integrations").glob("*/quality.yaml")),
    ids=lambda path: path.parent.name,
)
def test_each_point_of_an_integration_is_done_or_exempt_with_a_reason(path: Path) -> None:
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert said["name"] == path.parent.name
    assert said["verified_against"]
    for point, how in said["points"].items():
        wanted = {"done": "how", "exempt": "reason"}[how["status"]]
        assert how[wanted], f"{path.parent.name}: {point}"
