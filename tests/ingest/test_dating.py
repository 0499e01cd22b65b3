"""When a record happened, as a table."""

import pytest

from contract.envelope import Batch, Clock, ClockQuality
from contract.readings import Gap, Record, Sighting, Tap
from hub.ingest.dating import event_time_ms

RECEIVED = 9_000_000
TAP = Tap("b", "r", boot_ms=700)
KNOWN = Tap("b", "r", boot_ms=700, wall_ms=123)
GAP = Gap("0" * 16, 1, 2, 500, 600, boot_ms=700)
HEARD = Sighting("b", "r", 700, -60.0)


@pytest.mark.parametrize(
    ("quality", "sent_boot_ms", "record", "at_ms"),
    [
        # the source knows better than anybody
        ("hub", 1_000, KNOWN, 123),
        ("unset", None, KNOWN, 123),
        # a wall time that is believed: 5 000 000 at 1 000 of the boot clock
        ("hub", None, TAP, 4_999_700),
        ("ntp", 900, TAP, 4_999_700),
        ("hub", None, HEARD, 4_999_700),
        ("hub", None, GAP, 4_999_700),
        # one that is not: the age is taken off the instant of arrival
        ("rtc", 1_700, TAP, RECEIVED - 1_000),
        ("unset", 1_700, HEARD, RECEIVED - 1_000),
        ("unset", 1_700, GAP, RECEIVED - 1_000),
        ("unset", 700, TAP, RECEIVED),
        # an old boot whose clock was never set
        ("rtc", None, TAP, None),
        ("unset", None, HEARD, None),
        ("unset", None, GAP, None),
    ],
)
def test_when_it_happened(
    quality: ClockQuality, sent_boot_ms: int | None, record: Record, at_ms: int | None
) -> None:
    batch = Batch(
        stream="0" * 16,
        first=1,
        boot="0" * 8,
        clock=Clock(1_000, 5_000_000, quality),
        sent_boot_ms=sent_boot_ms,
        records=[record],
    )
    assert event_time_ms(batch, record, RECEIVED) == at_ms
