"""Who may ask: the machine's own user, through the token, or a page that holds the cookie.

Order of the checks: where the connection comes from and the Host, whatever is asked for; then for
`/api/` a token or the cookie; then, with the cookie, that a process of the same user asks, and a
page of plnd's own: its Origin, which a change must name. No answer ever carries a CORS header.

Programs come by a socket file in the home's own folder where the system has such, which nobody
else can reach; over TCP, which all users of the machine share, comes the browser.
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
_SAFE = frozenset({"GET", "HEAD"})
_FROM_OURSELVES = frozenset({"none", "same-origin"})
"""What browsers say of requests of the page itself, and of addresses that the user typed."""


class AccessDenied(PlndError):
    """The request may not do what it asks; `status` says how it was refused."""

    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        super().__init__(message, hint, code=code)
        self.status = status


class Access:
    """The keys of one daemon on one port.

    `token` is for programs and new at each start; `sessions` are the browsers that hold a cookie.
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
        """Let the request pass, or raise `AccessDenied`."""
        headers = request.headers
        if not _is_near(request):
            raise _foreign()
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
        if headers.get("Sec-Fetch-Site", "none") not in _FROM_OURSELVES:
            raise AccessDenied(
                403,
                "foreign_page",
                "another page asks with the dashboard's cookie",
                "use the dashboard, or the token",
            )
        # Browsers name the page that asks: at each change, and at a read when it is another one.
        origin = headers.get("Origin")
        if origin not in self._origins and (origin or request.method not in _SAFE):
            raise AccessDenied(
                403,
                "foreign_origin",
                "what asks with the dashboard's cookie must be the dashboard",
                "use the dashboard, or the token",
            )

    def check_user(self, request: web.Request) -> None:
        """Let the request pass when a process of the daemon's own user asks.

        Raises:
            AccessDenied: another user's process asks.
        """
        peer, own = _ends(request)
        if not (by_file(request) or (peer and own and is_own(peer, own))):
            raise _foreign()

    def _has_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._bearer)

    def _has_cookie(self, request: web.Request) -> bool:
        return self.sessions.holds(request.cookies.get(self.sessions.cookie, ""))

    def new_code(self) -> str:
        """A code that `redeem` takes once, within a minute."""
        now = self._clock()
        self._codes = {code: end for code, end in self._codes.items() if end > now}
        code = secrets.token_urlsafe(24)
        self._codes[code] = now + CODE_SECONDS
        return code

    def redeem(self, code: str) -> bool:
        """Whether the code is good; it is not, the next time."""
        return self._codes.pop(code, 0.0) > self._clock()


def by_file(request: web.Request) -> bool:
    """Whether the request came by the socket file, whose folder is the user's alone."""
    return socket_files.is_one(request.get_extra_info("socket"))


def _is_near(request: web.Request) -> bool:
    """Whether the connection comes by the socket file, or from the one address that is ours."""
    peer, _ = _ends(request)
    return by_file(request) or (peer is not None and peer[0] == LOOPBACK)


def _ends(request: web.Request) -> tuple[Address | None, Address | None]:
    """The other end of the connection, and our own; None for what is closed already."""
    return request.get_extra_info("peername"), request.get_extra_info("sockname")


def _foreign() -> AccessDenied:
    return AccessDenied(
        403,
        "foreign_user",
        "this plnd belongs to another user of the machine, or the system did not say whose "
        "connection this is",
        "start your own with `plnd start`; `plnd status` in a terminal always works",
    )
