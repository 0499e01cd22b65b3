"""What can be known of people, by which ids they are told apart, and what other systems call it."""

from typing import Annotated, Literal

from msgspec import Meta

from hub.core.document.base import Field, Name, Part
from hub.core.document.conditions import Condition
from hub.core.events import Value

AttributeType = Literal["text", "number", "boolean", "instant", "set", "tally"]


class AttributeInfo(Part, frozen=True):
    """An attribute, what it may hold, what becomes of two values, and who may see it.

    ``merge`` is by default ``latest``; for a set ``union`` and for a tally ``sum``, which are the
    only ones for those. ``consent`` is a purpose without which the value counts as unknown.
    """

    name: Field
    type: AttributeType = "text"
    title: str = ""
    merge: Literal["latest", "first", "highest", "lowest", "sum", "union"] | None = None
    consent: Field | None = None
    privacy: Literal["public", "personal", "sensitive"] = "personal"
    one_of: list[Value] | None = None


class IdKind(Part, frozen=True):
    """A kind of id: e-mail, phone, an id of another system.

    When a record carries several, those with the higher ``priority`` are believed first.
    ``per_person`` is how many a person may have; ``merges`` is whether two people are one because
    they share it. ``blocked`` values (as they are after normalising) are never an id.
    """

    name: Field
    priority: int = 50
    per_person: Annotated[int, Meta(ge=1, le=100)] = 1
    merges: bool = True
    blocked: list[str] = []
    normalise: Literal["text", "email", "phone"] = "text"


class Mapped(Part, frozen=True, rename={"from_": "from"}):
    """How one canonical attribute, id or consent is found in a record of a source.

    ``to`` is ``attributes.NAME``, ``ids.KIND``, ``consents.PURPOSE``, or one of ``source_key``,
    ``name``, ``email``, ``phone``, ``company``, ``badge``. ``from`` lists the names that the source
    may use; the first that is there counts, dots go into nested records. ``unit`` multiplies a
    number: ``0.01`` makes of cents a currency's unit.
    """

    to: Annotated[
        str,
        Meta(
            pattern=r"^(attributes\.[a-z][a-z0-9_]*|ids\.[a-z][a-z0-9_]*|consents\.[a-z][a-z0-9_]*|"
            r"source_key|name|email|phone|company|badge)$"
        ),
    ]
    from_: list[str]
    normalise: Literal["none", "trim", "lower", "title", "email", "phone", "colour"] = "trim"
    unit: float | None = None
    separator: str | None = None
    default: Value = None
    values: dict[str, Value] = {}
    """What the source's values mean: ``{"yes please": true}``."""


class Source(Part, frozen=True):
    """The data layer for one system: what it calls the things that we know."""

    name: Name
    fields: list[Mapped]
    title: str = ""


class Audience(Part, frozen=True, rename={"if_": "if"}):
    """A named condition whose members come and go, by event and by time."""

    name: Name
    if_: Condition
    text: str = ""
