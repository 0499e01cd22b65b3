"""Files of people through the data layer: what comes of them, once and again."""

import json
from typing import Any

import pytest

from hub.core.events import Leased, Registered
from hub.people.errors import BadFile, NoSuchSource
from hub.people.files import FILE_BYTES_MAX, read_content, read_file
from hub.people.importing import held_of, import_file, take_again
from hub.people.sources import choose, venue_of
from hub.store import Store
from hub.store.desk_import import DeskImport
from hub.store.people import NewPerson
from tests.engine.parts import GREETING, Hub
from tests.people.conftest import VENUE, taken

PLAIN = (
    "name,email,badge,company,favourite_colour,consents\n"
    "Ann Berg,Ann@Example.org,b1,Acme,#FF0000,push;lights\n"
    "Bob Cole,bob@example.org,b2,,,\n"
)


def records(*some: dict[str, Any]) -> str:
    return "".join(json.dumps(one) + "\n" for one in some)


ADA: dict[str, Any] = {
    "id": 7, "full_name": "Ada Obi", "visitor_email": "ADA@example.org", "tel": "+49 30 1234567",
    "cents": "1250", "diet": "nuts|milk", "mailing": "Yes please", "age": 44,
}  # fmt: skip


def one(hub: Hub, text: str) -> str:
    [found] = hub.store.people.search(text)
    return found.person


def log_rows(store: Store) -> int:
    return store.last_pos()


class TestPlainColumns:
    def test_people_are_registered_and_the_engine_knows_them(self, hub: Hub) -> None:
        report = taken(hub, PLAIN)
        assert (report.new, report.refused_rows, len(report.links)) == (2, 0, 2)
        ann = hub.store.load_people([one(hub, "ann")])[one(hub, "ann")]
        assert ann.attributes == {
            "first_name": "Ann", "email": "ann@example.org", "company": "Acme",
            "favourite_colour": "#ff0000",
        }  # fmt: skip
        assert ann.consents == {"push", "lights"}
        assert ann.ids == {
            "registration": ("import/ann@example.org",), "email": ("ann@example.org",),
        }  # fmt: skip
        assert hub.store.people.by_badge("b1") == ann.id

    def test_the_same_file_again_costs_no_event(self, hub: Hub) -> None:
        taken(hub, PLAIN)
        before = log_rows(hub.store)
        again = taken(hub, PLAIN)
        assert (again.unchanged, again.updated, again.new, again.links) == (2, 0, 0, [])
        assert log_rows(hub.store) == before

    def test_it_changes_nothing_before_the_engine_has_looked_either(self, hub: Hub) -> None:
        file = read_content(PLAIN.encode(), "csv")
        for _ in range(2):
            chosen = choose(venue_of(hub.store), file)
            import_file(hub.store, file, chosen, hub.clock.now_ms, dry_run=False)
        assert len(hub.store.pending_commands()) == 4

    def test_a_changed_row_says_what_is_different_alone(self, hub: Hub) -> None:
        taken(hub, PLAIN)
        ann = one(hub, "ann")
        hub.tell(Registered(ann, hub.clock.now_ms, {"favourite_colour": "#00ff00"}, ["push"]))
        report = taken(hub, PLAIN.replace("Acme", "Umbrella"))
        assert (report.updated, report.unchanged) == (1, 1)
        state = hub.store.load_people([ann])[ann]
        assert state.attributes["company"] == "Umbrella"
        assert state.attributes["favourite_colour"] == "#00ff00", "what she chose herself stays"
        assert state.consents == {"push"}, "and what she withdrew is not given back"
        info = hub.store.people.get(ann)
        assert info is not None
        assert info.company == "Umbrella"

    def test_there_and_back_again(self, hub: Hub) -> None:
        changed = PLAIN.replace("Acme", "Umbrella")
        came = [taken(hub, file).updated for file in (PLAIN, changed, PLAIN, changed, changed)]
        assert came == [0, 1, 1, 1, 0]
        state = hub.store.load_people([one(hub, "ann")])
        assert [p.attributes["company"] for p in state.values()] == ["Umbrella"]

    def test_rows_are_refused_with_line_and_reason(self, quick_hub: Hub) -> None:
        report = taken(
            quick_hub,
            "name,email,badge,favourite_colour,consents\n"
            "Ada,ada@example.org,b1,#ff0000,lights\n"
            ",nobody@example.org,b2,,\n"
            "Bob,no-mail,b3,,\n"
            "Cy,cy@example.org,b1,,\n"
            "Di,ada@example.org,b5,,\n"
            "Ed,ed@example.org,b6,red,\n"
            "Flo,flo@example.org,b7,,spam\n"
            "Gus,,,,\n"
            "Hal,hal@example.org,b8,,,surplus\n"
            f"Ina,ina@example.org,{'b' * 200},,\n",
        )
        assert report.new == 1
        reasons = dict(report.refused)
        assert reasons[3] == "no name"
        assert reasons[4] == "email 'no-mail': write name@example.org"
        assert reasons[5] == "the same badge stands on line 2"
        assert reasons[6] == "the same key stands on line 2"
        assert reasons[7] == "favourite_colour 'red': write #rrggbb"
        assert reasons[8].startswith("no purpose spam; there are lights, music")
        assert reasons[9] == "no key, e-mail or badge to know them by"
        assert reasons[10] == "more cells than columns"
        assert reasons[11].startswith("the badge is over")
        assert report.held == 9

    def test_a_badge_that_somebody_else_holds(self, hub: Hub) -> None:
        taken(hub, PLAIN)
        report = taken(hub, "name,badge\nEve Dorn,b1\n")
        assert report.refused == [(2, "somebody else holds that badge")]

    def test_a_phone_number_as_somebody_wrote_it_is_kept(self, quick_hub: Hub) -> None:
        report = taken(quick_hub, "name,key,phone\nAnn Berg,1,030 12345\nBob Cole,2,+4930123456\n")
        assert report.new == 2
        assert [p.phone for p in quick_hub.store.people.search("")] == ["030 12345", "+4930123456"]
        state = quick_hub.store.load_people([one(quick_hub, "bob")])
        assert [p.ids for p in state.values()] == [
            {"registration": ("import/2",), "phone": ("+4930123456",)}
        ]


