"""What was around a person at an instant: who was where, what was left, what was used up."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from hub.core import document as doc
from hub.core.checks import all_acts
from hub.core.plan import Compiled, CompiledRule
from hub.core.state import VENUE, Pool, Presence, Zone
from hub.core.world import arm_of


class Around(Struct, frozen=True):
    """A scene of the past. A place, a pool or a counter that is missing is empty, full, unused."""

    rules: Compiled
    places: Mapping[str, Mapping[str, Presence]] = {}
    pools: Mapping[str, Pool] = {}
    venue: Zone = Zone(VENUE)
    """What rules and caps have counted for all together, up to the instant."""

    def present(self, place: str) -> Mapping[str, Presence]:
        """Who was at the place."""
        return self.places.get(place, {})

    def left(self, pool: str) -> int:
        """Rewards that could still be given."""
        return self.pool(pool).left

    def pool(self, pool: str) -> Pool:
        """The pool as it was."""
        return self.pools.get(pool) or Pool(pool, self.rules.pools[pool].stock)

    def arm(self, rule: str, person: str) -> str:
        """The arm of the rule's experiment that the person is in."""
        return arm_of(self.rules, self.rules.rules[rule], person).name


class Needs(Struct, frozen=True):
    """What of the surroundings a rule asks about."""

    places: frozenset[str]
    pools: frozenset[str]


def needs_of_rule(rules: Compiled, compiled: CompiledRule) -> Needs:
    """The places whose crowd, and the pools whose stock, a rule depends on."""
    conditions = list(conditions_of(compiled.rule.if_))
    places = {one.place for one in conditions if isinstance(one, doc.Occupied)}
    if isinstance(compiled.rule.when, doc.OnOccupancy | doc.WhilePresent):
        places.add(compiled.rule.when.place)
    pools = {one.pool for one in conditions if isinstance(one, doc.InStock)}
    given = {act.pool for act in all_acts(compiled.rule) if isinstance(act, doc.GiveReward)}
    budgets = [set(one.pools) for one in rules.venue.budgets]
    shared = (pools_of for pools_of in budgets if pools_of & given)
    return Needs(frozenset(places), frozenset(pools | given).union(*shared))


def conditions_of(condition: doc.Condition | None) -> Iterator[doc.Condition]:
    """A condition and all that it is made of."""
    if condition is None:
        return
    yield condition
    if isinstance(condition, doc.All | doc.AnyOf | doc.NoneOf):
        for one in condition.of:
            yield from conditions_of(one)


def conjuncts(condition: doc.Condition | None) -> Iterator[doc.Condition | None]:
    """For each clause of a rule's ``if`` what it says; None where it says that it is not so."""
    match condition:
        case None:
            return
        case doc.All(of=of):
            for one in of:
                yield from conjuncts(one)
        case doc.NoneOf(of=of):
            yield from (None for _ in of)
        case _:
            yield condition
