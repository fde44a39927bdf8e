"""The routes that only a running daemon can answer, beside those of `plnd.api`."""

import os
from dataclasses import dataclass
from typing import Any

from plnd import __version__, api
from plnd.api.route import Call, Route
from plnd.core import Plnd
from plnd.model import Health, OpenLink, Today
from plnd.web.access import CODE_SECONDS, Access


@dataclass(frozen=True, slots=True)
class Running:
    """The daemon that serves: its keys, its address, since when (ms) it runs."""

    access: Access
    url: str
    started_at: int

    def routes(self) -> tuple[Route, ...]:
        """All routes of a daemon."""
        return (
            *api.ROUTES,
            Route("POST", "/api/v1/open", self.post_open, OpenLink),
            Route("GET", "/api/v1/live", self.get_live, Today, live=True),
            Route("GET", "/api/v1/health", self.get_health, Health),
            Route("GET", "/api/v1/openapi.json", self.get_openapi, dict[str, Any]),
        )

    def post_open(self, plnd: Plnd, _: Call) -> OpenLink:
        """A link that opens the dashboard, good once and for a minute."""
        return OpenLink(
            url=f"{self.url}/open?code={self.access.new_code()}",
            expires_at=plnd.clock() + CODE_SECONDS * 1000,
        )

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
            home=str(plnd.home.data.parent),
            damaged=plnd.damaged,
        )

    def get_openapi(self, _: Plnd, __: Call) -> dict[str, Any]:
        """This document."""
        from plnd.web.openapi import document

        return document(self.routes())
