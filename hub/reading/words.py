"""How the forms that texts of a document have are said to organisers, each with an example."""

from dataclasses import dataclass
from typing import Final, get_args

from msgspec import Meta
from msgspec.inspect import Field, StrType, StructType, type_info

from hub.core import document as doc
from hub.core.document import actions, limits, people


@dataclass(frozen=True, slots=True)
class Form:
    """What a text has to be, and one that is."""

    what: str
    examples: tuple[str, ...]

    @property
    def hint(self) -> str:
        """The examples as a sentence."""
        return f"such as {' or '.join(self.examples)}" if self.examples else ""


def _pattern(annotated: object) -> str:
    metas = [meta for meta in get_args(annotated) if isinstance(meta, Meta)]
    return str(metas[0].pattern)


def _pattern_of(part: type, field: str) -> str:
    found = next(one for one in _fields(part) if one.encode_name == field)
    kinds = getattr(found.type, "types", (found.type,))
    return next(str(kind.pattern) for kind in kinds if isinstance(kind, StrType))


def _fields(part: type) -> tuple[Field, ...]:
    info = type_info(part)
    assert isinstance(info, StructType)  # noqa: S101 - the parts named below are
    return info.fields


FORMS: Final = {
    _pattern(doc.Name): Form(
        "no name: 1 to 48 of a-z, 0-9 and -, and no - at the front", ("coffee-lover",)
    ),
    _pattern(doc.Field): Form(
        "no name of a field: 1 to 48 of a-z, 0-9 and _, a letter first", ("favourite_colour",)
    ),
    _pattern(doc.Duration): Form(
        "no duration: write a number and ms, s, min, h or d", ("90s", "45min")
    ),
    _pattern(doc.Window): Form(
        "no window: write a duration, hour, day, week or event", ("2h", "day")
    ),
    _pattern(doc.Colour): Form(
        "no colour: write #rrggbb, or an attribute in braces", ('"#ff8800"', '"{favourite_colour}"')
    ),
    _pattern(doc.TimeOfDay): Form(
        "no time of day: write HH:MM, from 00:00 to 23:59", ('"08:00"', '"22:30"')
    ),
    _pattern_of(actions.FollowUp, "at"): Form(
        "no time of day: write HH:MM or HH:MM next morning", ('"18:30"', '"08:00 next morning"')
    ),
    _pattern_of(actions.PublishMqtt, "topic"): Form(
        "no topic: up to 6 words of a-z, 0-9 and - with / between", ("signage/door",)
    ),
    _pattern_of(limits.Cap, "of"): Form(
        "nothing a cap can be of: a channel, everything, or group:NAME",
        ("push", "everything", "group:offers"),
    ),
    _pattern_of(limits.Budget, "currency"): Form("no currency: three capital letters", ("EUR",)),
    _pattern_of(people.Mapped, "to"): Form(
        "nothing that can be mapped to: attributes.NAME, ids.KIND, consents.PURPOSE, or one of "
        "source_key, name, email, phone, company, badge",
        ("attributes.job_title", "email"),
    ),
}
"""By the pattern of a text: what it is not, when it does not match."""


def form_of(pattern: str) -> Form:
    """What a text of a pattern is called; the pattern itself for one that nothing is said of."""
    return FORMS.get(pattern) or Form(f"not of the form {pattern}", ())


CALLED: Final = {"kind": "trigger", "check": "condition", "do": "action"}
"""The field that says which kind a part is, and what such a part is called."""

INSTEAD: Final = {
    "active": "write stage: paused, or stage: live",
    "enabled": "write stage: paused, or stage: live",
    "trigger": "write when:",
    "conditions": "write if:, with check: all for several",
    "actions": "write then:",
    "id": "write name:",
    "name": "write id:",
}
"""Fields that are written where others are meant, when no field there is spelled like them."""
