"""Sockets that are files: only users who can reach the folder can connect.

Light on purpose: `plnd status` imports this.
"""

import os
import socket

LONGEST_PATH_BYTES = 100
"""macOS allows 103 bytes, Linux 107."""


def is_possible(path: "str | os.PathLike[str]") -> bool:
    """Whether the system has sockets that are files, and this path is short enough for one."""
    return hasattr(socket, "AF_UNIX") and len(os.fsencode(path)) <= LONGEST_PATH_BYTES


def new_socket() -> socket.socket:
    """A socket that can be connected to a socket file."""
    return socket.socket(socket.AF_UNIX)


def is_one(connection: "socket.socket | None") -> bool:
    """Whether a connection was made through a socket file."""
    return connection is not None and connection.family == getattr(socket, "AF_UNIX", None)
