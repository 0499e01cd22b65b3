"""The instant that is meant by a time of day, a date, a number or now."""

from zoneinfo import ZoneInfo

import pytest

from hub.core.document import EventInfo
from hub.core.errors import RulesFault
from hub.core.explaining.instants import asked_ms
from hub.core.spans import local

ZONE = ZoneInfo("Europe/Berlin")
EVENT = EventInfo("morning", "Morning", "Europe/Berlin", "2026-10-08T08:00", "2026-10-09T18:00")


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("now", "2026-10-09T12:00", "2026-10-09 12:00:59"),
        ("10:42", "2026-10-09T12:00", "2026-10-09 10:42:59"),
        ("10:42:07", "2026-10-09T12:00", "2026-10-09 10:42:07"),
        ("10:42", "2027-01-01T12:00", "2026-10-09 10:42:59"),
        ("10:42", "2026-01-01T12:00", "2026-10-08 10:42:59"),
        ("2026-10-08T09:00", "2026-01-01T12:00", "2026-10-08 09:00:59"),
        ("2026-10-08T09:00:00+00:00", "2026-01-01T12:00", "2026-10-08 11:00:00"),
        ("1791360000000", "2026-01-01T12:00", "2026-10-07 10:00:00"),
    ],
)
def test_instants(text: str, now: str, expected: str) -> None:
    now_ms = asked_ms(now, EVENT, ZONE, 0)
    assert f"{local(asked_ms(text, EVENT, ZONE, now_ms), ZONE):%Y-%m-%d %H:%M:%S}" == expected


@pytest.mark.parametrize("text", ["25:00", "10:75", "yesterday", "2026-13-01T00:00", "²"])
def test_no_instants(text: str) -> None:
    with pytest.raises(RulesFault, match="write a time of the venue"):
        asked_ms(text, EVENT, ZONE, 0)
