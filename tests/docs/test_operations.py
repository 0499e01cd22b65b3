"""Settings, variables, commands, pages, routes and bounds: all that are there, and no others."""

import asyncio
import importlib
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
import pytest
import typer
import yaml
from fastapi import FastAPI

from contract.clock import ManualClock
from hub.broker.rights import ROLES
from hub.cli.main import app as cli
from hub.config import Config, read_config
from hub.console.pages import PAGES as PAGES_BUILT
from hub.engine.settings import EngineSettings
from hub.store import Store
from hub.web.access import ROLE_PATHS
from hub.web.ports import WebParts
from hub.web.settings import WebSettings
from hub.web_app import build
from integrations.music.settings import SinkSettings, read_settings
from integrations.records.settings import RecordSettings
from integrations.records.settings import read_settings as read_records
from integrations.webhook.call import Call
from integrations.webhook.call import written as call_written
from integrations.webhook.settings import Reach, TargetSettings
from integrations.webhook.settings import read_settings as read_webhooks
from tests.docs.pages import PAGES, ROOT, Example, column, page, table_in

OPERATIONS: Final = page("docs/operations.md")
BOUNDS: Final = page("docs/bounds.md")
BODY: Final = {"old": "long enough, too", "new": "long enough for all"}
"""What a new password is asked with; other routes look at who asks before anything else."""
SOURCES: Final = ("contract", "edge", "hub", "integrations")


