"""Rights are a pure matter of names and filters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.broker import rights

LEVELS = st.lists(st.sampled_from(["a", "b", "+", ""]), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("allowed", "wanted", "covered"),
    [
        ("foyer/e/#", "foyer/e/#", True),
        ("foyer/e/#", "foyer/e/x/up/+", True),
        ("foyer/e/#", "foyer/e", True),
        ("foyer/e/#", "foyer/+/x", False),
        ("foyer/e/#", "#", False),
        ("foyer/e/x/down/+", "foyer/e/x/down/+", True),
        ("foyer/e/x/down/+", "foyer/e/x/down/committed", True),
        ("foyer/e/x/down/+", "foyer/e/x/down/#", False),
        ("foyer/e/x/down/+", "foyer/e/x/down", False),
        ("foyer/e/x/down/+", "foyer/e/+/down/a", False),
        ("foyer/e/x/down/+", "foyer/e/x/down/a/b", False),
        ("foyer/e/hub/state", "foyer/e/hub/state", True),
        ("foyer/e/#", "", False),
        ("foyer/e/#", "foyer/e/\0", False),
        ("foyer/e/#", "foyer/e/" + "x" * rights.TOPIC_CHARS_MAX, False),
    ],
)
def test_covers(allowed: str, wanted: str, *, covered: bool) -> None:
    assert rights.covers(allowed, wanted) is covered


def _matches(levels: list[str], topic: list[str]) -> bool:
    return len(levels) == len(topic) and all(
        level in {"+", name} for level, name in zip(levels, topic, strict=True)
    )


@given(LEVELS, LEVELS, st.lists(st.sampled_from(["a", "b", ""]), min_size=1, max_size=4))
def test_what_is_covered_matches_nothing_more(
    allowed: list[str], wanted: list[str], topic: list[str]
) -> None:
    covered = rights.covers("/".join(allowed), "/".join(wanted))
    if covered and _matches(wanted, topic):
        assert _matches(allowed, topic)


def test_every_role_has_its_filters() -> None:
    assert rights.publish_filters("e", "stage", "guest") == ()
    assert rights.subscribe_filters("e", "stage", "guest") == ("foyer/e/hub/state",)
    assert rights.publish_filters("e", "web", "hub") == rights.subscribe_filters("e", "web", "hub")
    assert rights.publish_filters("e", "screen", "listener") == ()
    assert rights.subscribe_filters("e", "screen", "listener") == (
        "foyer/e/out/#",
        "foyer/e/hub/state",
    )
    assert rights.covers(rights.publish_filters("e", "engine", "hub")[0], "foyer/e/out/stage/show")
    assert "foyer/e/stage/up/taps" in rights.publish_filters("e", "stage", "edge")
