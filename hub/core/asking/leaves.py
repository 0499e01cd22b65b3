"""Conditions on what a person has and where they are: time alone never changes their answers."""

from collections.abc import Collection

from hub.core import document as doc
from hub.core.asking.naming import bounds, known, places_of
from hub.core.asking.node import Node
from hub.core.asking.view import Ground
from hub.core.errors import RulesFault


def listed(names: Collection[str], nothing: str) -> str:
    """Names in their order, or words for none."""
    return ", ".join(sorted(names)) or nothing


def tag(_where: str, test: doc.HasTag, _ground: Ground) -> Node:
    """The person has the tag."""
    name = test.tag
    return Node(
        text=f"has the tag {name}",
        holds=lambda view: name in view.person.tags,
        saw=lambda view: listed(view.person.tags, "no tags"),
        keys=frozenset({f"tag:{name}"}),
    )


def consent(_where: str, test: doc.HasConsent, _ground: Ground) -> Node:
    """The person has consented to the purpose."""
    purpose = test.purpose
    return Node(
        text=f"consents to {purpose}",
        holds=lambda view: purpose in view.person.consents,
        saw=lambda view: listed(view.person.consents, "no consents"),
        keys=frozenset({f"consent:{purpose}"}),
    )


def honour(_where: str, test: doc.HasHonour, _ground: Ground) -> Node:
    """The person was awarded the badge of honour."""
    name = test.honour
    return Node(
        text=f"has the honour {name}",
        holds=lambda view: name in view.person.honours,
        saw=lambda view: listed(view.person.honours, "no honours"),
        keys=frozenset({"honour"}),
    )


def status(where: str, test: doc.HasStatus, _ground: Ground) -> Node:
    """The person's status is one of these.

    Raises:
        RulesFault: of none.
    """
    if not test.one_of:
        raise RulesFault(f"{where}, one_of: name at least one status")
    wanted = frozenset(test.one_of)
    return Node(
        text=f"has the status {' or '.join(test.one_of)}",
        holds=lambda view: view.person.status in wanted,
        saw=lambda view: view.person.status or "no status",
        keys=frozenset({"status"}),
    )


def points(where: str, test: doc.HasPoints, _ground: Ground) -> Node:
    """The person's points are within the bounds.

    Raises:
        RulesFault: of bounds that cannot be meant.
    """
    asked = bounds(where, test.at_least, test.at_most)
    low, high = asked.low, asked.high
    return Node(
        text=f"has {asked.text} points",
        holds=lambda view: low <= view.person.points <= high,
        saw=lambda view: str(view.person.points),
        keys=frozenset({"points"}),
    )


def at(where: str, test: doc.IsAt, ground: Ground) -> Node:
    """The person is at the place, or at any of the group, now.

    Raises:
        RulesFault: of a place or group that is not there, of neither, of both.
    """
    places = places_of(where, test.place, test.group, ground)
    if places is None:
        raise RulesFault(f"{where}, place: give either a place or a group")
    inside = frozenset(places)
    return Node(
        text=f"is at {test.place or f'a place of {test.group}'}",
        holds=lambda view: view.person.place in inside,
        saw=lambda view: view.person.place or "nowhere",
        keys=frozenset({"at"}),
    )


def audience(where: str, test: doc.InAudience, ground: Ground) -> Node:
    """The person is in the audience now.

    Raises:
        RulesFault: there is no such audience.
    """
    name = known(where, "audience", "audience", test.audience, ground.audiences)
    return Node(
        text=f"is in the audience {name}",
        holds=lambda view: name in view.person.audiences,
        saw=lambda view: listed(view.person.audiences, "no audiences"),
        keys=frozenset({f"audience:{name}"}),
    )
