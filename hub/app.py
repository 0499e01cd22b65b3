"""The composition root: every part is made here, handed what it needs, started and stopped.

Nothing imports this module but the command line.
"""

import logging
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from hub.answers import Answers
from hub.config import ConfigFault
from hub.core import document as doc
from hub.core import events as ev
from hub.core.presence import PresenceSettings
from hub.engine.engine import Engine
from hub.engine.process import tune
from hub.engine.rebuild import note_grace
from hub.engine.settings import EngineSettings
from hub.home import Home
from hub.ingest.link import HubLink, LinkSettings
from hub.ingest.nudger import Nudger
from hub.outbox.dispatcher import Dispatcher, RewardDesk
from hub.schedule.alarm import Alarm
from hub.store import Store, StoreUnavailable
from hub.store.devices import DeviceInfo
from integrations import push as push_package
from integrations.announce.connector import AnnounceConnector
from integrations.lights.connector import LightsConnector
from integrations.lights.settings import LightsSettings
from integrations.music.connector import MusicConnector
from integrations.music.settings import read_settings as read_music
from integrations.port import Connector, Delivery, Done, Verdict
from integrations.push.connector import PushConnector
from integrations.push.keys import public_key
from integrations.push.settings import PushSettings
from integrations.push.subscriptions import Subscription
from integrations.records.connector import RecordsConnector
from integrations.records.settings import read_settings as read_records
from integrations.webhook.connector import WebhookConnector
from integrations.webhook.errors import SettingsError
from integrations.webhook.settings import read_settings as read_webhooks

PACED_SETTLE_S: Final = 0.5
"""Real seconds that timers and silence stay behind a paced clock, for readings under way."""
TIDY_S: Final = 1.0
"""How often the database is tidied beside the engine, in real seconds."""
STATUS_S: Final = 0.5
"""How often the engine notes what its lamps look like and how it is, in real seconds."""

log = logging.getLogger(__name__)


class StoredSubscriptions:
    """Lets the push connector ask the store who subscribed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, person: str) -> list[Subscription]:
        """Subscriptions of a person."""
        found = self._store.inbox.subscriptions(person)
        return [Subscription(one.endpoint, one.p256dh, one.auth) for one in found]

    def delete(self, endpoint: str, reason: str) -> None:
        """Forget one that is gone."""
        log.info("a push subscription is gone: %s", reason)
        self._store.inbox.unsubscribe(endpoint)


def presence_settings(home: Home) -> PresenceSettings:
    """How the tracker is set for this venue and this pace of time.

    Raises:
        ConfigFault: the configuration says what cannot be meant.
    """
    chosen, speed = home.config.presence, max(1.0, home.clock().speed)
    leave_after_ms = int(chosen.leave_after_s * 1000)
    try:
        return PresenceSettings(
            interval_ms=int(chosen.interval_s * 1000),
            leave_after_ms=leave_after_ms,
            venue_after_ms=max(PresenceSettings().venue_after_ms, leave_after_ms),
            reorder_ms=int(chosen.reorder_s * 1000 * speed),
        )
    except ValueError as error:
        raise ConfigFault(f"presence: {error}") from error


def engine_settings(home: Home) -> EngineSettings:
    """The engine's bounds, stretched to the pace of time."""
    speed = max(1.0, home.clock().speed)
    settle_ms = int(PACED_SETTLE_S * 1000 * speed) if speed > 1 else 0
    return EngineSettings(
        settle_ms=settle_ms,
        lease_ms=int(EngineSettings().lease_ms * speed),
        presence=presence_settings(home),
    )


