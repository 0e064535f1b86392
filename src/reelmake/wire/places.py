"""Which addresses a link out of a reply may lead to: the public internet, and nothing of this machine or its network.

A vendor's reply is not to be trusted with the reach of whoever runs a build: a link to a router, to a database on
loopback or to a cloud's metadata would be fetched, and what it answers be stored. Knows nothing of HTTP.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_NAT64 = IPv6Network("64:ff9b::/96")
_NOT_PUBLIC = tuple(
    ip_network(net)
    for net in (
        "168.63.129.16/32",  # Azure's metadata, the one such service with an address that looks public
        "192.0.0.0/24",  # protocol assignments, which older Pythons call global
        "64:ff9b:1::/48",  # translation of a local network's own
    )
)


def public(address: str) -> bool:
    """Whether a numeric address is one of the public internet. Mapped and tunnelled forms are what they lead to."""
    ip: IPv4Address | IPv6Address = ip_address(address.split("%")[0])
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64 or not int(ip) >> 32:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return public(str(inner))
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in _NOT_PUBLIC)


async def addresses(host: str, port: int) -> list[str]:
    """Every address of a name, in the order in which to try them. Raises OSError if it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))
