"""Everything about a person leaves as one zip, written while it is read: no copy of it stays here.

``everything.json`` is for machines, ``everything.html`` for people; both say the same.
"""

import zipfile
from collections.abc import Iterator
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from hub.people.sections import SECTION_ROWS_MAX, Section, Whole
from hub.store import Store

JSON_NAME: Final = "everything.json"
HTML_NAME: Final = "everything.html"
CHUNK_BYTES: Final = 65_536
"""So much is collected before it is sent on."""
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:960px;margin:40px auto;padding:0 20px;"
    "color:#17191e}table{border-collapse:collapse;width:100%;font-size:14px}td,th{text-align:left;"
    "vertical-align:top;padding:6px 10px;border-bottom:1px solid #e4e0d8}"
    "td{overflow-wrap:break-word}td:last-child{word-break:break-word}"
    "h2{margin-top:40px}.quiet{color:#666b76}"
)


def everything(store: Store, person: str, now_ms: int) -> Iterator[bytes]:
    """Yield the bytes of the zip.

    Raises:
        Nobody: nothing is stored about them; before the first bytes.
    """
    return _zipped(Whole(store, person), now_ms)


def write_everything(store: Store, person: str, now_ms: int, path: Path) -> int:
    """Write the zip for its owner's eyes (mode 0600); returns its bytes.

    Raises:
        Nobody: nothing is stored about them; no file is made.
    """
    chunks = everything(store, person, now_ms)
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    beside.touch(0o600)
    try:
        with beside.open("wb") as file:
            written = sum(file.write(chunk) for chunk in chunks)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return written


class _Pipe:
    """A file that is only ever written to, and emptied by whoever sends it on."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.waiting = 0

    def write(self, some: bytes) -> int:
        self._parts.append(bytes(some))
        self.waiting += len(some)
        return len(some)

    def flush(self) -> None:
        """Nothing lies below it."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        parts, self._parts, self.waiting = self._parts, [], 0
        return b"".join(parts)


def _zipped(whole: Whole, now_ms: int) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, written in ((JSON_NAME, _json(whole, now_ms)), (HTML_NAME, _html(whole, now_ms))):
            with bundle.open(name, "w", force_zip64=True) as file:
                for some in written:
                    file.write(some.encode())
                    if pipe.waiting >= CHUNK_BYTES:
                        yield pipe.taken()
    yield pipe.taken()


def _json(whole: Whole, now_ms: int) -> Iterator[str]:
    head = {"event": whole.event_name, "person": whole.person, "name": whole.name,
            "ids": whole.ids, "made_ms": now_ms}  # fmt: skip
    yield _text(head)[:-1]
    for section in whole.sections():
        yield f",\n{_text(section.name)}:["
        for number, row in enumerate(_bounded(section)):
            yield f"{',' if number else ''}\n{_text(row)}"
        yield "]"
    yield "}\n"


def _html(whole: Whole, now_ms: int) -> Iterator[str]:
    del now_ms
    title = escape(f"Everything about {whole.name} at {whole.event_name}")
    yield "<!doctype html><html lang=en><head><meta charset=utf-8>"
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>"
    yield "<p class=quiet>Times are those of the venue. The same, for machines, is in "
    yield f"{JSON_NAME}.</p>"
    for section in whole.sections():
        yield f"<h2>{escape(section.title)}</h2>"
        yield from _table(section)
    yield "</body></html>\n"


def _table(section: Section) -> Iterator[str]:
    columns: list[str] = []
    for row in _bounded(section):
        if not columns:
            columns = [name for name in row if not name.endswith("_ms")]
            heads = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in columns)
            yield f"<table><tr>{heads}</tr>"
        if "left_out" in row:
            yield f"<tr><td colspan={len(columns)}>{_cell(row['left_out'])}</td></tr>"
            continue
        yield f"<tr>{''.join(f'<td>{_cell(row.get(name))}</td>' for name in columns)}</tr>"
    yield "</table>" if columns else "<p class=quiet>Nothing.</p>"


def _cell(value: Any) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return "yes" if value else "no"
        case str() | int() | float():
            return escape(str(value))
        case [*parts] if all(isinstance(part, str) for part in parts):
            return escape(", ".join(parts))
        case _:
            return escape(_text(value))


def _bounded(section: Section) -> Iterator[dict[str, Any]]:
    rows = section.rows()
    yield from islice(rows, SECTION_ROWS_MAX)
    if next(rows, None) is not None:
        yield {"left_out": f"there are more than {SECTION_ROWS_MAX} rows; ask for the rest"}


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
