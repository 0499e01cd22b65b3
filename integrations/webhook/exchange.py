"""One request, one answer, read to a bound; what the network does becomes one of our errors.

Redirects are not followed, and neither the environment's proxies nor its .netrc are read.
"""

import ssl
from contextlib import suppress
from typing import Final

import httpcore
from msgspec import Struct

from integrations.webhook.address import Guard, Place, resolve
from integrations.webhook.errors import NoAnswer
from integrations.webhook.limits import ANSWER_BYTES_MAX
from integrations.webhook.network import Deadline, GuardedNetwork

CONNECTIONS_MAX: Final = 1
FAULTS: Final = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)


class Request(Struct, frozen=True):
    """What is to be sent. Its headers hold secrets, so it does not show them."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes
    hide: tuple[str, ...] = ()
    """What no reason may hold, even if the receiver says it."""

    def __repr__(self) -> str:
        return f"Request({self.method}, {len(self.content)} bytes)"


class Answer(Struct, frozen=True):
    """What was said; ``text`` is bounded, ``retry_after`` as it was written."""

    status: int
    text: str = ""
    retry_after: str = ""


class Exchange:
    """The client of one place. Used by one thread, between construction and ``close``."""

    def __init__(
        self, place: Place, guard: Guard, timeout_s: float, ssl_context: ssl.SSLContext | None
    ) -> None:
        self._place = place
        self._timeout_s = timeout_s
        self._deadline = Deadline()
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=CONNECTIONS_MAX,
            network_backend=GuardedNetwork(lambda: resolve(place, guard), self._deadline),
        )

    def close(self) -> None:
        """Close the connection; repeatable."""
        self._pool.close()

    def send(self, request: Request) -> Answer:
        """Send ``request``; give what was answered.

        Raises:
            AddressRefused: the name leads where it may not.
            NoAnswer: nothing was answered in time; the text names the kind of fault alone.
        """
        self._deadline.begin(self._timeout_s)
        headers = {
            "Host": self._place.authority,
            "User-Agent": "foyer",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Length": str(len(request.content)),
            **request.headers,
        }
        try:
            with self._pool.stream(
                request.method, request.url, headers=list(headers.items()), content=request.content
            ) as response:
                return _read(response)
        except FAULTS as error:
            raise NoAnswer(f"no answer: {type(error).__name__}") from None


def _read(response: httpcore.Response) -> Answer:
    """Read the answer; a status that was said counts even when the text breaks off."""
    text = b""
    with suppress(*FAULTS):
        for chunk in response.iter_stream():
            text = (text + chunk)[:ANSWER_BYTES_MAX]
            if len(text) == ANSWER_BYTES_MAX:
                break
    found = {name.lower(): value for name, value in response.headers}
    retry_after = found.get(b"retry-after", b"").decode("latin-1").strip()
    return Answer(response.status, text.decode(errors="replace"), retry_after)
