import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.lights.colour import (
    GAMUT_B,
    GAMUT_C,
    XY,
    channels,
    clamp,
    linear,
    red_share,
    relative_luminance,
    to_lamp,
    to_screen,
    with_gamma,
)
from integrations.lights.errors import ColourInvalid

hexes = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


def test_corners_of_the_screen_lie_at_the_published_places() -> None:
    # Red, green and blue through the published matrix, pulled into gamut C.
    assert to_lamp("#ff0000").xy == pytest.approx((0.6915, 0.3083), abs=5e-4)
    assert to_lamp("#00ff00").xy == pytest.approx((0.17, 0.7), abs=5e-3)
    assert to_lamp("#0000ff").xy == pytest.approx((0.1532, 0.0475), abs=5e-3)


def test_white_is_the_matrix_own_white() -> None:
    assert to_lamp("#ffffff").xy == pytest.approx((0.3227, 0.3290), abs=5e-4)


def test_older_lamps_have_a_smaller_triangle() -> None:
    assert to_lamp("#00ff00", gamut=GAMUT_B).xy == pytest.approx((0.409, 0.518), abs=1e-4)


@pytest.mark.parametrize(
    ("colour", "brightness", "bri"),
    [
        ("#ffffff", 1.0, 254),
        ("#0000ff", 1.0, 254),
        ("#000000", 1.0, 0),
        ("#ffffff", 0.0, 0),
        ("#ffffff", 0.5, 127),
        ("#010101", 0.01, 1),
    ],
)
def test_brightness_is_that_of_the_strongest_channel(
    colour: str, brightness: float, bri: int
) -> None:
    assert to_lamp(colour, brightness).bri == bri


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#1234567", "", "123456"])
def test_other_ways_to_write_a_colour_are_refused(colour: str) -> None:
    with pytest.raises(ColourInvalid, match="#rrggbb"):
        channels(colour)


@given(st.floats(0, 1))
def test_gamma_comes_off_and_goes_on(channel: float) -> None:
    assert with_gamma(linear(channel)) == pytest.approx(channel, abs=1e-6)


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_clamped_stays_where_it_is(x: float, y: float) -> None:
    once = clamp(XY(x, y), GAMUT_C)
    assert clamp(once, GAMUT_C) == pytest.approx(once, abs=1e-9)


@given(hexes)
def test_any_colour_is_within_the_bridge_ranges(colour: str) -> None:
    xy, bri = to_lamp(colour)
    assert 0 <= xy.x <= 1
    assert 0 <= xy.y <= 1
    assert 0 <= bri <= 254


@pytest.mark.parametrize("colour", ["#ff8800", "#ffd9a8", "#ff66cc", "#88aaff", "#ffffff"])
def test_a_lamp_looks_like_what_it_was_asked_for(colour: str) -> None:
    seen = channels(to_screen(*to_lamp(colour)))
    assert seen == pytest.approx(channels(colour), abs=0.12)


def test_luminance_and_redness_are_those_of_the_accessibility_guidelines() -> None:
    assert relative_luminance("#ffffff", 1.0) == pytest.approx(1.0)
    assert relative_luminance("#00ff00", 1.0) == pytest.approx(0.7152)
    assert relative_luminance("#ffffff", 0.0) == 0
    assert red_share("#ff0000") == 1
    assert red_share("#ffffff") == pytest.approx(1 / 3)
    assert red_share("#000000") == 0


def test_a_point_on_a_triangle_without_width_is_found() -> None:
    point = XY(0.3, 0.3)
    assert clamp(XY(0.9, 0.9), type(GAMUT_C)(point, point, point)) in {point, XY(0.9, 0.9)}