class TestSource:
    def test_a_mapping_is_used(self, hub: Hub) -> None:
        report = taken(hub, records(ADA), "jsonl", "crm")
        assert report.new == 1
        ada = hub.store.load_people([one(hub, "ada")])[one(hub, "ada")]
        assert ada.attributes["spent"] == 12.5
        assert ada.attributes["allergies"] == ["milk", "nuts"]
        assert ada.consents == {"push"}
        assert ada.ids["crm"] == ("7",)
        assert ada.ids["phone"] == ("+49301234567",)

    def test_a_dry_run_says_all_of_it_and_writes_nothing(self, hub: Hub) -> None:
        taken(hub, PLAIN)
        before = hub.store.last_pos()
        odd = {"id": 9, "full_name": "Bo", "mail": "bo@example.org", "diet": "gluten", "cents": "x"}
        bob = {"id": 8, "full_name": "Bob Cole", "mail": "bob@example.org"}
        report = taken(hub, records(ADA, bob, odd, {"diet": "nuts"}), "jsonl", "crm", dry_run=True)
        assert (report.new, report.refused_rows, report.held) == (3, 1, 0)
        assert report.refused[0][0] == 4
        assert report.unmapped == {"age": 1}
        problems = {field.to: field for field in report.fields if field.problems}
        assert set(problems) == {"attributes.spent", "attributes.allergies"}
        assert "gluten" not in problems["attributes.allergies"].examples[0].value_shown
        [join] = report.joins
        assert (join.line, join.name) == (2, "Bob Cole")
        assert join.others == (f"Bob Cole ({one(hub, 'bob')})",)
        assert hub.store.last_pos() == before
        assert hub.store.people.count() == 2
        assert hub.store.quarantine.rows() == []

    def test_two_of_one_file_are_seen_to_be_one(self, quick_hub: Hub) -> None:
        same = {**ADA, "id": 70, "full_name": "A. Obi"}
        report = taken(quick_hub, records(ADA, same), "jsonl", "crm", dry_run=True)
        assert [(j.line, j.others) for j in report.joins] == [(2, ("Ada Obi",))]

    def test_whom_another_source_knows_is_one_with_them(self, hub: Hub) -> None:
        taken(hub, PLAIN)
        hub.clock.now_ms += 1_000
        bob = {"id": 8, "full_name": "Robert Cole", "mail": "Bob@Example.org", "mailing": "no"}
        report = taken(hub, json.dumps([bob]), "json", "crm")
        assert len(report.joins) == 1
        [found] = hub.store.people.search("cole")
        assert found.name == "Bob Cole"
        assert len(found.others) == 1
        state = hub.store.load_people([found.person])[found.person]
        assert state.ids["crm"] == ("8",)
        again = taken(hub, json.dumps([bob]), "json", "crm")
        assert (again.unchanged, again.new) == (1, 0)

    def test_refused_records_are_taken_in_once_the_mapping_is_mended(self, hub: Hub) -> None:
        record = {"number": 5, "full_name": "Cy Dahl"}
        taken(hub, records(record), "jsonl", "crm")
        taken(hub, records(record), "jsonl", "crm")
        [held] = held_of(hub.store)
        assert held.source == "import:crm"
        assert "nobody can be found by it" in held.reason
        assert take_again(hub.store, held, hub.clock.now_ms) is not None
        crm = json.loads(json.dumps(VENUE["sources"][0]))
        crm["fields"][0]["from"].append("number")
        assert hub.publish(GREETING, **{**VENUE, "sources": [crm]}) is None
        assert take_again(hub.store, held, hub.clock.now_ms) is None
        hub.run()
        assert list(held_of(hub.store, "crm")) == []
        assert one(hub, "Cy") in hub.store.load_people([one(hub, "Cy")])

    def test_plain_rows_are_taken_in_again_too(self, quick_hub: Hub) -> None:
        taken(quick_hub, "name,key,badge\nAnn Berg,1,b1\n")
        taken(quick_hub, "name,key,badge,consents\nEve Dorn,2,b1,push\n")
        [held] = held_of(quick_hub.store, "import")
        assert take_again(quick_hub.store, held, 1) == "line 2: somebody else holds that badge"
        quick_hub.tell(Leased("b1", None, quick_hub.clock.now_ms))
        assert take_again(quick_hub.store, held, quick_hub.clock.now_ms) is None
        quick_hub.run()
        eve = one(quick_hub, "eve")
        assert quick_hub.store.people.by_badge("b1") == eve
        assert quick_hub.store.load_people([eve])[eve].consents == {"push"}


