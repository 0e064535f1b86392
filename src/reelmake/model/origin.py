"""Origin: scheme, host and port of an address, in the one way they are written here. Knows nothing of keys or names.

It is told by the letters alone, as they are written; no name is resolved.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]+")  # what every reader of addresses reads alike: no space, no backslash
_NAME = re.compile(r"[a-z0-9_.-]+")
_LOOPBACK = IPv6Address("::1")


def origin(address: str) -> str:
    """ "https://api.studio.example", "http://127.0.0.1:8901": of default ports without them; "" if it has none.

    A name with letters beyond ASCII has none: two readers may spell it differently. Its `xn--` form has one.
    """
    if not _PLAIN.fullmatch(address):
        return ""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or port == 0 or not host:
        return ""
    if ":" in host:
        try:
            host = f"[{IPv6Address(host).compressed}]"
        except ValueError:
            return ""
    elif not _NAME.fullmatch(host):
        return ""
    return f"{parts.scheme}://{host}" + ("" if port in (None, _PORTS[parts.scheme]) else f":{port}")


def loopback(origin: str) -> bool:
    """Is it this machine, said by its literal name: 127.0.0.0/8, [::1], localhost?"""
    host = urlsplit(origin).hostname or ""
    try:
        found = ip_address(host)
    except ValueError:
        return host == "localhost"
    return found.is_loopback if isinstance(found, IPv4Address) else found == _LOOPBACK
