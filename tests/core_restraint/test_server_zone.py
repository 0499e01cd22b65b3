"""Where the server stands changes nothing: hours, days and schedules are those of the venue."""

import os
import subprocess
import sys
from typing import Final

import pytest

PROGRAM: Final = """
import time
from zoneinfo import ZoneInfo
from hub.core.document import OnSchedule, Quiet
from hub.core.periods import window
from hub.core.restraint.caps import most_within
from hub.core.restraint.quiet import compile_quiet, unless_expired
from hub.core.schedules import next_instant_ms

time.tzset()
print(time.localtime(0).tm_hour)
TOKYO = ZoneInfo("Asia/Tokyo")
DUE = 1791405000000  # 2026-10-08T05:30 in Tokyo, 2026-10-07T20:30Z
held = compile_quiet([Quiet("22:00", "06:00")], TOKYO).quiet("push", DUE, {})
print(held.kind, held.until_ms - DUE, held.reason)
print(unless_expired(held, DUE + 29 * 60_000).kind)
print(most_within((DUE - 6 * 3_600_000, DUE - 5 * 3_600_000), DUE, window("day", TOKYO)))
for when in (OnSchedule(daily="06:00"), OnSchedule(cron="0 6 * * *"),
             OnSchedule(at="2026-10-08T06:00")):
    print(next_instant_ms(when, DUE, TOKYO, 0, 2**42) - DUE)
"""


@pytest.mark.parametrize(
    ("server", "hour"), [("Pacific/Auckland", 12), ("America/Los_Angeles", 16), ("UTC", 0)]
)
def test_due_at_half_past_five_in_tokyo(server: str, hour: int) -> None:
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"TZ": server},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert said == [
        str(hour),
        "hold 1800000 quiet hours 22:00 to 06:00, until 2026-10-08 06:00:00",
        "drop",
        "1",
        *["1800000"] * 3,
    ]
