"""A venue in full swing, written into a store as the engine would."""

from typing import Final

import msgspec

from hub.core import document as d
from hub.core.events import Tapped
from hub.core.outcome import Action, Clause, Decision, Grant, Message
from hub.core.state import Lease, Person, Play, Presence, Stay, Wanted, Zone
from hub.store import Group, LogRow, PublishedVenue, QuarantineRow, SettledRow, Store
from hub.store.people import NewPerson

EVENT: Final = "martech"
NOW_MS: Final = 1_794_497_535_000
"""Thursday 12 November 2026, 15:52:15 in Berlin."""
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000

PLACES: Final = (
    ("entrance", "Entrance"),
    ("coffee", "Coffee stand"),
    ("bacon", "Bacon bar"),
    ("photo-corner", "Photo corner"),
    ("northmere", "Northmere"),
    ("birchgate", "Birchgate"),
    ("halden", "Halden Data"),
    ("oriel", "Oriel Cloud"),
    ("tessera", "Tessera"),
    ("quillon", "Quillon"),
    ("stage", "Main stage"),
    ("dance-floor", "Dance floor"),
)
NAMES: Final = (
    "Ada Okafor",
    "Jakub Bondarenko",
    "Anouk Albrecht",
    "Mateo Lindqvist",
    "Priya Raman",
    "Noor Haddad",
    "Tom\u00e1s Ferreira",
    "Yuki Tanaka",
    "Greta Sommer",
    "Liam O'Connell",
    "Fatou Diallo",
    "Ines Moreau",
    "Bj\u00f6rn Eklund",
    "Chiara Conti",
    "Kwame Mensah",
    "Zofia Nowak",
    "Elif Demir",
    "Hugo Laurent",
    "Aroha Ngata",
    "Pavel Dvo\u0159\u00e1k",
)
ARTISTS: Final = (
    "Lantern Parade Club",
    "Glasshouse Riots",
    "The Velcro Horizon",
    "Deep house",
    "Afrobeat",
    "Paper Satellites",
    "Funk",
    "Northern Disco Unit",
    "Techno",
    "Mira & the Tides",
    "Soul",
)
COLOURS: Final = ("#ff4d6d", "#3949ab", "#c0ca33", "#00bfa5", "#ff9100", "#aa66ff", "#29b6f6")
CROWD: Final = (3, 11, 6, 2, 4, 3, 5, 1, 2, 0, 48, 27)
SECRET_MARKUP: Final = "<img src=x onerror=alert(1)>"


def first_name(name: str) -> str:
    """Return the first word."""
    return name.partition(" ")[0]


def venue() -> d.Venue:
    """Return the venue's document."""
    return d.Venue(
        event=d.EventInfo(
            EVENT, "MarTech 2026", "Europe/Berlin", "2026-11-12T08:00", "2026-11-13T10:00"
        ),
        places=[d.Place(id_, name) for id_, name in PLACES],
        edges=[d.Edge(f"pi-{id_}", {"default": id_}) for id_, _ in PLACES],
        pools=[
            d.PoolInfo("coffee-card", "Coffee card", 50, "Ten coffees, on us.", "coffee"),
            d.PoolInfo("bacon-card", "Bacon card", 30, "One more bacon roll.", "bacon"),
        ],
        lamps=["Photo corner", *[f"Dance {n}" for n in range(1, 7)]],
        rules=[
            d.Rule(
                "coffee-lover",
                d.OnVisits(place="coffee", count=3, within="2h"),
                [d.GiveTag("coffee-lover"), d.GiveReward("coffee-card", "Coffee card")],
                text="The third coffee within two hours gets a coffee card, once.",
                limit=d.Limit(once=True),
            ),
            d.Rule(
                "photo-colour",
                d.OnTap(place="photo-corner"),
                [d.SetLight("Photo corner", "{favourite_colour}", "20s")],
                text="Whoever taps at the photo corner turns its lamp to their colour.",
                if_=d.HasConsent("lights"),
            ),
            d.Rule(
                "sponsor-round",
                d.OnDistinct(group="sponsors", count=5),
                [d.AddPoints(50), d.EnterDraw("speaker")],
            ),
            d.Rule("dance-music", d.WhilePresent(place="dance-floor"), [d.RequestMusic()]),
            d.Rule(
                "recovery",
                d.OnDwell(place="dance-floor", at_least="45min"),
                [d.FollowUp([d.SendPush("Good morning")], at="08:00 next morning")],
            ),
        ],
    )


