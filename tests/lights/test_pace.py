import random

from hypothesis import given
from hypothesis import strategies as st

from integrations.lights import limits
from integrations.lights.arbiter import Look
from integrations.lights.pace import Change, Pace, Window
from tests.lights.venue import most_in_a_second

BLACK, WHITE, RED, MAROON = (Look(c, 1.0) for c in ("#000000", "#ffffff", "#ff0000", "#ee0000"))


def change(lamp: str, after: Look = WHITE, before: Look = BLACK, **more: bool) -> Change:
    return Change(lamp, "floor", before, after, **more)


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 5))
def test_no_window_ever_holds_more(pauses_ms: list[int], count_max: int) -> None:
    window, now_ms, done = Window(count_max, 1000), 0, []
    for pause_ms in pauses_ms:
        now_ms += pause_ms
        now_ms += window.wait_ms(now_ms)
        assert window.wait_ms(now_ms) == 0
        window.record(now_ms)
        done.append(float(now_ms))
    assert most_in_a_second(done) <= count_max


def test_a_lamp_changes_three_times_a_second() -> None:
    pace = Pace()
    for i in range(limits.LAMP_CHANGES_PER_S_MAX):
        assert pace.wait_ms([change("A")], i * 300, group=False) == 0
        pace.record([change("A")], i * 300, group=False)
    assert pace.wait_ms([change("A")], 900, group=False) == 101
    assert pace.wait_ms([change("B")], 900, group=False) == 0


def test_an_area_changes_visibly_six_times_a_second_and_softly_as_often_as_it_likes() -> None:
    pace = Pace()
    for i in range(limits.AREA_CHANGES_PER_S_MAX):
        pace.record([change(f"L{i}")], i * 130, group=False)
    assert pace.wait_ms([change("Z")], 800, group=False) == 201
    soft = change("Z", Look("#ffffff", 0.99), WHITE)
    assert pace.wait_ms([soft], 910, group=False) == 0
    assert pace.wait_ms([Change("Y", "bar", BLACK, WHITE)], 910, group=False) == 0


def test_a_change_to_or_from_saturated_red_is_visible_however_small() -> None:
    assert change("A", MAROON, RED).visible()
    assert not change("A", RED, RED).visible()
    assert Change("A", "", None, WHITE).visible()


def test_a_breath_takes_a_lamps_whole_second() -> None:
    pace = Pace()
    pace.record([change("A", flash=True)], 0, group=False)
    assert pace.wait_ms([change("A")], 400, group=False) == 601


def test_one_group_command_a_second_is_one_change_of_its_area() -> None:
    pace = Pace()
    everyone = [change(f"L{i}") for i in range(8)]
    pace.record(everyone, 0, group=True)
    assert pace.wait_ms(everyone, 400, group=True) == 601
    assert pace.wait_ms([change("L1")], 400, group=False) == 0


def test_any_mixture_keeps_to_every_limit() -> None:
    chance, pace, now_ms = random.Random(7), Pace(), 0
    sent: list[tuple[int, str]] = []
    for _ in range(300):
        one = change(f"L{chance.randrange(9)}", chance.choice([WHITE, RED, BLACK]), WHITE)
        now_ms += pace.wait_ms([one], now_ms, group=False)
        pace.record([one], now_ms, group=False)
        sent.append((now_ms, one.lamp))
        now_ms += chance.randrange(40)
    assert most_in_a_second([at for at, _ in sent]) <= limits.LIGHT_COMMANDS_PER_S_MAX
    for lamp in {lamp for _, lamp in sent}:
        assert most_in_a_second([at for at, of in sent if of == lamp]) <= 3
