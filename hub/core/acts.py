"""A rule's actions become state, messages and outgoing effects, or a sentence why not."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from msgspec.structs import replace

from hub.core import document as doc
from hub.core.events import Value
from hub.core.outcome import Action, Grant, Message, Note
from hub.core.people.faults import AttributeFault
from hub.core.people.refold import set_by_rule
from hub.core.profile import earned
from hub.core.restraint.budgets import over_budget
from hub.core.sending import (
    NEEDS_CONSENT,
    Cause,
    Leave,
    Taken,
    count,
    going,
    leave,
    may_not,
    needs_of,
    send,
)
from hub.core.spans import duration_ms, next_time_of_day
from hub.core.state import Person, Timer
from hub.core.world import Draft

__all__ = ["NEEDS_CONSENT", "Cause", "Taken", "fill", "find_follow_up", "take"]

REWARD_LIFE_MS: Final = 7 * 86_400_000
"""How long delivery of a reward is tried before it goes back to its pool."""

PUSH_LIFE_MS: Final = 3_600_000
"""How long a browser is tried to be told of a reward, which its inbox has anyway."""

_FIELD = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


def take(draft: Draft, cause: Cause, acts: list[doc.Act], path: str = "") -> list[Taken]:
    """Take the actions in order; for each say whether it was taken, with a line that says what."""
    return [_take_one(draft, cause, act, f"{path}{index}") for index, act in enumerate(acts)]


def _take_one(draft: Draft, cause: Cause, act: doc.Act, path: str) -> Taken:
    refused = may_not(draft, cause, act) or _not_there(draft, cause, act)
    allowed = refused or going(draft, cause, act)
    if isinstance(allowed, Taken):
        return allowed
    key = f"{cause.key}#{path}"
    match act:
        case doc.TellStaff():
            return _staff(draft, cause, act, key, allowed)
        case doc.CallWebhook() | doc.PublishMqtt() | doc.WriteRecord():
            return _outside(draft, cause, act, key, allowed)
        case doc.SetLight():
            return _light(draft, cause, act, key, allowed)
        case doc.FollowUp():
            return _follow_up(draft, cause, act, key)
        case doc.GiveReward():
            return _reward(draft, cause, act, key, allowed)
        case doc.SendPush():
            return _push(draft, cause, act, key, allowed)
        case _:
            return _state(draft, cause, act)


def _state(draft: Draft, cause: Cause, act: doc.Act) -> Taken:
    """Actions that change what is known of the person, and nothing else."""
    assert cause.person is not None, "the compiler lets rules about the venue have none of these"
    person, at_ms = draft.person(cause.person), cause.at_ms
    match act:
        case doc.GiveTag(tag=tag):
            draft.put(replace(person, tags={tag: at_ms, **person.tags}))
            return _done(draft, person, f"tag {tag}", f"tag:{tag}")
        case doc.TakeTag(tag=tag):
            draft.put(replace(person, tags={t: ms for t, ms in person.tags.items() if t != tag}))
            return _done(draft, person, f"no longer tag {tag}", f"tag:{tag}")
        case doc.AddPoints(points=points):
            add_points(draft, person, points, at_ms)
            return _done(draft, person, f"{points:+d} points", "points")
        case doc.AwardHonour(honour=honour):
            draft.put(replace(person, honours={honour: at_ms, **person.honours}))
            return _done(draft, person, f"badge of honour {honour}", "honour")
        case doc.SetStatus(status=status):
            draft.put(replace(person, status=status))
            return _done(draft, person, f"status {status}", "status")
        case doc.EnterDraw(draw=draw):
            draft.put(replace(person, draws={draw: at_ms, **person.draws}))
            return Taken(is_done=True, line=f"entered in the draw {draw}")
        case doc.CancelFollowUp(rule=rule):
            return _cancel(draft, person, rule, cause.at_ms)
        case _:
            assert isinstance(act, doc.SetAttribute), (
                "the compiler lets mood and music follow places"
            )
            return _assign(draft, person, act, at_ms)


def _done(draft: Draft, person: Person, line: str, key: str) -> Taken:
    draft.touch(person.id, key)
    return Taken(is_done=True, line=line)


def add_points(draft: Draft, person: Person, points: int, at_ms: int) -> None:
    """Add points, and make those rules true whose number is reached with them."""
    after = earned(person, points, at_ms)
    draft.put(after)
    crossed = (r for r in draft.rules.points if person.points < r.count <= after.points)
    draft.spark(crossed, person.id, at_ms)


def _assign(draft: Draft, person: Person, act: doc.SetAttribute, at_ms: int) -> Taken:
    name = act.attribute
    value: Value = fill(act.value, person) if isinstance(act.value, str) else act.value
    try:
        after = set_by_rule(draft.rules, person, name, value)
    except AttributeFault as fault:
        return Taken(is_done=False, line=f"set: {fault}", because="unknown")
    draft.put(after)
    if after.attributes.get(name) != person.attributes.get(name):
        draft.touch(person.id, f"attribute:{name}")
        draft.happened(f"attribute:{name}", person.id, at_ms)
    return Taken(is_done=True, line=f"{name} is {after.attributes.get(name)}")


def _cancel(draft: Draft, person: Person, name: str, at_ms: int) -> Taken:
    """Cancel follow-ups of a rule: their timers are known by the firings that set them."""
    rule = draft.rules.rules[name].rule
    fired = person.fired.get(name)
    instants = (f"/{one_ms}" for one_ms in (at_ms, *(fired.recent_ms if fired else ())))
    ids = (person.id, *(joined.other for joined in person.joined))
    endings = ("", *instants)
    causes = [f"follow_up:{name}/{one}{ending}" for one in ids for ending in endings]
    each = (rule.then, *(variant.then for variant in rule.variants))
    paths = {path for acts in each for path in _paths(acts)}
    keys = [cause + path for cause in causes for path in sorted(paths)]
    waiting = [key for key in keys if draft.timer(key) is not None]
    for key in waiting:
        draft.cancel_timer(key)
    return Taken(is_done=True, line=f"{len(waiting)} follow-ups of {name} cancelled")


def _paths(acts: list[doc.Act], above: str = "", prefix: str = "") -> Iterator[str]:
    """How the occurrences of a rule's follow-ups end: each says those that it lies in."""
    for index, act in enumerate(acts):
        if isinstance(act, doc.FollowUp):
            path = f"{prefix}{index}"
            yield f"{above}#{path}"
            yield from _paths(act.then, f"{above}#{path}", f"{path}.")


