"""The OpenAPI document, generated from the routes and the model."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from plnd import __version__
from plnd.api.route import Route
from plnd.model.events import Event
from plnd.model.health import ErrorAnswer


def document(routes: Sequence[Route], cookie: str) -> dict[str, Any]:
    """The document for these routes; its descriptions are the model's docstrings.

    `cookie` is the name of the dashboard's cookie.
    """
    kinds = [kind for route in routes for kind in (route.body, route.answer_type) if kind]
    schemas, components = msgspec.json.schema_components(
        [*kinds, ErrorAnswer, Event], ref_template="#/components/schemas/{name}"
    )
    schema = iter(schemas)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        body = next(schema) if route.body else None
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(
            route, body, next(schema)
        )
    error, event = schema
    # The events of a batch are raw in the model, as they are decoded one by one.
    components["EventBatch"]["properties"]["events"]["items"] = event
    for path in paths.values():
        for operation in path.values():
            operation["responses"]["default"] = _json("what went wrong", error)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "plnd",
            "version": __version__,
            "summary": "The local API of plnd",
            "description": "Sentences that plnd composes come in the language of Accept-Language "
            "(en, de), else of the setting `language`, else in English; messages of errors always "
            "in English.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": cookie},
            },
        },
        "security": [{"token": []}, {"cookie": []}],
    }


def _operation(route: Route, body: Any, answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "summary": route.summary,
        "operationId": route.handler.__name__,
        "parameters": [
            *(_parameter(name, "path") for name in re.findall(r"{(\w+)}", route.path)),
            *(_parameter(name, "query") for name in route.query),
        ],
        "responses": {
            "200": _event_stream(answer) if route.live else _json("done", answer, route.media),
        },
    }
    if body:
        found["requestBody"] = {"required": True, **_json("", body)}
    return found


def _parameter(name: str, place: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}


def _json(description: str, schema: Any, media: str = "application/json") -> dict[str, Any]:
    content = {"content": {media: {"schema": schema}}}
    return {"description": description, **content} if description else content


def _event_stream(schema: Any) -> dict[str, Any]:
    """A stream of server-sent events, each with an answer of this schema as its data."""
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": schema}
    event = {"type": "object", "properties": {"id": {"type": "string"}, "data": data}}
    return {
        "description": "server-sent events, each with one of these as its data",
        "content": {"text/event-stream": {"schema": event}},
    }
