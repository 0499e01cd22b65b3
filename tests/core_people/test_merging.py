"""A merge counts as the union of the events would; taken apart again, each is as they were."""

import copy
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.core.people.given import given_of, with_given
from hub.core.people.merging import raws_of
from hub.core.people.refold import in_order, refold
from hub.core.periods import Window
from hub.core.windows import count_within
from tests.core_people.people import ZONE, Folk

RAWS: Final = ["ann", "bob", "cid", "dan"]
PLACES: Final = ["coffee", "bacon", "stage", "floor", "moon"]
Deed = tuple[Any, ...]

raws = st.sampled_from(RAWS)
places = st.sampled_from(PLACES)
rules = st.sampled_from(["r1", "r2"])
said = st.fixed_dictionaries(
    {},
    optional={
        "city": st.sampled_from(["Bonn", "Rome", None]),
        "first_seen": st.sampled_from(["web", "app"]),
        "high": st.integers(0, 9),
        "low": st.integers(0, 9),
        "spent": st.integers(1, 9),
        "likes": st.sampled_from(["tea", "cake", ["tea", "milk"]]),
        "music": st.sampled_from(["rock", "jazz", ["jazz", "pop"]]),
    },
)
consents = st.none() | st.lists(st.sampled_from(["push", "lights", "music"]), unique=True)
ids = st.dictionaries(st.sampled_from(["crm", "app"]), st.lists(st.sampled_from("xyz"), max_size=2))
set_attributes = st.one_of(
    st.tuples(st.just("assign"), raws, st.just("city"), st.sampled_from(["Oslo", None])),
    st.tuples(st.just("assign"), raws, st.just("first_seen"), st.just("rule")),
    st.tuples(
        st.just("assign"), raws, st.sampled_from(["high", "low", "spent"]), st.integers(1, 9)
    ),
    st.tuples(st.just("assign"), raws, st.just("likes"), st.sampled_from(["soup", "tea"])),
    st.tuples(st.just("assign"), raws, st.just("music"), st.sampled_from(["folk", "jazz"])),
)
own = st.one_of(
    st.tuples(st.just("say"), raws, said, consents, ids),
    st.tuples(st.just("tap"), raws, places),
    st.tuples(st.just("move"), raws, places, st.sampled_from(["entered", "left", "left_venue"])),
)
deeds = st.one_of(
    own,
    st.tuples(st.just("give"), raws, rules),
    st.tuples(st.just("take"), raws, rules),
    set_attributes,
)
HISTORIES: Final = settings(max_examples=150, deadline=None)


def live(folk: Folk, history: list[Deed], from_ms: int = 1) -> int:
    """Let a history happen, each deed a little later; the instant after it."""
    at_ms = from_ms
    for kind, raw, *rest in history:
        at_ms += 3
        match kind:
            case "say":
                folk.say(raw, at_ms, rest[0], consents=rest[1], ids=rest[2])
            case "take" | "assign":
                getattr(folk, kind)(raw, *rest)
            case "move":
                folk.move(raw, at_ms, *rest)
            case _:
                getattr(folk, kind)(raw, at_ms, rest[0])
    return at_ms + 1


@HISTORIES
@given(st.lists(deeds, max_size=40))
def test_what_is_folded_anew_with_what_was_given_is_the_person(history: list[Deed]) -> None:
    folk = Folk()
    live(folk, history)
    for raw, person in folk.people.items():
        again = refold(folk.ground, raw, folk.past.get(raw, ()))
        assert with_given(folk.ground.attributes, again, given_of(person)) == person


@HISTORIES
@given(st.lists(own, max_size=40), st.integers(0, 200), st.integers(1, 120))
def test_counters_after_a_merge_are_those_of_the_union(
    history: list[Deed], at_ms: int, window_ms: int
) -> None:
    apart, one = Folk(), Folk()
    end_ms = live(apart, history)
    live(one, [(kind, "ann", *rest) for kind, _, *rest in history])
    for other in RAWS[1:]:
        apart.merge("ann", other, end_ms)
    joined, union = apart.of("ann"), one.of("ann")
    assert joined.taps == union.taps
    assert joined.visits == union.visits
    for place, times in union.visits.items():
        for window in (Window(ZONE, window_ms), Window(ZONE, period="day"), Window(ZONE)):
            expected = count_within(times, at_ms, window)
            assert count_within(joined.visits[place], at_ms, window) == expected
    assert joined.attributes == union.attributes
    assert (joined.first_ms, joined.registered_ms) == (union.first_ms, union.registered_ms)


@HISTORIES
@given(st.lists(deeds, max_size=40))
def test_a_merge_that_is_undone_at_once_restores_both(history: list[Deed]) -> None:
    folk = Folk()
    at_ms = live(folk, history)
    before = {raw: folk.of(raw) for raw in ("ann", "bob")}
    folk.merge("ann", "bob", at_ms)
    folk.unmerge("ann", "bob", at_ms)
    assert {raw: folk.of(raw) for raw in before} == before