class TestOddities:
    def test_json_without_a_source_means_what_it_is_called(self, quick_hub: Hub) -> None:
        people = [
            {"first_name": "Ann", "last_name": "Berg", "key": 1, "consents": ["push"]},
            {"first_name": "Bob", "last_name": "Cole", "key": 2, "favourite_artists": "Funk;Soul"},
        ]
        assert taken(quick_hub, json.dumps(people), "json").new == 2
        ann, bob = (quick_hub.store.load_people([one(quick_hub, who)]) for who in ("ann", "bob"))
        assert [p.consents for p in ann.values()] == [{"push"}]
        assert [p.attributes for p in bob.values()] == [
            {"first_name": "Bob", "last_name": "Cole", "favourite_artists": ["Funk", "Soul"]}
        ]

    def test_purposes_that_everybody_gave(self, quick_hub: Hub) -> None:
        file = read_content(b"name,key,badge\nAnn Berg,1,b1\nBob Cole,2,b1\n", "csv")
        chosen = choose(venue_of(quick_hub.store), file, given=["push", "sharing"])
        report = import_file(quick_hub.store, file, chosen, 1, dry_run=False)
        assert (report.new, report.taken, report.held) == (1, 1, 1)
        quick_hub.run()
        assert quick_hub.engine.consents(one(quick_hub, "ann"), "sharing")
        [held] = held_of(quick_hub.store)
        assert b"push;sharing" in held.payload

    def test_a_dry_run_adds_up_over_its_parts(self, quick_hub: Hub) -> None:
        some = records(*({"id": n, "full_name": f"P {n}", "cents": "x"} for n in range(450)))
        report = taken(quick_hub, some, "jsonl", "crm", dry_run=True)
        [spent] = [field for field in report.fields if field.to == "attributes.spent"]
        assert (spent.problems, len(spent.examples)) == (450, 3)
        assert report.new == 450

    def test_a_long_text_is_refused_and_cannot_be_taken_again(self, quick_hub: Hub) -> None:
        taken(quick_hub, json.dumps([{"full_name": "x" * 70_000}]), "json", "crm")
        [held] = held_of(quick_hub.store)
        again = take_again(quick_hub.store, held, 1)
        assert again is not None
        assert "too long to be kept whole" in again
        report = taken(quick_hub, f"name,key\n{'x' * 3_000},1\n")
        assert report.refused == [(2, "name is over 2000 characters")]

    def test_a_source_that_is_gone_refuses_its_records_again(self, quick_hub: Hub) -> None:
        taken(quick_hub, records({"diet": "nuts"}), "jsonl", "crm")
        quick_hub.publish(GREETING)
        [held] = held_of(quick_hub.store)
        assert "no source 'crm'" in str(take_again(quick_hub.store, held, 1))

    def test_before_a_venue_is_published(self, tmp_path: Any, sqlite_template: Any) -> None:
        path = tmp_path / "early.sqlite"
        path.write_bytes(sqlite_template.read_bytes())
        with Store(f"sqlite:///{path}", "early") as store:
            file = read_content(PLAIN.encode(), "csv")
            report = import_file(store, file, choose(venue_of(store), file), 1, dry_run=False)
            assert (report.new, store.people.count()) == (2, 2)

    def test_what_the_engine_refused_is_asked_for_again(self, quick_hub: Hub) -> None:
        desk = DeskImport(quick_hub.store.database, quick_hub.store.event)
        wrong = NewPerson(name="Ann Berg", source_key="x/1", attributes={"spent": "much"})
        for came in ("new", "updated", "updated"):
            assert [one.came for one in desk.take([wrong], 1)] == [came]
            quick_hub.run()
        right = NewPerson(name="Ann Berg", source_key="x/1", attributes={"spent": 5})
        assert [one.came for one in desk.take([right], 1)] == ["updated"]
        quick_hub.run()
        state = quick_hub.store.load_people([one(quick_hub, "ann")])
        assert [p.attributes for p in state.values()] == [{"spent": 5}]


