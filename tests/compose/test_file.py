"""The file says what Compose can read, and names only what is there."""

import re
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import yaml

from edge.options import parser
from hub.core.document import Venue
from tests.compose.services import FILE, ROOT, read
from tests.docs.test_operations import COMMANDS, SOURCES

GIVEN: Final = {"FOYER_DATABASE_PASSWORD": "secret"}
FILLED: Final = read(GIVEN)
SERVICES: Final[dict[str, dict[str, Any]]] = FILLED["services"]
KEYS: Final = {
    "build", "command", "depends_on", "environment", "healthcheck", "image", "ports", "profiles",
    "restart", "user", "volumes",
}  # fmt: skip
CONDITIONS: Final = {"service_healthy", "service_completed_successfully", "service_started"}
each = pytest.mark.parametrize("name", list(SERVICES))


def ours(service: dict[str, Any]) -> bool:
    return bool(service["image"] == "foyer")


def test_it_holds_what_compose_knows_and_nothing_else() -> None:
    assert {key for key in FILLED if not key.startswith("x-")} == {"name", "services", "volumes"}
    for name, service in SERVICES.items():
        assert service.keys() <= KEYS, name
        assert service["image"], name


def test_the_password_of_the_database_has_to_be_given() -> None:
    with pytest.raises(KeyError, match="FOYER_DATABASE_PASSWORD"):
        read({})


def test_parts_of_the_house_are_there() -> None:
    assert {"mosquitto", "postgres", "init", "engine", "web"} <= SERVICES.keys()
    assert SERVICES["mosquitto"]["image"] == "eclipse-mosquitto:2"
    assert SERVICES["postgres"]["image"] == "postgres:16"
    edges = [name for name in SERVICES if name.startswith("pi-")]
    assert 2 <= len(edges) <= 3


def test_only_our_own_image_is_built() -> None:
    built = {service["build"] for service in SERVICES.values() if "build" in service}
    assert built == {"."}
    assert all(ours(service) for service in SERVICES.values() if "build" in service)


@each
def test_what_a_service_waits_for_is_there_and_can_come_to_pass(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        assert how["condition"] in CONDITIONS
        if how["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other], f"{name} waits for {other} in vain"
        if how["condition"] == "service_completed_successfully":
            assert SERVICES[other]["restart"] == "no", f"{name} waits for {other} in vain"
        hidden = set(SERVICES[other].get("profiles", ())) - set(SERVICES[name].get("profiles", ()))
        assert not hidden, f"{name} needs {other}, which is started only with {hidden}"


def test_nobody_waits_in_a_circle() -> None:
    left = {name: set(service.get("depends_on", ())) for name, service in SERVICES.items()}
    while left:
        ready = {name for name, needs in left.items() if not needs}
        assert ready, left
        left = {name: needs - ready for name, needs in left.items() if name not in ready}


@each
def test_volumes_are_declared_and_nothing_of_the_host_is_mounted(name: str) -> None:
    for text in SERVICES[name].get("volumes", []):
        volume, target, *mode = text.split(":")
        assert volume in FILLED["volumes"], text
        assert target.startswith("/")
        assert mode in ([], ["ro"])


def test_every_volume_is_used() -> None:
    used = {text.split(":")[0] for s in SERVICES.values() for text in s.get("volumes", [])}
    assert used == set(FILLED["volumes"])


@each
def test_our_variables_are_read_by_the_code(name: str) -> None:
    service = SERVICES[name]
    if not ours(service):
        return
    text = "".join(
        path.read_text(encoding="utf-8")
        for folder in SOURCES
        for path in (ROOT / folder).rglob("*.py")
    )
    for variable in service.get("environment", {}):
        assert variable == "PGPASSWORD" or f'"{variable}"' in text, variable


@each
def test_commands_are_those_of_the_command_line(name: str) -> None:
    words = SERVICES[name].get("command", [])
    if words[:3] == ["foyer", "edge", "run"]:
        options = parser().parse_args([str(word) for word in words[2:]])
        assert options.name == name
        return
    for said in re.findall(r"foyer [a-z ]+", " ".join(words)):
        parts = said.split()
        assert any(" ".join(parts[:n]) in COMMANDS for n in (2, 3)), said


@each
def test_a_service_that_stays_is_watched(name: str) -> None:
    service = SERVICES[name]
    stays = service["restart"] != "no"
    if stays and not name.startswith("pi-"):
        check = service["healthcheck"]
        assert check["test"][0] in {"CMD", "CMD-SHELL"}
        assert {"interval", "timeout", "retries"} <= check.keys()


def test_edges_are_those_of_the_example() -> None:
    raw = yaml.safe_load((ROOT / "examples/martech/venue.yaml").read_text(encoding="utf-8"))
    venue = msgspec.convert(raw, Venue)
    there = {edge.name: set(edge.readers) for edge in venue.edges}
    for name, service in SERVICES.items():
        if name.startswith("pi-"):
            words = service["command"]
            assert words[words.index("--event") + 1] == venue.event.id
            assert words[words.index("--place") + 1] in there[name]


def test_all_of_ours_run_on_the_same_clock() -> None:
    filled = read({**GIVEN, "FOYER_CLOCK": "fixed:1"})["services"]
    for name, service in filled.items():
        if name.startswith("pi-"):
            words = service["command"]
            assert words[words.index("--clock") + 1] == "fixed:1"
        elif ours(service):
            assert service["environment"]["FOYER_CLOCK"] == "fixed:1"


# The image.

DOCKERFILE: Final = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_image_is_slim_pinned_and_not_run_by_root() -> None:
    assert DOCKERFILE.splitlines()[1] == "FROM python:3.11-slim"
    assert "--constraint constraints.txt" in DOCKERFILE
    (user,) = re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE)
    (number,) = re.findall(rf"useradd --uid (\d+) .*{user}", DOCKERFILE)
    assert SERVICES["mosquitto"]["user"] == f"{number}:{number}"


def test_what_the_image_copies_is_there_and_is_sent_to_the_builder() -> None:
    sent = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    copied = set()
    for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE):
        copied |= set(line.split()[:-1])
    assert copied == sent
    assert all((ROOT / name).exists() for name in copied)


def test_folders_for_volumes_exist_in_the_image() -> None:
    (made,) = re.findall(r"mkdir -p (.+) \\$", DOCKERFILE, re.MULTILINE)
    folders = set(made.split()) | {"/data", "/secrets"}
    for service in SERVICES.values():
        if ours(service):
            assert {text.split(":")[1] for text in service["volumes"]} <= folders


def test_the_package_has_all_that_the_image_installs() -> None:
    for folder in ("contract", "edge", "hub", "integrations"):
        assert f"COPY {folder} {folder}" in DOCKERFILE
    assert Path(FILE).name == "docker-compose.yml"
