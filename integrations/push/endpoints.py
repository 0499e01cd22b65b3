"""An endpoint comes from a browser, so it is never allowed to lead into the venue's network.

What is wrong with the address itself will stay wrong, and the subscription goes. What its name
leads to may be a captive portal's doing, and is tried again.
"""

import ipaddress
import re
import socket
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from integrations.push.errors import AddressRefused, SubscriptionUnusable

ENDPOINT_CHARS_MAX: Final = 2_048
PORTS: Final = {"https": 443, "http": 80}

_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}")
_LOOPBACK = re.compile(r"127(?:\.\d{1,3}){3}")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Endpoint(NamedTuple):
    """A checked endpoint, taken apart."""

    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """Scheme, host and port as a token's audience names them."""
        default = PORTS[self.scheme] == self.port
        return f"{self.scheme}://{self.host}" + ("" if default else f":{self.port}")


def check_endpoint(url: str, *, allow_loopback: bool) -> Endpoint:
    """Take ``url`` apart; to be called when a subscription comes in, too.

    Raises:
        SubscriptionUnusable: not https, not a public host, or not a URL at all.
    """
    if len(url) > ENDPOINT_CHARS_MAX or not url.isascii() or not url.isprintable() or " " in url:
        raise SubscriptionUnusable("the endpoint is not a plain URL")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SubscriptionUnusable("the endpoint is not a URL") from error
    host = (parts.hostname or "").rstrip(".")
    if not host or parts.username is not None or parts.scheme not in PORTS:
        raise SubscriptionUnusable("the endpoint is not an https URL")
    loopback = allow_loopback and _names_loopback(host)
    if parts.scheme != "https" and not loopback:
        raise SubscriptionUnusable("the endpoint is not encrypted (https)")
    if not loopback and not _may_be_public(host):
        raise SubscriptionUnusable("the endpoint is in a private network")
    return Endpoint(parts.scheme, host, port or PORTS[parts.scheme])


def resolve(host: str, port: int, *, allow_loopback: bool) -> list[str]:
    """Look ``host`` up, and give its addresses when it is safe to connect to every one.

    Raises:
        AddressRefused: one of them is in a private network.
        OSError: the name is not known.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for text in addresses:
        address = ipaddress.ip_address(text)
        if not (_is_public(address) or (allow_loopback and address.is_loopback)):
            raise AddressRefused("the push service's name leads into a private network")
    return addresses


def digest(endpoint: str) -> str:
    """Name a subscription where the endpoint itself, which is a secret, must not be seen."""
    return sha256(endpoint.encode()).hexdigest()[:16]


def _names_loopback(host: str) -> bool:
    return host == "localhost" or _LOOPBACK.fullmatch(host) is not None


def _may_be_public(host: str) -> bool:
    """Take names with a dot only: no push service is known by a bare address."""
    last = host.rpartition(".")[2]
    return _NAME.fullmatch(host) is not None and last not in {"localhost", "local", "internal"}


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if inside is None and address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inside is not None:
            return _is_public(inside)
    return address.is_global and not address.is_multicast