def seed(store: Store) -> dict[str, str]:
    """Fill ``store`` and return person id to link token."""
    links: dict[str, str] = {}
    ids: list[str] = []
    for number, name in enumerate(NAMES):
        made = store.people.register(_new(number, name), NOW_MS - 6 * HOUR_MS)
        assert made.link_token is not None
        ids.append(made.person)
        links[made.person] = made.link_token
    store.commit(_group(ids))
    _health(store)
    store.status.put("stopped", b'{"lights": "the bridge refuses the key; pair again"}', NOW_MS)
    return links


def _new(number: int, name: str) -> NewPerson:
    return NewPerson(
        name=name,
        email=f"{first_name(name).lower()}@example.org",
        company=("Northmere Outdoor", "Birchgate Bank", "Halden Data")[number % 3],
        badge=f"mt-{number + 1:03d}",
        source_key=f"seed/{number}",
        attributes={"first_name": first_name(name)},
        consents=["lights", "push", "rewards"],
    )


def _group(ids: list[str]) -> Group:
    group = Group(
        venue=PublishedVenue(
            1, msgspec.json.encode(venue()).decode(), NOW_MS - 7 * HOUR_MS, "test"
        ),
        log=[_tap(number, ids) for number in range(1, 241)],
        people={person.id: person for person in (_person(n, id_) for n, id_ in enumerate(ids))},
        zones={"dance-floor": _floor(ids)},
        leases={
            f"mt-{n + 1:03d}": (Lease(NOW_MS - 6 * HOUR_MS, id_),) for n, id_ in enumerate(ids)
        },
        decisions=[_decision(n, ids) for n in range(60)],
        quarantine=[
            QuarantineRow(
                "taps",
                "pi-coffee",
                "nobody holds badge mt-999 at that instant",
                b'{"badge":"mt-999","reader":"default","boot_ms":1200}',
                NOW_MS - MINUTE_MS,
                "mt-999",
            ),
            QuarantineRow(
                "taps",
                "pi-stage",
                "not a batch: expected `int`, got `str` - at `$.first`",
                b'{"v":1,"first":"one"}',
                NOW_MS - 5 * MINUTE_MS,
            ),
        ],
    )
    group.messages.append(
        Message(
            "m/hello", ids[0], NOW_MS - 5 * HOUR_MS, "Welcome to MarTech", "Have a look around."
        )
    )
    _give(group, ids[0], 0, "coffee-card", "Your coffee card")
    _give(group, ids[0], 0, "bacon-card", "One more bacon roll")
    for index, number in enumerate((1, 11, 12), start=1):
        _give(group, ids[number], index, "coffee-card", "Your coffee card")
    group.quarantine.append(
        QuarantineRow(
            "taps",
            "pi-oriel",
            "dated in 2099: the clock of the badge reader is wrong",
            b"{}",
            NOW_MS,
        )
    )
    group.messages.append(Message("m/xss", ids[2], NOW_MS, SECRET_MARKUP, SECRET_MARKUP))
    group.actions.append(
        Action("a/dead", "push", {"title": "x"}, "coffee-lover", ids[3], NOW_MS, NOW_MS + HOUR_MS)
    )
    group.settled.append(
        SettledRow("a/dead", "dead", "the push service answered 503 eight times", NOW_MS)
    )
    return group


def _tap(number: int, ids: list[str]) -> LogRow:
    place = PLACES[number % len(PLACES)][0]
    event = Tapped(f"mt-{number % 20 + 1:03d}", place, NOW_MS - number * MINUTE_MS)
    body = msgspec.json.encode(event)
    return LogRow(
        number, f"tap/{number}", ids[number % 20], "tapped", event.at_ms, event.at_ms, body
    )


