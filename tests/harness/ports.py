"""A port stays free while the process that listened on it is dead.

Ports handed out by the system come from the range that outgoing connections use too, so that while
a broker is dead some client could be given its port, or even be connected to itself. Ports below
that range are asked for one by one instead.
"""

import random
import socket
from typing import Final

HOST: Final = "127.0.0.1"
LOWEST: Final = 12_000
HIGHEST: Final = 31_999
"""Linux gives outgoing connections ports from 32768 on (ip_local_port_range)."""
TRIES_MAX: Final = 200

_random = random.Random()
_random.seed(random.SystemRandom().random())


def free_port() -> int:
    """Find a port of loopback that nobody listens on."""
    for _ in range(TRIES_MAX):
        port = _random.randint(LOWEST, HIGHEST)
        try:
            socket.create_server((HOST, port)).close()
        except OSError:
            continue
        return port
    raise RuntimeError(f"no free port between {LOWEST} and {HIGHEST} in {TRIES_MAX} tries")
