"""A code is handed over once, however many try at the same time."""

from typing import Final, Literal

from msgspec import Struct
from sqlalchemy import func, select, update

from hub.core.events import Event, Redeemed, Tombstone
from hub.store import commands, identity, tables
from hub.store.codes import tidy_code
from hub.store.database import Database

REWARDS_MAX: Final = 500
"""Most rewards of one person that are read."""

RefusedBecause = Literal["unknown", "not_issued", "already"]
_c = tables.reward_code.c
_COLUMNS: Final = (_c.pool, _c.index, _c.code, _c.status, _c.person, _c.at_ms, _c.redeemed_by)


class Reward(Struct, frozen=True):
    """One reward. ``at_ms`` is when it came to its ``status``: reserved, issued or redeemed."""

    pool: str
    index: int
    code: str
    status: str
    person: str | None
    at_ms: int
    redeemed_by: str | None


class RedeemDone(Struct, frozen=True):
    """The code was good, and is used up from now on; ``person`` is empty for who is forgotten."""

    pool: str
    index: int
    person: str


class RedeemRefused(Struct, frozen=True):
    """The code was not good; ``reward`` says when and where it was used when it was before."""

    reason: RefusedBecause
    reward: Reward | None = None


class Rewards:
    """The codes of one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def redeem(self, code: str, by: str, at_ms: int) -> RedeemDone | RedeemRefused:
        """Use a code up and leave the command Redeemed, in one transaction.

        Of any number of calls at the same time, in any number of processes, one succeeds.
        """
        tidy = tidy_code(code)
        statement = (
            update(tables.reward_code)
            .where(_c.event == self._event, _c.code == tidy, _c.status == "issued")
            .values(status="redeemed", at_ms=at_ms, redeemed_by=by)
            .returning(_c.pool, _c.index, _c.person)
        )
        with self._database.write() as connection:
            row = connection.execute(statement).one_or_none()
            if row is not None:
                pool, index, person = row
                key = f"redeem/{pool}/{index}"
                event = _redeemed(pool, index, person, at_ms, by)
                commands.add(connection, self._event, key, event, at_ms)
                return RedeemDone(pool, index, person or "")
        return self._refused(tidy)

    def by_code(self, code: str) -> Reward | None:
        """Return the reward with that code."""
        query = select(*_COLUMNS).where(_c.event == self._event, _c.code == tidy_code(code))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return Reward(*row) if row else None

    def of(self, person: str) -> list[Reward]:
        """Return somebody's rewards under all of their ids, newest first."""
        with self._database.read() as connection:
            ids = identity.ids_of(connection, self._event, person)
            query = select(*_COLUMNS).where(_c.event == self._event, _c.person.in_(ids))
            newest = query.order_by(_c.at_ms.desc(), _c.pool, _c.index).limit(REWARDS_MAX)
            return [Reward(*row) for row in connection.execute(newest)]

    def at(self, pool: str, index: int) -> Reward | None:
        """Return reward ``index`` of ``pool``."""
        place = (_c.event == self._event, _c.pool == pool, _c.index == index)
        with self._database.read() as connection:
            row = connection.execute(select(*_COLUMNS).where(*place)).one_or_none()
        return Reward(*row) if row else None

    def counts(self) -> dict[tuple[str, str], int]:
        """Return (pool, status) to how many."""
        query = select(_c.pool, _c.status, func.count()).where(_c.event == self._event)
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(_c.pool, _c.status))
            return {(pool, status): number for pool, status, number in rows}

    def _refused(self, code: str) -> RedeemRefused:
        reward = self.by_code(code)
        if reward is None or reward.status == "free":
            return RedeemRefused("unknown")
        return RedeemRefused("already" if reward.status == "redeemed" else "not_issued", reward)


def _redeemed(pool: str, index: int, person: str | None, at_ms: int, by: str) -> Event:
    """What the engine is told: of somebody who is forgotten only that one more was handed over."""
    if person is None:
        return Tombstone(at_ms, redeemed={pool: 1})
    return Redeemed(person, pool, index, at_ms, by)
