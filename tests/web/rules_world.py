"""A running installation whose venue has something for every page of the rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from msgspec.structs import replace

from hub.core import document as d
from hub.core import events as ev
from hub.store import Store
from hub.web.sessions import COOKIE
from tests.harness.installation import Installation
from tests.waiting import wait_until
from tests.web.serve import PASSWORD
from tests.web.world import venue

FANS = d.Audience(
    name="coffee-fans",
    if_=d.Counted(of="visits", place="coffee", at_least=2, within="event"),
    text="Those who came for coffee twice.",
)


def rich() -> d.Venue:
    """Return the venue of the other pages with audiences, buttons, calls, an experiment."""
    plain = venue()
    places = [replace(place, visits_by="tap") for place in plain.places[:4]] + [
        replace(place, groups=["sponsors"] if 4 <= n < 10 else []) for n, place in
        enumerate(plain.places) if n >= 4
    ]  # fmt: skip
    said = {
        "sponsor-round": replace(plain.rules[2], stage="shadow"),
        "recovery": replace(plain.rules[4], stage="draft"),
    }
    return replace(
        plain,
        event=replace(plain.event, starts="2020-01-01T00:00", ends="2099-01-01T00:00"),
        places=places,
        audiences=[FANS, d.Audience(name="lovers", if_=d.HasTag(tag="coffee-lover"))],
        rules=[*[said.get(rule.name, rule) for rule in plain.rules], *_more()],
    )


def _more() -> list[d.Rule]:
    return [
        d.Rule(
            name="last-round",
            when=d.OnButton(button="last-round"),
            then=[d.TellStaff(title="Last round", text="The organiser calls for it.")],
            text="The organiser calls for the last round.",
        ),
        d.Rule(
            name="thank",
            when=d.OnButton(button="thank", about="person"),
            then=[d.AddPoints(points=7), d.SendPush(title="Thank you")],
        ),
        d.Rule(
            name="till",
            when=d.OnCall(call="till-opened"),
            then=[d.AddPoints(points=5), d.TellStaff(title="The till is open for {first_name}")],
            limit=d.Limit(at_most=2, within="1h"),
        ),
        d.Rule(
            name="taps",
            when=d.OnTap(place="coffee"),
            if_=d.HasConsent(purpose="rewards"),
            then=[],
            variants=[
                d.Variant(name="plain", then=[d.AddPoints(points=1)]),
                d.Variant(name="double", then=[d.AddPoints(points=2)], share=3),
            ],
            holdout=10,
            goal=d.Goal(visit="bacon"),
        ),
    ]


@dataclass(frozen=True, slots=True)
class RulesSite:
    """Where it runs, and what lies behind it."""

    base: str
    installation: Installation
    people: dict[str, str]
    sessions: dict[str, str] = field(default_factory=dict)
    """Account to its cookie: signing in is bounded for each address."""

    @property
    def store(self) -> Store:
        """The store of the installation."""
        return self.installation.store

    def tap(self, badge: str, place: str, key: str) -> None:
        """Have a badge tap at a place, as the engine takes it."""
        now_ms = self.installation.home.clock().wall_ms()
        self.store.add_command(key, ev.Tapped(badge, place, now_ms), now_ms)

    @contextmanager
    def client(self, account: str | None = None) -> Iterator[httpx.Client]:
        """Open a browser-like client, signed in when ``account`` is given."""
        with httpx.Client(base_url=self.base, headers={"Origin": self.base}, timeout=30) as client:
            if account is not None:
                client.cookies.set(COOKIE, self.session(account))
            yield client

    def session(self, account: str) -> str:
        """The cookie of an account that is signed in."""
        if account not in self.sessions:
            body = {"name": account, "password": PASSWORD}
            answer = httpx.post(f"{self.base}/api/v1/session", json=body)
            assert answer.status_code == 200, answer.text
            self.sessions[account] = answer.cookies[COOKIE]
        return self.sessions[account]

    def put(self, document: d.Venue) -> None:
        """Put a document in force."""
        self.installation.publish(document)

    def stage(self, rule: str) -> str:
        """The stage of a rule in the document in force."""
        with self.client("olga") as client:
            listed = client.get("/api/v1/rules").json()
        return next(str(one["stage"]) for one in listed if one["name"] == rule)


@contextmanager
def running(folder: Path) -> Iterator[RulesSite]:
    """Run broker, engine and web on a rich venue until the context ends."""
    with Installation(folder, rich()) as installation:
        now_ms = installation.home.clock().wall_ms()
        for name, role in (("olga", "organiser"), ("staff", "staff"), ("dj", "dj")):
            installation.store.accounts.create(name, PASSWORD, role, now_ms)
        people = installation.register(["b-1", "b-2", "b-3"])
        installation.web.start()
        base = f"http://127.0.0.1:{installation.config.web.port}"
        site = RulesSite(base, installation, people)

        def answers() -> bool:
            try:
                return httpx.get(f"{base}/api/v1/health").status_code == 200
            except httpx.TransportError:
                return False

        wait_until(answers, 20, "the web to answer")
        yield site
