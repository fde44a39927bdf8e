"""Whose process is at the other end of a connection: the kernel's row of that one, or nobody's."""

import os
import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnd.system.socket_owner import ESTABLISHED, Address, Row, is_own, user_in, user_of

PORTS = st.integers(1, 65535)
ADDRESSES = st.tuples(st.sampled_from(["127.0.0.1", "127.0.0.2", "10.0.0.1", "::1"]), PORTS)
STATES = st.integers(0, 12)
USERS = st.integers(0, 2**32 - 1)


@given(ADDRESSES, ADDRESSES, ADDRESSES, ADDRESSES, STATES, USERS)
def test_only_an_established_row_of_the_same_four_numbers_counts(
    peer: Address, own: Address, there: Address, here: Address, state: int, user: int
) -> None:
    found = user_in(Row(state, user, there, here), peer, own)
    fits = (there, here, state) == (peer, own, ESTABLISHED)
    assert found == (user if fits else None)
    assert user_in(Row(state, user, peer, own), peer, own) == (
        user if state == ESTABLISHED else None
    )
    assert user_in(None, peer, own) is None


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def connected(listener: socket.socket, address: str = "127.0.0.1") -> tuple[socket.socket, ...]:
    """Both ends of a connection from an address of loopback."""
    ours = socket.socket()
    ours.bind((address, 0))
    ours.connect(listener.getsockname())
    return ours, listener.accept()[0]


def own_at(accepted: socket.socket) -> bool:
    return is_own(accepted.getpeername(), accepted.getsockname())


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2"])
def test_the_kernel_names_the_user_of_a_connection(listener: socket.socket, address: str) -> None:
    ours, accepted = connected(listener, address)
    with ours, accepted:
        assert user_of(accepted.getpeername(), accepted.getsockname()) == os.geteuid()
        assert own_at(accepted)


def test_an_ipv6_socket_connected_to_an_ipv4_address(listener: socket.socket) -> None:
    with socket.socket(socket.AF_INET6) as ours:
        ours.connect((f"::ffff:{listener.getsockname()[0]}", listener.getsockname()[1]))
        with listener.accept()[0] as accepted:
            assert own_at(accepted)


def test_a_closed_connection_has_no_owner(listener: socket.socket) -> None:
    """For a socket that its process has closed, the kernel gives root as the user."""
    for ending in ("close", "reset", "half"):
        ours, accepted = connected(listener)
        with accepted:
            peer, own = accepted.getpeername(), accepted.getsockname()
            if ending == "half":
                ours.shutdown(socket.SHUT_WR)
            if ending == "reset":
                ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if ending != "half":
                ours.close()
            assert not is_own(peer, own), ending
        ours.close()


def test_a_closed_connection_does_not_count_for_another_address(
    listener: socket.socket,
) -> None:
    """A socket in TIME_WAIT has the same port, and belongs to root."""
    ours, accepted = connected(listener)
    port = ours.getsockname()[1]
    ours.close()
    accepted.close()
    other = socket.socket()
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    other.bind(("127.0.0.2", port))
    other.connect(listener.getsockname())
    with other, listener.accept()[0] as second:
        peer, own = second.getpeername(), second.getsockname()
        assert is_own(peer, own)
        assert not is_own(("127.0.0.1", port), own)
        assert not is_own(("127.0.0.1", peer[1]), own)
        assert not is_own(peer, ("127.0.0.2", own[1]))


def test_an_unconnected_socket_has_no_owner(listener: socket.socket) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert not is_own(unused.getsockname(), listener.getsockname())
    assert not is_own(listener.getsockname(), listener.getsockname())


def test_without_an_answer_of_the_kernel_there_is_no_owner(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, accepted = connected(listener)
    with ours, accepted:
        monkeypatch.setattr(
            "plnd.system.socket_owner._NETLINK_SOCK_DIAG", 250
        )  # no such part of it
        assert not own_at(accepted)
