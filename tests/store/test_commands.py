"""Who is not the engine leaves a command; it is settled once and seen in order."""

from concurrent.futures import ThreadPoolExecutor

from hub.core.events import Registered
from hub.store import Group, Store
from hub.store.commands import CommandResult


def registered(number: int) -> Registered:
    return Registered(f"p{number}", number, {"name": "Ann"}, ["push"])


def test_a_command_is_left_once(store: Store) -> None:
    assert store.add_command("k1", registered(1), 10)
    assert not store.add_command("k1", registered(2), 20)
    (only,) = store.pending_commands()
    assert (only.key, only.event, only.at_ms) == ("k1", registered(1), 10)
    assert store.command_result("k1") == CommandResult(done=False, error=None)
    assert store.command_result("k2") is None


def test_a_settled_command_is_no_longer_pending(store: Store) -> None:
    for number in range(3):
        store.add_command(f"k{number}", registered(number), 10)
    first, second, third = store.pending_commands()
    store.commit(Group(commands_done=[(first.id, None), (second.id, "no such badge")]))
    assert store.pending_commands() == [third]
    assert store.command_result("k0") == CommandResult(done=True, error=None)
    assert store.command_result("k1") == CommandResult(done=True, error="no such badge")
    assert not store.add_command("k0", registered(0), 30)


def test_pages_of_commands(store: Store) -> None:
    for number in range(5):
        store.add_command(f"k{number}", registered(number), 10)
    page = store.pending_commands(limit=2)
    rest = store.pending_commands(after_id=page[-1].id)
    assert [row.key for row in page + rest] == [f"k{number}" for number in range(5)]


def test_a_reader_that_follows_the_numbers_misses_none(store: Store) -> None:
    left = 60
    seen: list[str] = []

    def leave(number: int) -> None:
        store.add_command(f"k{number}", registered(number), 10)

    with ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(leave, number) for number in range(left)]
        after = 0
        while not all(future.done() for future in waiting):
            for row in store.pending_commands(after):
                seen.append(row.key)
                after = row.id
    seen.extend(row.key for row in store.pending_commands(after))
    assert sorted(seen) == sorted(f"k{number}" for number in range(left))
