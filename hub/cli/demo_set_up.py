"""The installation of a demonstration: everybody is registered before the doors open."""

import secrets
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.bootstrap import prepare
from hub.config import (
    BrokerConfig,
    Config,
    ConfigFault,
    LightsConfig,
    PresenceConfig,
    PushConfig,
    WebConfig,
    write_config,
)
from hub.core import document as doc
from hub.demo.crowd import generate, start_of, write_script
from hub.demo.expected import expected, rewarded
from hub.demo.people import Attendee
from hub.demo.script import Script
from hub.home import Home
from hub.store import Store
from hub.store.people import NewPerson

ACCOUNT: Final = "demo"
ADVERT_S: Final = 15.0
LEAVE_AFTER_S: Final = 75.0
EDGES_APART_S: Final = 0.4
"""Real seconds by which one Pi's report may come after another's: at a high speed that is more
venue time than ``LEAVE_AFTER_S``, and nobody may be taken for gone meanwhile."""
REORDER_S: Final = 1.2
"""Real seconds for which a report that was overtaken still counts, and silence is not believed.

Who leaves the floor unheard is missed after ``LEAVE_AFTER_S`` and this much at the demonstration's
speed: under five minutes there at the default speed, so that the rule about 45 minutes does not
count on somebody who danced for 40 and went home."""
START_S: Final = 9.0
"""Real seconds that the parts are given before the doors open."""
BEFORE_MS: Final = 3_600_000
"""People are registered so long before the doors open (venue time)."""
PORTS_TRIED: Final = 20
BROKER_PORT: Final = 1883
LIGHTS_PORT: Final = 8180


@dataclass(frozen=True, slots=True)
class Ready:
    """An installation that only needs to be started."""

    home: Home
    venue: doc.Venue
    scripts: Mapping[str, Path]
    """Edge to the file that it plays."""
    password: str
    guest: str
    """Who is shown as an attendee: name, what will happen to them."""
    guest_url: str


def set_up(
    data: Path,
    venue: doc.Venue,
    people: Sequence[Attendee],
    speed: float,
    seed: int,
    port: int,
) -> Ready:
    """Make ``data`` ready for the crowd of ``people``; ``port`` is the pages', if it is free.

    Raises:
        ConfigFault: no port is free.
    """
    script = generate(venue, people, seed, start_of(venue))
    scripts = write_script(script, venue, data / "scripts")
    home = Home(data, Config(event=venue.event.id, clock=f"fixed:{start_of(venue) - BEFORE_MS}"))
    prepare(home, venue, lambda _text: None)
    at_ms = start_of(venue) - BEFORE_MS
    with home.store() as store:
        links = {
            person.badge: store.people.register(_new_person(person), at_ms).link_token
            for person in people
        }
        password = _password(store, at_ms)
    guest, earns = _guest(script, venue, people)
    home = _opening(data, venue, speed, port)
    return Ready(
        home=home,
        venue=venue,
        scripts=scripts,
        password=password,
        guest=f"{guest.first_name} {guest.last_name}, who will earn {earns}",
        guest_url=f"{home.public_url}/a/{links[guest.badge]}",
    )


def free_port(preferred: int, *, but: Sequence[int] = ()) -> int:
    """The preferred port, one of the next few when somebody has it, or else any that is free.

    Raises:
        ConfigFault: there is none.
    """
    for port in (*range(preferred, min(preferred + PORTS_TRIED, 65_536)), 0):
        if port in but:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ConfigFault("there is no free port on this machine")


def _opening(data: Path, venue: doc.Venue, speed: float, port: int) -> Home:
    """The home as it opens: ports and time are chosen last, just before the parts start."""
    web = free_port(port)
    broker = free_port(BROKER_PORT, but=[web])
    lights = free_port(LIGHTS_PORT, but=[web, broker])
    opens_ms = time.time_ns() // 1_000_000 + int(START_S * 1000)
    config = Config(
        event=venue.event.id,
        clock=f"paced:{start_of(venue)}:{opens_ms}:{speed}",
        broker=BrokerConfig(port=broker),
        web=WebConfig(port=web),
        lights=LightsConfig(address=f"127.0.0.1:{lights}"),
        push=PushConfig(subject="mailto:organiser@example.org", allow_loopback=True),
        music={"sinks": [{"to": "file", "path": str(data / "dj-wishes.jsonl")}]},
        presence=PresenceConfig(
            interval_s=ADVERT_S,
            leave_after_s=max(LEAVE_AFTER_S, EDGES_APART_S * speed),
            reorder_s=REORDER_S,
        ),
    )
    write_config(data, config)
    return Home(data, config)


def _password(store: Store, at_ms: int) -> str:
    password = secrets.token_urlsafe(9)
    store.accounts.create(ACCOUNT, password, "organiser", at_ms)
    return password


def _new_person(person: Attendee) -> NewPerson:
    return NewPerson(
        name=f"{person.first_name} {person.last_name}",
        email=person.email,
        company=person.company,
        attributes=dict(person.attributes),
        consents=list(person.consents),
        badge=person.badge,
        source_key=person.badge,
    )


def _guest(script: Script, venue: doc.Venue, people: Sequence[Attendee]) -> tuple[Attendee, str]:
    """Choose somebody to whom much will happen; returns them and what they will be given."""
    given = rewarded(expected(script, venue), venue, people)
    titles = {pool.id: pool.title for pool in venue.pools}

    def earned(person: Attendee) -> list[str]:
        return [titles[pool] for pool, badges in given.items() if person.badge in badges]

    guest = max(people, key=lambda person: (len(earned(person)), len(person.consents)))
    return guest, ", ".join(title.lower() for title in earned(guest)) or "nothing today"
