"""Whose process is at the other end of a TCP connection on loopback.

Cookies know no ports: a page that another user of this machine serves on loopback is given the
dashboard's cookie when the browser goes there. So the cookie alone is not enough: the connection
has to come from a process of the same user. Linux answers that for one connection (sock_diag(7));
/proc/net/tcp says the same, but to read it walks through every connection of the machine.
"""

import os
import socket
import struct
import sys
from typing import NamedTuple

ESTABLISHED = 1
PATIENCE_SECONDS = 1.0

Address = tuple[str, int]
"""An IPv4 address and a port."""

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST = 1
_ANY_COOKIE = 0xFFFFFFFF
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, sender
_WANTED = struct.Struct("=BBBxI")  # family, protocol, extensions, states
_ENDS = struct.Struct("!HH16s16s")  # source and destination port, source, destination
_REST = struct.Struct("=III")  # interface, cookie
_FOUND = struct.Struct("=BBBB36s12xIIIII")  # family, state, …, the ends, …, user, inode
_MAPPED = bytes(10) + b"\xff\xff"


class Row(NamedTuple):
    """What the kernel keeps of a socket: its state, its user and its two ends."""

    state: int
    user: int
    own: Address
    other: Address


def is_own(peer: Address, own: Address) -> bool:
    """Whether the connection from `peer` to our `own` address is of this process's user.

    True where the system does not say (only Linux does): there the other checks have to do.
    """
    if not sys.platform.startswith("linux"):
        return True
    return user_of(peer, own) == os.getuid()


def user_of(peer: Address, own: Address) -> int | None:
    """The user whose socket is connected from `peer` to `own`; None when the kernel names none."""
    try:
        row = _ask(peer, own)
    except (OSError, struct.error):
        return None
    return user_in(row, peer, own)


def user_in(row: Row | None, peer: Address, own: Address) -> int | None:
    """The user of a row, when it is of this very connection and that is established.

    Of a socket that its process has closed the kernel says that it is root's.
    """
    if row is None or (row.own, row.other) != (peer, own) or row.state != ESTABLISHED:
        return None
    return row.user


def _ask(peer: Address, own: Address) -> Row | None:
    """The kernel's row of the socket at `peer` that is connected to `own`."""
    ends = _ENDS.pack(peer[1], own[1], socket.inet_aton(peer[0]), socket.inet_aton(own[0]))
    wanted = _WANTED.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, 0xFFFFFFFF)
    question = wanted + ends + _REST.pack(0, _ANY_COOKIE, _ANY_COOKIE)
    head = _HEADER.pack(_HEADER.size + len(question), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 1, 0)
    kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
    with socket.socket(socket.AF_NETLINK, kind, _NETLINK_SOCK_DIAG) as kernel:
        kernel.settimeout(PATIENCE_SECONDS)
        kernel.send(head + question)
        answer = kernel.recv(4096)
    if _HEADER.unpack_from(answer)[1] != _SOCK_DIAG_BY_FAMILY:
        return None  # there is no such socket
    _, state, _, _, found, _, _, _, user, _ = _FOUND.unpack_from(answer, _HEADER.size)
    own_port, other_port, source, destination = _ENDS.unpack(found)
    return Row(state, user, (_written(source), own_port), (_written(destination), other_port))


def _written(address: bytes) -> str:
    """An address as people write it; one of IPv4 may be mapped into IPv6."""
    if address[:12] == _MAPPED:
        return socket.inet_ntoa(address[12:])
    if address[4:] == bytes(12):
        return socket.inet_ntoa(address[:4])
    return socket.inet_ntop(socket.AF_INET6, address)
