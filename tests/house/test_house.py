"""The rules of the house: what loads what, what the core never touches, how large things are."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
PARTS: Final = ("contract", "edge", "hub", "integrations")
FILE_LINES_MAX: Final = 400
FUNCTION_LINES_MAX: Final = 60
FOLDER_FILES: Final = {"__init__.py", "connector.py", "settings.py", "errors.py", "quality.yaml"}
TEXT: Final = {
    ".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".html", ".css", ".js", ".json", ".cfg", ".sh",
    "",
}  # fmt: skip


def sources(*parts: str) -> list[Path]:
    return sorted(path for part in parts for path in (ROOT / part).rglob("*.py"))


def trees(*parts: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sources(*parts):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def told(found: list[str]) -> str:
    return "\n" + "\n".join(found)


# What loads what.


def loaded_by(module: str) -> set[str]:
    """The modules in memory once a fresh Python has imported one."""
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.split())


def modules(part: str) -> str:
    """Every module of a part, as one import would name them."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sources(part)
        if path.name != "__main__.py"
    ]
    return ", ".join(names)


@pytest.mark.parametrize(
    ("part", "unwanted"),
    [
        (
            "contract",
            {"edge", "hub", "integrations", "paho", "fastapi", "sqlmodel", "sqlalchemy", "yaml"},
        ),
        (
            "hub/core",
            {"fastapi", "sqlmodel", "sqlalchemy", "paho", "edge", "integrations", "httpx", "yaml",
             "nicegui", "apscheduler", "phue", "hub.store", "hub.engine", "asyncio"},
        ),
        ("edge", {"hub", "integrations", "sqlmodel", "sqlalchemy", "fastapi", "yaml", "typer"}),
        ("integrations", {"hub", "edge", "sqlmodel", "sqlalchemy"}),
    ],
)  # fmt: skip
def test_importing_a_part_loads_nothing_that_is_not_its_business(
    part: str, unwanted: set[str]
) -> None:
    assert loaded_by(modules(part)) & unwanted == set()


def test_importing_the_hub_loads_no_part_of_it() -> None:
    assert {name for name in loaded_by("hub") if name.startswith("hub.")} == set()


# The core decides and does nothing else.

NEVER_IMPORTED: Final = {
    "asyncio", "concurrent", "io", "logging", "multiprocessing", "os", "pathlib", "queue", "random",
    "secrets", "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time",
    "urllib", "uuid", "warnings",
}  # fmt: skip
NEVER_CALLED: Final = {"open", "print", "input", "exec", "eval", "compile", "globals", "__import__"}
NEVER_ASKED: Final = {"now", "utcnow", "today", "time_ns", "monotonic", "getenv", "environ"}


def impure(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (f"imports {n.name}" for n in names if _root(n.name) in NEVER_IMPORTED)
            case ast.ImportFrom(module=module) if _root(module or "") in NEVER_IMPORTED:
                yield f"imports {module}"
            case ast.Call(func=ast.Name(id=name)) if name in NEVER_CALLED:
                yield f"calls {name}"
            case ast.Attribute(attr=name) if name in NEVER_ASKED:
                yield f"asks for {name}"
            case ast.AsyncFunctionDef(name=name):
                yield f"is async: {name}"
            case ast.Global(names=globals_):
                yield f"changes {globals_}"
            case _:
                pass


def _root(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def test_the_core_knows_no_clock_no_chance_no_file_no_log_and_no_waiting() -> None:
    found = [f"{name} {what}" for name, tree in trees("hub/core") for what in impure(tree)]
    assert not found, told(found)


def test_the_test_for_purity_sees_what_is_impure() -> None:
    code = "import time\nfrom random import choice\nopen('x')\ndatetime.now()\nasync def f(): ..."
    assert len(list(impure(ast.parse(code)))) == 5


MUTABLE: Final = "hub/core/presence/memory.py"


def test_what_the_core_decides_is_frozen() -> None:
    """Every struct of the core is frozen; what is mutable is the tracker and one step's draft."""
    mutable = [
        f"{name} {node.name}"
        for name, tree in trees("hub/core", "contract")
        if name != MUTABLE
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base) in {"Struct", "Part", "msgspec.Struct"} for base in node.bases)
        and not any(key.arg == "frozen" for key in node.keywords)
        and not node.name.startswith("_")
    ]
    assert not mutable, told(mutable)


