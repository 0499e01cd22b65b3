"""Whoever was merged is found under each of their ids, with all that was written under any."""

from sqlalchemy import text

from hub.core.outcome import Decision, Grant, Membership, Message, Outcome
from hub.core.state import Lease, Person
from hub.store import Group, LogRow, Store
from hub.store.inbox import Subscription
from hub.store.people import NewPerson
from hub.store.views_web import WebReads


def merged(store: Store) -> tuple[str, str]:
    """Register Ann twice and merge the two; returns survivor and other."""
    ann = store.people.register(NewPerson(name="Ann Smith", email="a@work.example"), 1_000).person
    other = store.people.register(
        NewPerson(name="A. Smith", email="a@home.example", company="Home Ltd"), 2_000
    ).person
    store.commit(
        Group(
            people={ann: Person(ann, points=5, place="bar"), other: Person(other)},
            leases={"b1": (Lease(1, ann),), "b2": (Lease(1, other),)},
            identities={"crm:1": ann, "crm:2": other},
            aliases={other: ann},
            messages=[Message(f"m{n}", n, 1, n, "") for n in (ann, other)],
            decisions=[Decision(f"d{n}", "r", 1, n, None, 1, "fired", "") for n in (ann, other)],
            grants=[Grant("coffee", i, n, f"a{i}", i) for i, n in enumerate((ann, other))],
            log=[LogRow(i, f"k{i}", n, "tapped", i, i, b"{}") for i, n in ((1, other), (2, ann))],
        )
    )
    return ann, other


def test_an_alias_leads_to_the_end(store: Store) -> None:
    store.commit(Group(aliases={"a": "b", "x": "b"}))
    store.commit(Group(aliases={"b": "c"}))
    assert {store.resolve(one) for one in ("a", "b", "c", "x")} == {"c"}
    assert store.resolve("nobody") == "nobody"
    assert store.aliases_of("a") == store.aliases_of("c") == {"a", "b", "c", "x"}
    assert store.aliases_of("nobody") == {"nobody"}
    assert store.load_engine().aliases == {"a": "b", "x": "b", "b": "c"}
    store.commit(Group(aliases={"b": None}))
    assert (store.resolve("a"), store.aliases_of("c")) == ("b", {"c"})


def test_a_ring_of_aliases_ends_somewhere(store: Store) -> None:
    store.commit(Group(aliases={"a": "b", "b": "a"}))
    assert store.resolve("a") in {"a", "b"}
    assert store.aliases_of("a") == {"a", "b"}


def test_ids_of_other_systems(store: Store, database_url: str) -> None:
    ann, other = merged(store)
    assert store.load_ids(["crm:1", "crm:2", "crm:3"]) == {"crm:1": ann, "crm:2": ann}
    assert store.load_ids([]) == {}
    with Store(database_url, "other") as elsewhere:
        assert elsewhere.load_ids(["crm:1"]) == {}
    store.commit(Group(identities={"crm:1": None, "crm:2": "bob"}))
    assert store.load_ids(["crm:1", "crm:2"]) == {"crm:2": "bob"}
    assert store.folded().identities == {"crm:2": "bob"}
    assert store.folded().aliases == {other: ann}


def test_the_desks_know_both_under_either_id(store: Store) -> None:
    ann, other = merged(store)
    reads = WebReads(store.database, store.event)
    store.inbox.subscribe(other, Subscription("https://push.example/1", "k", "a"), 1)
    for person in (ann, other):
        assert {message.key for message in store.inbox.of(person)} == {f"m{ann}", f"m{other}"}
        assert {one.decision.person for one in store.views.decisions(person=person)} == {ann, other}
        assert {row.person for row in reads.decisions(person=person)} == {ann, other}
        assert {reward.index for reward in store.rewards.of(person)} == {0, 1}
        assert {grant.person for grant in store.reserved_of(person)} == {ann, other}
        assert len(store.inbox.subscriptions(person)) == 1
        assert store.people.badges_of(person) == ["b1", "b2"]
        found = reads.person(person)
        assert found is not None
        line, state = found
        assert (line.id, line.others, line.badges, line.place) == (
            ann, (other,), ("b1", "b2"), "bar",
        )  # fmt: skip
        assert (line.name, line.email, line.company, state.points) == (
            "Ann Smith", "a@work.example", "Home Ltd", 5,
        )  # fmt: skip
    assert store.people.by_badge("b2") == ann
    assert store.inbox.mark_read(ann, 99, 7) == 2
    assert reads.totals().people == store.people.count() == store.count_people() == 1


