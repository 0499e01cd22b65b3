"""People in memory are the same people whether they are values, packed, or read again."""

from hypothesis import given
from hypothesis import strategies as st

from hub.core.state import Person
from hub.engine.people import People

HOT_MAX, PACKED_MAX = 3, 5
NAMES = st.sampled_from([f"p{number}" for number in range(12)])
STEPS = st.one_of(
    st.tuples(st.just("put"), NAMES),
    st.tuples(st.just("get"), NAMES),
    st.tuples(st.just("peek"), NAMES),
    st.tuples(st.just("make room"), NAMES),
)


def need(people: People, stored: dict[str, Person], name: str) -> None:
    """Read somebody again who is not in memory, as the engine does."""
    if name not in people and name in stored:
        people.fill([stored[name]])


@given(st.lists(STEPS, max_size=60))
def test_what_is_asked_for_is_what_was_put_last(steps: list[tuple[str, str]]) -> None:
    people, stored = People(HOT_MAX, PACKED_MAX), dict[str, Person]()
    for number, (what, name) in enumerate(steps):
        match what:
            case "put":
                need(people, stored, name)
                stored[name] = Person(name, points=number)
                people.put(stored[name])
            case "get":
                need(people, stored, name)
                assert people.get(name) == stored.get(name)
            case "peek":
                assert people.peek(name) == (stored[name] if name in people else None)
            case _:
                people.make_room()
                assert len(people) <= HOT_MAX + PACKED_MAX
        assert set(people) == {one for one in stored if one in people}
        assert len(people) == len(set(people))
        assert all(people.peek(one) == stored[one] for one in people)


def test_nobody_is_left_when_it_is_cleared() -> None:
    people = People(HOT_MAX, PACKED_MAX)
    people.fill([Person("ann")])
    people.put(Person("bob"))
    people.clear()
    assert dict(people) == {}
    assert people.peek("ann") is None
