"""Registering writes master data and asks the engine for the rest; links open one page each."""

import pytest

from hub.core.events import Leased, Registered
from hub.core.state import Lease
from hub.store import Group, Store, StoreConflict
from hub.store.people import NewPerson

ANN = NewPerson(
    name="Ann Smith",
    email="ann@example.org",
    company="Example Ltd",
    attributes={"first_name": "Ann", "artists": ["Nena"]},
    consents=["push", "presence"],
    badge="04A1",
    source_key="crm/1",
)


def test_registering_leaves_commands(store: Store) -> None:
    made = store.people.register(ANN, 1_000)
    assert [row.event for row in store.pending_commands()] == [
        Registered(made.person, 1_000, ANN.attributes, ["presence", "push"]),
        Leased("04A1", made.person, 1_000),
    ]
    found = store.people.get(made.person)
    assert found is not None
    assert (found.name, found.email, found.company) == ("Ann Smith", ANN.email, "Example Ltd")
    assert store.people.get("nobody") is None


def test_importing_again_changes_nothing(store: Store) -> None:
    first = store.people.register(ANN, 1_000)
    again = store.people.register(ANN, 2_000)
    assert again.person == first.person
    assert again.link_token is None
    assert store.people.count() == 1
    assert len(store.pending_commands()) == 2


def test_without_a_key_everybody_is_new(store: Store) -> None:
    new = NewPerson(name="Ann")
    made = {store.people.register(new, 1_000).person for _ in range(3)}
    assert len(made) == 3
    assert sorted(store.people.names()) == sorted(made)
    assert all(isinstance(row.event, Registered) for row in store.pending_commands())


def test_a_link_opens_one_page_until_there_is_a_new_one(store: Store) -> None:
    made = store.people.register(ANN, 1_000)
    assert made.link_token is not None
    assert len(made.link_token) >= 43
    assert store.people.by_link(made.link_token) == made.person
    assert store.people.by_link("guess") is None
    newer = store.people.new_link(made.person)
    assert newer is not None
    assert store.people.by_link(newer) == made.person
    assert store.people.by_link(made.link_token) is None
    assert store.people.new_link("nobody") is None


def test_nothing_in_the_database_is_the_link(store: Store, database_url: str) -> None:
    token = store.people.register(ANN, 1_000).link_token
    assert token is not None
    with store.database.read() as connection:
        for row in connection.exec_driver_sql("SELECT * FROM registration").all():
            assert token not in map(str, row)
    with Store(database_url, "other") as other:
        assert other.people.by_link(token) is None


def test_a_person_comes_to_several_events(store: Store, database_url: str) -> None:
    person = store.people.register(ANN, 1_000).person
    returning = NewPerson(name="Ann Jones", person=person)
    with Store(database_url, "other") as other:
        assert other.people.get(person) is None
        assert other.people.register(returning, 2_000).person == person
        there = other.people.get(person)
    here = store.people.get(person)
    assert here is not None
    assert there is not None
    assert (here.name, there.name) == ("Ann Smith", "Ann Jones")
    with pytest.raises(StoreConflict):
        store.people.register(returning, 3_000)


def test_finding_people(store: Store) -> None:
    ann = store.people.register(ANN, 1_000).person
    bob = store.people.register(NewPerson(name="Bob 100% Burns", email="BOB@example.org"), 1).person
    store.commit(Group(leases={"04A1": (Lease(1_000, ann),), "04A2": (Lease(1_000, None),)}))

    def found(text: str) -> list[str]:
        return [info.person for info in store.people.search(text)]

    assert found("") == [ann, bob]
    assert found("sMiTh") == [ann]
    assert found("bob@EXAMPLE") == [bob]
    assert found("100%") == [bob]
    assert found("_") == []
    assert found(" 04A1 ") == [ann]
    assert found("04A2") == []
    assert found(bob) == [bob]
    assert len(store.people.search("", limit=1)) == 1


def test_who_holds_a_badge(store: Store) -> None:
    back = (Lease(1, "ann"), Lease(2, None))
    store.commit(Group(leases={"b1": (Lease(1, "ann"),), "b2": (Lease(1, "ann"),), "b3": back}))
    assert store.people.by_badge("b1") == "ann"
    assert store.people.by_badge("b3") is None
    assert store.people.by_badge("b9") is None
    assert store.people.badges_of("ann") == ["b1", "b2"]