def _person(number: int, id_: str) -> Person:
    places = [place for (place, _), many in zip(PLACES, CROWD, strict=True) for _ in range(many)]
    where = places[(number * 7) % len(places)]
    start = NOW_MS - 6 * HOUR_MS
    return Person(
        id_,
        attributes={
            "first_name": first_name(NAMES[number]),
            "favourite_colour": COLOURS[number % len(COLOURS)],
            "favourite_artists": [ARTISTS[number % 11], ARTISTS[(number + 4) % 11]],
        },
        consents=frozenset({"lights", "push", "rewards"} | ({"music"} if number % 3 else set())),
        tags={"coffee-lover": NOW_MS - HOUR_MS} if number < 2 else {},
        points=10 + number * 5,
        draws={"speaker": NOW_MS} if number == 0 else {},
        visits={
            "entrance": (start,),
            "coffee": tuple(start + k * 40 * MINUTE_MS for k in range(1, 4)),
            "northmere": (start + 100 * MINUTE_MS,),
        },
        stays={
            "stage": (
                Stay(start + 20 * MINUTE_MS, start + 95 * MINUTE_MS),
                Stay(start + 200 * MINUTE_MS, start + 250 * MINUTE_MS),
            ),
            "dance-floor": (Stay(start + 270 * MINUTE_MS, start + 310 * MINUTE_MS),),
        },
        place=where,
        since_ms=NOW_MS - 12 * MINUTE_MS,
    )


def _floor(ids: list[str]) -> Zone:
    return Zone(
        "dance-floor",
        present={
            id_: Presence(NOW_MS - HOUR_MS, COLOURS[n % 7], (ARTISTS[n % 11],))
            for n, id_ in enumerate(ids[:9])
        },
        plays=(
            Play("Soul", NOW_MS - 25 * MINUTE_MS, tuple(ids[:4])),
            Play("Techno", NOW_MS - 14 * MINUTE_MS, tuple(ids[:2]), skipped=True),
            Play("Funk", NOW_MS - 6 * MINUTE_MS, tuple(ids[:6])),
        ),
        queue=tuple(
            Wanted(artist, 9 - n if n < 8 else 1, 9.0 - n, "waiting 14 min" if n < 3 else "")
            for n, artist in enumerate(ARTISTS)
        ),
    )


def _decision(number: int, ids: list[str]) -> Decision:
    who = ids[number % 20]
    at_ms = NOW_MS - (60 - number) * 47_000
    if number % 5 == 4:
        return Decision(
            f"d/{number}",
            "dance-music",
            1,
            None,
            "dance-floor",
            at_ms,
            "fired",
            "27 people at Dance floor, 11 wishes",
            actions=["music: Lantern Parade Club first, wanted by 9"],
        )
    if number % 7 == 3:
        return Decision(
            f"d/{number}",
            "photo-colour",
            1,
            who,
            None,
            at_ms,
            "suppressed",
            "no consent to lights",
            because="consent",
            clauses=[Clause("consents to lights", held=False, saw="music, push")],
            actions=["light: suppressed, no consent to lights"],
        )
    return Decision(
        f"d/{number}",
        "coffee-lover",
        1,
        who,
        None,
        at_ms,
        "fired",
        "third visit to Coffee stand within 2 h",
        clauses=[Clause("3 visits at coffee within 2 h", held=True, saw="3: 14:02, 14:40, 15:21")],
        actions=["tag coffee-lover", "reward: Coffee card"],
    )


def _give(group: Group, person: str, index: int, pool: str, title: str) -> None:
    key = f"reward/{pool}/{index}"
    group.actions.append(Action(key, "push", {}, "coffee-lover", person, NOW_MS, NOW_MS + HOUR_MS))
    group.grants.append(Grant(pool, index, person, key, NOW_MS))
    group.settled.append(SettledRow(key, "done", "", NOW_MS))
    group.messages.append(
        Message(
            f"m/{key}",
            person,
            NOW_MS - MINUTE_MS,
            title,
            "Show the code at the stand.",
            pool,
            index,
        )
    )


def _health(store: Store) -> None:
    for number, (place, _) in enumerate(PLACES):
        body = msgspec.json.encode(
            {
                "v": 1,
                "session": 1,
                "alive": number != 6,
                "outbox_rows": 340 if number == 6 else 0,
                "software": "foyer 0.1.0",
                "clock_quality": "hub",
            }
        )
        store.devices.add(f"pi-{place}", "edge", NOW_MS)
        store.devices.report_health(f"pi-{place}", 1, number != 6, body, NOW_MS)
