"""``make bench``: every measurement, printed as a table and, with ``--write``, kept in the docs."""

import argparse
import importlib
import platform
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

MODULES = (
    "pipeline", "taps", "profiles", "latency", "due", "changes", "memory", "backtest",
    "recommending", "presence", "edge_agent", "store", "broker",
)  # fmt: skip
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "figures.md"


def main() -> None:
    """Run the chosen measurements."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("module", nargs="*", choices=[*MODULES, []], help="default: all")
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.name} in docs")
    options = parser.parse_args()
    console = Console()
    found: dict[str, list[tuple[str, float, str]]] = {}
    for name in options.module or MODULES:
        console.print(f"[dim]measuring {name} ...[/]")
        found[name] = importlib.import_module(f"bench.{name}").measure()
        console.print(_table(name, found[name]))
    if options.write:
        DOCUMENT.write_text(_document(found), encoding="utf-8")


def _table(name: str, rows: list[tuple[str, float, str]]) -> Table:
    table = Table(title=name, show_header=False, title_justify="left")
    table.add_column("what")
    table.add_column("figure", justify="right")
    table.add_column("unit")
    for what, figure, unit in rows:
        table.add_row(what, _number(figure), unit)
    return table


def _number(figure: float) -> str:
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.3g}"


def _document(found: dict[str, list[tuple[str, float, str]]]) -> str:
    lines = [
        "# Figures of the last full run",
        "",
        (
            f"Written by `make bench` on {time.strftime('%Y-%m-%d')}: Python "
            f"{platform.python_version()}, {platform.machine()}. `benchmarks.md` explains them."
        ),
    ]
    for name, rows in found.items():
        lines += ["", f"## {name}", "", "| what | figure | unit |", "| --- | ---: | --- |"]
        lines += [f"| {what} | {_number(figure)} | {unit} |" for what, figure, unit in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
