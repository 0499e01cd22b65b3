"""The JSON Schema of the document, for editors that check and complete while one writes.

It is made of the types: their docstrings are the descriptions. It names no host.
"""

import json
from typing import Any, Final

import msgspec

from hub.core.document import Venue
from hub.reading.words import form_of

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ID: Final = "urn:foyer:venue"
TITLE: Final = "Foyer venue"
EXAMPLE_LINE: Final = "# yaml-language-server: $schema=venue.schema.json"
"""The first line of a document with which editors find the schema beside it."""

TAGS: Final = ("kind", "check", "do")


def schema() -> dict[str, Any]:
    """Return the schema, JSON Schema of the draft 2020-12."""
    made = msgspec.json.schema(Venue)
    parts = {name: _part(part) for name, part in made["$defs"].items()}
    return {"$schema": DIALECT, "$id": ID, "title": TITLE, **_told(made), "$defs": parts}


def _part(part: dict[str, Any]) -> dict[str, Any]:
    """One type: a title by the word that is written for it, and its fields."""
    told: dict[str, Any] = _told(part)
    fields = told.get("properties", {})
    for tag in TAGS:
        if tag in fields:
            told["title"] = f"{tag}: {fields[tag]['enum'][0]}"
            fields[tag] = {"const": fields[tag]["enum"][0]}
    return told


def _told(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_told(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _told(one) for key, one in value.items() if key != "discriminator"}
    if isinstance(made.get("description"), str):
        made["description"] = _plain(made["description"])
    if isinstance(made.get("pattern"), str):
        made["examples"] = [one.strip('"') for one in form_of(made["pattern"]).examples]
    return made


def _plain(text: str) -> str:
    """A docstring as running text."""
    paragraphs = text.replace("``", "`").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def schema_text() -> str:
    """Return the schema as the file that editors read."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
