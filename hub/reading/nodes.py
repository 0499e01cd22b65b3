"""YAML text becomes plain values with the place of each: bounded, data only, nothing twice.

Tags, merge keys and a second document are refused; anchors are followed, and what they unfold to is
counted. JSON is read the same way: it is YAML.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from hub.core.checking.finding import Finding, Path, error, spell_path
from hub.reading.located import Located, Position, Positions, at
from hub.reading.scalars import read_plain

BYTES_MAX: Final = 2 * 1024 * 1024
"""Largest document, UTF-8 bytes."""
DEPTH_MAX: Final = 40
"""Deepest nesting of lists and mappings."""
VALUES_MAX: Final = 200_000
"""Most values of a document, those that anchors unfold to included."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PAIR = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
)

_UNHELD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that JSON may hold as they are, and YAML as escapes alone."""


class Unreadable(Exception):  # noqa: N818 - named after the thing that is wrong
    """The text cannot be read on from here."""

    def __init__(self, message: str, position: Position, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.position, self.hint = message, position, hint


@dataclass(frozen=True, slots=True)
class Node:
    """A value as it is written: a scalar, a list of nodes, or pairs of key, its place, and node."""

    position: Position
    scalar: str | None = None
    plain: bool = False
    items: list["Node"] | None = None
    pairs: list[tuple["Node", "Node"]] | None = None
    size: int = 1
    height: int = 0


@dataclass(slots=True)
class Text:
    """What a text says: plain values, where they stand, surprises by path, and what is wrong."""

    value: Any = None
    values: dict[str, Position] = field(default_factory=dict)
    keys: dict[str, Position] = field(default_factory=dict)
    surprises: dict[str, str] = field(default_factory=dict)
    faults: list[Located] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Paths of values that are wrong already, of which nothing more is said."""

    @property
    def positions(self) -> Positions:
        """Where everything stands."""
        return Positions(self.values, self.keys)


def read_text(text: str, name: str) -> Text:
    """Read YAML or JSON; faults are all that can be found at once, the value what is left."""
    found = Text()
    try:
        node = _Composer(_json_as_yaml(text)).document()
    except Unreadable as fault:
        found.faults.append(at(error((), fault.message, fault.hint), fault.position, name))
        return found
    found.value = _Builder(found, name).build(node, ())
    return found


def _json_as_yaml(text: str) -> str:
    """JSON's texts as YAML has them: no halves of a character, and no character it cannot hold."""
    if not text.lstrip().startswith(("{", "[")):
        return text

    def joined(match: re.Match[str]) -> str:
        high, low = int(match[2], 16), int(match[3], 16)
        return f"{match[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"

    def escaped(match: re.Match[str]) -> str:
        return f"\\u{ord(match[0]):04x}"

    return _UNHELD.sub(escaped, _PAIR.sub(joined, text))


class _Composer:
    """Makes nodes of the events of a YAML parser."""

    def __init__(self, text: str) -> None:
        try:
            size_bytes = len(text.encode())
        except UnicodeEncodeError as fault:
            raise Unreadable("it holds half a character, which no text can", (1, 1)) from fault
        if size_bytes > BYTES_MAX:
            raise Unreadable(f"the document is larger than {BYTES_MAX // 1024} KiB", (1, 1))
        self._events = _events(text)
        self._anchors: dict[str, Node | None] = {}

    def document(self) -> Node:
        """Read the one document of the text."""
        next(self._events)
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            raise Unreadable("the document is empty", (1, 1), "it begins with event:")
        node = self._node(next(self._events), 0)
        next(self._events)
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise Unreadable("there is a second document after ---", _position(event))
        return node

    def _node(self, event: Any, depth: int) -> Node:
        position = _position(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        if depth > DEPTH_MAX:
            raise Unreadable(f"it is nested deeper than {DEPTH_MAX}", position)
        if event.tag is not None:
            raise Unreadable(f"the tag {event.tag} is not known here", position, "leave it out")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            node = Node(position, str(event.value), plain=event.implicit[0] and not event.style)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._list(position, depth)
        else:
            node = self._mapping(position, depth)
        if node.size > VALUES_MAX:
            raise Unreadable(f"it has more than {VALUES_MAX} values", position)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: Any, depth: int) -> Node:
        if event.anchor not in self._anchors:
            hint = f'for the text write it in quotes: "*{event.anchor}"'
            raise Unreadable(f"nothing above is called &{event.anchor}", _position(event), hint)
        node = self._anchors[event.anchor]
        if node is None:
            raise Unreadable(f"*{event.anchor} stands inside what it names", _position(event))
        if depth + node.height > DEPTH_MAX:
            raise Unreadable(f"it is nested deeper than {DEPTH_MAX}", _position(event))
        return node

    def _list(self, position: Position, depth: int) -> Node:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return _made(position, items, items=items)

    def _mapping(self, position: Position, depth: int) -> Node:
        pairs = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            pairs.append((key, self._node(next(self._events), depth + 1)))
        return _made(position, [node for pair in pairs for node in pair], pairs=pairs)


