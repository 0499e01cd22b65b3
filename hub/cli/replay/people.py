"""Recorded badges belong to somebody, or the hub would only hear of strangers."""

from collections.abc import Callable, Sequence
from typing import Final

from hub.store import Store
from hub.store.people import NewPerson

CONSENTS: Final = ("lights", "music", "presence", "push", "rewards")
"""Recorded people consent to all of it: what they would have done is the question."""
NAME_CHARS: Final = 12
AT_ONCE: Final = 200
"""People registered in one transaction."""


def register(
    store: Store, badges: Sequence[str], at_ms: int, each: Callable[[int], None] = lambda _: None
) -> int:
    """Register a person for each badge that nobody holds; repeatable. Returns how many are new."""
    fresh = 0
    for start in range(0, len(badges), AT_ONCE):
        some = badges[start : start + AT_ONCE]
        new = [_somebody(badge) for badge in some if store.people.by_badge(badge) is None]
        done = store.people.register_all(new, at_ms)
        fresh += sum(1 for one in done if one.link_token is not None)
        each(len(some))
    return fresh


def _somebody(badge: str) -> NewPerson:
    return NewPerson(
        name=f"Badge {badge[:NAME_CHARS]}",
        consents=list(CONSENTS),
        badge=badge,
        source_key=f"replay/{badge}",
    )
