"""Conditions on what is around a person: a crowd, a stock, an experiment; they read the scene."""

from hub.core import document as doc
from hub.core.asking.naming import bounds, known
from hub.core.asking.node import Node
from hub.core.asking.view import Ground, View
from hub.core.errors import RulesFault


def arm(where: str, test: doc.InArm, ground: Ground) -> Node:
    """The person is in the arm of the rule's experiment; they stay in it for ever.

    Raises:
        RulesFault: there is no such rule.
    """
    rule = known(where, "rule", "rule", test.rule, ground.rules)
    wanted = test.arm
    return Node(
        text=f"is in the arm {wanted} of {rule}",
        holds=lambda view: view.scene.arm(rule, view.person.id) == wanted,
        saw=lambda view: view.scene.arm(rule, view.person.id) or "no arm",
    )


def occupancy(where: str, test: doc.Occupied, ground: Ground) -> Node:
    """So many, or so many of an audience, are at the place now.

    Raises:
        RulesFault: of a place or an audience that is not there, of bounds that cannot be meant.
    """
    place = known(where, "place", "place", test.place, ground.places)
    counted = test.audience
    if counted is not None:
        known(where, "audience", "audience", counted, ground.audiences)
    asked = bounds(where, test.at_least, test.at_most)
    low, high = asked.low, asked.high

    def people(view: View) -> int:
        present = view.scene.present(place)
        if counted is None:
            return len(present)
        return sum(counted in seen.audiences for seen in present.values())

    return Node(
        text=f"{asked.text} {f'of {counted}' if counted else 'people'} at {place}",
        holds=lambda view: low <= people(view) <= high,
        saw=lambda view: str(people(view)),
        keys=frozenset({f"occupancy:{place}"}),
        is_personal=False,
    )


def stock(where: str, test: doc.InStock, ground: Ground) -> Node:
    """So many rewards are left in the pool.

    Raises:
        RulesFault: there is no such pool, or nothing is asked of it.
    """
    pool = known(where, "pool", "pool", test.pool, ground.pools)
    at_least = test.at_least
    if at_least < 1:
        raise RulesFault(f"{where}, at_least: {at_least} always holds; write 1 or more")
    return Node(
        text=f"at least {at_least} left of {pool}",
        holds=lambda view: view.scene.left(pool) >= at_least,
        saw=lambda view: str(view.scene.left(pool)),
        keys=frozenset({f"stock:{pool}"}),
        is_personal=False,
    )
