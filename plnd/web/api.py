"""The routes that only a running daemon can answer, beside those of `plnd.api`."""

import asyncio
import functools
import os
from dataclasses import dataclass, field
from typing import Any

from plnd import __version__, api
from plnd.api.route import Call, Route
from plnd.core.plnd import Plnd
from plnd.errors import NotFound
from plnd.model.day import Today
from plnd.model.health import DoctorAnswer, Health, OpenLink, SessionsAnswer
from plnd.system.files import Home, write_atomic
from plnd.web.access import CODE_SECONDS, Access
from plnd.words.messages import Words
from plnd.words.printable import carriable

OPEN_PAGE = "open.html"


@dataclass(frozen=True, slots=True)
class Running:
    """The daemon that serves: its keys, its address, since when (ms) it runs."""

    access: Access
    url: str
    started_at: int
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def routes(self) -> tuple[Route, ...]:
        """All routes of a daemon."""
        return (
            *api.ROUTES,
            Route("POST", "/api/v1/open", self.post_open, OpenLink),
            Route("GET", "/api/v1/sessions", self.get_sessions, SessionsAnswer),
            Route("DELETE", "/api/v1/sessions", self.delete_sessions, SessionsAnswer),
            Route("DELETE", "/api/v1/sessions/{id}", self.delete_session, SessionsAnswer),
            Route("GET", "/api/v1/live", self.get_live, Today, live=True),
            Route("GET", "/api/v1/health", self.get_health, Health),
            Route("GET", "/api/v1/doctor", self.get_doctor, DoctorAnswer),
            Route("POST", "/api/v1/doctor/mend", self.post_mend, DoctorAnswer),
            Route("GET", "/api/v1/openapi.json", self.get_openapi, dict[str, Any]),
        )

    def post_open(self, plnd: Plnd, call: Call) -> OpenLink:
        """A link that opens the dashboard, good once and for a minute."""
        link = f"{self.url}/open?code={self.access.new_code()}"
        page = plnd.home.state / OPEN_PAGE
        write_atomic(page, _leading_on(link, call.words).encode())
        expires_at = plnd.clock() + CODE_SECONDS * 1000
        return OpenLink(url=link, expires_at=expires_at, file=str(page))

    def get_sessions(self, _: Plnd, __: Call) -> SessionsAnswer:
        """The browsers that are signed in to the dashboard."""
        return SessionsAnswer(self.access.sessions.all())

    def delete_sessions(self, _: Plnd, __: Call) -> SessionsAnswer:
        """Sign every browser out; gives those that are left."""
        self.access.sessions.end()
        return SessionsAnswer(self.access.sessions.all())

    def delete_session(self, _: Plnd, call: Call) -> SessionsAnswer:
        """Sign one browser out; gives those that are left."""
        if not self.access.sessions.end(call.path["id"]):
            raise NotFound(f"no session {call.path['id']!r}", "`plnd open --list` lists them")
        return SessionsAnswer(self.access.sessions.all())

    def get_live(self, plnd: Plnd, _: Call) -> Today:
        """The figures of today, now and whenever they change, as server-sent events."""
        return plnd.today()

    def get_health(self, plnd: Plnd, _: Call) -> Health:
        """That the daemon runs, since when, and what it had to set aside."""
        return Health(
            version=__version__,
            pid=os.getpid(),
            started_at=self.started_at,
            now=plnd.clock(),
            home=carriable(str(plnd.home.data.parent)),
            damaged=[*map(carriable, plnd.damaged)],
            left_out=plnd.faults(),
        )

    async def get_doctor(self, plnd: Plnd, call: Call) -> DoctorAnswer:
        """How each link of the chain stands, and the fix; to look shows and changes nothing."""
        async with self._looking:
            return await asyncio.to_thread(_examined, plnd.home, call.words, mend=False)

    async def post_mend(self, plnd: Plnd, call: Call) -> DoctorAnswer:
        """Mend what of the chain can safely be mended, and say what was done."""
        async with self._looking:
            return await asyncio.to_thread(_examined, plnd.home, call.words, mend=True)

    def get_openapi(self, _: Plnd, __: Call) -> dict[str, Any]:
        """This document."""
        from plnd.web.openapi import document

        return document(self.routes(), self.access.sessions.cookie)


def _leading_on(link: str, words: Words) -> str:
    """A page that leads on to a link."""
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="refresh" content="0; url={link}"><title>plnd</title></head>'
        f'<body><p><a href="{link}">{words.say("open_dashboard")}</a></p></body></html>\n'
    )


def _examined(home: Home, words: Words, *, mend: bool) -> DoctorAnswer:
    """What the doctor finds, and mends if it shall. Its checks wait for programs, and ask this
    daemon over its own socket: for a thread, never for the event loop."""
    from plnd import client
    from plnd.setup import doctor

    found = client.daemon(home.place)
    ask = functools.partial(client.ask, found) if found else None
    look = functools.partial(doctor.run_checks, home, ask, show=False, words=words)
    checks = look()
    mended = doctor.mend(checks, words) if mend else []
    return DoctorAnswer(
        checks=[check.health_link() for check in (look() if mended else checks)],
        mended=[check.health_link() for check in mended],
    )
