"""A name is looked up once for each connection, and connected to only where it may lead.

Refused are addresses of this link and those where clouds keep their machines' credentials, unless
the target allows it; this machine, unless the target's name says so; and anything but this machine
where the request would not be encrypted.
"""

import ipaddress
import re
import socket
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from integrations.webhook.errors import AddressRefused, SettingsError
from integrations.webhook.limits import URL_CHARS_MAX

PORTS: Final = {"https": 443, "http": 80}
METADATA: Final = frozenset(
    map(
        ipaddress.ip_address,
        ("169.254.169.254", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192"),
    )
)
"""Where clouds answer a machine's questions about itself."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LOOPBACK: Final = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1")
_THIS_NETWORK: Final = ipaddress.ip_network("0.0.0.0/8")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class Place(NamedTuple):
    """A checked web address, taken apart; ``authority`` is what the header ``Host`` says."""

    scheme: str
    host: str
    port: int
    authority: str


class Guard(NamedTuple):
    """What a target's name may lead to."""

    insecure: bool = False
    """Plain http may leave this machine."""
    allow_link_local: bool = False


def check_url(url: str, setting: str, *, insecure: bool) -> Place:
    """Take ``url`` apart.

    Raises:
        SettingsError: it is no web address, holds a password, or is not encrypted and leaves this
            machine; the text names ``setting`` and not the address, which may be a secret.
    """
    if len(url) > URL_CHARS_MAX or not url.isascii() or not url.isprintable() or " " in url:
        raise SettingsError(f"{setting}: not a plain web address")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise SettingsError(f"{setting}: not a web address") from error
    if parts.scheme not in PORTS or not host or port == 0:
        raise SettingsError(f"{setting}: write https://..., or http:// for this machine")
    if "@" in parts.netloc:
        raise SettingsError(f"{setting}: a web address is no place for a name and password")
    if parts.scheme == "http" and not insecure and not names_loopback(host):
        raise SettingsError(f"{setting}: not encrypted; write https://, or insecure: true")
    return Place(parts.scheme, host, port or PORTS[parts.scheme], parts.netloc)


def names_loopback(host: str) -> bool:
    """Say whether ``host`` means this machine by its very name."""
    return _LOOPBACK.fullmatch(host) is not None


def resolve(place: Place, guard: Guard) -> list[str]:
    """Look the host up, and give its addresses when every one of them may be connected to.

    Raises:
        AddressRefused: one may not.
        OSError: the name is not known.
    """
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for text in addresses:
        _check(_inner(ipaddress.ip_address(text)), place, guard)
    return addresses


def _check(address: Address, place: Place, guard: Guard) -> None:
    if address.is_loopback:
        if not names_loopback(place.host):
            raise AddressRefused("its name leads to this machine")
        return
    if place.scheme == "http" and not guard.insecure:
        raise AddressRefused("its name leads out of this machine, and nothing is encrypted")
    if address.is_multicast or address.is_unspecified or address in _THIS_NETWORK:
        raise AddressRefused("its name leads to no single machine")
    if (address.is_link_local or address in METADATA) and not guard.allow_link_local:
        raise AddressRefused("its name leads to a link-local or metadata address")


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
