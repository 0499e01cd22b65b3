"""A rule's actions become state, messages and outgoing effects, or a sentence why not."""

import re
from typing import Final

from msgspec.structs import replace

from hub.core import document as doc
from hub.core.outcome import Action, Grant, Message
from hub.core.spans import duration_ms, next_time_of_day, spell
from hub.core.state import Person, Timer
from hub.core.world import Draft

REWARD_LIFE_MS: Final = 7 * 86_400_000
"""How long delivery of a reward is tried before it goes back to its pool."""

PUSH_LIFE_MS: Final = 3_600_000
"""How long a browser is tried to be told of a reward, which its inbox has anyway."""

_FIELD = re.compile(r"\{([a-z_]+)\}")


class Cause(doc.Part, frozen=True):
    """Why actions are taken: the rule, for whom, the instant that counts, a deterministic key."""

    rule: str
    person: str
    at_ms: int
    key: str


def take(draft: Draft, cause: Cause, acts: list[doc.Act], path: str = "") -> list[tuple[bool, str]]:
    """Take the actions in order; for each say whether it was taken, with a line that says what."""
    return [_take_one(draft, cause, act, f"{path}{index}") for index, act in enumerate(acts)]


def _take_one(draft: Draft, cause: Cause, act: doc.Act, path: str) -> tuple[bool, str]:
    refusal = _refused(draft, cause, act)
    if refusal is not None:
        return False, refusal
    person = draft.person(cause.person)
    match act:
        case doc.GiveTag(tag=tag):
            draft.put(replace(person, tags={tag: cause.at_ms, **person.tags}))
            return True, f"tag {tag}"
        case doc.AddPoints(points=points):
            draft.put(replace(person, points=person.points + points))
            return True, f"{points:+d} points"
        case doc.EnterDraw(draw=draw):
            draft.put(replace(person, draws={draw: cause.at_ms, **person.draws}))
            return True, f"entered in the draw {draw}"
        case doc.GiveReward():
            return _reward(draft, cause, act, person, path)
        case doc.SendPush():
            return _push(draft, cause, act, person, path)
        case doc.SetLight():
            return _light(draft, cause, act, person, path)
        case _:
            assert isinstance(act, doc.FollowUp), "the compiler lets mood and music follow places"
            return _follow_up(draft, cause, act, path)


NEEDS_CONSENT: Final[dict[type[doc.Act], str]] = {
    doc.GiveReward: "rewards",
    doc.EnterDraw: "rewards",
    doc.SendPush: "push",
    doc.SetLight: "lights",
}
"""The purpose that each kind of action needs a person's consent for."""


def _refused(draft: Draft, cause: Cause, act: doc.Act) -> str | None:
    name = act.__struct_config__.tag
    purpose = NEEDS_CONSENT.get(type(act))
    if purpose is not None and purpose not in draft.person(cause.person).consents:
        return f"{name}: suppressed, no consent to {purpose}"
    max_age = getattr(act, "max_age", None)
    age_ms = draft.now_ms - cause.at_ms - draft.world.grace_ms
    if max_age is not None and age_ms > duration_ms(max_age):
        return f"{name}: suppressed, its cause is {spell(age_ms)} old, the limit is {max_age}"
    return None


def fill(text: str, person: Person) -> str:
    """Put the person's attributes into ``{name}``; one that is unknown leaves nothing."""
    return _FIELD.sub(lambda found: str(person.attributes.get(found[1], "")), text).strip()