def settings_of(kind: type[msgspec.Struct], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(kind):
        if isinstance(field.default, msgspec.Struct):
            yield from settings_of(type(field.default), f"{prefix}{field.name}.")
        else:
            yield f"{prefix}{field.name}", default_of(field)


def default_of(field: msgspec.structs.FieldInfo) -> Any:
    factory: Any = field.default_factory
    return field.default if factory is msgspec.NODEFAULT else factory()


def written(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return '""' if default == "" else str(default)


def test_settings_and_their_defaults_are_those_of_the_configuration() -> None:
    rows = {row[0]: row[1] for row in OPERATIONS.table("Settings")}
    assert rows == {name: written(default) for name, default in settings_of(Config)}


CONFIGS: Final = [
    e for one in PAGES for e in page(str(one.relative_to(ROOT))).examples("yaml config")
]


@pytest.mark.parametrize("example", CONFIGS, ids=lambda example: example.where)
def test_every_example_of_a_configuration_is_read(example: Example, tmp_path: Path) -> None:
    (tmp_path / "foyer.yaml").write_text(example.text)
    config = read_config(tmp_path)
    read_settings(config.music)
    read_webhooks(config.webhooks)
    read_records(config.records)
    raw = yaml.safe_load(example.text)
    assert raw.keys() <= {field.name for field in msgspec.structs.fields(Config)}


def test_every_sink_for_music_has_an_example() -> None:
    text = OPERATIONS.examples("yaml config")[0].text
    sinks = yaml.safe_load(text)["music"]["sinks"]
    kinds = {kind.__struct_config__.tag for kind in SinkSettings.__args__}
    assert {sink["to"] for sink in sinks} == kinds


def reached(kind: type[msgspec.Struct]) -> dict[str, str]:
    """Settings of a target with their defaults, as the tables write them."""
    found = {}
    for field in msgspec.structs.fields(kind):
        found[field.name] = "needed" if field.required else written(default_of(field))
    return found


def test_settings_of_webhooks_are_those_of_a_target() -> None:
    rows = {row[0]: row[1] for row in OPERATIONS.table("Webhooks")}
    assert rows == reached(TargetSettings)


def test_settings_of_records_are_those_of_a_system() -> None:
    rows = {row[0]: row[1] for row in OPERATIONS.table("Records")}
    real = reached(RecordSettings)
    shared = set(reached(Reach))
    assert rows == {name: default for name, default in real.items() if name not in shared}
    intro = OPERATIONS.section("Records").split("| setting |")[0]
    for name in shared:
        assert f"`{name}`" in intro, name


def test_the_example_of_a_webhook_is_what_is_sent() -> None:
    (example,) = OPERATIONS.examples("json webhook")
    said = msgspec.json.decode(example.text)
    data = said["data"]
    call = Call(target="northwind", **data)
    assert msgspec.json.decode(call_written(call, said["key"])) == said


def test_roles_at_the_broker_are_those_that_there_are() -> None:
    assert column(OPERATIONS.table("Roles at the broker")) == list(ROLES)


def test_variables_of_the_environment_are_those_that_are_read() -> None:
    read = set()
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            read |= set(re.findall(r'"(FOYER_[A-Z_]+)"', path.read_text(encoding="utf-8")))
    rows = column(table_in(OPERATIONS.section("Settings").split("The environment wins")[1]))
    assert set(rows) == read


# Commands.


def commands(group: Any, path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every command with its words; a group is one of its commands, never itself."""
    if not hasattr(group, "commands"):
        return {" ".join(("foyer", *path)): group}
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        found |= commands(command, (*path, name))
    return found


COMMANDS: Final = commands(typer.main.get_command(cli))


def test_commands_are_those_of_the_command_line() -> None:
    assert sorted(column(OPERATIONS.table("Commands"))) == sorted(COMMANDS)


def test_every_command_in_a_sentence_or_example_is_one() -> None:
    said = re.compile(r"^foyer( [a-z-]+){1,2}")
    for path in PAGES:
        one = page(str(path.relative_to(ROOT)))
        lines = [line for example in one.examples("sh") for line in example.text.splitlines()]
        for text in [*one.spans(), *lines]:
            found = said.match(re.sub(r"^[A-Z_]+=\S+ ", "", text.strip()))
            if found and "/" not in text.split()[0]:
                words = found[0].split()
                assert any(" ".join(words[:n]) in COMMANDS for n in (2, 3)), f"{one.name}: {text}"


def test_every_option_in_an_example_is_one() -> None:
    for path in PAGES:
        one = page(str(path.relative_to(ROOT)))
        for example in one.examples("sh"):
            for line in example.text.splitlines():
                _check_options(one.name, line)


def _check_options(where: str, line: str) -> None:
    words = re.sub(r"^[A-Z_]+=\S+ ", "", line.strip()).split()
    if words[:1] != ["foyer"] or words[:2] == ["foyer", "edge"]:
        return
    command = COMMANDS.get(" ".join(words[:3])) or COMMANDS[" ".join(words[:2])]
    known = {option for parameter in command.params for option in parameter.opts}
    given = {word for word in words if word.startswith("--")}
    assert given <= known, f"{where}: {line}"


# Pages and routes.


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = tmp_path_factory.mktemp("site")
    store = Store(f"sqlite:///{folder / 'foyer.db'}", "expo")
    store.start(migrate=True)
    parts = WebParts(
        store=store, clock=ManualClock(0), settings=WebSettings(folder), nudge=lambda: None,
        lamps=list, why=_no_answer,
    )  # fmt: skip
    yield build(parts)
    store.stop()


def _no_answer(_person: str, _rule: str, _at_ms: int | None) -> Any:
    raise AssertionError("not asked here")


def test_routes_are_those_of_the_api(site: FastAPI) -> None:
    paths = site.openapi()["paths"]
    real = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    rows = OPERATIONS.table("The API")
    assert sorted(column(rows)) == sorted(real)


def test_metrics_are_answered_at_the_root(site: FastAPI) -> None:
    answers = asyncio.run(_ask(site, ["GET /metrics"]))
    assert answers["GET /metrics"] in {HTTPStatus.OK, HTTPStatus.UNAUTHORIZED}
    assert "`GET /metrics`" in OPERATIONS.section("Monitoring")


def test_a_route_that_is_for_somebody_refuses_strangers(site: FastAPI) -> None:
    rows = [(route, role) for route, role in OPERATIONS.table("The API")]
    answers = asyncio.run(_ask(site, [route for route, _ in rows]))
    closed = {route for route, status in answers.items() if status == HTTPStatus.UNAUTHORIZED}
    assert closed == {route for route, role in rows if role != "anybody"}


async def _ask(site: FastAPI, routes: list[str]) -> dict[str, int]:
    transport = httpx.ASGITransport(site)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        return {
            route: (
                await client.request(
                    route.split()[0],
                    re.sub(r"{\w+}", "1", route.split()[1]),
                    json=BODY,
                )
            ).status_code
            for route in routes
        }


def test_pages_are_those_of_the_web(site: FastAPI) -> None:
    signing_in = (ROOT / "hub/console/signin.py").read_text()
    real = {path for path, _ in PAGES_BUILT} | set(re.findall(r'add\("([^"]+)"', signing_in))
    assert set(column(OPERATIONS.table("Pages"))) == real | {"/a/{token}"}
    plain = [re.sub(r"{\w+}", "1", path) for path in real]
    answers = asyncio.run(_ask(site, [f"GET {path}" for path in plain]))
    assert HTTPStatus.NOT_FOUND not in answers.values()
    assert '"/a/{token}"' in (ROOT / "hub/attendee/routes.py").read_text()


def test_pages_for_staff_and_dj_are_those_that_they_may_open() -> None:
    rows = {row[0]: row[1] for row in OPERATIONS.table("Pages")}
    for role, word in (("staff", "staff"), ("dj", "DJ")):
        mine = [path for path, for_whom in rows.items() if for_whom.startswith(word)]
        assert mine == [path for path in ROLE_PATHS[role] if not path.startswith("/_")]


# Bounds.

ROWS: Final = [
    row for title in BOUNDS.headings("Bounds") for row in BOUNDS.table(title, under="Bounds")
]
WHOLE: Final = (
    "edge/limits.py", "hub/answers/*.py", "hub/backtest/*.py", "hub/broker/limits.py",
    "hub/core/**/*.py", "hub/engine/*.py", "hub/experiments/*.py", "hub/ingest/*.py",
    "hub/insight/**/*.py", "hub/outbox/*.py", "hub/people/*.py", "hub/reading/*.py",
    "hub/store/**/*.py", "hub/web/limits.py", "integrations/*/limits.py",
    "integrations/announce/*.py", "integrations/records/*.py",
)  # fmt: skip
"""Modules of which every bound has to be listed."""
BOUND: Final = re.compile(
    r"^([A-Z][A-Z_]*_(?:MAX|MIN)(?:_MS|_S)?|SWEEP_PERSONS): Final = ", re.MULTILINE
)
SHOWN: Final = re.compile(r"SHOWN|LISTED|SAID|EXAMPLES|POINTS_MAX|NAME_CHARS_MAX|EXACT|QUOTED")
"""What says how much of something a sentence or a picture shows, and bounds no queue or input."""


def value_of(name: str) -> Any:
    module, _, last = name.rpartition(".")
    if module.endswith("EngineSettings"):
        return getattr(EngineSettings(), last)
    return getattr(importlib.import_module(module), last)


@pytest.mark.parametrize("row", ROWS, ids=column(ROWS))
def test_every_bound_has_that_value(row: list[str]) -> None:
    assert msgspec.json.decode(row[1]) == value_of(row[0])
    assert row[2]


def bounds_in(pattern: str) -> set[str]:
    found = set()
    for path in ROOT.glob(pattern):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for name in BOUND.findall(path.read_text(encoding="utf-8")):
            is_number = isinstance(value_of(f"{module}.{name}"), int | float)
            if is_number and not SHOWN.search(name):
                found.add(f"{module}.{name}")
    return found


@pytest.mark.parametrize("pattern", WHOLE)
def test_every_bound_of_these_modules_is_listed(pattern: str) -> None:
    assert bounds_in(pattern) <= set(column(ROWS))


def test_every_bound_of_the_engine_is_listed() -> None:
    names = [name for name in EngineSettings.__struct_fields__ if name.endswith(("_max", "_rows"))]
    listed = {name.rpartition(".")[2] for name in column(ROWS) if "EngineSettings" in name}
    assert listed == set(names)
