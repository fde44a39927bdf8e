"""The routes that only a running daemon can answer, in addition to those of `plnd.api`."""

import asyncio
import functools
import os
from dataclasses import dataclass, field
from typing import Any

from plnd import __version__, api
from plnd.api.route import ApiRequest, Route
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
class DaemonApi:
    """The API of the running daemon: its access control, its address, and when (ms) it started."""

    access: Access
    url: str
    started_at: int
    _doctor_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def routes(self) -> tuple[Route, ...]:
        """All routes of a daemon."""
        return (
            *api.ROUTES,
            Route("POST", "/api/v1/open", self.post_open),
            Route("GET", "/api/v1/sessions", self.get_sessions),
            Route("DELETE", "/api/v1/sessions", self.delete_sessions),
            Route("DELETE", "/api/v1/sessions/{id}", self.delete_session),
            Route("GET", "/api/v1/live", self.get_live, live=True),
            Route("GET", "/api/v1/health", self.get_health),
            Route("GET", "/api/v1/doctor", self.get_doctor),
            Route("POST", "/api/v1/doctor/mend", self.post_mend),
            Route("GET", "/api/v1/openapi.json", self.get_openapi),
        )

    def post_open(self, plnd: Plnd, request: ApiRequest) -> OpenLink:
        """A link that opens the dashboard, good once and for a minute."""
        link = f"{self.url}/open?code={self.access.new_code()}"
        page = plnd.home.state / OPEN_PAGE
        write_atomic(page, _redirect_page(link, request.words).encode())
        expires_at = plnd.clock() + CODE_SECONDS * 1000
        return OpenLink(url=link, expires_at=expires_at, file=str(page))

    def get_sessions(self, _: Plnd, __: ApiRequest) -> SessionsAnswer:
        """The browsers that are signed in to the dashboard."""
        return SessionsAnswer(self.access.sessions.all())

    def delete_sessions(self, _: Plnd, __: ApiRequest) -> SessionsAnswer:
        """Sign every browser out; gives those that are left."""
        self.access.sessions.end()
        return SessionsAnswer(self.access.sessions.all())

    def delete_session(self, _: Plnd, request: ApiRequest) -> SessionsAnswer:
        """Sign one browser out; gives those that are left."""
        if not self.access.sessions.end(request.path["id"]):
            raise NotFound(f"no session {request.path['id']!r}", "`plnd open --list` lists them")
        return SessionsAnswer(self.access.sessions.all())

    def get_live(self, plnd: Plnd, _: ApiRequest) -> Today:
        """The figures of today, now and whenever they change, as server-sent events."""
        return plnd.today()

    def get_health(self, plnd: Plnd, _: ApiRequest) -> Health:
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

    async def get_doctor(self, plnd: Plnd, request: ApiRequest) -> DoctorAnswer:
        """How each link of the chain stands, and the fix; to look shows and changes nothing."""
        async with self._doctor_lock:
            return await asyncio.to_thread(_run_doctor, plnd.home, request.words, mend=False)

    async def post_mend(self, plnd: Plnd, request: ApiRequest) -> DoctorAnswer:
        """Mend what of the chain can safely be mended, and say what was done."""
        async with self._doctor_lock:
            return await asyncio.to_thread(_run_doctor, plnd.home, request.words, mend=True)

    def get_openapi(self, _: Plnd, __: ApiRequest) -> dict[str, Any]:
        """This document."""
        from plnd.web.openapi import document

        return document(self.routes(), self.access.sessions.cookie)


def _redirect_page(link: str, words: Words) -> str:
    """A page that redirects to a link."""
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="refresh" content="0; url={link}"><title>plnd</title></head>'
        f'<body><p><a href="{link}">{words.say("open_dashboard")}</a></p></body></html>\n'
    )


def _run_doctor(home: Home, words: Words, *, mend: bool) -> DoctorAnswer:
    """Run the doctor's checks, and mend what can be mended if asked to.

    Call it in a thread: the checks wait for programs, and for answers of this daemon itself.
    """
    from plnd import client
    from plnd.setup import doctor

    daemon = client.daemon(home.place)
    ask = functools.partial(client.ask, daemon) if daemon else None
    look = functools.partial(doctor.run_checks, home, ask, show=False, words=words)
    checks = look()
    mended = doctor.mend(checks, words) if mend else []
    return DoctorAnswer(
        checks=[check.health_link() for check in (look() if mended else checks)],
        mended=[check.health_link() for check in mended],
    )