def _reward(
    draft: Draft, cause: Cause, act: doc.GiveReward, person: Person, path: str
) -> tuple[bool, str]:
    pool = draft.pool(act.pool)
    if pool.left <= 0:
        return False, f"reward: suppressed, none of {pool.stock} left in {pool.id}"
    if pool.returned:
        index, pool = pool.returned[0], replace(pool, returned=pool.returned[1:])
    else:
        index, pool = pool.next_index, replace(pool, next_index=pool.next_index + 1)
    draft.put(pool)
    key = f"{cause.key}#{path}"
    draft.grants.append(Grant(pool.id, index, person.id, key, cause.at_ms))
    title, text = fill(act.title, person), fill(act.text, person)
    draft.messages.append(
        Message(
            key=key, person=person.id, at_ms=cause.at_ms, title=title, text=text,
            reward_pool=pool.id, reward_index=index,
        )
    )  # fmt: skip
    body = {"person": person.id, "pool": pool.id, "index": index}
    draft.actions.append(
        Action(
            key=key, connector="reward", body=body, rule=cause.rule, person=person.id,
            cause_ms=cause.at_ms, expires_ms=draft.now_ms + REWARD_LIFE_MS, consent="rewards",
        )
    )  # fmt: skip
    if "push" in person.consents:
        _notify(
            draft, cause, f"{key}.push", title, text, draft.expiry_ms(draft.now_ms, PUSH_LIFE_MS)
        )
    return True, f"reward from {pool.id}, {pool.left} of {pool.stock} left"


def _push(
    draft: Draft, cause: Cause, act: doc.SendPush, person: Person, path: str
) -> tuple[bool, str]:
    key = f"{cause.key}#{path}"
    title, text = fill(act.title, person), fill(act.text, person)
    draft.messages.append(Message(key, person.id, cause.at_ms, title, text))
    _notify(draft, cause, key, title, text, draft.expiry_ms(cause.at_ms, duration_ms(act.max_age)))
    return True, f"push “{title}”"


def _notify(draft: Draft, cause: Cause, key: str, title: str, text: str, expires_ms: int) -> None:
    body = {"person": cause.person, "title": title, "text": text, "url": "", "tag": key}
    draft.actions.append(
        Action(
            key=key, connector="push", body=body, rule=cause.rule, person=cause.person,
            cause_ms=cause.at_ms, expires_ms=expires_ms, consent="push",
        )
    )  # fmt: skip


def _light(
    draft: Draft, cause: Cause, act: doc.SetLight, person: Person, path: str
) -> tuple[bool, str]:
    colour = fill(act.colour, person)
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return False, f"light: suppressed, {act.colour} is {colour or 'unknown'}"
    body = {
        "op": "claim", "lamp": act.lamp, "source": cause.rule, "priority": act.priority,
        "colour": colour, "hold_ms": duration_ms(act.hold), "effect": "none",
    }  # fmt: skip
    draft.actions.append(
        Action(
            key=f"{cause.key}#{path}", connector="lights", body=body, rule=cause.rule,
            person=cause.person, cause_ms=cause.at_ms,
            expires_ms=draft.expiry_ms(cause.at_ms, duration_ms(act.max_age)), consent="lights",
            coalesce=f"lights:{act.lamp}:{cause.rule}",
        )
    )  # fmt: skip
    return True, f"lamp {act.lamp} turns {colour}"


def _follow_up(draft: Draft, cause: Cause, act: doc.FollowUp, path: str) -> tuple[bool, str]:
    rules = draft.world.rules
    if act.after is not None:
        due_ms = cause.at_ms + duration_ms(act.after)
        when = f"in {act.after}"
    else:
        assert act.at is not None
        due_ms = next_time_of_day(cause.at_ms, act.at, rules.zone)
        when = f"at {act.at}"
    occurrence = f"{cause.key}#{path}"
    draft.set_timer(
        Timer(
            key=f"follow_up:{occurrence}", due_ms=due_ms, kind="follow_up", rule=cause.rule,
            person=cause.person, cause_ms=cause.at_ms, occurrence=occurrence,
        )
    )  # fmt: skip
    return True, f"follow-up {when}"


def find_follow_up(acts: list[doc.Act], occurrence: str) -> list[doc.Act] | None:
    """The actions of the follow-up that ``occurrence`` ends with the path of, if still there."""
    act: doc.Act | None = None
    for step in occurrence.rsplit("#", 1)[1].split("."):
        index = int(step)
        act = acts[index] if index < len(acts) else None
        if not isinstance(act, doc.FollowUp):
            return None
        acts = act.then
    return acts