def _made(position: Position, inner: list[Node], **content: Any) -> Node:
    size = 1 + sum(node.size for node in inner)
    height = 1 + max((node.height for node in inner), default=0)
    return Node(position, size=size, height=height, **content)


def _position(event: Any) -> Position:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1)


def _events(text: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=_Loader)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        said = ", ".join(part for part in (fault.context, fault.problem) if part)
        position = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Unreadable(f"this is no YAML: {said}", position, _hint(said)) from fault
    except yaml.YAMLError as fault:
        said = " ".join(str(fault).split())
        raise Unreadable(f"this is no YAML: {said}", (1, 1)) from fault


def _hint(said: str) -> str:
    if "mapping values are not allowed" in said:
        return "a text with a colon in it stands in quotes"
    if "cannot start any token" in said:
        return (
            "indent with spaces, not with tabs; a text that begins with @, ` or % stands in quotes"
        )
    if "undefined alias" in said:
        return "a text that begins with * or & stands in quotes"
    if "expected <block end>" in said or "block" in said:
        return "parts of one list or mapping begin in the same column"
    return ""


class _Builder:
    """Makes plain values of nodes, and notes where they stand."""

    def __init__(self, text: Text, name: str) -> None:
        self._text = text
        self._name = name

    def build(self, node: Node, path: Path) -> Any:
        """The plain value of a node."""
        spelled = spell_path(path)
        self._text.values[spelled] = node.position
        if node.items is not None:
            return [self.build(one, (*path, index)) for index, one in enumerate(node.items)]
        if node.pairs is not None:
            return self._mapping(node.pairs, path)
        assert node.scalar is not None  # noqa: S101 - a node is one of the three
        if not node.plain:
            return node.scalar
        plain = read_plain(node.scalar)
        if plain.refused:
            hint = plain.hint or f'write it in quotes: "{node.scalar}"'
            self._fault(error(path, plain.surprise, hint), node.position)
            self._text.refused.add(spelled)
        elif plain.surprise:
            self._text.surprises[spelled] = node.scalar
        return plain.value

    def _mapping(self, pairs: list[tuple[Node, Node]], path: Path) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key, value in pairs:
            name = self._key(key, path)
            if name is None:
                continue
            here = (*path, name)
            if name in built:
                line = self._text.keys[spell_path(here)][0]
                message = f"{name!r} is there twice, first in line {line}"
                self._fault(error(here, message), key.position)
                continue
            self._text.keys[spell_path(here)] = key.position
            built[name] = self.build(value, here)
        return built

    def _key(self, key: Node, path: Path) -> str | None:
        """The name of a field; a name is always text."""
        if key.scalar is None:
            self._fault(error(path, "a name of a field is one word"), key.position)
            return None
        if key.plain and key.scalar == "<<":
            message = "<< is not known here: write the fields out"
            self._fault(error(path, message), key.position)
            return None
        if key.plain and not isinstance((plain := read_plain(key.scalar)).value, str):
            said = plain.surprise or f"{key.scalar or 'nothing'} is read as no text"
            message = f"{said}, and a name of a field is text"
            self._fault(error(path, message, f'write it in quotes: "{key.scalar}"'), key.position)
            return None
        return key.scalar

    def _fault(self, finding: Finding, position: Position) -> None:
        self._text.faults.append(at(finding, position, self._name))
