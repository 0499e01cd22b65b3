"""A window says which instants count at an instant, and when each of them stops counting.

A rolling window of ``w`` has ``t`` inside at ``x`` when ``x - w < t <= x``. A calendar hour, day or
week of the venue has it inside when both lie in the same one; a day has 23, 24 or 25 hours, as the
zone has it, and a week begins on Monday.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct

from hub.core.spans import duration_ms, instant_ms, spell

Period = Literal["hour", "day", "week"]

EVER_MS: Final = -(2**62)
"""Before every instant."""

QUARTER_MS: Final = 900_000
"""Local calendars begin and change their offsets at full quarters of an hour of UTC."""


class Window(Struct, frozen=True):
    """A window; ``length_ms`` is of a rolling one, ``period`` of a calendar one, else the event."""

    zone: tzinfo
    length_ms: int | None = None
    period: Period | None = None

    def after_ms(self, at_ms: int) -> int:
        """What lies after this instant, up to ``at_ms``, is inside."""
        if self.length_ms is not None:
            return at_ms - self.length_ms
        if self.period is not None:
            return period_of(self.zone, self.period, at_ms)[0] - 1
        return EVER_MS

    def leaves_ms(self, t_ms: int) -> int | None:
        """The instant at which ``t_ms`` stops counting; None for never."""
        if self.length_ms is not None:
            return t_ms + self.length_ms
        if self.period is not None:
            return period_of(self.zone, self.period, t_ms)[1]
        return None

    @property
    def is_event(self) -> bool:
        """Whether nothing ever leaves it."""
        return self.length_ms is None and self.period is None

    @property
    def text(self) -> str:
        """As people spell it."""
        if self.length_ms is not None:
            return spell(self.length_ms)
        return f"the {self.period or 'event'}"


def window(text: str, zone: tzinfo) -> Window:
    """Read ``2h``, ``hour``, ``day``, ``week`` or ``event``.

    Raises:
        RulesFault: not of that form.
    """
    if text == "event":
        return Window(zone)
    if text in ("hour", "day", "week"):
        return Window(zone, period=text)  # type: ignore[arg-type]
    return Window(zone, duration_ms(text))


def period_of(zone: tzinfo, period: Period, at_ms: int) -> tuple[int, int]:
    """The first instant of the calendar period that ``at_ms`` lies in, and of the next one."""
    return _period(zone, period, at_ms // QUARTER_MS)


@lru_cache(maxsize=4096)
def _period(zone: tzinfo, period: Period, quarter: int) -> tuple[int, int]:
    moment = datetime.fromtimestamp(quarter * QUARTER_MS / 1000, zone)
    if period == "hour":
        return _hour(moment, zone)
    day = moment.date()
    if period == "week":
        day -= timedelta(days=day.weekday())
    following = day + timedelta(days=7 if period == "week" else 1)
    midnights = (datetime(d.year, d.month, d.day, tzinfo=zone) for d in (day, following))
    first_ms, next_ms = (instant_ms(midnight) for midnight in midnights)
    return first_ms, next_ms


def _hour(moment: datetime, zone: tzinfo) -> tuple[int, int]:
    """The stretch during which the local clock's date and hour stay the same."""

    def shows(instant: datetime) -> tuple[int, int, int]:
        local = instant.astimezone(zone)
        return local.day, local.hour, local.fold

    quarter = timedelta(milliseconds=QUARTER_MS)
    first = last = moment.astimezone(UTC)
    while shows(first - quarter) == shows(moment):
        first -= quarter
    while shows(last) == shows(moment):
        last += quarter
    return instant_ms(first), instant_ms(last)
