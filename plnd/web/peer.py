"""Whose process is at the other end of a connection on loopback.

Cookies know no ports: a page that another user of this machine serves on loopback is given the
dashboard's cookie when the browser goes there. And who looks at the list of processes may see a
one-time link before the browser has used it. So neither of them is enough: the connection has
to come from a process of the same user.
"""

import os
import sys
from pathlib import Path

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LOOPBACK = (bytes([127, 0, 0, 1]), bytes(10) + bytes([255, 255, 127, 0, 0, 1]))


def is_own(peer_port: int, own_port: int) -> bool:
    """Whether the socket at `peer_port`, connected to our `own_port`, is this user's or root's.

    True where the system does not say (only Linux does): there the other checks have to do.
    """
    if not _TABLES[0].exists():
        return True
    return user_of(peer_port, own_port) in (os.getuid(), 0)


def user_of(peer_port: int, own_port: int) -> int | None:
    """The user id of the socket, None when there is no such connection."""
    hosts = [_written(host) for host in _LOOPBACK]
    ends = {(f"{host}:{peer_port:04X}", f"{host}:{own_port:04X}") for host in hosts}
    for table in _TABLES:
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if (fields[1], fields[2]) in ends:
                return int(fields[7])
    return None


def _written(address: bytes) -> str:
    """An address as the kernel's tables have it: words of four bytes, each as a number."""
    words = (address[at : at + 4] for at in range(0, len(address), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)
