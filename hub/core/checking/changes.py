"""What is different between two documents, part by part and field by field."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from hub.core import document as doc
from hub.core.checking.finding import SINGULAR
from hub.core.checking.plain import plain

NAMED: Final = {name: "id" if name in ("places", "pools") else "name" for name in SINGULAR}
"""The lists of a venue whose parts have a name, and the field it stands in."""


class Change(Struct, frozen=True, omit_defaults=True):
    """One difference. ``before`` and ``after`` are plain values; None is one that is not given.

    ``part`` is what it is about (``rule``, ``event``, ``lamps``), ``name`` which one, ``field`` the
    way to the field within it (``limit.once``, ``then[0].title``), empty for the part as a whole.
    ``moved`` says that parts stand in another order, which decides between equal priorities.
    """

    kind: Literal["added", "removed", "changed", "moved"]
    part: str
    name: str = ""
    field: str = ""
    before: Any = None
    after: Any = None

    def sentence(self) -> str:
        """The difference as people read it."""
        what = f"{self.part} {self.name!r}" if self.name else self.part
        if self.field:
            what = f"{what}, {self.field}" if what else self.field
        if self.kind == "moved":
            return f"{what}: in another order"
        if self.kind == "changed":
            return f"{what}: {_spell(self.before)} -> {_spell(self.after)}"
        value = self.after if self.kind == "added" else self.before
        said = "" if value is None or not self.field else f": {_spell(value)}"
        return f"{what} {self.kind}{said}"


def compare(before: doc.Venue, after: doc.Venue) -> list[Change]:
    """The differences in the order of the document's fields."""
    old, new = plain(before), plain(after)
    changes: list[Change] = []
    for part in doc.Venue.__struct_fields__:
        if part in NAMED:
            changes += _lists(part, old.get(part, []), new.get(part, []))
        else:
            changes += _fields(part, "", "", old.get(part), new.get(part))
    return changes


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_spell(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_spell(one) for one in value) + "]"
    if isinstance(value, float):
        return f"{value:.12g}"
    return "nothing" if value is None else str(value)


def _lists(part: str, old: list[Any], new: list[Any]) -> Iterator[Change]:
    key, what = NAMED[part], SINGULAR[part]
    was: dict[str, Any] = {one[key]: one for one in old}
    now: dict[str, Any] = {one[key]: one for one in new}
    for name, one in was.items():
        if name not in now:
            yield Change("removed", what, name, before=one)
    for name, one in now.items():
        if name not in was:
            yield Change("added", what, name, after=one)
        else:
            yield from _fields(what, name, "", was[name], one)
    if [name for name in was if name in now] != [name for name in now if name in was]:
        yield Change("moved", part)


def _fields(part: str, name: str, field: str, old: Any, new: Any) -> Iterator[Change]:
    """Differences within one value; a list whose length differs changes as a whole."""
    if type(old) is type(new) and old == new and not isinstance(old, dict | list):
        return
    if _alike(old, new):
        for key in dict.fromkeys([*old, *new]):
            step = f"{field}.{key}" if field else str(key)
            yield from _fields(part, name, step, old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _fields(part, name, f"{field}[{index}]", one, other)
    elif old is None:
        yield Change("added", part, name, field, after=new)
    elif new is None:
        yield Change("removed", part, name, field, before=old)
    else:
        yield Change("changed", part, name, field, old, new)


def _alike(old: Any, new: Any) -> bool:
    """Whether both are parts of the same kind, whose fields can be compared one by one."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return False
    return all(old.get(tag) == new.get(tag) for tag in ("kind", "check", "do"))
