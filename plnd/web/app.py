"""The aiohttp application: routes, the one middleware, the dashboard's files."""

import logging
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.errors import PlndError, TooLarge
from plnd.model.health import ErrorAnswer, ErrorBody
from plnd.web import files
from plnd.web.access import Access, AccessDenied
from plnd.web.api import OPEN_PAGE, DaemonApi
from plnd.web.live import LiveUpdates
from plnd.web.sessions import LIFETIME_MS
from plnd.words.messages import CATALOGUES, ENGLISH, Words, negotiate

log = logging.getLogger("plnd")

LIVE = web.AppKey("live", LiveUpdates)

_STATUS = {
    "invalid": 400,
    "not_found": 404,
    "not_built": 404,
    "conflict": 409,
    "too_large": 413,
    "too_hard": 413,
    "too_many_events": 413,
    "disk_full": 507,
    "storage": 500,
    "damaged_store": 500,
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_JSON_HEADERS = {**_HEADERS, "Content-Type": "application/json"}
_PAGE_HEADERS = {
    **_HEADERS,
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
# Pages for printing have their own inline style, and nothing else.
_TEXT_HEADERS = {
    **_HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_encode = msgspec.json.Encoder().encode


def make_app(plnd: Plnd, access: Access, *, url: str, started_at: int) -> web.Application:
    """The application over one `Plnd`; holds no globals."""
    routes = DaemonApi(access, url, started_at).routes()
    most = max(route.most_bytes for route in routes)
    app = web.Application(middlewares=[_access_middleware(access)], client_max_size=most)
    live = app[LIVE] = LiveUpdates()
    app.on_shutdown.append(live.close)
    for route in routes:
        handler = _live_handler(plnd, route) if route.live else _handler(plnd, route)
        app.router.add_route(route.method, route.path, handler)
    # Link previews and mail scanners send HEAD, which must not use up the code.
    app.router.add_get("/open", _open_handler(plnd, access), allow_head=False)
    app.router.add_get("/", _dashboard_file)
    app.router.add_get("/assets/{name}", _dashboard_file)
    return app


def _access_middleware(access: Access) -> Middleware:
    """Check the access, and answer every error in the same form."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            access.check(request)
            return await handler(request)
        except PlndError as error:
            return _error(error)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return _error(_http_error(error))
        except Exception:
            log.exception("a bug answered a request of %s", _route_of(request))
            hint = "please report it"
            return _error(PlndError("plnd failed; its log says more", hint, code="bug"))

    return guard


def _route_of(request: web.Request) -> str:
    """A request's route as its path pattern, for the log: the path itself may hold names."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "no route"


def _http_error(error: web.HTTPException) -> PlndError:
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status, "invalid")
    return AccessDenied(error.status, code, error.reason, "see /api/v1/openapi.json")


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"the body is larger than {most // 1024} kB", "send it in smaller parts")


def _error(error: PlndError) -> web.Response:
    status = error.status if isinstance(error, AccessDenied) else _STATUS.get(error.code, 500)
    text = ErrorBody(code=error.code, message=error.message, hint=error.hint, field=error.field)
    return _json(ErrorAnswer(text), status)


def _json(answer: Any, status: int = 200) -> web.Response:
    return web.Response(body=_encode(answer), status=status, headers=_JSON_HEADERS)


def _handler(plnd: Plnd, route: Route) -> Handler:
    """An aiohttp handler for a route."""

    async def answer(request: web.Request) -> web.Response:
        try:
            content = await request.read()
        except web.HTTPRequestEntityTooLarge as error:
            raise _too_large(route.most_bytes) from error
        if len(content) > route.most_bytes:
            raise _too_large(route.most_bytes)
        query = request.query if request.rel_url.raw_query_string else {}
        words = _client_words(plnd, request)
        answer = await route.answer(plnd, ApiRequest(request.match_info, query, content, words))
        if route.method != "GET":
            request.app[LIVE].changed()
        return _json(answer) if route.media == "application/json" else _text(answer, route.media)

    return answer


def _client_words(plnd: Plnd, request: web.Request) -> Words:
    """The texts in the client's language, else that of the settings, else English."""
    accepted = request.headers.get("Accept-Language")
    if accepted and (found := negotiate(accepted)):
        return found
    chosen = plnd.settings.current().language
    return CATALOGUES[chosen] if chosen else ENGLISH


def _live_handler(plnd: Plnd, route: Route) -> Handler:
    """An aiohttp handler for a live route."""

    async def answer(request: web.Request) -> web.StreamResponse:
        async def current() -> Any:
            return await route.answer(plnd, ApiRequest(request.match_info, request.query))

        return await request.app[LIVE].serve(request, current, _HEADERS)

    return answer


def _text(text: str, media: str) -> web.Response:
    return web.Response(text=text, content_type=media, charset="utf-8", headers=_TEXT_HEADERS)


def _open_handler(plnd: Plnd, access: Access) -> Handler:
    """Exchange a one-time code for the dashboard's cookie."""

    async def answer(request: web.Request) -> web.Response:
        access.check_user(request)
        if not access.redeem(request.query.get("code", "")):
            raise AccessDenied(
                403,
                "code_used",
                "this link was used already, or is older than a minute",
                "ask for a new one with `plnd open`",
            )
        (plnd.home.state / OPEN_PAGE).unlink(missing_ok=True)
        sessions = access.sessions
        response = web.Response(status=303, headers={**_PAGE_HEADERS, "Location": "/"})
        response.set_cookie(
            sessions.cookie,
            sessions.create(request.headers.get("User-Agent", "")),
            max_age=LIFETIME_MS // 1000,
            httponly=True,
            samesite="Strict",
            path="/",
        )
        return response

    return answer


async def _dashboard_file(request: web.Request) -> web.Response:
    """Serve a file of the dashboard, which holds no data: that comes from the API."""
    name = request.match_info.get("name")
    found = files.find_file("index.html" if name is None else f"assets/{name}")
    if found is None:
        raise web.HTTPNotFound
    headers = dict(_PAGE_HEADERS)
    if name is not None:
        # The name contains a digest of the content.
        headers["Cache-Control"] = "private, max-age=31536000, immutable"
    gzipped = "gzip" in request.headers.get("Accept-Encoding", "")
    if gzipped:
        headers["Content-Encoding"] = "gzip"
    return web.Response(
        body=found.gzipped if gzipped else found.content,
        content_type=found.media_type,
        charset="utf-8",
        headers=headers,
    )
