"""Which addresses a link out of a reply may lead to: the public internet, and the network of who sent it.

A vendor's reply is not to be trusted with the reach of whoever runs a build: a link to a router, to a database on
loopback or to a cloud's metadata would be fetched, and what it answers be stored. A provider that answered from this
machine or from a private network has that reach anyway. Knows nothing of HTTP.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

# From the registries of special purposes at IANA (IPv4, IPv6) as of November 2026, with what every Python says of them:
# ipaddress.is_global has tables of its release, and calls multicast and reserved space global.
_NOT_PUBLIC_4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # Azure's metadata, the one such service with an address that looks public
    )
)  # fmt: skip
_PUBLIC_6 = IPv6Network("2000::/3")  # the only space that is given out for the internet
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)  # the third quarter of an address that ends in one of IPv4

_METADATA = tuple(
    ip_network(net)
    for net in ("169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32", "fe80::/10", "fd00:ec2::254/128",
                "fd20:ce::254/128")
)  # fmt: skip

_PRIVATE = tuple(ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
_OWN_SITE = IPv6Network("fc00::/7")  # of which a site has a /48


def public(address: str) -> bool:
    """Whether a numeric address is one of the public internet. Mapped and tunnelled forms are what they lead to."""
    ip = _read(address)
    if isinstance(ip, IPv4Address):
        return ip.is_global and not any(ip in net for net in _NOT_PUBLIC_4)
    if ip in _NAT64:
        return public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
    if ip.sixtofour is not None:
        return public(str(ip.sixtofour))
    if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP and not public(str(IPv4Address(int(ip) & 0xFFFFFFFF))):
        return False
    return ip in _PUBLIC_6 and ip.is_global and not any(ip in net for net in _NOT_PUBLIC_6)


def metadata(address: str) -> bool:
    """Is it where a cloud tells a machine its secrets, or another place that only this machine's own link reaches? No
    provider is there, whatever a storyboard says."""
    ip = _read(address)
    if isinstance(ip, IPv6Address) and ip in _NAT64:
        ip = IPv4Address(int(ip) & 0xFFFFFFFF)
    return any(ip in net for net in _METADATA if net.version == ip.version)


def near(address: str, homes: Collection[str]) -> bool:
    """May those who answered from these addresses, all of them, lead there? Only within their own network: this
    machine (by any of its addresses, for who answered on loopback), the same private range, the same site of IPv6."""
    if not homes or not all(homes):  # "" = it is not known from where one of them answered
        return False
    networks = {_network(home) for home in homes}
    if "" in networks:
        return False
    return networks == {_network(address)} or (networks == {"loopback"} and _is_ours(address))


def _network(address: str) -> str:
    """The name of the private network that an address is in; "" for a public one."""
    ip = _read(address)
    if ip.is_loopback:
        return "loopback"
    if ip in _OWN_SITE:
        return str(IPv6Network((int(ip), 48), strict=False))
    return next((str(net) for net in _PRIVATE if ip in net), "" if public(address) else str(ip))


def _read(address: str) -> Address:
    """A mapped address of IPv4 is that address."""
    ip: Address = ip_address(address.split("%")[0])
    return ip.ipv4_mapped or ip if isinstance(ip, IPv6Address) else ip


def _is_ours(address: str) -> bool:
    """Is it one of this machine's? Only then can something listen there."""
    ip = _read(address)
    try:
        with socket.socket(socket.AF_INET6 if ip.version == 6 else socket.AF_INET) as probe:
            probe.bind((str(ip), 0))
    except OSError:
        return False
    return True


async def addresses(host: str, port: int) -> list[str]:
    """Every address of a name, in the order in which to try them. Raises OSError if it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))