def fill(text: str, person: Person, plus: Callable[[str], Value] = lambda _: None) -> str:
    """Put the person's attributes into ``{name}``; one that is unknown leaves nothing."""

    def value(found: re.Match[str]) -> str:
        known = person.attributes.get(found[1])
        if known is None:
            known = plus(found[1])
        if isinstance(known, list):
            return ", ".join(known)
        return "" if known is None else str(known)

    return _FIELD.sub(value, text).strip()


def text_of(draft: Draft, cause: Cause, text: str) -> str:
    """A text with what is known of the person, if they consent to its being used."""
    if cause.person is None:
        return fill(text, Person(""))
    person = draft.person(cause.person)
    infos = draft.rules.attributes
    withheld = {
        name
        for name in person.attributes
        if (info := infos.get(name)) and info.consent and info.consent not in person.consents
    }
    if withheld:
        known = {name: v for name, v in person.attributes.items() if name not in withheld}
        person = replace(person, attributes=known)
    extra: dict[str, Value] = {"points": person.points, "status": person.status}
    return fill(text, person, extra.get)


def _not_there(draft: Draft, cause: Cause, act: doc.Act) -> Taken | None:
    """Why an action cannot be: nothing left, no money left, no colour known."""
    match act:
        case doc.GiveReward(pool=pool_id):
            pool, rules = draft.pool(pool_id), draft.rules
            if pool.left <= 0:
                line = f"reward: suppressed, none of {pool.stock} left in {pool.id}"
                return Taken(is_done=False, line=line, because="stock")
            pools = {**draft.world.pools, **draft.pools}
            reason = over_budget(rules.venue.budgets, pools, pool.id, rules.pools)
            if reason is not None:
                return Taken(is_done=False, line=f"reward: suppressed, {reason}", because="budget")
        case doc.SetLight(colour=said):
            colour = text_of(draft, cause, said)
            if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
                line = f"light: suppressed, {said} is {colour or 'unknown'}"
                return Taken(is_done=False, line=line, because="unknown")
        case _:
            pass
    return None


def _reward(draft: Draft, cause: Cause, act: doc.GiveReward, key: str, allowed: Leave) -> Taken:
    assert cause.person is not None
    pool = draft.pool(act.pool)
    if pool.returned:
        index, pool = pool.returned[0], replace(pool, returned=pool.returned[1:])
    else:
        index, pool = pool.next_index, replace(pool, next_index=pool.next_index + 1)
    draft.put(pool)
    draft.grants.append(Grant(pool.id, index, cause.person, key, cause.at_ms))
    title, text = text_of(draft, cause, act.title), text_of(draft, cause, act.text)
    draft.messages.append(
        Message(
            key=key, person=cause.person, at_ms=cause.at_ms, title=title, text=text,
            reward_pool=pool.id, reward_index=index,
        )
    )  # fmt: skip
    body = {"person": cause.person, "pool": pool.id, "index": index}
    action = _action(cause, key, "reward", body, draft.now_ms + REWARD_LIFE_MS, ("rewards",))
    send(draft, action, allowed, "reward")
    if "push" in draft.person(cause.person).consents:
        _announce(draft, cause, f"{key}.push", title, text)
    return Taken(
        is_done=True, line=f"reward from {pool.id}, {pool.left} of {pool.stock} left{allowed.line}"
    )


def _announce(draft: Draft, cause: Cause, key: str, title: str, text: str) -> None:
    """Tell browsers of a reward that the inbox has anyway, if it is not quiet."""
    expires_ms = draft.expiry_ms(draft.now_ms, PUSH_LIFE_MS)
    allowed = leave(draft, cause, "push", expires_ms)
    if isinstance(allowed, Leave) and not allowed.is_inbox_only:
        _notify(draft, cause, key, title, text, expires_ms, allowed)


