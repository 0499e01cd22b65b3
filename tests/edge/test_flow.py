"""What is sent next, against every hub that could be."""

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contract.envelope import StreamPosition
from edge.limits import RANGES_BEYOND_MAX
from edge.link.flow import MANNERS, Flow
from edge.link.spans import covered, missing, of_position, union
from edge.outbox import LANES, Lane, Span

TAPS, SIGHTINGS = Flow(MANNERS["taps"]), Flow(MANNERS["sightings"])
RESEND_S = 10.0
numbers = st.sets(st.integers(1, 60))


def spans_of(values: set[int]) -> tuple[Span, ...]:
    return union(Span(n, n) for n in values)


def values_of(spans: tuple[Span, ...]) -> set[int]:
    return {n for span in spans for n in range(span.first, span.last + 1)}


@given(numbers, numbers)
def test_union_is_the_union_of_sets(one: set[int], other: set[int]) -> None:
    joined = union([*spans_of(one), *spans_of(other)])
    assert values_of(joined) == one | other
    assert all(a.last + 1 < b.first for a, b in pairwise(joined))


@given(numbers, st.integers(1, 60), st.integers(0, 60))
def test_missing_is_the_difference_of_sets(taken: set[int], first: int, length: int) -> None:
    within = Span(first, first + length - 1)
    assert values_of(missing(within, spans_of(taken))) == values_of((within,)) - taken
    assert covered(within, spans_of(taken)) == (values_of((within,)) <= taken)


def test_a_watermark_may_have_its_ranges_in_any_order() -> None:
    position = StreamPosition(4, [(20, 22), (5, 6), (9, 9)])
    assert of_position(position) == (Span(1, 6), Span(9, 9), Span(20, 22))


def test_all_is_sent_oldest_first_at_the_beginning() -> None:
    assert TAPS.candidates(7) == (Span(1, 7),)
    assert SIGHTINGS.candidates(7) == (Span(1, 7),)
    assert TAPS.candidates(0) == ()


def test_a_live_tap_goes_before_the_backlog() -> None:
    flow = TAPS.restarted(100)
    assert flow.candidates(103) == (Span(101, 103), Span(1, 100))


def test_sightings_keep_their_order() -> None:
    assert SIGHTINGS.restarted(100).candidates(103) == (Span(1, 103),)


def test_a_backlog_leaves_room_for_live_taps() -> None:
    flow = TAPS.restarted(1_000)
    for first in range(1, 13):
        flow = flow.sent(Span(first, first), 0)
    assert flow.candidates(1_000) == ()
    assert flow.candidates(1_001) == (Span(1_001, 1_001),)
    for first in range(1_001, 1_005):
        flow = flow.sent(Span(first, first), 0)
    assert flow.candidates(1_010) == ()


def test_with_many_ranges_beyond_the_watermark_nothing_overtakes() -> None:
    ranges = [(n, n) for n in range(2, 2 * RANGES_BEYOND_MAX + 4, 2)]
    flow = TAPS.restarted(100).arrived(StreamPosition(0, ranges), 0)
    assert flow.candidates(101)[0] == Span(1, 1)


def test_only_the_watermark_ends_a_batch() -> None:
    flow = TAPS.sent(Span(1, 5), 0).sent(Span(6, 9), 0)
    assert flow.candidates(9) == ()
    flow = flow.arrived(StreamPosition(7), 1)
    assert [sent.span for sent in flow.outstanding] == [Span(6, 9)]
    assert flow.unsent(9) == ()
    assert flow.restarted(9).unsent(9) == (Span(8, 9),)


def test_a_batch_is_sent_again_after_the_time_without_progress() -> None:
    flow = TAPS.sent(Span(1, 5), 0).sent(Span(6, 9), 4)
    assert flow.expired(9.9, RESEND_S) is flow
    assert flow.expired(10, RESEND_S).candidates(9) == (Span(1, 5),)


