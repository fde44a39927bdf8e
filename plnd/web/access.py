"""Access control: only the daemon's own user, with the token or the dashboard's cookie.

The order of the checks: for every request the connection's origin and the Host header; for `/api/`
the token or the cookie; with the cookie also the user of the connecting process and the Origin,
which is required for changes. No answer carries a CORS header.

Programs connect through a Unix socket in the home folder, where the system has those, which no
other user can reach; browsers connect over TCP, which all users of the machine share.
"""

import hmac
import secrets
import time
from collections.abc import Callable

from aiohttp import web

from plnd.errors import PlndError
from plnd.system import socket_files
from plnd.system.socket_owner import Address, is_own
from plnd.web.sessions import Sessions

LOOPBACK = "127.0.0.1"
CODE_SECONDS = 60
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_OWN_FETCH_SITES = frozenset({"none", "same-origin"})
"""Sec-Fetch-Site of requests of the dashboard itself, and of addresses that the user typed."""


class AccessDenied(PlndError):
    """The request is not allowed; `status` is the HTTP status of the answer."""

    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        super().__init__(message, hint, code=code)
        self.status = status


class Access:
    """The access control of one daemon on one port.

    `token` is for programs and new at each start; `sessions` are the browsers with a cookie.
    """

    def __init__(
        self,
        port: int,
        token: str,
        sessions: Sessions,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.sessions = sessions
        self._hosts = frozenset({f"{LOOPBACK}:{port}", f"localhost:{port}"})
        self._origins = frozenset(f"http://{host}" for host in self._hosts)
        self._bearer = f"Bearer {token}".encode()
        self._codes: dict[str, float] = {}
        self._clock = clock

    def check(self, request: web.Request) -> None:
        """Check a request.

        Raises:
            AccessDenied: it is not allowed.
        """
        headers = request.headers
        if not _is_local(request):
            raise _other_user()
        if headers.get("Host", "").lower() not in self._hosts:
            raise AccessDenied(
                421,
                "wrong_host",
                "this is plnd; it answers to 127.0.0.1 and localhost only",
                "open the address that `plnd open` prints",
            )
        if not request.path.startswith("/api/"):
            return
        if self._has_token(headers.get("Authorization", "")):
            return
        if not self._has_cookie(request):
            raise AccessDenied(
                401,
                "unauthorized",
                "no valid token and no dashboard cookie",
                "open the dashboard with `plnd open`; programs read the token from daemon.json",
            )
        self.check_user(request)
        if headers.get("Sec-Fetch-Site", "none") not in _OWN_FETCH_SITES:
            raise AccessDenied(
                403,
                "foreign_page",
                "another page asks with the dashboard's cookie",
                "use the dashboard, or the token",
            )
        # Browsers send Origin with every change, and with a read from another page.
        origin = headers.get("Origin")
        if origin not in self._origins and (origin or request.method not in _SAFE_METHODS):
            raise AccessDenied(
                403,
                "foreign_origin",
                "what asks with the dashboard's cookie must be the dashboard",
                "use the dashboard, or the token",
            )

    def check_user(self, request: web.Request) -> None:
        """Check that the request comes from a process of the daemon's own user.

        Raises:
            AccessDenied: it comes from another user's process.
        """
        peer, own = _endpoints(request)
        if not (is_unix_socket(request) or (peer and own and is_own(peer, own))):
            raise _other_user()

    def _has_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._bearer)

    def _has_cookie(self, request: web.Request) -> bool:
        return self.sessions.is_valid(request.cookies.get(self.sessions.cookie, ""))

    def new_code(self) -> str:
        """A code that `redeem` accepts once, within a minute."""
        now = self._clock()
        self._codes = {code: end for code, end in self._codes.items() if end > now}
        code = secrets.token_urlsafe(24)
        self._codes[code] = now + CODE_SECONDS
        return code

    def redeem(self, code: str) -> bool:
        """Whether the code is valid; it is used up by this."""
        return self._codes.pop(code, 0.0) > self._clock()


def is_unix_socket(request: web.Request) -> bool:
    """Whether the request came through the Unix socket, whose folder only the user can enter."""
    return socket_files.is_one(request.get_extra_info("socket"))


def _is_local(request: web.Request) -> bool:
    """Whether the request came through the Unix socket, or from 127.0.0.1."""
    peer, _ = _endpoints(request)
    return is_unix_socket(request) or (peer is not None and peer[0] == LOOPBACK)


def _endpoints(request: web.Request) -> tuple[Address | None, Address | None]:
    """The connection's peer and own address; None once it is closed."""
    return request.get_extra_info("peername"), request.get_extra_info("sockname")


def _other_user() -> AccessDenied:
    return AccessDenied(
        403,
        "foreign_user",
        "this plnd belongs to another user of the machine, or the system did not say whose "
        "connection this is",
        "start your own with `plnd start`; `plnd status` in a terminal always works",
    )
