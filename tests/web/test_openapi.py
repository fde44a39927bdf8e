"""The OpenAPI document: valid, and with exactly the routes that exist."""

import re
from collections.abc import Iterator
from typing import Any

from support.harness import ROUTES, Api


def parts(document: Any) -> Iterator[Any]:
    """Every object in the document."""
    yield document
    inner = (
        document.values()
        if isinstance(document, dict)
        else document
        if isinstance(document, list)
        else ()
    )
    for part in inner:
        yield from parts(part)


async def test_every_reference_leads_somewhere(api: Api) -> None:
    document = await api("GET", "openapi.json")
    references = {p["$ref"] for p in parts(document) if isinstance(p, dict) and "$ref" in p}
    schemas = document["components"]["schemas"]
    assert references
    assert {one.removeprefix("#/components/schemas/") for one in references} <= set(schemas)


async def test_every_route_is_there_and_no_other(api: Api) -> None:
    document = await api("GET", "openapi.json")
    assert document["openapi"].startswith("3.1")
    described = {
        (method.upper(), path) for path, ways in document["paths"].items() for method in ways
    }
    assert described == {(route.method, route.path) for route in ROUTES}
    operations = [way for ways in document["paths"].values() for way in ways.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)


async def test_every_operation_says_what_it_takes_and_gives(api: Api) -> None:
    document = await api("GET", "openapi.json")
    for route in ROUTES:
        operation = document["paths"][route.path][route.method.lower()]
        assert operation["summary"]
        kind = "text/event-stream" if route.live else route.media
        assert operation["responses"]["200"]["content"][kind]["schema"]
        error = operation["responses"]["default"]["content"]["application/json"]["schema"]
        assert error == {"$ref": "#/components/schemas/ErrorAnswer"}
        assert ("requestBody" in operation) == (route.body is not None)
        named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", route.path))


async def test_events_are_described_though_they_are_read_apart(api: Api) -> None:
    document = await api("GET", "openapi.json")
    event = document["components"]["schemas"]["EventBatch"]["properties"]["events"]["items"]
    kinds = event["discriminator"]["mapping"]
    assert set(kinds) == {"visit", "interaction"}
    visit = document["components"]["schemas"]["Visit"]
    assert set(visit["required"]) == {"kind", "id", "network", "page", "start", "end"}
    assert visit["additionalProperties"] is False


async def test_each_shape_says_what_it_means(api: Api) -> None:
    """The descriptions are the docstrings of the model."""
    document = await api("GET", "openapi.json")
    wanted = {"Today", "Visit", "Interaction", "Settings", "Budget", "Notice", "PauseState"}
    assert all(document["components"]["schemas"][name].get("description") for name in wanted)
