"""The reference for organisers as data: which page has which table, and all examples."""

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import yaml

from hub.core import document as doc
from hub.core.document import Venue
from tests.docs.pages import Example, Page, page

Kind = type[msgspec.Struct]

ORGANISERS: Final = page("docs/organisers.md")
RULES: Final = page("docs/rules.md")
PEOPLE: Final = page("docs/people.md")
PAGES: Final = (ORGANISERS, RULES, PEOPLE)

SECTIONS: Final[dict[str, tuple[Kind, ...]]] = {
    "Triggers": get_args(doc.Trigger),
    "Conditions": get_args(doc.Condition),
    "Actions": get_args(doc.Act),
}
"""The sections of the rules with a heading for each kind, in the order of the document's union."""

PARTS: Final[dict[str, tuple[Page, Kind]]] = {
    "The document": (ORGANISERS, doc.Venue), "Event": (ORGANISERS, doc.EventInfo),
    "Place": (ORGANISERS, doc.Place), "Edge": (ORGANISERS, doc.Edge),
    "Pool": (ORGANISERS, doc.PoolInfo), "Rules": (RULES, doc.Rule),
    "Audiences": (RULES, doc.Audience),
    "Limits": (RULES, doc.Limit), "Period": (RULES, doc.Period), "Caps": (RULES, doc.Cap),
    "Quiet hours": (RULES, doc.Quiet), "Budgets": (RULES, doc.Budget),
    "Variants": (RULES, doc.Variant), "Goals": (RULES, doc.Goal),
    "Attributes": (PEOPLE, doc.AttributeInfo), "Kinds of id": (PEOPLE, doc.IdKind),
    "Sources": (PEOPLE, doc.Source), "Fields of a source": (PEOPLE, doc.Mapped),
}  # fmt: skip
"""Heading to the page it is on, and the part of the document that it describes."""

LISTS: Final = ("attributes", "ids", "sources", "audiences", "caps", "quiet", "budgets")
"""Parts of the venue that have examples of their own: a fenced block ``yaml PART``."""


@dataclass(frozen=True, slots=True)
class Table:
    """The table of one kind or part: its rows are name, needed, what it is."""

    title: str
    kind: Kind
    rows: list[list[str]]


def tag_of(kind: Kind) -> str:
    return str(kind.__struct_config__.tag)


def tables() -> list[Table]:
    """Every table of fields; kinds without fields have none."""
    found = [Table(title, kind, one.table(title)) for title, (one, kind) in PARTS.items()]
    for section, kinds in SECTIONS.items():
        found += [
            Table(f"{section}: {tag_of(kind)}", kind, RULES.table(tag_of(kind), section))
            for kind in kinds
            if msgspec.structs.fields(kind)
        ]
    return found


def examples(kind: str) -> list[Example]:
    """The examples of a part on all pages."""
    return [example for one in PAGES for example in one.examples(f"yaml {kind}")]


def base() -> dict[str, Any]:
    """The venue that all examples belong to."""
    (example,) = examples("venue")
    found: dict[str, Any] = yaml.safe_load(example.text)
    return found


def listed(kind: str) -> list[Any]:
    """What all examples of a part list, in order."""
    return [one for example in examples(kind) for one in yaml.safe_load(example.text)]


def whole() -> Venue:
    """The venue with all examples of all pages."""
    parts = {part: listed(part) for part in (*LISTS, "rules")}
    return msgspec.convert(base() | parts, Venue)


def with_rules(example: Example) -> Venue:
    """The venue with everything but rules, and the rules of one example.

    Rules that others refer to are there as drafts; caps on a group without rules are left out.
    """
    mine = yaml.safe_load(example.text)
    names = {rule["name"] for rule in mine}
    others = [rule | {"stage": "draft"} for rule in listed("rules") if rule["name"] not in names]
    parts = {part: listed(part) for part in LISTS}
    return msgspec.convert(base() | parts | {"rules": [*mine, *others]}, Venue)


def constraints(kind: Kind, field: str) -> list[msgspec.Meta]:
    """What is asked of the values of a field itself, and not of what it contains."""
    hint = get_type_hints(kind, include_extras=True)[field]
    return [found for one in _options(hint) for found in getattr(one, "__metadata__", ())]


def choices(kind: Kind, field: str) -> set[str]:
    """The words that a field, or each member of its list, may be."""
    return _literals(get_type_hints(kind)[field])


def _options(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (UnionType, Union) else (hint,)


def _literals(hint: Any) -> set[str]:
    if get_origin(hint) is Literal:
        return set(get_args(hint))
    if get_origin(hint) in (UnionType, Union, list, tuple):
        return {word for one in get_args(hint) if one is not NoneType for word in _literals(one)}
    return set()


def written(default: Any) -> str:
    """A default as the document would say it."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple) and len(default) == 1:
        return str(default[0])
    return str(default)