class TestWrongFiles:
    @pytest.mark.parametrize(
        ("content", "format_", "said"),
        [
            (b"\xff\xfe", "csv", "not UTF-8"),
            (b"", "csv", "is empty"),
            (b"a,a\n1,2\n", "csv", "column 'a' twice"),
            (b'name\n"open', "csv", "line"),
            (b'{"a": 1}', "json", "no JSON list of objects"),
            (b'{"a": 1}\nnonsense\n', "jsonl", "line 2: no JSON object"),
            (b"x", "xml", "no format"),
        ],
    )
    def test_one_clear_error(self, content: bytes, format_: str, said: str) -> None:
        with pytest.raises(BadFile, match=said):
            read_content(content, format_)

    def test_files_that_are_not_there_or_too_large(self, tmp_path: Any) -> None:
        with pytest.raises(BadFile, match="No such file"):
            read_file(tmp_path / "none.csv")
        large = tmp_path / "large.csv"
        with large.open("wb") as file:
            file.truncate(FILE_BYTES_MAX + 1)
        with pytest.raises(BadFile, match="in parts"):
            read_file(large)

    def test_sources_and_columns_that_are_not_there(self, quick_hub: Hub) -> None:
        venue, file = venue_of(quick_hub.store), read_content(PLAIN.encode(), "csv")
        with pytest.raises(NoSuchSource, match="it has: crm"):
            choose(venue, file, "tickets")
        with pytest.raises(BadFile, match="no column Mail; it has name, email"):
            choose(venue, file, mapping={"email": "Mail"})
        with pytest.raises(BadFile, match="no purpose spam"):
            choose(venue, file, given=["spam"])

    def test_many_rows_are_taken_in_parts(self, quick_hub: Hub) -> None:
        file = "name,key\n" + "".join(f"Person {n},{n}\n" for n in range(450))
        assert taken(quick_hub, file).new == 450
        assert taken(quick_hub, file).unchanged == 450
        assert quick_hub.store.people.count() == 450
