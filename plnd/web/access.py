"""Who may ask: the machine's own user, through the token, or a page that holds the cookie.

Order of the checks: the Host, whatever is asked for; then for `/api/` a token or the
cookie; then, with the cookie, that a process of the same user asks; then, for a change made
with the cookie, the page's own Origin. No answer ever carries a CORS header.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

from aiohttp import web

from plnd.errors import PlndError
from plnd.web.peer import is_own

COOKIE = "plnd"
CODE_SECONDS = 60
_SAFE = frozenset({"GET", "HEAD"})


class Refused(PlndError):
    """The request may not do what it asks; `status` says how it was refused."""

    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        super().__init__(message, hint, code=code)
        self.status = status


class Access:
    """The keys of one daemon on one port.

    `token` is for programs and new at each start; `secret` lasts, and the dashboard's
    cookie is made from it, so that an open dashboard outlives a restart.
    """

    def __init__(
        self, port: int, token: str, secret: bytes, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._port = port
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._origins = frozenset(f"http://{host}" for host in self._hosts)
        self._bearer = f"Bearer {token}".encode()
        self.cookie = hmac.new(secret, b"dashboard cookie", hashlib.sha256).hexdigest()
        self._codes: dict[str, float] = {}
        self._clock = clock

    def check(self, request: web.Request) -> None:
        """Let the request pass, or raise `Refused`."""
        headers = request.headers
        if headers.get("Host", "").lower() not in self._hosts:
            raise Refused(
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
            raise Refused(
                401,
                "unauthorized",
                "no valid token and no dashboard cookie",
                "open the dashboard with `plnd open`; programs read the token from daemon.json",
            )
        self.check_user(request)
        if request.method not in _SAFE and headers.get("Origin") not in self._origins:
            raise Refused(
                403,
                "foreign_origin",
                "a change with the dashboard's cookie must come from the dashboard",
                "use the dashboard, or the token",
            )

    def check_user(self, request: web.Request) -> None:
        """Let the request pass when a process of the daemon's own user asks, or raise `Refused`."""
        name = request.get_extra_info("peername")
        if name is None or not is_own(name[1], self._port):
            raise Refused(
                403,
                "foreign_user",
                "this plnd belongs to another user of the machine",
                "start your own with `plnd start`",
            )

    def _has_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._bearer)

    def _has_cookie(self, request: web.Request) -> bool:
        given = request.cookies.get(COOKIE, "")
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self.cookie.encode())

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
