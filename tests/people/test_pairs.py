"""Merging, parting, duplicates, walk-ins and badges, as a desk does them."""

import pytest

from hub.core import events as ev
from hub.core.people.ground import ground_of
from hub.people.badges import checked_badge, history, holder_at, lose
from hub.people.errors import Nobody
from hub.people.pairs import duplicates, merged_into, preview
from hub.people.records import known_by
from hub.people.sources import venue_of
from hub.people.walk_ins import claim, walk_ins
from hub.store.people import NewPerson
from tests.engine.parts import GREETING, OPENS_MS, Hub, message, tap
from tests.people.conftest import VENUE

MIN = 60_000


def at_desk(hub: Hub, name: str, **more: object) -> str:
    """Register somebody at the desk."""
    new = NewPerson(name=name, consents=["push", "rewards"], **more)  # type: ignore[arg-type]
    made = hub.store.people.register(new, hub.clock.now_ms)
    hub.run()
    hub.clock.now_ms += 1_000
    return made.person


def tapped(hub: Hub, badge: str, *minutes: int) -> None:
    for minute in minutes:
        hub.clock.now_ms = OPENS_MS + minute * MIN
        hub.first = getattr(hub, "first", 0) + 1  # type: ignore[attr-defined]
        first = hub.first  # type: ignore[attr-defined]
        hub.run(message(tap(badge), first=first, at_ms=hub.clock.now_ms))


class TestMerging:
    def test_a_preview_is_what_then_happens(self, hub: Hub) -> None:
        ann = at_desk(hub, "Ann Berg", badge="b1")
        ana = at_desk(hub, "Ana Berg", badge="b2")
        tapped(hub, "b1", 1, 2)
        tapped(hub, "b2", 3)
        hub.tell(ev.Registered(ana, hub.clock.now_ms, {}, ["push"]))
        found = preview(hub.store, ana, ann, hub.clock.now_ms)
        assert (found.survivor.id, found.other.id) == (ann, ana)
        assert len(found.one.taps["coffee"]) == 3
        assert found.one.consents == {"push"}
        assert hub.store.resolve(ana) == ana, "nothing has happened yet"
        assert hub.tell(ev.Merged(ann, ana, hub.clock.now_ms)) is None
        one = hub.store.load_people([ann])[ann]
        assert (one.taps, one.consents, one.points) == (
            found.one.taps, found.one.consents, found.one.points,
        )  # fmt: skip
        with pytest.raises(Nobody, match="one already"):
            preview(hub.store, ann, ana, hub.clock.now_ms)

    def test_and_they_can_be_parted(self, hub: Hub) -> None:
        ann, ana = at_desk(hub, "Ann Berg", badge="b1"), at_desk(hub, "Ana Berg", badge="b2")
        tapped(hub, "b2", 1)
        before = hub.store.load_people([ann, ana])
        hub.tell(ev.Merged(ann, ana, hub.clock.now_ms))
        assert merged_into(hub.store, ann, ana) == (ann, ana)
        assert merged_into(hub.store, ana, ann) == (ann, ana)
        assert hub.tell(ev.Unmerged(ann, ana, hub.clock.now_ms)) is None
        after = hub.store.load_people([ann, ana])
        assert {who: (p.taps, p.consents, p.points) for who, p in after.items()} == {
            who: (p.taps, p.consents, p.points) for who, p in before.items()
        }
        with pytest.raises(Nobody, match="are not one"):
            merged_into(hub.store, ann, ana)

    def test_nobody_is_merged_with_nobody(self, quick_hub: Hub) -> None:
        ann = at_desk(quick_hub, "Ann Berg")
        with pytest.raises(Nobody, match="nobody 'x'"):
            preview(quick_hub.store, ann, "x", 0)


class TestDuplicates:
    def test_who_may_be_the_same_and_why_they_are_two(self, hub: Hub) -> None:
        ground = ground_of(venue_of(hub.store))
        new = NewPerson(name="Ann Berg", email="ann@example.org", phone="+49 30 123456")
        made = hub.store.people.register(known_by(new, ground), hub.clock.now_ms)
        hub.run()
        two = at_desk(hub, "Anna Berg", email="ANN@example.org")
        three = at_desk(hub, "ann  berg")
        four = at_desk(hub, "A. Berg", phone="0049 30 123456")
        pairs = {frozenset((p.person, p.other)): (p.same, p.why) for p in duplicates(hub.store)}
        why = f"was claimed by {made.person} alone"
        assert pairs == {
            frozenset((made.person, two)): ("email", f"the email {why}"),
            frozenset((made.person, three)): ("name", "a name is no id: others may have the same"),
            frozenset((made.person, four)): ("phone", f"the phone {why}"),
        }
        hub.tell(ev.Merged(made.person, two, hub.clock.now_ms))
        assert len(duplicates(hub.store)) == 2

    def test_neither_claimed(self, quick_hub: Hub) -> None:
        at_desk(quick_hub, "Ann Berg", email="ann@example.org")
        at_desk(quick_hub, "Anna Berg", email="ann@example.org")
        [pair] = duplicates(quick_hub.store)
        assert pair.why == "neither of them came with the email as an id"

    def test_every_reason_to_be_two(self, quick_hub: Hub) -> None:
        email = {"name": "email", "normalise": "email", "merges": False}
        phone = {"name": "phone", "normalise": "phone", "blocked": ["+4930000000"]}
        assert quick_hub.publish(GREETING, **VENUE, ids=[email, phone, {"name": "crm"}]) is None
        at_desk(quick_hub, "Ann", email="ann@example.org", phone="+49 30 000000")
        at_desk(quick_hub, "Anna", email="ann@example.org")
        at_desk(quick_hub, "A", phone="+49 30 000000")
        why = {pair.same: pair.why for pair in duplicates(quick_hub.store)}
        assert why == {
            "email": "at this venue the same email makes nobody one",
            "phone": "this phone is blocked: it stands for nobody",
        }

    def test_a_merge_that_was_refused_is_said_with_its_note(self, hub: Hub) -> None:
        ids = {f"app-{n}": at_desk(hub, f"P {n}", ids={"app": [f"app-{n}"]}) for n in range(4)}
        report = NewPerson(
            name="Ann Berg", email="ann@example.org", consents=None,
            ids={"app": list(ids), "email": ["ann@example.org"]},
        )  # fmt: skip
        hub.store.people.register(report, hub.clock.now_ms)
        hub.run()
        at_desk(hub, "Anna Berg", email="ann@example.org")
        [note] = [one for one in hub.store.notes.rows() if "not merged" in one.title]
        [pair] = duplicates(hub.store)
        assert pair.why == f"{note.title}: {note.text}"


