"""The browsers that are signed in to the dashboard: each for a year, or until it is signed out.

A session's secret is in the browser's cookie alone; here is a digest of it. Sessions are kept in
a file, so that an open dashboard outlives a restart.
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
LASTS_MS = 365 * DAY_MS
MOST_SESSIONS = 50
"""Beyond that, the one that was used longest ago is signed out."""
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Vivaldi", "Vivaldi"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chromium or Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = ("Android", "iPhone", "Windows", "Mac OS X", "Linux")


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A session as it is written down."""

    id: str
    digest: str
    browser: str
    made_at: int
    used_at: int
    """To a day."""


class Sessions:
    """The sessions in one file; `clock` gives the time in ms.

    `cookie` is the name of the cookie: two plnds on one machine are one site to a browser, and
    must not sign each other out.
    """

    def __init__(self, path: Path, clock: Callable[[], int]) -> None:
        self._path = path
        self._clock = clock
        self.cookie = "plnd-" + hashlib.sha256(os.fsencode(path)).hexdigest()[:8]
        self._kept = {one.id: one for one in self._read()}

    def _read(self) -> list[_Kept]:
        content, moved = read_or_set_aside(self._path)
        if content is not None:
            try:
                return msgspec.json.decode(content, type=list[_Kept])
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                moved = set_aside(self._path)
        if moved:
            log.warning("the list of browsers that are signed in was set aside as %s", moved)
        return []

    def begin(self, agent: str) -> str:
        """Begin a session; gives the value of its cookie. `agent` is the browser's own name."""
        name, secret, now = secrets.token_hex(4), secrets.token_urlsafe(32), self._clock()
        made = _Kept(
            id=name, digest=_digest(secret), browser=_known(agent), made_at=now, used_at=now
        )
        lasting = [one for one in self._kept.values() if self._lasts(one)]
        used = sorted(lasting, key=lambda one: one.used_at)[1 - MOST_SESSIONS :]
        self._write([*(one for one in lasting if one in used), made])
        return f"{name}.{secret}"

    def holds(self, cookie: str) -> bool:
        """Whether a cookie's value is that of a session that lasts."""
        name, _, secret = cookie.partition(".")
        found = self._kept.get(name)
        if found is None or not self._lasts(found):
            return False
        holds = hmac.compare_digest(_digest(secret), found.digest)
        if holds:
            self._use(found)
        return holds

    def _use(self, one: _Kept) -> None:
        """Note that it was used; the file is written once a day for that."""
        now = self._clock()
        self._kept[one.id] = replace(one, used_at=now)
        if now // DAY_MS != one.used_at // DAY_MS:
            with contextlib.suppress(StorageError):  # no reason to turn the browser away
                self._write(list(self._kept.values()))

    def all(self) -> list[Session]:
        """The sessions that last, oldest first."""
        return [
            Session(
                id=one.id,
                browser=one.browser,
                made_at=one.made_at,
                used_at=one.used_at,
                ends_at=one.made_at + LASTS_MS,
            )
            for one in self._kept.values()
            if self._lasts(one)
        ]

    def end(self, id: str | None = None) -> int:
        """End a session, or all; how many were ended."""
        left = [one for one in self._kept.values() if id is not None and one.id != id]
        ended = len(self._kept) - len(left)
        if ended:
            self._write(left)
        return ended

    def _lasts(self, one: _Kept) -> bool:
        return self._clock() < one.made_at + LASTS_MS

    def _write(self, sessions: list[_Kept]) -> None:
        write_atomic(self._path, msgspec.json.encode(sessions))
        self._kept = {one.id: one for one in sessions}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _known(agent: str) -> str:
    """A browser in our own words, by the name that it gives itself."""
    browser = next((name for sign, name in _BROWSERS if f"{sign}/" in agent), "a browser")
    system = next((name for name in _SYSTEMS if re.search(rf"\b{name}\b", agent)), None)
    return f"{browser} on {system}" if system else browser
