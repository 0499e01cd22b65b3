"""An action leaves the house, or a sentence says why not: consent, age, caps, quiet hours."""

from msgspec import Struct
from msgspec.structs import replace

from hub.core import document as doc
from hub.core.outcome import Action
from hub.core.restraint.caps import CompiledCap, noted, over
from hub.core.restraint.quiet import unless_expired
from hub.core.spans import duration_ms, spell
from hub.core.state import SENT_KEPT_MAX, VENUE
from hub.core.world import Draft


class Cause(Struct, frozen=True):
    """Why actions are taken: the rule, for whom, the instant that counts, a deterministic key."""

    rule: str
    person: str | None
    at_ms: int
    key: str


class Taken(Struct, frozen=True):
    """What became of an action: whether it was taken, a line that says what, else one word why."""

    is_done: bool
    line: str
    because: str = ""


class Leave(Struct, frozen=True):
    """An action may go out: not before an instant, or only as far as the inbox."""

    not_before_ms: int = 0
    is_inbox_only: bool = False
    line: str = ""


CHANNELS: dict[type[doc.Act], str] = {
    doc.GiveReward: "reward",
    doc.SendPush: "push",
    doc.SetLight: "light",
    doc.TellStaff: "staff",
    doc.CallWebhook: "webhook",
    doc.PublishMqtt: "mqtt",
    doc.WriteRecord: "write",
}
"""The channel that each kind of action goes out by, for caps and quiet hours."""

NEEDS_CONSENT: dict[type[doc.Act], str] = {
    doc.GiveReward: "rewards",
    doc.EnterDraw: "rewards",
    doc.SendPush: "push",
    doc.SetLight: "lights",
}
"""The purpose that each kind of action needs a person's consent for; others name their own."""


def needs_of(act: doc.Act) -> tuple[str, ...]:
    """The purposes that an action about a person needs."""
    own = NEEDS_CONSENT.get(type(act))
    return (own,) if own is not None else tuple(getattr(act, "needs", ()))


def may_not(draft: Draft, cause: Cause, act: doc.Act) -> Taken | None:
    """Why an action may not be taken for its cause now: no consent, or a cause that is too old."""
    name = act.__struct_config__.tag
    if cause.person is not None:
        consents = draft.person(cause.person).consents
        missing = [purpose for purpose in needs_of(act) if purpose not in consents]
        if missing:
            line = f"{name}: suppressed, no consent to {missing[0]}"
            return Taken(is_done=False, line=line, because="consent")
    max_age = getattr(act, "max_age", None)
    age_ms = draft.now_ms - cause.at_ms - draft.world.grace_ms
    if max_age is not None and age_ms > duration_ms(max_age):
        line = f"{name}: suppressed, its cause is {spell(age_ms)} old, the limit is {max_age}"
        return Taken(is_done=False, line=line, because="late")
    return None


def going(draft: Draft, cause: Cause, act: doc.Act) -> Leave | Taken:
    """How an action goes out: what caps and quiet hours say."""
    channel = CHANNELS.get(type(act))
    return Leave() if channel is None else _by_channel(draft, cause, act, channel)


def _by_channel(draft: Draft, cause: Cause, act: doc.Act, channel: str) -> Leave | Taken:
    """Caps are asked about the instant at which it goes out: what is held goes out later."""
    going = leave(draft, cause, channel, draft.expiry_ms(cause.at_ms, _life_ms(act)))
    out_ms = draft.at_ms if isinstance(going, Taken) else going.not_before_ms or draft.at_ms
    for cap in draft.rules.caps.by_channel.get(channel, ()):
        times = times_of(draft, cap, cause.person)
        reason = over(cap, times, out_ms, draft.rules.zone)
        if reason is not None:
            line = f"{act.__struct_config__.tag}: suppressed, {reason}"
            return Taken(is_done=False, line=line, because="cap")
    return going


def _life_ms(act: doc.Act) -> int:
    max_age: str = getattr(act, "max_age", "7d")
    return duration_ms(max_age)


def leave(draft: Draft, cause: Cause, channel: str, expires_ms: int) -> Leave | Taken:
    """What quiet hours say to a channel now."""
    attributes = {} if cause.person is None else draft.person(cause.person).attributes
    now_ms = max(draft.now_ms, draft.at_ms)
    verdict = draft.rules.quiet.quiet(channel, now_ms, attributes)
    verdict = unless_expired(verdict, expires_ms)
    if verdict.kind == "act":
        return Leave()
    if verdict.kind == "inbox":
        return Leave(is_inbox_only=True, line=f", to the inbox alone: {verdict.reason}")
    if verdict.kind == "hold":
        return Leave(verdict.until_ms, line=f", held: {verdict.reason}")
    line = f"{channel}: suppressed, {verdict.reason}"
    return Taken(is_done=False, line=line, because="quiet")


def send(draft: Draft, action: Action, leave: Leave, channel: str) -> None:
    """Put an action into the outbox; caps count it."""
    draft.actions.append(replace(action, not_before_ms=leave.not_before_ms))
    count(draft, channel, action.person, leave)


def count(draft: Draft, channel: str, person: str | None, leave: Leave) -> None:
    """Let the caps of a channel count one more, when it goes out."""
    for cap in draft.rules.caps.by_channel.get(channel, ()):
        note_sent(draft, cap, person, leave.not_before_ms or draft.at_ms)


def times_of(draft: Draft, cap: CompiledCap, person: str | None) -> tuple[int, ...]:
    """What a cap has counted, for the person or for all together."""
    name = cap.cap.name
    if cap.cap.per == "event" or person is None:
        return draft.zone(VENUE).sent.get(name, ())
    return draft.person(person).sent.get(name, ())


def note_sent(draft: Draft, cap: CompiledCap, person: str | None, at_ms: int) -> None:
    """Let a cap count one more."""
    name, times = cap.cap.name, times_of(draft, cap, person)
    grown = noted(times, at_ms, SENT_KEPT_MAX)
    if cap.cap.per == "event" or person is None:
        venue = draft.zone(VENUE)
        draft.put(replace(venue, sent={**venue.sent, name: grown}))
        return
    known = draft.person(person)
    draft.put(replace(known, sent={**known.sent, name: grown}))
