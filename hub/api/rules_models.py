"""What travels in bodies about rules, audiences, notes, buttons and calls, in and out."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from hub.api.models import In
from hub.core.checking.changes import Change
from hub.reading import Located
from hub.store.audiences import Member
from hub.store.notes import ROWS_MAX, NoteInfo

Stage = Literal["draft", "shadow", "live", "paused"]


class NewStage(In):
    """The stage that a rule is to be in."""

    stage: Stage


class Revert(In):
    """The version to go back to; ``based_on`` is the version that is in force as you know it."""

    version: Annotated[int, Field(ge=1)]
    based_on: int | None = None


class About(In):
    """Whom a press or a call is about: an id, a badge or an e-mail; empty for the venue."""

    person: Annotated[str, Field(max_length=254)] = ""


class NoteIds(In):
    """The numbers of notes."""

    ids: Annotated[list[int], Field(min_length=1, max_length=ROWS_MAX)]


class RuleOut(BaseModel):
    """A rule with what it came to; ``suppressed`` is by reason."""

    name: str
    stage: str
    text: str
    fired: int
    shadow: int
    suppressed: dict[str, int]
    last_fired_ms: int | None


class VersionOut(BaseModel):
    """A version of the document, with who put it in force and when."""

    version: int
    at_ms: int
    by: str


class ChangeOut(BaseModel):
    """One difference, as a sentence and as values."""

    kind: str
    part: str
    name: str
    field: str
    before: Any
    after: Any
    sentence: str

    @classmethod
    def of(cls, change: Change) -> "ChangeOut":
        """Make one of the core's."""
        return cls(
            kind=change.kind, part=change.part, name=change.name, field=change.field,
            before=change.before, after=change.after, sentence=change.sentence(),
        )  # fmt: skip


class FindingOut(BaseModel):
    """One thing to be said of a document; line and column count from 1."""

    severity: str
    line: int
    column: int
    path: str
    message: str
    hint: str

    @classmethod
    def of(cls, one: Located) -> "FindingOut":
        """Make one of a finding."""
        return cls(
            severity=one.severity, line=one.line, column=one.column, path=one.path,
            message=one.sentence(), hint=one.hint,
        )  # fmt: skip


class DiffOut(BaseModel):
    """What is different; ``changes`` has the first ones, ``total`` counts all."""

    total: int
    changes: list[ChangeOut]


class CheckOut(DiffOut):
    """What there is to say of a document, and what putting it in force would change.

    ``members`` has the present size of each audience whose definition changes.
    """

    right: bool
    version: int
    """The version in force, on which the differences are based."""
    rules: int
    findings: list[FindingOut]
    members: dict[str, int]


class PublishOut(BaseModel):
    """``done`` is false while the engine has not answered; it takes the document when it can."""

    done: bool
    version: int
    message: str


class CallableOut(BaseModel):
    """A button, or a name to call: whom it may be about, and the rules that wait for it."""

    name: str
    about: list[Literal["person", "venue"]]
    rules: list[str]


class TakenOut(BaseModel):
    """It was left for the engine under ``key``; ``again`` when that key had been left before."""

    key: str
    again: bool


class AudienceOut(BaseModel):
    """An audience with how many belong to it now."""

    name: str
    text: str
    members: int


class MemberOut(BaseModel):
    """Somebody who belongs to an audience; ``name`` is empty for a walk-in."""

    person: str
    name: str
    since_ms: int

    @classmethod
    def of(cls, member: Member) -> "MemberOut":
        """Make one of the store's."""
        return cls(person=member.person, name=member.name, since_ms=member.since_ms)


class NoteOut(BaseModel):
    """A note for those who work here; ``read_ms`` is null until somebody has read it."""

    id: int
    at_ms: int
    title: str
    text: str
    rule: str | None
    person: str | None
    read_ms: int | None
    read_by: str | None

    @classmethod
    def of(cls, note: NoteInfo) -> "NoteOut":
        """Make one of the store's."""
        return cls(
            id=note.id, at_ms=note.at_ms, title=note.title, text=note.text, rule=note.rule,
            person=note.person, read_ms=note.read_ms, read_by=note.read_by,
        )  # fmt: skip


class MarkedOut(BaseModel):
    """How many nobody had read before."""

    marked: int