@HISTORIES
@given(st.lists(deeds, max_size=25), st.lists(deeds, max_size=15))
def test_a_chain_is_taken_apart_link_by_link(first: list[Deed], second: list[Deed]) -> None:
    folk = Folk()
    at_ms = live(folk, first)
    alone = {raw: folk.of(raw) for raw in RAWS}
    folk.merge("bob", "cid", at_ms)
    at_ms = live(folk, [deed for deed in second if deed[1] == "ann"], at_ms)
    chained = {raw: folk.of(raw) for raw in ("ann", "bob")}
    folk.merge("ann", "bob", at_ms)
    whole = copy.deepcopy(folk)
    folk.unmerge("ann", "bob", at_ms)
    assert {raw: folk.of(raw) for raw in chained} == chained
    folk.unmerge("bob", "cid", at_ms)
    assert (folk.of("bob"), folk.of("cid")) == (alone["bob"], alone["cid"])
    whole.unmerge("ann", "cid", at_ms)
    assert whole.of("cid") == alone["cid"]
    whole.unmerge("ann", "bob", at_ms)
    assert (whole.of("bob"), whole.of("ann")) == (alone["bob"], chained["ann"])


@HISTORIES
@given(st.lists(deeds, max_size=25), st.permutations(["bob", "cid", "dan"]))
def test_those_who_were_joined_one_by_one_leave_in_any_order(
    history: list[Deed], order: list[str]
) -> None:
    folk = Folk()
    at_ms = live(folk, history)
    alone = {raw: folk.of(raw) for raw in RAWS}
    for other in RAWS[1:]:
        folk.merge("ann", other, at_ms)
    for other in order:
        folk.unmerge("ann", other, at_ms)
        assert folk.of(other) == alone[other]
    restored = folk.of("ann")
    assert restored == alone["ann"]


def grow(folk: Folk, pairs: list[tuple[str, str]], at_ms: int) -> int:
    """Merge those of the pairs who are not yet one; the instant after it."""
    for mine, theirs in pairs:
        if folk.root(mine) != folk.root(theirs):
            folk.merge(mine, theirs, at_ms)
            at_ms += 1
    return at_ms


@HISTORIES
@given(
    st.lists(deeds, max_size=25),
    st.lists(st.tuples(raws, raws), max_size=8),
    st.permutations(RAWS),
)
def test_whatever_was_merged_into_whom_is_taken_apart_in_any_order(
    history: list[Deed], pairs: list[tuple[str, str]], order: list[str]
) -> None:
    folk = Folk()
    at_ms = live(folk, [*history, *(("give", raw, "r1") for raw in RAWS)])
    alone = {raw: folk.of(raw) for raw in RAWS}
    at_ms = grow(folk, pairs, at_ms)
    for other in order:
        if folk.root(other) != other:
            folk.unmerge(other, other, at_ms)
    assert {raw: folk.of(raw) for raw in RAWS} == alone


def test_what_is_taken_out_leaves_a_merge_of_others_as_it_was() -> None:
    folk = Folk()
    at_ms = live(folk, [("give", raw, "r1") for raw in RAWS])
    alone = {raw: folk.of(raw) for raw in RAWS}
    grow(folk, [("ann", "dan"), ("bob", "cid"), ("ann", "bob")], at_ms)
    for other in ("dan", "cid", "bob"):
        folk.unmerge(other, other, at_ms + 9)
    assert {raw: folk.of(raw) for raw in RAWS} == alone


@HISTORIES
@given(st.lists(st.tuples(st.lists(deeds, max_size=10), raws, raws), max_size=5))
def test_those_who_are_one_are_folded_anew_as_they_are(
    phases: list[tuple[list[Deed], str, str]],
) -> None:
    folk = Folk()
    at_ms = 1
    for history, mine, theirs in phases:
        at_ms = live(folk, history, at_ms)
        at_ms = grow(folk, [(mine, theirs)], at_ms)
    for person in folk.people.values():
        own = {raw: folk.past.get(raw, []) for raw in raws_of(person)}
        again = refold(folk.ground, person.id, in_order(own))
        as_given = with_given(folk.ground.attributes, again, given_of(person))
        assert replace(as_given, joined=person.joined, ids=person.ids) == person


@HISTORIES
@given(st.lists(deeds, max_size=25), st.lists(deeds, max_size=10))
def test_what_was_given_since_a_merge_stays_with_the_survivor(
    first: list[Deed], second: list[Deed]
) -> None:
    folk = Folk()
    at_ms = live(folk, first)
    mine, theirs = folk.of("ann"), folk.of("bob")
    folk.merge("ann", "bob", at_ms)
    united_points = folk.of("ann").points
    live(folk, [("give", *deed[1:]) for deed in second if deed[0] == "give"], at_ms)
    folk.unmerge("ann", "bob", at_ms + 1_000)
    since = [deed for deed in second if deed[0] == "give" and deed[1] in ("ann", "bob")]
    after = folk.of("ann")
    assert given_of(folk.of("bob")) == given_of(theirs)
    counts = {rule: fired.count for rule, fired in mine.fired.items()}
    for deed in since:
        counts[deed[2]] = counts.get(deed[2], 0) + 1
    assert {rule: fired.count for rule, fired in after.fired.items()} == counts
    assert sum(one.points for one in after.earned) == after.points
    assert len(after.earned) == len(mine.earned) + len(since)
    assert mine.points + theirs.points == united_points
