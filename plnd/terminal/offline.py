"""Answers of the API while no daemon runs: the same routes, directly on the stores."""

import asyncio
import contextlib
import json
import re
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from plnd import api
from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.daemon import lock
from plnd.errors import NotFound
from plnd.system.files import home


def ask(method: str, path: str, body: Any = None) -> Any:
    """The answer to a request, as `client.ask` gives it. Opens the stores for this request only.

    Raises:
        AlreadyRunning: a daemon has started since.
    """
    route, call = _find(method, path, b"" if body is None else json.dumps(body).encode())
    with _stores() as plnd:
        for moved in plnd.damaged:
            print(f"a damaged file was set aside as {moved}", file=sys.stderr)
        return msgspec.to_builtins(asyncio.run(_answer(plnd, route, call)))


async def _answer(plnd: Plnd, route: Route, call: ApiRequest) -> Any:
    try:
        return await route.answer(plnd, call)
    finally:
        await plnd.stop_work()


def open_stores() -> list[str]:
    """Open and close both stores; the damaged files that were set aside."""
    with _stores() as plnd:
        return plnd.damaged


def left_out() -> list[dict[str, Any]]:
    """The documents that are not valid, as in `Health`."""
    with _stores() as plnd:
        documents: list[dict[str, Any]] = msgspec.to_builtins(plnd.faults())
        return documents


@contextlib.contextmanager
def _stores() -> Iterator[Plnd]:
    """The stores, under the lock that keeps a daemon from opening them."""
    where = home()
    where.make()
    held = lock.take(where)
    try:
        plnd = Plnd(where)
        try:
            yield plnd
        finally:
            plnd.close_stores()
    finally:
        held.release()


def _find(method: str, path: str, content: bytes) -> tuple[Route, ApiRequest]:
    """The route of a request (`path` after /api/v1/), and the call for it."""
    plain, _, query = path.partition("?")
    for route in api.ROUTES:
        found = _pattern(route.path).fullmatch(f"/api/v1/{plain}")
        if found and route.method == method:
            names = {name: unquote(value) for name, value in found.groupdict().items()}
            return route, ApiRequest(names, dict(parse_qsl(query, keep_blank_values=True)), content)
    raise NotFound(f"{method} {plain} needs the daemon", "start it with `plnd start`")


def _pattern(path: str) -> re.Pattern[str]:
    """A route's path as a regular expression: each {name} is one part of the path."""
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path))
