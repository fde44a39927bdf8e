"""The browsers that are signed in to the dashboard, each for a year or until it is signed out.

A session's secret is only in the browser's cookie; here is its digest. Sessions are stored in a
file, so that an open dashboard works on after a restart.
"""

import contextlib
import hashlib
import hmac
import logging
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from plnd.errors import StorageError
from plnd.model.health import Session
from plnd.system.files import read_or_set_aside, set_aside, write_atomic

log = logging.getLogger("plnd")

DAY_MS = 86_400_000
LIFETIME_MS = 365 * DAY_MS
MOST_SESSIONS = 50
"""With more, the least recently used one is signed out."""
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Vivaldi", "Vivaldi"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chromium or Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = ("Android", "iPhone", "Windows", "Mac OS X", "Linux")


class _StoredSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session as it is stored."""

    id: str
    digest: str
    browser: str
    made_at: int
    used_at: int
    """Written once a day."""


class Sessions:
    """The sessions in one file; `clock` gives the time in ms.

    `cookie` is the name of the cookie. It differs by home: to a browser, two daemons on one
    machine are the same site, and must not overwrite each other's cookie.
    """

    def __init__(self, path: Path, clock: Callable[[], int]) -> None:
        self._path = path
        self._clock = clock
        self.cookie = "plnd-" + hashlib.sha256(os.fsencode(path)).hexdigest()[:8]
        self._sessions = {one.id: one for one in self._read()}

    def _read(self) -> list[_StoredSession]:
        content, moved = read_or_set_aside(self._path)
        if content is not None:
            try:
                return msgspec.json.decode(content, type=list[_StoredSession])
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                moved = set_aside(self._path)
        if moved:
            log.warning("the list of browsers that are signed in was set aside as %s", moved)
        return []

    def create(self, agent: str) -> str:
        """Create a session and return the value of its cookie; `agent` is the User-Agent header."""
        name, secret, now = secrets.token_hex(4), secrets.token_urlsafe(32), self._clock()
        made = _StoredSession(
            id=name, digest=_digest(secret), browser=_browser_name(agent), made_at=now, used_at=now
        )
        current = [one for one in self._sessions.values() if self._is_current(one)]
        used = sorted(current, key=lambda one: one.used_at)[1 - MOST_SESSIONS :]
        self._write([*(one for one in current if one in used), made])
        return f"{name}.{secret}"

    def is_valid(self, cookie: str) -> bool:
        """Whether a cookie's value is that of a session that has not expired."""
        name, _, secret = cookie.partition(".")
        found = self._sessions.get(name)
        if found is None or not self._is_current(found):
            return False
        valid = hmac.compare_digest(_digest(secret), found.digest)
        if valid:
            self._note_use(found)
        return valid

    def _note_use(self, one: _StoredSession) -> None:
        """Note that a session was used; writes the file at most once a day."""
        now = self._clock()
        self._sessions[one.id] = replace(one, used_at=now)
        if now // DAY_MS != one.used_at // DAY_MS:
            with contextlib.suppress(StorageError):  # no reason to reject the request
                self._write(list(self._sessions.values()))

    def all(self) -> list[Session]:
        """The sessions that have not expired, oldest first."""
        return [
            Session(
                id=one.id,
                browser=one.browser,
                made_at=one.made_at,
                used_at=one.used_at,
                ends_at=one.made_at + LIFETIME_MS,
            )
            for one in self._sessions.values()
            if self._is_current(one)
        ]

    def end(self, id: str | None = None) -> int:
        """End a session, or all, and return how many."""
        left = [one for one in self._sessions.values() if id is not None and one.id != id]
        ended = len(self._sessions) - len(left)
        if ended:
            self._write(left)
        return ended

    def _is_current(self, one: _StoredSession) -> bool:
        return self._clock() < one.made_at + LIFETIME_MS

    def _write(self, sessions: list[_StoredSession]) -> None:
        write_atomic(self._path, msgspec.json.encode(sessions))
        self._sessions = {one.id: one for one in sessions}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _browser_name(agent: str) -> str:
    """A browser and its system, such as \"Firefox on Linux\", from the User-Agent header."""
    browser = next((name for sign, name in _BROWSERS if f"{sign}/" in agent), "a browser")
    system = next((name for name in _SYSTEMS if re.search(rf"\b{name}\b", agent)), None)
    return f"{browser} on {system}" if system else browser