def test_a_hub_that_is_slow_but_gets_on_is_left_in_peace() -> None:
    flow = TAPS.sent(Span(1, 5), 0).sent(Span(6, 9), 0).arrived(StreamPosition(3), 8)
    assert flow.expired(17, RESEND_S) is flow
    assert flow.expired(18, RESEND_S).candidates(9) == (Span(4, 9),)


def test_a_batch_that_a_later_one_has_passed_is_lost() -> None:
    flow = TAPS.sent(Span(1, 5), 0).sent(Span(6, 9), 1)
    flow = flow.arrived(StreamPosition(0, [(6, 9)]), 9)
    assert flow.expired(10, RESEND_S).candidates(9) == (Span(1, 5),)


def test_a_lost_batch_of_sightings_goes_again_with_all_after_it() -> None:
    flow = SIGHTINGS.sent(Span(1, 5), 0).sent(Span(6, 9), 4)
    assert flow.expired(10, RESEND_S).candidates(9) == (Span(1, 9),)


@dataclass
class Hub:
    """Commits whatever reached it."""

    has: set[int] = field(default_factory=set)

    @property
    def position(self) -> StreamPosition:
        spans = spans_of(self.has)
        upto = spans[0].last if spans and spans[0].first == 1 else 0
        return StreamPosition(upto, [(s.first, s.last) for s in spans if s.first > upto])


class Lanes(RuleBasedStateMachine):
    """Any order of reading, sending, losing, committing, breaking and waiting."""

    lane: Lane = "taps"

    def __init__(self) -> None:
        super().__init__()
        self.flow = Flow(MANNERS[self.lane])
        self.hub = Hub()
        self.wire: list[Span] = []
        self.last = 0
        self.now_s = 0.0

    @rule(count=st.integers(1, 30))
    def read(self, count: int) -> None:
        self.last += count

    @rule(batch=st.integers(1, 9))
    def send(self, batch: int) -> None:
        for within in self.flow.candidates(self.last)[:1]:
            span = Span(within.first, min(within.last, within.first + batch - 1))
            assert not values_of((span,)) & values_of(self.flow.committed)
            self.flow = self.flow.sent(span, self.now_s)
            self.wire.append(span)

    @precondition(lambda self: self.wire)
    @rule(lost=st.booleans())
    def deliver(self, lost: bool) -> None:
        span = self.wire.pop(0)
        if not lost:
            self.hub.has |= values_of((span,))

    @rule()
    def commit(self) -> None:
        self.flow = self.flow.arrived(self.hub.position, self.now_s)

    @rule()
    def reconnect(self) -> None:
        self.flow = self.flow.restarted(self.last)
        self.wire.clear()

    @rule(seconds=st.sampled_from([1.0, RESEND_S]))
    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        self.flow = self.flow.expired(self.now_s, RESEND_S)

    @invariant()
    def no_more_is_outstanding_than_agreed(self) -> None:
        assert len(self.flow.outstanding) <= self.flow.manners.outstanding_max

    @invariant()
    def nothing_is_on_its_way_twice(self) -> None:
        spans = [sent.span for sent in self.flow.outstanding]
        assert sum(s.last - s.first + 1 for s in spans) == len(values_of(tuple(spans)))

    @invariant()
    def sightings_are_on_their_way_in_order(self) -> None:
        if self.flow.manners.in_order:
            firsts = [sent.span.first for sent in self.flow.outstanding]
            assert firsts == sorted(firsts)

    def teardown(self) -> None:
        """Once nothing is lost any more, everything arrives."""
        self.reconnect()
        for _ in range(self.last + 1):
            self.send(batch=9)
            while self.wire:
                self.deliver(lost=False)
            self.commit()
            if len(self.hub.has) == self.last:
                break
        assert self.hub.has == set(range(1, self.last + 1))
        assert not self.flow.outstanding


class Sightings(Lanes):
    lane: Lane = "sightings"


TestTaps = Lanes.TestCase
TestSightings = Sightings.TestCase
TestTaps.settings = TestSightings.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None
)


def test_both_lanes_have_manners() -> None:
    assert set(MANNERS) == set(LANES)
