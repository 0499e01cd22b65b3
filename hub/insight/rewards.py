"""What became of each pool: its stock now, and what was given, redeemed and returned in a stretch.

``given`` are the rewards issued in the stretch, redeemed since or not, ``returned`` those that went
back because they were not delivered: these may have been given again. Stock, left and reserved are
as they are now. How long it took is from issue to redemption, of those redeemed in the stretch.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hub.core.document import Venue
from hub.core.state import Pool
from hub.insight.measures import quantile
from hub.insight.spans import NO_BUCKETS, Asked, Buckets, buckets
from hub.store.insight import RewardLine


@dataclass(frozen=True, slots=True)
class StandReport:
    """The rewards that one stand handed over; ``stand`` is empty for those without a name."""

    stand: str
    redeemed: int
    median_ms: int | None
    p90_ms: int | None


@dataclass(frozen=True, slots=True)
class PoolReport:
    """One pool; the lists have a number for each bucket of the report."""

    pool: str
    title: str
    stock: int
    left: int
    reserved: int
    given: int
    redeemed: int
    returned: int
    median_ms: int | None
    p90_ms: int | None
    stands: list[StandReport]
    given_over_time: list[int]
    redeemed_over_time: list[int]
    returned_over_time: list[int]


@dataclass(frozen=True, slots=True)
class RewardsReport:
    """Every pool of the document in its order, then those that it has no more."""

    width: str
    starts_ms: list[int]
    pools: list[PoolReport]


@dataclass(slots=True)
class _Pool:
    """What is read of one pool."""

    reserved: int = 0
    given_ms: "array[int]" = field(default_factory=lambda: array("q"))
    redeemed_ms: "array[int]" = field(default_factory=lambda: array("q"))
    returned_ms: "array[int]" = field(default_factory=lambda: array("q"))
    took_ms: dict[str, "array[int]"] = field(default_factory=dict)
    """Stand to how long each took that has both instants."""
    redeemed_by: dict[str, int] = field(default_factory=dict)


def report(
    venue: Venue,
    pools: dict[str, Pool],
    rewards: Iterable[RewardLine],
    returned: Iterable[tuple[str, int]],
    asked: Asked,
) -> RewardsReport:
    """Work everything out.

    Raises:
        TooManyBuckets: the width that is asked for is too short.
    """
    read: dict[str, _Pool] = {}
    for line in rewards:
        _take(read.setdefault(line.pool, _Pool()), line, asked)
    for pool, at_ms in returned:
        if _inside(at_ms, asked):
            read.setdefault(pool, _Pool()).returned_ms.append(at_ms)
    cut = _buckets(read.values(), venue.event.zone, asked)
    known = {info.id: (info.title, info.stock) for info in venue.pools}
    names = [*known, *sorted(read.keys() - known.keys())]
    return RewardsReport(
        cut.width,
        list(cut.starts_ms),
        [
            _pool(name, *known.get(name, ("", 0)), pools.get(name), read.get(name, _Pool()), cut)
            for name in names
        ],
    )


def _take(pool: _Pool, line: RewardLine, asked: Asked) -> None:
    if line.status == "reserved":
        pool.reserved += 1
    if line.issued_ms is not None and _inside(line.issued_ms, asked):
        pool.given_ms.append(line.issued_ms)
    if line.redeemed_ms is None or not _inside(line.redeemed_ms, asked):
        return
    stand = line.redeemed_by or ""
    pool.redeemed_ms.append(line.redeemed_ms)
    pool.redeemed_by[stand] = pool.redeemed_by.get(stand, 0) + 1
    if line.issued_ms is not None:
        pool.took_ms.setdefault(stand, array("q")).append(line.redeemed_ms - line.issued_ms)


def _inside(at_ms: int, asked: Asked) -> bool:
    after = asked.since_ms is None or at_ms >= asked.since_ms
    return after and (asked.until_ms is None or at_ms < asked.until_ms)


def _buckets(pools: Iterable[_Pool], zone: str, asked: Asked) -> Buckets:
    series = [s for p in pools for s in (p.given_ms, p.redeemed_ms, p.returned_ms) if s]
    if not series:
        return NO_BUCKETS
    return buckets(min(map(min, series)), max(map(max, series)), zone, asked.width)


def _pool(
    name: str, title: str, stock: int, state: Pool | None, read: _Pool, cut: Buckets
) -> PoolReport:
    took = sorted(value for values in read.took_ms.values() for value in values)
    return PoolReport(
        pool=name, title=title, stock=state.stock if state else stock,
        left=state.left if state else stock, reserved=read.reserved, given=len(read.given_ms),
        redeemed=len(read.redeemed_ms), returned=len(read.returned_ms),
        median_ms=quantile(took, 0.5), p90_ms=quantile(took, 0.9),
        stands=[_stand(read, stand) for stand in sorted(read.redeemed_by)],
        given_over_time=_over_time(read.given_ms, cut),
        redeemed_over_time=_over_time(read.redeemed_ms, cut),
        returned_over_time=_over_time(read.returned_ms, cut),
    )  # fmt: skip


def _stand(read: _Pool, stand: str) -> StandReport:
    took = sorted(read.took_ms.get(stand, ()))
    return StandReport(stand, read.redeemed_by[stand], quantile(took, 0.5), quantile(took, 0.9))


def _over_time(instants: Sequence[int], cut: Buckets) -> list[int]:
    found = [0] * len(cut.starts_ms)
    for at_ms in instants:
        found[cut.index(at_ms)] += 1
    return found
