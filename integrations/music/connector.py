"""A wish goes to every sink once; it is settled when each has settled it.

Which sinks have taken a delivery is remembered (bounded, in memory), so that a retry reaches only
the others; a sink that is reached twice all the same recognises the key.
"""

from typing import Any, Final

from contract.clock import Clock
from integrations.music.errors import SettingsError, WishUnreadable
from integrations.music.file_sink import FileSink
from integrations.music.http_sink import HttpSink
from integrations.music.mpd_sink import MpdSink
from integrations.music.mqtt_sink import MqttSink, Publish
from integrations.music.settings import (
    FileSettings,
    HttpSettings,
    MpdSettings,
    MusicSettings,
    SinkSettings,
)
from integrations.music.sink import Keys, Sink
from integrations.music.wish import Wish, read_wish
from integrations.port import (
    Delivery,
    Done,
    Drop,
    RetryAt,
    RetryLater,
    StopConnector,
    Verdict,
)

UNSETTLED: Final = (StopConnector, RetryLater, RetryAt)
"""Of several verdicts the first of these kinds is given."""


class MusicConnector:
    """The connector ``music``: requests and rankings for the DJ."""

    name = "music"

    def __init__(
        self, settings: MusicSettings, clock: Clock, publish: Publish | None = None
    ) -> None:
        self._sinks = [(_make(one, clock, publish), Keys()) for one in settings.sinks]

    def start(self) -> None:
        """Do nothing: each sink connects when it is first needed, and again when it was lost."""

    def stop(self) -> None:
        """Close files and connections; repeatable."""
        for sink, _ in self._sinks:
            sink.stop()

    def coalesce_key(self, body: dict[str, Any]) -> str | None:
        """Let a zone's newest ranking stand for those before it; every request counts."""
        return f"music:{body.get('zone')}" if body.get("op") == "ranking" else None

    def deliver(self, delivery: Delivery) -> Verdict:
        """Hand the wish to each sink that has not taken it yet."""
        try:
            wish = read_wish(delivery.body)
        except WishUnreadable as error:
            return Drop(str(error))
        verdicts = [self._put(sink, taken, delivery, wish) for sink, taken in self._sinks]
        return combine(verdicts)

    def _put(self, sink: Sink, taken: Keys, delivery: Delivery, wish: Wish) -> Verdict:
        if delivery.key in taken:
            return Done("taken before")
        verdict = sink.put(delivery.key, wish, delivery.now_ms)
        if isinstance(verdict, Done):
            taken.add(delivery.key)
        return verdict


def combine(verdicts: list[Verdict]) -> Verdict:
    """Give one verdict for all sinks; without any the DJ page has it all.

    What a person must mend comes first, then what may still work. A wish that one sink has taken
    is done, even if another never will take it: a song that the player lacks, the DJ may have.
    """
    for kind in UNSETTLED:
        for verdict in verdicts:
            if isinstance(verdict, kind):
                return verdict
    reasons = "; ".join(one.detail if isinstance(one, Done) else one.reason for one in verdicts)
    if verdicts and not any(isinstance(verdict, Done) for verdict in verdicts):
        return Drop(reasons)
    return Done(reasons or "DJ page only")


def _make(settings: SinkSettings, clock: Clock, publish: Publish | None) -> Sink:
    if isinstance(settings, FileSettings):
        return FileSink(settings)
    if isinstance(settings, HttpSettings):
        return HttpSink(settings, clock)
    if isinstance(settings, MpdSettings):
        return MpdSink(settings)
    if publish is None:
        raise SettingsError("music mqtt needs the hub's MQTT client")
    return MqttSink(settings, publish)
