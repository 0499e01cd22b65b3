"""What travels in bodies, in and out. Instants are Unix milliseconds (UTC), in venue time."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hub.core.events import Value
from hub.core.explain import Explanation, Seen
from hub.core.outcome import Clause
from hub.store.web_values import DeadRow, FeedRow, PersonRow

Short = Annotated[str, Field(min_length=1, max_length=128)]
Password = Annotated[str, Field(min_length=1, max_length=256)]


class In(BaseModel):
    """A body that is sent; a field that is not known is an error."""

    model_config = ConfigDict(extra="forbid")


class SignIn(In):
    """Name and password."""

    name: Short
    password: Password


class NewPassword(In):
    """The password so far, and the one from now on."""

    old: Password
    new: Password


class Register(In):
    """Somebody new. Further columns go into ``attributes``, lists joined with ``;``."""

    name: Short
    email: Annotated[str, Field(max_length=254)] = ""
    phone: Annotated[str, Field(max_length=64)] = ""
    company: Annotated[str, Field(max_length=128)] = ""
    badge: Annotated[str, Field(max_length=128)] = ""
    consents: Annotated[list[str], Field(max_length=32)] = []
    attributes: Annotated[dict[str, str], Field(max_length=64)] = {}
    key: Annotated[str, Field(max_length=128)] = ""
    """What the source calls this registration: sending it again changes nothing."""


class Code(In):
    """A reward's code, however it was typed."""

    code: Annotated[str, Field(min_length=1, max_length=64)]


class NowPlayed(In):
    """The DJ played, or skipped, an artist wished for at a place."""

    place: Short
    artist: Annotated[str, Field(min_length=1, max_length=200)]
    skipped: bool = False


class Key(In):
    """Names one action."""

    key: Annotated[str, Field(min_length=1, max_length=512)]


class NewDevice(In):
    """A machine that may talk to the broker."""

    name: Short
    role: str = "edge"


class NewToken(In):
    """A stand that may call this API."""

    name: Short
    role: str = "staff"


class Who(BaseModel):
    """Who is signed in."""

    account: str
    role: str
    must_change_password: bool


class Health(BaseModel):
    """That the web answers, and what time it is at the venue."""

    status: str
    event: str
    version: int
    venue_ms: int
    speed: float


class TotalsOut(BaseModel):
    """Counts of the event so far."""

    model_config = ConfigDict(from_attributes=True)

    people: int
    inside: int
    taps: int
    decisions: int
    rewards_given: int
    rewards_redeemed: int
    messages: int
    quarantined: int
    dead_letters: int


class PlaceOut(BaseModel):
    """A place with who-many."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    present: int


class LampOut(BaseModel):
    """A lamp as it shines; ``brightness`` 0 to 1."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    colour: str
    brightness: float
    reason: str


class EdgeOut(BaseModel):
    """What an edge last said of itself."""

    model_config = ConfigDict(from_attributes=True)

    edge: str
    alive: bool
    at_ms: int
    outbox_rows: int
    evicted_rows: int
    clock_quality: str
    software: str


class Summary(BaseModel):
    """The live page as data."""

    event: str
    venue_ms: int
    totals: TotalsOut
    places: list[PlaceOut]
    lamps: list[LampOut]
    edges: list[EdgeOut]


class ClauseOut(BaseModel):
    """One clause of a rule with the value it saw."""

    text: str
    held: bool
    saw: str

    @classmethod
    def of(cls, clause: Clause) -> "ClauseOut":
        """Make one of the core's."""
        return cls(text=clause.text, held=clause.held, saw=clause.saw)


class DecisionOut(BaseModel):
    """A rule fired or was suppressed."""

    id: int
    at_ms: int
    person: str | None
    name: str
    place: str | None
    rule: str
    version: int
    outcome: str
    reason: str
    actions: list[str]
    clauses: list[ClauseOut]

    @classmethod
    def of(cls, row: FeedRow) -> "DecisionOut":
        """Make one of a row."""
        return cls(
            id=row.id, at_ms=row.at_ms, person=row.person, name=row.name, place=row.place,
            rule=row.rule, version=row.version, outcome=row.outcome, reason=row.reason,
            actions=list(row.actions), clauses=[ClauseOut.of(one) for one in row.clauses],
        )  # fmt: skip


