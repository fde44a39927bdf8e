"""The routes of the API: parse, call one method of `Plnd`, answer.

`ROUTES` is the one list of what there is; the application and the OpenAPI document are
made from it.
"""

import os
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

from plnd import __version__
from plnd.core import Plnd
from plnd.errors import Invalid
from plnd.intake import said
from plnd.model import (
    MOST_EVENTS,
    BudgetAnswer,
    BudgetRequest,
    BudgetsAnswer,
    Deleted,
    EventBatch,
    EventsAnswer,
    Health,
    NoticesAnswer,
    OpenLink,
    PauseState,
    Settings,
    SettingsAnswer,
    Shown,
    Snooze,
    Today,
    Until,
)
from plnd.web.access import CODE_SECONDS, Access, Refused

PLND = web.AppKey("plnd", Plnd)

Handler = Callable[[web.Request], Coroutine[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class Running:
    """The daemon that serves: its keys, its address, since when (ms) it runs."""

    access: Access
    url: str
    started_at: int


RUNNING = web.AppKey("running", Running)


@dataclass(frozen=True, slots=True)
class Route:
    """One route: what it takes and gives back, for the handler and the document alike."""

    method: str
    path: str
    handler: Handler
    gives: Any
    takes: Any = None
    query: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        return (self.handler.__doc__ or "").strip().splitlines()[0]


async def body(request: web.Request, kind: type[msgspec.Struct]) -> Any:
    """The request's body as `kind`, or `Invalid` naming the field."""
    try:
        return _decoder(kind).decode(await request.read())
    except msgspec.ValidationError as error:
        message, field = said(error)
        raise Invalid(message, "see /api/v1/openapi.json", field=field) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"the body is not JSON: {error}", "see /api/v1/openapi.json") from error


_decoders: dict[type, msgspec.json.Decoder[Any]] = {}


def _decoder(kind: type[msgspec.Struct]) -> "msgspec.json.Decoder[Any]":
    if kind not in _decoders:
        _decoders[kind] = msgspec.json.Decoder(kind)
    return _decoders[kind]


async def post_events(request: web.Request) -> EventsAnswer:
    """Store a batch of events; what comes back as stored is on disk."""
    batch: EventBatch = await body(request, EventBatch)
    if len(batch.events) > MOST_EVENTS:
        raise Refused(
            413,
            "too_many_events",
            f"{len(batch.events)} events in a batch, at most {MOST_EVENTS} are taken",
            "send them in several batches",
        )
    return await request.app[PLND].record(batch)


async def get_today(request: web.Request) -> Today:
    """The figures of today, or of the day that `day` names (YYYY-MM-DD)."""
    return request.app[PLND].today(request.query.get("day"))


async def get_settings(request: web.Request) -> SettingsAnswer:
    """All settings."""
    return SettingsAnswer(request.app[PLND].settings())


async def patch_settings(request: web.Request) -> SettingsAnswer:
    """Change the settings that are named; the others stay."""
    try:
        changes = msgspec.json.decode(await request.read(), type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"the body is not a JSON object: {error}", "see GET settings") from error
    return SettingsAnswer(request.app[PLND].change_settings(changes))


async def get_budgets(request: web.Request) -> BudgetsAnswer:
    """All budgets."""
    return BudgetsAnswer(request.app[PLND].budgets())


async def put_budget(request: web.Request) -> BudgetAnswer:
    """Set a budget, in place of the one for the same network, days and hours."""
    return BudgetAnswer(request.app[PLND].set_budget(await body(request, BudgetRequest)))


async def delete_budget(request: web.Request) -> Deleted:
    """Remove a budget."""
    budget = request.match_info["id"]
    request.app[PLND].delete_budget(budget)
    return Deleted(budget)


async def get_pause(request: web.Request) -> PauseState:
    """Whether plnd is paused."""
    return request.app[PLND].pause_state()


async def put_pause(request: web.Request) -> PauseState:
    """Pause: record nothing until `until`, or until the pause is ended."""
    return request.app[PLND].pause((await body(request, Until)).until)


async def delete_pause(request: web.Request) -> PauseState:
    """End the pause."""
    return request.app[PLND].resume()


async def get_notices(request: web.Request) -> NoticesAnswer:
    """What was told, oldest first, and whether the desktop showed it."""
    plnd = request.app[PLND]
    return NoticesAnswer(notices=plnd.notices(), snoozed_until=plnd.snoozed_until())


async def put_snooze(request: web.Request) -> Snooze:
    """Hold notices back until `until`; null ends it."""
    until = (await body(request, Until)).until
    return Snooze(snoozed_until=request.app[PLND].snooze(until))


async def post_test_notice(request: web.Request) -> Shown:
    """Show a trial notice and say whether the desktop took it."""
    error = await request.app[PLND].test_notice()
    return Shown(shown=error is None, error=error)


async def post_open(request: web.Request) -> OpenLink:
    """A link that opens the dashboard, good once and for a minute."""
    running = request.app[RUNNING]
    return OpenLink(
        url=f"{running.url}/open?code={running.access.new_code()}",
        expires_at=request.app[PLND].clock() + CODE_SECONDS * 1000,
    )


async def get_health(request: web.Request) -> Health:
    """That the daemon runs, since when, and what it had to set aside."""
    plnd = request.app[PLND]
    return Health(
        version=__version__,
        pid=os.getpid(),
        started_at=request.app[RUNNING].started_at,
        now=plnd.clock(),
        home=str(plnd.home.data.parent),
        damaged=plnd.damaged,
    )


async def get_openapi(_: web.Request) -> dict[str, Any]:
    """This document."""
    from plnd.web.openapi import document

    return document(ROUTES)


ROUTES = (
    Route("POST", "/api/v1/events", post_events, EventsAnswer, EventBatch),
    Route("GET", "/api/v1/today", get_today, Today, query=("day",)),
    Route("GET", "/api/v1/settings", get_settings, SettingsAnswer),
    Route("PATCH", "/api/v1/settings", patch_settings, SettingsAnswer, Settings),
    Route("GET", "/api/v1/budgets", get_budgets, BudgetsAnswer),
    Route("PUT", "/api/v1/budgets", put_budget, BudgetAnswer, BudgetRequest),
    Route("DELETE", "/api/v1/budgets/{id}", delete_budget, Deleted),
    Route("GET", "/api/v1/pause", get_pause, PauseState),
    Route("PUT", "/api/v1/pause", put_pause, PauseState, Until),
    Route("DELETE", "/api/v1/pause", delete_pause, PauseState),
    Route("GET", "/api/v1/notices", get_notices, NoticesAnswer),
    Route("PUT", "/api/v1/notices/snooze", put_snooze, Snooze, Until),
    Route("POST", "/api/v1/notices/test", post_test_notice, Shown),
    Route("POST", "/api/v1/open", post_open, OpenLink),
    Route("GET", "/api/v1/health", get_health, Health),
    Route("GET", "/api/v1/openapi.json", get_openapi, dict[str, Any]),
)