def test_the_list_has_one_line_for_both(store: Store) -> None:
    ann, other = merged(store)
    reads = WebReads(store.database, store.event)
    for wanted in ("", "A. Smith", "home.example", "Home Ltd", other, ann, "b2", "b1"):
        assert [line.id for line in reads.people(wanted)] == [ann], wanted
        assert [info.person for info in store.people.search(wanted)] == [ann], wanted
    assert reads.people("nobody") == []
    info = store.people.get(other)
    assert info is not None
    assert (info.person, info.others, info.created_ms) == (ann, (other,), 1_000)


def test_an_old_link_and_an_old_key_keep_resolving(store: Store) -> None:
    first = store.people.register(NewPerson(name="Ann", source_key="crm/1"), 1_000)
    second = store.people.register(NewPerson(name="Ann", source_key="crm/2"), 2_000)
    store.commit(Group(aliases={second.person: first.person}))
    assert first.link_token is not None
    assert second.link_token is not None
    assert store.people.by_link(second.link_token) == first.person
    assert store.people.by_source("crm/2") == first.person
    newer = store.people.new_link(second.person)
    assert newer is not None
    assert store.people.by_link(newer) == first.person
    assert store.people.by_link(first.link_token) is None
    assert store.people.by_link(second.link_token) == first.person
    store.commit(Group(aliases={second.person: None}))
    assert store.people.by_link(second.link_token) == second.person


def test_the_log_of_several_ids(store: Store) -> None:
    ann, other = merged(store)
    assert [line.person for line in store.log_of(store.aliases_of(ann))] == [other, ann]
    assert [line.person for line in store.log_of(ann)] == [ann]
    assert [line.pos for line in store.log_of([ann, other], until_ms=1)] == [1]
    assert store.log_of([]) == []


def test_people_a_page_at_a_time(store: Store) -> None:
    store.commit(Group(people={f"p{n}": Person(f"p{n}") for n in range(7)}, aliases={"p3": "p1"}))
    assert store.person_ids_after() == ["p0", "p1", "p2", "p4", "p5", "p6"]
    assert store.person_ids_after("p1", limit=2) == ["p2", "p4"]
    assert store.person_ids_after("p6") == []


def test_members_come_and_go(store: Store) -> None:
    ann = store.people.register(NewPerson(name="Ann Smith"), 1_000).person
    group = Group()
    group.add(Outcome(memberships=(Membership("guests", ann, 5), Membership("vip", ann, 6))))
    group.add(Outcome(memberships=(Membership("guests", "q", 7), Membership("vip", "q", 8))))
    group.add(Outcome(memberships=(Membership("vip", "q", None),)))
    store.commit(group)
    members = store.audiences.members("guests")
    assert [(one.person, one.name, one.since_ms) for one in members] == [
        (ann, "Ann Smith", 5),
        ("q", "", 7),
    ]
    assert store.audiences.members("guests", after=ann) == members[1:]
    assert store.audiences.members("guests", limit=1) == members[:1]
    assert store.audiences.newest("guests") == members[::-1]
    assert store.audiences.counts() == {"guests": 2, "vip": 1}
    assert store.folded().memberships == {("guests", ann): 5, ("guests", "q"): 7, ("vip", ann): 6}
    store.commit(Group(memberships={("guests", "q"): None}, aliases={"old": ann}))
    assert store.audiences.of("old") == {"guests": 5, "vip": 6}
    store.reset_state()
    assert store.audiences.counts() == {}
    assert store.load_engine().aliases == {}


def test_looking_for_rows_that_name_somebody_reads_no_others(store: Store) -> None:
    log = [LogRow(n, f"k{n}", "ann", "tapped", n, n, b"{}") for n in range(1, 2_000)]
    store.commit(Group(log=log))
    explain = "EXPLAIN QUERY PLAN" if store.database.dialect == "sqlite" else "EXPLAIN"
    query = (
        "SELECT pos FROM log WHERE event = 'demo' AND (kind IN ('swept', 'merged', 'unmerged', "
        "'erased') OR (kind = 'leased' AND person IS NULL)) ORDER BY pos"
    )
    with store.database.read() as connection:
        plan = str(connection.execute(text(f"{explain} {query}")).all())
    assert "log_naming" in plan
