"""What a rule does about a candidate: each action is taken, or refused for one reason."""

from collections.abc import Iterator, Sequence
from typing import Final

from hub.core import document as doc
from tests.oracles.evaluator.ledger import Ledger
from tests.oracles.evaluator.limits import too_many
from tests.oracles.evaluator.rows import Effect
from tests.oracles.evaluator.spans import duration_ms, next_ms, quiet_until_ms
from tests.oracles.evaluator.verdicts import Times

CONSENTS: Final = {
    doc.EnterDraw: "rewards",
    doc.GiveReward: "rewards",
    doc.SendPush: "push",
    doc.SetLight: "lights",
}
CHANNELS: Final = {
    doc.GiveReward: "reward",
    doc.SendPush: "push",
    doc.SetLight: "light",
    doc.TellStaff: "staff",
    doc.CallWebhook: "webhook",
    doc.PublishMqtt: "mqtt",
    doc.WriteRecord: "write",
}
DAY_ENDS: Final = "05:00"
Hours = Sequence[tuple[str, str, str]]
"""From, until, and what becomes of an action meanwhile."""


class Acts:
    """Takes the actions of one rule for one subject, one after the other."""

    def __init__(
        self, ledger: Ledger, rule: str, person: str | None, cause_ms: int, times: Times
    ) -> None:
        """``cause_ms`` is what the age of the actions is counted from."""
        self.ledger = ledger
        self.rule = rule
        self.person = person
        self.cause_ms = cause_ms
        self.asked_ms = times.asked_ms
        self.now_ms = times.now_ms

    @property
    def _zone(self) -> str:
        return self.ledger.venue.event.zone

    def refused(self, act: doc.Act) -> str:
        """Why an action cannot be taken; nothing when it can."""
        for purpose in (CONSENTS.get(type(act)), *getattr(act, "needs", ())):
            if purpose is not None and not self._consents(purpose):
                return "consent"
        age: str | None = getattr(act, "max_age", None)
        if age is not None and self.now_ms > self.cause_ms + duration_ms(age):
            return "late"
        if isinstance(act, doc.GiveReward):
            if self.ledger.left_in(act.pool) < 1:
                return "stock"
            if self._over_budget(act.pool):
                return "budget"
        channel = CHANNELS.get(type(act))
        if channel is None:
            return ""
        held_ms = self._held_ms(channel, act)
        if self._capped(channel, self.asked_ms if held_ms is None else held_ms):
            return "cap"
        return "quiet" if held_ms is None else ""

    def _consents(self, purpose: str) -> bool:
        return self.person is not None and purpose in self.ledger.view(self.person).consents

    def _over_budget(self, pool: str) -> bool:
        pools = {one.id: one for one in self.ledger.venue.pools}

        def spent(name: str) -> float:
            return pools[name].cost * (pools[name].stock - self.ledger.left_in(name))

        return any(
            sum(map(spent, budget.pools)) + pools[pool].cost > budget.amount
            for budget in self.ledger.venue.budgets
            if pool in budget.pools
        )

    def _capped(self, channel: str, at_ms: int) -> bool:
        return any(
            capped(self.ledger, cap, self.person, at_ms)
            for cap in self.ledger.venue.caps
            if cap.of in (channel, "everything")
        )

    def _held_ms(self, channel: str, act: doc.Act) -> int | None:
        """Until when quiet hours hold it: as of now when they do not, None when it is given up."""
        expires_ms = self.cause_ms + duration_ms(getattr(act, "max_age", "0ms"))
        hours = [q for q in self.ledger.venue.quiet if channel in q.channels]
        open_ = [(q.from_, q.until, q.then) for q in hours]
        if channel == "push" and self.person is not None:
            known = self.ledger.view(self.person).attributes
            if "quiet_from" in known and "quiet_until" in known:
                open_.append((known["quiet_from"], known["quiet_until"], "hold"))
        at_ms = self.now_ms
        asks = {then for *_, then in open_ if self._ends_ms(open_, at_ms, then)}
        if "drop" in asks:
            return None
        while "inbox" not in asks and (ends_ms := self._ends_ms(open_, at_ms)):
            at_ms = max(ends_ms)
            if at_ms >= expires_ms:
                return None
        return self.asked_ms if at_ms == self.now_ms else at_ms

    def _ends_ms(self, hours: Hours, at_ms: int, kind: str | None = None) -> list[int]:
        """When those of the hours end that an instant lies in."""
        return [
            end_ms
            for from_, until, then in hours
            if kind in (None, then)
            for end_ms in quiet_until_ms(from_, until, at_ms, self._zone)
        ]

    def take(self, acts: Sequence[doc.Act], path: str = "") -> list[str]:
        """Take what can be taken; each action's refusal, or nothing for one that was taken."""
        reasons: list[str] = []
        for index, act in enumerate(acts):
            reasons.append(self.refused(act))
            if not reasons[-1]:
                self._do(act, f"{path}/{index}")
        return reasons

    def _add(self, kind: str, name: str, value: object = None, at_ms: int | None = None) -> None:
        at_ms = self.cause_ms if at_ms is None else at_ms
        self.ledger.add(Effect(kind, self.person, name, at_ms, value))

    def _do(self, act: doc.Act, path: str) -> None:  # noqa: C901, PLR0912 - a line for each
        channel = CHANNELS.get(type(act))
        if channel is not None:
            for cap in self.ledger.venue.caps:
                if cap.of in (channel, "everything"):
                    self._add("sent", cap.name, None, self._held_ms(channel, act))
        if self._has(act):
            return
        match act:
            case doc.GiveTag(tag):
                self._add("tag", tag)
            case doc.TakeTag(tag):
                self._add("untag", tag)
            case doc.AddPoints(points):
                self._add("points", self.rule, points)
            case doc.SetAttribute(attribute, value):
                self._add("set", attribute, value)
            case doc.AwardHonour(honour):
                self._add("honour", honour)
            case doc.SetStatus(status):
                self._add("status", status)
            case doc.EnterDraw(draw):
                self._add("draw", draw)
            case doc.GiveReward(pool):
                self._add("granted", pool)
            case doc.FollowUp():
                due_ms = self._due_ms(act)
                self._add("follow", self.rule, (path, self.cause_ms), due_ms)
            case doc.CancelFollowUp(rule):
                self._add("cancel", rule, tuple(self._follow_ups(rule)))

    def _follow_ups(self, rule: str) -> Iterator[int]:
        """The rows of what the rule's follow-ups were to do for the person."""
        for index, row in enumerate(self.ledger.rows):
            if isinstance(row, Effect) and (row.kind, row.name) == ("follow", rule):
                who = None if row.owner is None else self.ledger.who(row.owner)
                if who == self.person:
                    yield index

    def _has(self, act: doc.Act) -> bool:
        """Whether it was given before: twice is once."""
        if self.person is None:
            return False
        view = self.ledger.view(self.person)
        match act:
            case doc.GiveTag(tag):
                return tag in view.given.tags
            case doc.AwardHonour(honour):
                return honour in view.given.honours
            case doc.EnterDraw(draw):
                return draw in view.given.draws
            case doc.SetStatus(status):
                return view.given.status == status
            case doc.SetAttribute(attribute, value):
                return bool(view.attributes.get(attribute) == value)
        return False

    def _due_ms(self, act: doc.FollowUp) -> int:
        if act.after is not None:
            return self.cause_ms + duration_ms(act.after)
        clock, _, morning = (act.at or "").partition(" ")
        if morning:
            return next_ms(clock, next_ms(DAY_ENDS, self.cause_ms, self._zone) - 1, self._zone)
        return next_ms(clock, self.cause_ms, self._zone)


def capped(ledger: Ledger, cap: doc.Cap, person: str | None, at_ms: int) -> bool:
    """Whether a cap is reached for somebody, or for all at the event."""
    if cap.per == "event":
        done_ms = ledger.done_ms("sent", cap.name)
    elif person is None:
        sent = ledger.effects("sent")
        done_ms = [one.at_ms for one in sent if one.owner is None and one.name == cap.name]
    else:
        done_ms = ledger.view(person).given.sent.get(cap.name, [])
    return too_many(done_ms, at_ms, cap.at_most, cap.within, ledger.venue.event.zone)
