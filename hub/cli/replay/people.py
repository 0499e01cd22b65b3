"""Recorded badges belong to somebody, or the hub would only hear of strangers."""

from collections.abc import Callable, Iterable
from typing import Final

from hub.store import Store
from hub.store.people import NewPerson

CONSENTS: Final = ("lights", "music", "presence", "push", "rewards")
"""Recorded people consent to all of it: what they would have done is the question."""
NAME_CHARS: Final = 12


def register(
    store: Store, badges: Iterable[str], at_ms: int, each: Callable[[], None] = lambda: None
) -> int:
    """Register a person for each badge that nobody holds; repeatable. Returns how many are new."""
    fresh = 0
    for badge in badges:
        if store.people.by_badge(badge) is None:
            fresh += _register_one(store, badge, at_ms)
        each()
    return fresh


def _register_one(store: Store, badge: str, at_ms: int) -> bool:
    new = NewPerson(
        name=f"Badge {badge[:NAME_CHARS]}",
        consents=list(CONSENTS),
        badge=badge,
        source_key=f"replay/{badge}",
    )
    return store.people.register(new, at_ms).link_token is not None