class SeenOut(BaseModel):
    """Something that a rule looked at; ``counted`` is false just outside of a window, or late."""

    at_ms: int
    kind: str
    place: str | None
    what: str
    counted: bool
    known_ms: int | None

    @classmethod
    def of(cls, seen: Seen) -> "SeenOut":
        """Make one of the core's."""
        return cls(
            at_ms=seen.at_ms, kind=seen.kind, place=seen.place, what=seen.what,
            counted=seen.is_counted, known_ms=seen.known_ms,
        )  # fmt: skip


class WhyOut(BaseModel):
    """The answer to "why?": ``fired``, ``suppressed``, ``shadow`` or ``no``, as a sentence too."""

    rule: str
    person: str | None
    place: str | None
    version: int
    at_ms: int
    answer: str
    sentence: str
    reason: str
    because: str
    arm: str
    clauses: list[ClauseOut]
    actions: list[str]
    events: list[SeenOut]
    notes: list[str]

    @classmethod
    def of(cls, found: Explanation) -> "WhyOut":
        """Make one of the core's."""
        return cls(
            rule=found.rule, person=found.person, place=found.place, version=found.version,
            at_ms=found.at_ms, answer=found.answer, sentence=found.sentence, reason=found.reason,
            because=found.because, arm=found.arm, actions=list(found.actions),
            clauses=[ClauseOut.of(clause) for clause in found.clauses],
            events=[SeenOut.of(seen) for seen in found.events], notes=list(found.notes),
        )  # fmt: skip


class PersonOut(BaseModel):
    """One line of the list of people."""

    id: str
    name: str
    company: str
    email: str
    badges: list[str]
    place: str | None

    @classmethod
    def of(cls, row: PersonRow) -> "PersonOut":
        """Make one of a row."""
        return cls(
            id=row.id, name=row.name, company=row.company, email=row.email,
            badges=list(row.badges), place=row.place,
        )  # fmt: skip


class PersonPageOut(PersonOut):
    """One person with what the engine keeps of them."""

    points: int
    tags: dict[str, int]
    consents: list[str]
    attributes: dict[str, Value]
    visits: dict[str, list[int]]
    since_ms: int


class Registered(BaseModel):
    """Who it is. ``link`` opens their page and is shown this once; null when known before."""

    person: str
    link: str | None


class LinkOut(BaseModel):
    """A new link, shown this once, and its QR code for the badge as SVG."""

    link: str
    qr_svg: str


class Imported(BaseModel):
    """What became of a file, and which lines were refused (the first hundred)."""

    rows: int
    new: int
    known: int
    refused: list[str]
    links: dict[str, str]
    """Badge, or person without one, to the link of everybody new; shown this once."""


class Given(BaseModel):
    """The reward may be handed over."""

    pool: str
    title: str
    message: str


class WantedOut(BaseModel):
    """One wish of the people at a place, best first."""

    place: str
    artist: str
    wanted_by: int
    score: float
    reason: str


class HeldOut(BaseModel):
    """Something in quarantine; ``payload`` as text, its first characters."""

    id: int
    at_ms: int
    source: str
    edge: str
    badge: str | None
    reason: str
    payload: str
    status: str


class DeadOut(BaseModel):
    """An action that was given up."""

    key: str
    connector: str
    rule: str
    person: str | None
    attempts: int
    error: str
    cause_ms: int

    @classmethod
    def of(cls, row: DeadRow) -> "DeadOut":
        """Make one of a row."""
        return cls(
            key=row.key, connector=row.connector, rule=row.rule, person=row.person,
            attempts=row.attempts, error=row.error, cause_ms=row.cause_ms,
        )  # fmt: skip


class DeviceOut(BaseModel):
    """A device without its secret."""

    name: str
    role: str
    revoked: bool
    created_ms: int


class SecretOut(BaseModel):
    """A secret, shown this once."""

    name: str
    secret: str


class Said(BaseModel):
    """It was done."""

    message: str


class Problem(BaseModel):
    """What went wrong: a code for programs, a sentence for people, ``detail`` if there is more."""

    error: str
    message: str
    detail: dict[str, str | int | None] = {}