class TestWalkIns:
    def test_a_walk_in_is_listed_and_claimed_with_the_badge(self, hub: Hub) -> None:
        ann = at_desk(hub, "Ann Berg")
        tapped(hub, "w1", 1, 5)
        [found] = walk_ins(hub.store)
        assert (found.badges, found.first_ms, found.last_ms) == (
            ("w1",), OPENS_MS + MIN, OPENS_MS + 5 * MIN,
        )  # fmt: skip
        assert found.visits == 2
        assert list(walk_ins(hub.store, OPENS_MS + 5 * MIN)) == []
        event = claim(hub.store, found.person, ann, hub.clock.now_ms)
        assert hub.tell(event) is None
        assert len(hub.store.load_people([ann])[ann].taps["coffee"]) == 2
        assert hub.store.people.by_badge("w1") == ann
        assert list(walk_ins(hub.store)) == []
        with pytest.raises(Nobody, match="turned out to be"):
            claim(hub.store, found.person, ann, hub.clock.now_ms)

    def test_a_walk_in_without_a_badge_is_claimed_by_a_merge(self, hub: Hub) -> None:
        ann = at_desk(hub, "Ann Berg")
        tapped(hub, "w1", 1)
        [found] = walk_ins(hub.store)
        hub.tell(ev.Leased("w1", None, hub.clock.now_ms + 1))
        event = claim(hub.store, found.person, ann, hub.clock.now_ms + 2)
        assert isinstance(event, ev.Merged)
        hub.clock.now_ms += 10
        assert hub.tell(event) is None
        assert hub.store.resolve(found.person) == ann
        with pytest.raises(Nobody, match="no walk-in"):
            claim(hub.store, ann, ann, 0)

    def test_old_ones_are_forgotten(self, hub: Hub) -> None:
        tapped(hub, "w1", 1)
        tapped(hub, "w2", 9)
        old = list(walk_ins(hub.store, OPENS_MS + 5 * MIN))
        assert [one.badges for one in old] == [("w1",)]
        for one in old:
            assert hub.tell(ev.Erased(one.person, hub.clock.now_ms)) is None
        assert [one.badges for one in walk_ins(hub.store)] == [("w2",)]


class TestBadges:
    def test_a_badge_goes_from_hand_to_hand(self, hub: Hub) -> None:
        ann, bob = at_desk(hub, "Ann Berg", badge="b1"), at_desk(hub, "Bob Cole")
        first_ms = hub.clock.now_ms
        hub.tell(ev.Leased("b1", bob, first_ms))
        hub.tell(ev.Leased("b9", bob, first_ms))
        assert hub.store.people.badges_of(bob) == ["b1", "b9"]
        assert holder_at(hub.store, "b1", first_ms - 1) == ann
        assert holder_at(hub.store, "b1", first_ms) == bob
        assert holder_at(hub.store, "b1", 0) is None
        assert [one.name for one in history(hub.store, "b1")] == ["Ann Berg", "Bob Cole"]
        assert history(hub.store, "none") == []

    def test_a_lost_badge_is_nobodys_and_a_note_says_so(self, hub: Hub) -> None:
        ann = at_desk(hub, "Ann Berg", badge="b1")
        assert lose(hub.store, "b1", hub.clock.now_ms) == ann
        hub.run()
        assert hub.store.people.by_badge("b1") is None
        assert [note.title for note in hub.store.notes.rows()] == ["Badge b1 is lost"]
        assert history(hub.store, "b1")[-1].name == "in the drawer"
        with pytest.raises(Nobody, match="nobody holds"):
            lose(hub.store, "b1", hub.clock.now_ms)

    def test_what_is_no_badge(self) -> None:
        assert checked_badge(" b1 ") == "b1"
        for wrong in (" ", "x" * 500):
            with pytest.raises(Nobody, match="is no badge"):
                checked_badge(wrong)