# Sizes.


def test_files_are_short() -> None:
    found = [
        f"{path.relative_to(ROOT)} has {lines} lines"
        for path in sources(*PARTS)
        if (lines := len(path.read_text("utf-8").splitlines())) > FILE_LINES_MAX
    ]
    assert not found, told(found)


def test_functions_are_short() -> None:
    found = [
        f"{name}:{node.lineno} {node.name} has {lines} lines"
        for name, tree in trees(*PARTS)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not found, told(found)


def test_every_module_says_its_law() -> None:
    found = [name for name, tree in trees(*PARTS) if not ast.get_docstring(tree)]
    assert not found, told(found)


# What no file names.


def tracked() -> list[Path]:
    """The project's own text files: those that git knows, or all where there is no git."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z"], capture_output=True, text=True, check=True, cwd=ROOT
        )
        names = [name for name in done.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(ROOT)) for part in PARTS for path in (ROOT / part).rglob("*")]
    paths = [ROOT / name for name in names]
    return [path for path in paths if path.is_file() and path.suffix in TEXT]


HERE: Final = r"(?<![\w./~-])/(?:work|root)/"
HOMES: Final = r"(?<![\w./~-])/(?:home|Users)/(?!\w+/\.foyer)\w+/"
SCRATCH: Final = r"(?<![\w./~-])/tmp/"
REGISTRY: Final = (
    r"https?://[\w.-]*(?:"
    + "|".join(("py" + r"pi\.org", "pythonhosted", "npm" + "js", r"registry\.", "artifactory",
                "nex" + r"us[./]", r"devpi", r"/simple/"))
    + ")"
    r"|--(?:extra-)?index-url|\bindex-url\s*="
)  # fmt: skip


def naming(pattern: str, *, tests_too: bool) -> list[str]:
    wanted = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number} {line.strip()[:100]}"
        for path in tracked()
        if path != Path(__file__) and (tests_too or path.relative_to(ROOT).parts[0] != "tests")
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if wanted.search(line)
    ]


@pytest.mark.parametrize(
    ("pattern", "tests_too"),
    [(HERE, True), (HOMES, True), (SCRATCH, False)],
    ids=["this machine", "somebody's home", "scratch"],
)
def test_no_file_names_a_path_of_a_machine(pattern: str, tests_too: bool) -> None:
    found = naming(pattern, tests_too=tests_too)
    assert not found, told(found)


def test_no_file_names_a_package_registry() -> None:
    found = naming(REGISTRY, tests_too=True)
    assert not found, told(found)


# Integrations look alike.


def integrations() -> list[Path]:
    return sorted(path.parent for path in (ROOT / "integrations").glob("*/__init__.py"))


def test_each_integration_has_the_same_files() -> None:
    assert integrations()
    for folder in integrations():
        missing = FOLDER_FILES - {path.name for path in folder.iterdir()}
        assert not missing, f"{folder.name} lacks {sorted(missing)}"


def test_each_quality_file_has_the_same_keys_and_each_point_is_done_or_exempt() -> None:
    files = {
        folder.name: yaml.safe_load((folder / "quality.yaml").read_text("utf-8"))
        for folder in integrations()
    }
    keys = {name: list(file) for name, file in files.items()}
    assert len({tuple(listed) for listed in keys.values()}) == 1, keys
    for name, file in files.items():
        assert file["name"] == name
        for point, stands in file["points"].items():
            want = {"done": {"status", "how"}, "exempt": {"status", "reason"}}[stands["status"]]
            assert set(stands) == want, f"{name}: {point}"
            assert all(stands.values()), f"{name}: {point}"
