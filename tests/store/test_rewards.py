"""A reward is reserved, issued, handed over once; or given back and reserved for somebody else."""

import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from hub.core.events import Redeemed
from hub.core.outcome import Grant
from hub.store import Group, SettledRow, Store
from hub.store.codes import ALPHABET, CODE_CHARS
from hub.store.rewards import RedeemDone, RedeemRefused
from tests.databases import EVENT

AT_ONCE = 64
PROCESSES = 2


def grant(index: int, person: str = "ann", action: str | None = None) -> Grant:
    return Grant("coffee", index, person, action or f"push-{index}", 1_000)


def done(index: int) -> SettledRow:
    return SettledRow(f"push-{index}", "done", "", 2_000)


def issued_code(store: Store) -> str:
    store.commit(Group(grants=[grant(0)], settled=[done(0)]))
    return store.rewards.of("ann")[0].code


def redeem_here(arguments: tuple[str, str, int]) -> bool:
    url, code, number = arguments
    with Store(url, EVENT) as store:
        return isinstance(store.rewards.redeem(code, f"stand-{number}", 3_000), RedeemDone)


def test_the_life_of_a_reward(store: Store) -> None:
    store.commit(Group(grants=[grant(0)]))
    (reserved,) = store.rewards.of("ann")
    assert (reserved.status, reserved.index, reserved.at_ms) == ("reserved", 0, 1_000)
    assert store.rewards.redeem(reserved.code, "stand", 1_500) == RedeemRefused(
        "not_issued", reserved
    )
    store.commit(Group(settled=[done(0)]))
    assert store.rewards.redeem(reserved.code, "stand", 3_000) == RedeemDone("coffee", 0, "ann")
    refused = store.rewards.redeem(reserved.code, "bar", 4_000)
    assert isinstance(refused, RedeemRefused)
    assert refused.reason == "already"
    assert refused.reward is not None
    assert (refused.reward.at_ms, refused.reward.redeemed_by) == (3_000, "stand")
    (command,) = store.pending_commands()
    assert command.event == Redeemed("ann", "coffee", 0, 3_000, "stand")
    assert store.rewards.counts() == {("coffee", "redeemed"): 1}


@pytest.mark.parametrize(
    "code", ["", "NOSUCHCODE", "x" * 5_000, "' OR 1=1 --", "\N{COLLISION SYMBOL}"]
)
def test_a_code_that_nobody_made(store: Store, code: str) -> None:
    issued_code(store)
    assert store.rewards.redeem(code, "stand", 3_000) == RedeemRefused("unknown")


def test_a_code_is_good_however_it_is_typed(store: Store) -> None:
    code = issued_code(store)
    typed = f" {code[:5].lower()}-{code[5:]} "
    assert isinstance(store.rewards.redeem(typed, "stand", 3_000), RedeemDone)


def test_codes_are_unguessable_and_different(store: Store) -> None:
    store.commit(Group(grants=[grant(index) for index in range(500)]))
    codes = {reward.code for reward in store.rewards.of("ann")}
    assert len(codes) == 500
    assert all(re.fullmatch(f"[{ALPHABET}]{{{CODE_CHARS}}}", code) for code in codes)


def test_given_back_it_is_somebody_elses_with_another_code(store: Store) -> None:
    store.commit(Group(grants=[grant(0)]))
    old = store.rewards.of("ann")[0].code
    store.commit(Group(released=[grant(0)], settled=[SettledRow("push-0", "dropped", "", 2_000)]))
    assert store.rewards.of("ann") == []
    assert store.rewards.redeem(old, "stand", 3_000) == RedeemRefused("unknown")
    store.commit(Group(grants=[grant(0, "bob", "push-9")]))
    (reward,) = store.rewards.of("bob")
    assert reward.status == "reserved"
    assert reward.code != old


def test_granted_given_back_and_granted_again_in_one_commit(store: Store) -> None:
    again = grant(0, "bob", "push-9")
    store.commit(Group(grants=[grant(0), again], released=[grant(0)]))
    found = store.rewards.at("coffee", 0)
    assert found is not None
    assert (found.person, found.status) == ("bob", "reserved")


def test_what_is_issued_is_neither_given_back_nor_granted_again(store: Store) -> None:
    code = issued_code(store)
    store.commit(Group(released=[grant(0)], grants=[grant(0, "bob", "push-9")]))
    found = store.rewards.by_code(code)
    assert found is not None
    assert (found.person, found.status) == ("ann", "issued")


def test_a_code_is_good_at_its_own_event_alone(store: Store, database_url: str) -> None:
    code = issued_code(store)
    with Store(database_url, "other") as other:
        assert other.rewards.redeem(code, "stand", 3_000) == RedeemRefused("unknown")
        assert other.rewards.of("ann") == []


def test_of_many_threads_one_succeeds(store: Store) -> None:
    code = issued_code(store)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(
            pool.map(lambda n: store.rewards.redeem(code, f"stand-{n}", 3_000), range(AT_ONCE))
        )
    assert sum(isinstance(result, RedeemDone) for result in results) == 1
    assert len(store.pending_commands()) == 1


@pytest.mark.processes
def test_of_many_processes_one_succeeds(store: Store, database_url: str) -> None:
    code = issued_code(store)
    calls = [(database_url, code, number) for number in range(AT_ONCE // 4)]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        assert sum(pool.map(redeem_here, calls)) == 1
    assert len(store.pending_commands()) == 1
