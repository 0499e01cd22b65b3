"""A file dealt out like cards, so that several agents replay it at the same time."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

PARTS_MAX: Final = 32


def deal(file: Path, count: int, folder: Path, *, header: bool) -> list[Path]:
    """Write the rows of ``file`` in turn to ``count`` files in ``folder``, each with the header."""
    if count == 1:
        return [file]
    folder.mkdir(parents=True, exist_ok=True)
    stem = file.name.removesuffix(".gz")
    paths = [folder / f"{number}-{stem}" for number in range(1, count + 1)]
    with ExitStack() as stack:
        source = stack.enter_context(_open(file))
        parts = [
            stack.enter_context(path.open("w", newline="", encoding="utf-8")) for path in paths
        ]
        if header:
            _deal_rows(source, parts)
        else:
            for number, line in enumerate(source):
                parts[number % count].write(line)
    return paths


def _deal_rows(source: IO[str], parts: Sequence[IO[str]]) -> None:
    rows: Iterator[list[str]] = csv.reader(source)
    writers = [csv.writer(part) for part in parts]
    names = next(rows, [])
    for writer in writers:
        writer.writerow(names)
    for number, row in enumerate(rows):
        writers[number % len(parts)].writerow(row)


def _open(file: Path) -> IO[str]:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8-sig", errors="replace", newline="")
    return file.open(encoding="utf-8-sig", errors="replace", newline="")
