"""By which ids people are told apart: who is one, who is not, and which ids stay with whom."""

from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core import document as doc
from hub.core.people.faults import IdFault
from hub.core.people.ground import DEFAULT_KINDS, kinds_of
from hub.core.people.identity import (
    OTHERS_MAX,
    RECORD_IDS_MAX,
    LeftOut,
    Resolution,
    claimed,
    resolve,
    wanted_keys,
)
from hub.core.people.normalise import ID_CHARACTERS_MAX, id_key, normalise
from hub.core.state import Given, Joined, Person
from tests.core_people.people import venue

DEFAULTS: Final = {kind.name: kind for kind in DEFAULT_KINDS}


def person(name: str, registered_ms: int = 0, **ids: Any) -> Person:
    return Person(name, registered_ms=registered_ms, ids={k: tuple(v) for k, v in ids.items()})


def ask(
    record: Person,
    *others: Person,
    kinds: Mapping[str, doc.IdKind] = DEFAULTS,
    **ids: list[str],
) -> Resolution:
    people = {one.id: one for one in (record, *others)}
    holders = {
        id_key(kind, value): one.id
        for one in people.values()
        for kind, values in one.ids.items()
        for value in values
    }
    return resolve(kinds, record, ids, holders, people)


@pytest.mark.parametrize(
    ("how", "said", "found"),
    [
        ("email", "  Ann@Example.ORG ", "ann@example.org"),
        ("phone", "+49 (0)30 / 123-45.67", "+49301234567"),
        ("phone", "0049 30 1234567", "+49301234567"),
        ("text", " AbC ", "abc"),
    ],
)
def test_two_spellings_of_one_id_are_the_same(how: Any, said: str, found: str) -> None:
    assert normalise(how, "it", said) == found
    assert normalise(how, "it", found) == found


@pytest.mark.parametrize(
    ("how", "said", "right"),
    [
        ("email", "ann", "write name@example.org"),
        ("email", "ann@home", "write name@"),
        ("email", "a@b@c.org", "write name@"),
        ("email", "a@.org", "write name@"),
        ("email", "a@" + "b" * ID_CHARACTERS_MAX + ".org", "it is longer than 200 characters"),
        ("phone", "030 1234567", "write it with its country"),
        ("phone", "+49 CALL-ME", "write it with"),
        ("phone", "+123456", "write it with"),
        ("phone", "+1234567890123456", "write it with"),
        ("phone", "+٣٣٣٣٣٣٣٣", "write it with"),
        ("text", "  ", "it is empty"),
    ],
)
def test_what_is_no_id_is_refused_and_not_repeated(how: Any, said: str, right: str) -> None:
    with pytest.raises(IdFault, match="this is no id of kind 'it'") as caught:
        normalise(how, "it", said)
    assert caught.value.right.startswith(right)
    assert caught.value.kind == "it"


@given(st.text(max_size=30), st.sampled_from(["text", "email", "phone"]))
def test_normalising_twice_changes_nothing(said: str, how: Any) -> None:
    try:
        once = normalise(how, "it", said)
    except IdFault:
        return
    assert normalise(how, "it", once) == once


def test_a_venue_that_declares_no_kinds_has_the_usual_ones() -> None:
    assert list(kinds_of(venue())) == ["registration", "email", "phone", "crm", "app"]
    assert list(kinds_of(venue(ids=[{"name": "member"}]))) == ["member"]


def test_ids_that_nobody_holds_are_claimed() -> None:
    found = ask(person("ann", 5), email=["Ann@x.org", "ann@x.org"], crm=["7"])
    assert found == Resolution("ann", {"email": ("ann@x.org",), "crm": ("7",)})
    assert claimed(person("ann", email=["a@x.org"]), found.claims) == {
        "email": ("a@x.org", "ann@x.org"),
        "crm": ("7",),
    }


def test_a_shared_id_makes_two_one_and_the_older_registration_survives() -> None:
    old = person("old", 5, email=["a@x.org"])
    found = ask(person("young", 9), old, email=["a@x.org"], crm=["7"])
    assert found == Resolution("old", {"email": ("a@x.org",), "crm": ("7",)}, ("young",))
    found = ask(person("older", 1), old, email=["a@x.org"])
    assert (found.survivor, found.merges) == ("older", ("old",))


def test_a_walk_in_never_survives_a_registration_and_ties_go_by_id() -> None:
    walk_in = person("aaa", email=["a@x.org"])
    assert ask(person("zoe", 9), walk_in, email=["a@x.org"]).survivor == "zoe"
    assert ask(person("bbb"), walk_in, email=["a@x.org"]).survivor == "aaa"
    same = person("ann", 9, email=["a@x.org"])
    assert ask(person("zoe", 9), same, email=["a@x.org"]).survivor == "ann"


def test_unknown_kinds_blocked_values_and_what_is_no_id_are_left_out() -> None:
    kinds = {"email": doc.IdKind("email", normalise="email", blocked=["none@x.org"])}
    found = ask(person("ann"), kinds=kinds, email=["NONE@x.org", "what"], moon=["1"])
    assert found.claims == {}
    assert found.left_out == (
        LeftOut("email", "NONE@x.org", "it is blocked: it stands for nobody"),
        LeftOut("email", "what", "write name@example.org"),
        LeftOut("moon", "1", "the venue has no such kind of id"),
    )
    ids = {"email": ["NONE@x.org", "A@x.org"], "moon": ["1"]}
    assert wanted_keys(kinds, ids) == ["email:a@x.org"]