def _action(
    cause: Cause, key: str, connector: str, body: dict[str, Any], expires_ms: int,
    needs: tuple[str, ...] = (), coalesce: str | None = None,
) -> Action:  # fmt: skip
    personal = needs if cause.person is not None else ()
    return Action(
        key=key, connector=connector, body=body, rule=cause.rule, person=cause.person,
        cause_ms=cause.at_ms, expires_ms=expires_ms, consent=personal[0] if personal else None,
        needs=personal[1:], coalesce=coalesce,
    )  # fmt: skip


def _push(draft: Draft, cause: Cause, act: doc.SendPush, key: str, allowed: Leave) -> Taken:
    assert cause.person is not None
    title, text = text_of(draft, cause, act.title), text_of(draft, cause, act.text)
    draft.messages.append(Message(key, cause.person, cause.at_ms, title, text))
    if not allowed.is_inbox_only:
        expires_ms = draft.expiry_ms(cause.at_ms, duration_ms(act.max_age))
        _notify(draft, cause, key, title, text, expires_ms, allowed)
    count(draft, "push", cause.person, allowed)
    return Taken(is_done=True, line=f"push “{title}”{allowed.line}")


def _notify(
    draft: Draft, cause: Cause, key: str, title: str, text: str, expires_ms: int, allowed: Leave
) -> None:
    body = {"person": cause.person, "title": title, "text": text, "url": "", "tag": key}
    action = _action(cause, key, "push", body, expires_ms, ("push",))
    draft.actions.append(replace(action, not_before_ms=allowed.not_before_ms))


def _light(draft: Draft, cause: Cause, act: doc.SetLight, key: str, allowed: Leave) -> Taken:
    colour = text_of(draft, cause, act.colour)
    body = {
        "op": "claim", "lamp": act.lamp, "source": cause.rule, "priority": act.priority,
        "colour": colour, "hold_ms": duration_ms(act.hold), "effect": "none",
    }  # fmt: skip
    expires_ms = draft.expiry_ms(cause.at_ms, duration_ms(act.max_age))
    coalesce = f"lights:{act.lamp}:{cause.rule}"
    action = _action(cause, key, "lights", body, expires_ms, ("lights",), coalesce)
    send(draft, action, allowed, "light")
    return Taken(is_done=True, line=f"lamp {act.lamp} turns {colour}{allowed.line}")


def _staff(draft: Draft, cause: Cause, act: doc.TellStaff, key: str, allowed: Leave) -> Taken:
    title, text = text_of(draft, cause, act.title), text_of(draft, cause, act.text)
    draft.notes.append(Note(key, cause.at_ms, title, text, cause.rule, cause.person))
    count(draft, "staff", cause.person, allowed)
    return Taken(is_done=True, line=f"note to staff “{title}”")


def _outside(
    draft: Draft,
    cause: Cause,
    act: doc.CallWebhook | doc.PublishMqtt | doc.WriteRecord,
    key: str,
    allowed: Leave,
) -> Taken:
    """Hand something to a system outside: a call, a message, a person's record there."""
    body: dict[str, Any] = {
        "event": draft.rules.venue.event.id, "rule": cause.rule, "at_ms": cause.at_ms,
        "fields": {name: text_of(draft, cause, text) for name, text in act.fields.items()},
    }  # fmt: skip
    match act:
        case doc.PublishMqtt(topic=to):
            connector, said = "mqtt", f"publishes {to}"
            body["topic"] = to
        case doc.CallWebhook(target=to):
            connector, said = "webhook", f"calls {to}"
            body |= {"target": to, "person": cause.person}
        case _:
            to = act.target
            connector, said = "write", f"writes to {to}"
            assert cause.person is not None, "the compiler lets rules about people alone write"
            ids = draft.person(cause.person).ids
            body |= {
                "target": to,
                "person": cause.person,
                "ids": {k: list(v) for k, v in ids.items()},
            }
    expires_ms = draft.expiry_ms(cause.at_ms, duration_ms(act.max_age))
    send(draft, _action(cause, key, connector, body, expires_ms, needs_of(act)), allowed, connector)
    return Taken(is_done=True, line=f"{said}{allowed.line}")


def _follow_up(draft: Draft, cause: Cause, act: doc.FollowUp, occurrence: str) -> Taken:
    if act.after is not None:
        due_ms = cause.at_ms + duration_ms(act.after)
        when = f"in {act.after}"
    else:
        assert act.at is not None
        due_ms = next_time_of_day(cause.at_ms, act.at, draft.rules.zone)
        when = f"at {act.at}"
    draft.set_timer(
        Timer(
            key=f"follow_up:{occurrence}", due_ms=due_ms, kind="follow_up", rule=cause.rule,
            person=cause.person, cause_ms=cause.at_ms, occurrence=occurrence,
        )
    )  # fmt: skip
    return Taken(is_done=True, line=f"follow-up {when}")


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
