"""What travels between the API and a desk, in and out. Instants are Unix milliseconds (UTC)."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hub.api.models import In, Short
from hub.core.events import Value
from hub.core.state import Person
from hub.people.importing import Report
from hub.people.pairs import Pair
from hub.store.desk import WalkIn


class FieldOut(BaseModel):
    """What became of one mapped field; ``examples`` of sensitive attributes are masked."""

    to: str
    mapped: int
    missing: int
    problems: int
    examples: list[str]


class JoinOut(BaseModel):
    """Somebody of the file is one with somebody else, or is not after all: ``refused`` says why."""

    line: int
    name: str
    others: list[str]
    refused: str
    left_out: list[str]


class Imported(BaseModel):
    """What became of a file, or in a dry run would; lists are bounded, the counts are not."""

    dry_run: bool
    source: str
    rows: int
    new: int
    updated: int
    unchanged: int
    known: int
    """Updated and unchanged together."""
    refused_rows: int
    refused: list[str]
    held: int
    joins: list[JoinOut]
    fields: list[FieldOut]
    unmapped: dict[str, int]
    links: dict[str, str]
    """Badge, or person without one, to the link of everybody new; shown this once."""

    @classmethod
    def of(cls, report: Report, links: dict[str, str]) -> "Imported":
        """Make one of the desk's."""
        return cls(
            dry_run=report.dry_run, source=report.source, rows=report.rows, new=report.new,
            updated=report.updated, unchanged=report.unchanged,
            known=report.updated + report.unchanged, refused_rows=report.refused_rows,
            refused=[f"line {line}: {reason}" for line, reason in report.refused],
            held=report.held, unmapped=report.unmapped, links=links,
            joins=[JoinOut(line=one.line, name=one.name, others=list(one.others),
                           refused=one.refused, left_out=list(one.left_out))
                   for one in report.joins],
            fields=[FieldOut(to=one.to, mapped=one.mapped, missing=one.missing,
                             problems=one.problems,
                             examples=[f"{example.value_shown}: {example.reason}"
                                       for example in one.examples])
                    for one in report.fields],
        )  # fmt: skip


class Two(In):
    """Two people; ``dry_run`` only says what would come of it."""

    person: Short
    other: Short
    dry_run: bool = False


class SideOut(BaseModel):
    """Somebody, as far as a merge changes it."""

    person: str
    consents: list[str]
    points: int
    tags: list[str]
    visits: int
    taps: int
    ids: dict[str, list[str]]
    attributes: dict[str, Value]

    @classmethod
    def of(cls, state: Person) -> "SideOut":
        """Make one of the core's."""
        return cls(
            person=state.id, consents=sorted(state.consents), points=state.points,
            tags=sorted(state.tags), visits=sum(map(len, state.visits.values())),
            taps=sum(map(len, state.taps.values())),
            ids={kind: list(values) for kind, values in state.ids.items()},
            attributes=state.attributes,
        )  # fmt: skip


class Merging(BaseModel):
    """What comes of a merge; ``done`` is False in a dry run, or while the engine is at it."""

    done: bool
    survivor: SideOut
    other: SideOut
    together: SideOut


class PairOut(BaseModel):
    """Two registrations that may be one person, and why they are two."""

    person: str
    name: str
    other: str
    other_name: str
    same: str
    why: str

    @classmethod
    def of(cls, pair: Pair) -> "PairOut":
        """Make one of the desk's."""
        return cls(person=pair.person, name=pair.name, other=pair.other,
                   other_name=pair.other_name, same=pair.same, why=pair.why)  # fmt: skip


class WalkInOut(BaseModel):
    """Somebody of whom only a badge is known."""

    person: str
    badges: list[str]
    first_ms: int
    last_ms: int
    visits: int

    @classmethod
    def of(cls, one: WalkIn) -> "WalkInOut":
        """Make one of a row."""
        return cls(person=one.person, badges=list(one.badges), first_ms=one.first_ms,
                   last_ms=one.last_ms, visits=one.visits)  # fmt: skip


class Claim(In):
    """Who a walk-in turned out to be."""

    person: Short


class Forget(In):
    """Says that it is meant: their id once more."""

    confirm: Short


class Change(BaseModel):
    """Whether it was done; if not, the engine does it as soon as it can."""

    done: bool


class Forgotten(Change):
    """How many rows named them before, and what still does (nothing, once it is done)."""

    rows: int
    left: dict[str, int]


class BadgeMove(In):
    """What becomes of a badge: it is lent to ``person``, comes back, or is lost."""

    move: Literal["lend", "return", "lost"]
    person: Annotated[str, Field(max_length=128)] = ""


class LeaseOut(BaseModel):
    """Somebody had a badge from an instant on; ``person`` is null in the drawer."""

    from_ms: int
    person: str | None
    name: str


class BadgeOut(BaseModel):
    """A badge: who has it now, and who had it."""

    badge: str
    person: str | None
    history: list[LeaseOut]
