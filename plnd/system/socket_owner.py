"""Which user owns the other end of a TCP connection on loopback.

Browsers send a cookie to every port of a host. A page that another user of this machine serves on
loopback therefore receives the dashboard's cookie. So plnd also checks that the connection comes
from a process of the same user. It asks the Linux kernel about this one connection (sock_diag(7));
reading /proc/net/tcp would give the same answer, but lists every connection of the machine.
"""

import socket
import struct
from typing import NamedTuple

from plnd.system import permissions, platforms

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
    """A socket in the kernel's table: its state, its user and its two ends."""

    state: int
    user: int
    own: Address
    other: Address


def is_own(peer: Address, own: Address) -> bool:
    """Whether the connection from `peer` to our `own` address belongs to this process's user.

    True on every system but Linux, which alone tells: there the other checks must be enough.
    """
    if platforms.CURRENT != platforms.LINUX:
        return True
    return user_of(peer, own) == permissions.user_id()


def user_of(peer: Address, own: Address) -> int | None:
    """The user whose socket is connected from `peer` to `own`; None when the kernel names none."""
    try:
        row = _find_row(peer, own)
    except (OSError, struct.error):
        return None
    return user_in(row, peer, own)


def user_in(row: Row | None, peer: Address, own: Address) -> int | None:
    """The user of a row, if the row is this very connection's and that is established.

    The kernel gives root as the user of a socket that its process has closed.
    """
    if row is None or (row.own, row.other) != (peer, own) or row.state != ESTABLISHED:
        return None
    return row.user


def _find_row(peer: Address, own: Address) -> Row | None:
    """The kernel's row of the socket at `peer` connected to `own`; None when there is none."""
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
    return Row(state, user, (_text_of(source), own_port), (_text_of(destination), other_port))


def _text_of(address: bytes) -> str:
    """The text of an address; an IPv4 address may be mapped into IPv6."""
    if address[:12] == _MAPPED:
        return socket.inet_ntoa(address[12:])
    if address[4:] == bytes(12):
        return socket.inet_ntoa(address[:4])
    return socket.inet_ntop(socket.AF_INET6, address)
