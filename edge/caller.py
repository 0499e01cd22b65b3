"""Keeps calling the broker, each time under a new session number, less often the longer in vain."""

from collections.abc import Callable
from random import Random

from contract.codec import encode
from contract.envelope import Health
from edge.limits import BACKOFF_S_MAX, BACKOFF_S_MIN, CALL_S_MAX, SESSIONS_RESERVED
from edge.link.mqtt import Link, LinkState
from edge.outbox import Outbox

_SESSION = "session"


def backoff_s(failures: int, random: Random) -> float:
    """Wait after so many failures in a row: doubling, bounded, the upper half of it random."""
    longest = min(BACKOFF_S_MAX, BACKOFF_S_MIN * 2.0 ** min(failures, 16))
    return longest * random.uniform(0.5, 1.0)


class Caller:
    """Dials when there is no connection. All times are real monotonic seconds."""

    def __init__(
        self, link: Link, outbox: Outbox, health_topic: str, log: Callable[[str], None]
    ) -> None:
        """Store the parts, and where to say once why there is no connection."""
        self._link = link
        self._outbox = outbox
        self._health_topic = health_topic
        self._log = log
        self._random = Random()  # noqa: S311 - spreads the edges' calls, hides nothing
        self._session_max = 0
        self._failures = 0
        self._calling = False
        self._dial_at_s = self._dialled_at_s = 0.0
        self._said = ""
        self.session = 0
        self.up = False

    def tend(self, now_s: float) -> None:
        """Dial when it is time."""
        if self._calling and now_s - self._dialled_at_s > CALL_S_MAX:
            self.heard(LinkState(self.session, up=False, reason="no answer"), now_s)
        if self._calling or self.up or now_s < self._dial_at_s or self._link.is_cut:
            return
        self._calling, self._dialled_at_s = True, now_s
        self.session = self._next_session()
        will = encode(Health(session=self.session, alive=False))
        self._link.dial(self.session, self._health_topic, will)

    def heard(self, state: LinkState, now_s: float) -> None:
        """Take what became of a call; news of an earlier one are ignored."""
        if state.session != self.session:
            return
        self.up, self._calling = state.up, False
        if state.up:
            self._failures = 0
            self._say(f"connected, session {self.session}")
        else:
            self._dial_at_s = now_s + backoff_s(self._failures, self._random)
            self._failures += 1
            self._say(f"no connection: {state.reason}")

    def _say(self, sentence: str) -> None:
        if sentence != self._said:
            self._said = sentence
            self._log(sentence)

    def _next_session(self) -> int:
        if self.session >= self._session_max:
            self._reserve()
        return self.session + 1

    def _reserve(self) -> None:
        used = max(self.session, int(self._outbox.recall(_SESSION, "0")))
        self.session, self._session_max = used, used + SESSIONS_RESERVED
        with self._outbox.transaction():
            self._outbox.remember(_SESSION, str(self._session_max))