def test_the_least_trusted_kind_is_left_out_until_one_person_can_have_the_ids() -> None:
    other = person("bob", 1, registration=["r1"], phone=["+49301234567"])
    ann = person("ann", 2, registration=["r2"])
    kinds = {kind.name: kind for kind in DEFAULT_KINDS}
    kinds["registration"] = doc.IdKind("registration", priority=100)
    found = ask(ann, other, kinds=kinds, registration=["r2"], phone=["+49 30 1234567"], app=["9"])
    assert (found.survivor, found.merges) == ("ann", ())
    assert found.claims == {"registration": ("r2",)}
    why = "with it one person would have more than 1 of registration"
    assert found.left_out == (LeftOut("app", "9", why), LeftOut("phone", "+49301234567", why))


def test_more_ids_than_a_person_may_have_are_not_claimed() -> None:
    kinds = {"crm": doc.IdKind("crm", per_person=2)}
    found = ask(person("ann", crm=["1", "2"]), kinds=kinds, crm=["3"])
    assert found.claims == {}
    assert [left.value for left in found.left_out] == ["3"]
    kept = ask(person("ann", crm=["1", "2", "3"], moon=["1", "2"]), kinds=kinds, crm=["1"])
    assert kept.claims == {"crm": ("1",)}


def test_a_kind_that_joins_nobody_stays_with_whom_it_is() -> None:
    kinds = {
        "email": doc.IdKind("email", priority=80),
        "desk": doc.IdKind("desk", merges=False),
    }
    bob = person("bob", 1, desk=["5"], email=["b"])
    found = ask(person("ann", 2), bob, kinds=kinds, desk=["5", "6"])
    assert (found.survivor, found.merges, found.claims) == ("ann", (), {"desk": ("6",)})
    assert found.left_out == (LeftOut("desk", "5", "it is somebody else's"),)
    kinds["email"] = doc.IdKind("email", priority=80, per_person=2)
    joined = ask(person("ann", 2), bob, kinds=kinds, desk=["5"], email=["b"])
    assert joined.claims == {"email": ("b",), "desk": ("5",)}
    assert joined.merges == ("ann",)


def test_too_many_are_not_joined_through_one_record() -> None:
    others = [person(f"p{n}", n + 1, app=[f"{n}"]) for n in range(OTHERS_MAX + 1)]
    ids = [f"{n}" for n in range(OTHERS_MAX)]
    found = ask(person("ann", 99), *others, app=ids)
    assert (found.survivor, found.merges) == ("p0", ("p1", "p2", "ann"))
    found = ask(person("ann", 99), *others, app=[*ids, "3", "4"])
    assert found.refused == "one record would join 4 other people: at most 3 are joined"
    assert (found.survivor, found.merges, found.claims) == ("ann", (), {"app": ("4",)})
    assert {left.reason for left in found.left_out} == {"it is somebody else's"}


def test_one_person_is_not_made_of_more_than_can_be_kept() -> None:
    joined = tuple(Joined(f"p{n}", 1, Given(), Given()) for n in range(16))
    full = Person("full", registered_ms=1, ids={"crm": ("1",)}, joined=joined)
    found = ask(person("ann", 2), full, crm=["1"])
    assert found.refused == "one person would be made of more than 16 others"
    assert found.merges == ()


def test_a_record_has_so_many_ids_at_most() -> None:
    kinds = {"app": doc.IdKind("app", per_person=100)}
    found = ask(person("ann"), kinds=kinds, app=[f"{n}" for n in range(RECORD_IDS_MAX + 1)])
    assert len(found.claims["app"]) == RECORD_IDS_MAX
    assert [left.value for left in found.left_out] == [f"{RECORD_IDS_MAX}"]


ids_of = st.dictionaries(
    st.sampled_from(["registration", "email", "crm", "desk"]),
    st.lists(st.sampled_from("abcdef"), max_size=3, unique=True),
)


@given(st.lists(ids_of, min_size=2, max_size=6), ids_of)
def test_nobody_has_too_many_ids_and_no_id_is_taken_from_an_outsider(
    held: list[dict[str, list[str]]], said: dict[str, list[str]]
) -> None:
    kinds = {
        "registration": doc.IdKind("registration", priority=100),
        "email": doc.IdKind("email", priority=80, per_person=3),
        "crm": doc.IdKind("crm", per_person=2),
        "desk": doc.IdKind("desk", priority=10, per_person=4, merges=False),
    }
    taken: set[str] = set()
    people = []
    for index, ids in enumerate(held):
        own: dict[str, list[str]] = {}
        for kind, values in ids.items():
            free = [value for value in values if id_key(kind, value) not in taken]
            own[kind] = free[: kinds[kind].per_person]
            taken |= {id_key(kind, value) for value in own[kind]}
        people.append(person(f"p{index}", index, **own))
    found = ask(people[0], *people[1:], kinds=kinds, **said)
    inside = {found.survivor, *found.merges}
    assert "p0" in inside
    assert len(inside) <= OTHERS_MAX + 1
    joint = dict(found.claims)
    for one in people:
        for kind, theirs in one.ids.items():
            if one.id in inside:
                joint[kind] = tuple({*joint.get(kind, ()), *theirs})
            else:
                assert set(theirs).isdisjoint(found.claims.get(kind, ()))
    assert all(len(joint[kind]) <= kinds[kind].per_person for kind in joint)
    told = {id_key(kind, one) for kind in found.claims for one in found.claims[kind]}
    told |= {id_key(left.kind, left.value) for left in found.left_out}
    assert told == {id_key(kind, value) for kind in said for value in said[kind]}
