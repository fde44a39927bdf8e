"""The aiohttp application: routes, the one middleware, the dashboard page."""

import logging
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from plnd.core import Plnd
from plnd.errors import Invalid, PlndError
from plnd.model import MOST_BODY_BYTES, ErrorAnswer, ErrorBody
from plnd.web import api
from plnd.web.access import COOKIE, Access, Refused

log = logging.getLogger("plnd")

_STATUS = {
    "invalid": 400,
    "not_found": 404,
    "conflict": 409,
    "disk_full": 507,
    "storage": 500,
    "damaged_store": 500,
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_PAGE_HEADERS = {
    **_HEADERS,
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_PAGE = Path(__file__).parent / "page"
_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_encode = msgspec.json.Encoder().encode


def make_app(plnd: Plnd, access: Access, *, url: str, started_at: int) -> web.Application:
    """The application over one `Plnd`; holds no globals."""
    app = web.Application(middlewares=[_guard], client_max_size=MOST_BODY_BYTES)
    app[api.PLND] = plnd
    app[api.RUNNING] = api.Running(access, url, started_at)
    for route in api.ROUTES:
        app.router.add_route(route.method, route.path, _answering(route))
    # Link previews and mail scanners ask for the head: that must not use the code up.
    app.router.add_get("/open", _open, allow_head=False)
    app.router.add_get("/", _page)
    app.router.add_get("/page/{name}", _page)
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check the access, and turn whatever goes wrong into the one shape of errors."""
    try:
        request.app[api.RUNNING].access.check(request)
        return await handler(request)
    except PlndError as error:
        return _error(error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _error(_http_error(error))
    except Exception:
        log.exception("a bug answered %s %s", request.method, request.match_info.route.name or "")
        return _error(PlndError("plnd failed; its log says more", "please report it", code="bug"))


def _http_error(error: web.HTTPException) -> PlndError:
    if error.status == 413:
        return Refused(
            413,
            "too_large",
            f"the body is larger than {MOST_BODY_BYTES // 1024} kB",
            "send it in smaller parts",
        )
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status, "invalid")
    return Refused(error.status, code, error.reason, "see /api/v1/openapi.json")


def _error(error: PlndError) -> web.Response:
    status = error.status if isinstance(error, Refused) else _STATUS.get(error.code, 500)
    text = ErrorBody(code=error.code, message=error.message, hint=error.hint, field=error.field)
    return _json(ErrorAnswer(text), status)


def _json(answer: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=_encode(answer), status=status, content_type="application/json", headers=_HEADERS
    )


def _answering(route: api.Route) -> Handler:
    """A route's handler with its query checked and its answer written as JSON."""

    async def answer(request: web.Request) -> web.Response:
        if request.query_string:
            for name in request.query:
                if name not in route.query:
                    raise Invalid(f"unknown query parameter {name!r}", field=name)
        return _json(await route.handler(request))

    return answer


async def _open(request: web.Request) -> web.Response:
    """Exchange a one-time code for the dashboard's cookie."""
    access = request.app[api.RUNNING].access
    if not access.redeem(request.query.get("code", "")):
        raise Refused(
            403,
            "code_used",
            "this link was used already, or is older than a minute",
            "ask for a new one with `plnd open`",
        )
    response = web.Response(status=303, headers={**_PAGE_HEADERS, "Location": "/"})
    response.set_cookie(COOKIE, access.cookie, httponly=True, samesite="Strict", path="/")
    return response


async def _page(request: web.Request) -> web.Response:
    """The dashboard's files. They hold no figures: those come from the API, with the cookie."""
    path = _PAGE / request.match_info.get("name", "index.html")
    if path.parent != _PAGE or path.suffix not in _TYPES or not path.is_file():
        raise web.HTTPNotFound
    return web.Response(
        body=path.read_bytes(),
        content_type=_TYPES[path.suffix],
        charset="utf-8",
        headers=_PAGE_HEADERS,
    )
