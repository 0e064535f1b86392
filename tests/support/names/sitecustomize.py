"""Foreign names for a command under test: those in FOREIGN_NAMES lead to 127.0.0.1, as a stranger's host would resolve;
and CONNECTIONS is a file in which every connection over a network is noted.

Python imports this module when it starts, if its folder is on PYTHONPATH.
"""

import os
import socket
from pathlib import Path

_NAMES = set(os.environ.get("FOREIGN_NAMES", "").split())
_resolve = socket.getaddrinfo


def _resolved(host, *rest, **more):  # type: ignore[no-untyped-def]
    name = host.decode() if isinstance(host, bytes) else host
    return _resolve("127.0.0.1" if name in _NAMES else host, *rest, **more)


socket.getaddrinfo = _resolved

if _log := os.environ.get("CONNECTIONS"):
    _connect = socket.socket.connect

    def _connected(self, address):  # type: ignore[no-untyped-def]
        if self.family in (socket.AF_INET, socket.AF_INET6):
            with Path(_log).open("a") as log:
                log.write(f"{address}\n")
        return _connect(self, address)

    socket.socket.connect = _connected