class EngineParts:
    """The engine process: one event, its link to the broker, its connectors."""

    def __init__(self, home: Home) -> None:
        clock = home.clock()
        self._clock = clock
        self._home = home
        self._devices: list[DeviceInfo] = []
        self.store = home.store()
        settings = engine_settings(home)
        self._grace_ms = settings.settle_ms
        self.engine = Engine(self.store, clock, settings, home.event)
        broker = home.config.broker
        self.link = HubLink(
            LinkSettings(
                host=broker.host,
                port=broker.port,
                event=home.event,
                username="engine",
                password=home.secret("engine"),
                session=time.time_ns() // 1_000_000,
            ),
            clock,
            self.engine.arrived,
            self.engine.nudge,
            self.engine.connected,
        )
        self.lights = _lights(home)
        try:
            self.webhooks = WebhookConnector(read_webhooks(home.config.webhooks), clock)
            self.records = RecordsConnector(read_records(home.config.records), clock)
        except SettingsError as error:
            raise ConfigFault(str(error)) from error
        self._dispatcher = Dispatcher(
            self._connectors(home), clock, self.engine.report, self.engine.consents
        )
        self._alarm = Alarm(clock)
        self.engine.connect(self.link, self._dispatcher, self._alarm)

    def _connectors(self, home: Home) -> list[Connector]:
        found: list[Connector] = [RewardDesk()]
        music = read_music(home.config.music)
        found.append(MusicConnector(music, self._clock, self.link.publish_raw))
        if home.config.push.subject:
            push = PushSettings(
                subject=home.config.push.subject,
                data_dir=home.data,
                allow_loopback=home.config.push.allow_loopback,
            )
            found.append(PushConnector(push, StoredSubscriptions(self.store), self._clock))
        else:
            found.append(InboxOnly())
        if self.lights is not None:
            found.append(self.lights)
        found += [self.webhooks, self.records, AnnounceConnector(self.link.publish_raw)]
        return found

    def start(self) -> None:
        """Open the store, begin to decide, then to deliver, then to listen."""
        self.store.start()
        note_grace(self.store, self._grace_ms, self._clock.wall_ms())
        self.engine.load()
        self._dispatcher.start()
        self._alarm.start()
        self.engine.start()
        self._alarm.every(STATUS_S, self._note_status)
        self._alarm.every(TIDY_S, self.store.tidy)
        self._alarm.every(TIDY_S, self._export_devices)
        self.link.start()

    def stop(self) -> None:
        """Stop in the opposite order; what is not committed stays with the edges."""
        self.link.stop()
        self._alarm.stop()
        self._dispatcher.stop()
        self.engine.stop()
        if self.engine.erasures:
            self._scrub()
        self.store.stop()

    def _scrub(self) -> None:
        """Leave nothing in the database's file of people who were forgotten."""
        try:
            self.store.scrub()
        except StoreUnavailable as error:
            log.warning("forgotten people may be in the database's file still: %s", error)

    def _export_devices(self) -> None:
        """Let the broker know of devices that a page or the API added or locked out."""
        devices = self.store.devices.all()
        if devices != self._devices:
            self._home.export_devices(self.store)
            self._devices = devices

    def _note_status(self) -> None:
        """Keep what the web shows of this process where the web can read it."""
        lamps = [] if self.lights is None else self.lights.view()
        self.store.status.put("lamps", msgspec.json.encode(lamps), self._clock.wall_ms())
        stopped = self._dispatcher.stopped() | self.webhooks.stopped() | self.records.stopped()
        self.store.status.put("stopped", msgspec.json.encode(stopped), self._clock.wall_ms())
        self.engine.wake()


class InboxOnly:
    """The connector ``push`` where Web Push is not configured: the inbox has it already."""

    name = "push"

    def start(self) -> None:
        """Nothing to open."""

    def stop(self) -> None:
        """Nothing to close."""

    def deliver(self, delivery: Delivery) -> Verdict:
        """The message lies in the inbox, written with the decision."""
        del delivery
        return Done("inbox only: Web Push is not configured")

    def coalesce_key(self, body: dict[str, object]) -> str | None:
        """A message overwrites nothing."""
        del body
        return None


def _lights(home: Home) -> LightsConnector | None:
    address = home.config.lights.address
    if not address:
        return None
    lamps = tuple(lamps_of(home))
    settings = LightsSettings(address=address, key_file=home.data / "hue.json", lamps=lamps)
    return LightsConnector(settings, home.clock())


def lamps_of(home: Home) -> Sequence[str]:
    """The lamps that the venue's document names, in force or about to be."""
    with home.store() as store:
        venue = store.venue_at()
        documents = [] if venue is None else [venue.document]
        documents += [
            row.event.document
            for row in store.pending_commands()
            if isinstance(row.event, ev.VenuePublished)
        ]
    if not documents:
        return []
    return msgspec.json.decode(documents[-1], type=doc.Venue).lamps


def run_engine(home: Home) -> None:
    """Run the engine until SIGTERM or SIGINT; ends with an error when its thread dies."""
    with home.only_one("engine"):
        parts = EngineParts(home)
        stop = stop_signal()
        parts.start()
        tune()
        print(f"engine runs {home.event}", flush=True)  # noqa: T201 - what runs it waits for this line
        try:
            while not stop.wait(0.5):
                if not parts.engine.is_alive:
                    raise ConfigFault("the engine has stopped by itself; see the log above")
        finally:
            parts.stop()


def run_web(home: Home) -> None:
    """Run the web until SIGTERM or SIGINT."""
    import uvicorn

    from hub.web.ports import LampView, WebParts
    from hub.web.settings import WebSettings
    from hub.web_app import build

    clock = home.clock()
    store = home.store()
    store.start()
    nudger = Nudger(home.config.broker.host, home.config.broker.port, home.event, "web",
                    home.secret("web"))  # fmt: skip
    nudger.start()

    def lamps() -> list[LampView]:
        body = store.status.get("lamps")
        rows = msgspec.json.decode(body) if body else []
        return [LampView(r["lamp"], r["colour"], r["brightness"], r["source"]) for r in rows]

    push = home.config.push.subject
    app = build(
        WebParts(
            store=store,
            clock=clock,
            settings=WebSettings(
                data_dir=home.data,
                public_url=home.public_url,
                tips_groups=tuple(home.config.web.tips),
            ),
            nudge=nudger.nudge,
            lamps=lamps,
            why=Answers(store, clock).why,
            push_public_key=public_key(home.data) if push else None,
            browser_files=browser_files(),
        )
    )
    web = home.config.web
    config = uvicorn.Config(app, host=web.bind, port=web.port, log_level="warning",
                            access_log=False, server_header=False)  # fmt: skip
    # uvicorn raises the signal again when it has stopped; without a handler nothing below runs.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    try:
        uvicorn.Server(config).run()
    finally:
        nudger.stop()
        store.stop()


def browser_files() -> Path:
    """Folder with the service worker and the script that subscribes a browser."""
    return Path(push_package.__file__).parent / "browser"


def stop_signal() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
