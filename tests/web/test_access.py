"""Who may ask: the right Host for anything, a token or the dashboard's cookie for the API."""

import asyncio
import logging
from typing import Any

import aiohttp
import pytest
from builders import NOON, batch, visit
from kit import TOKEN, Api, Seconds

BEARER = {"Authorization": f"Bearer {TOKEN}"}
CHANGES = [("PUT", "budgets", {"minutes": 5}), ("DELETE", "pause", None), ("POST", "open", None)]


@pytest.mark.parametrize("path", ["/", "/open?code=x", "/api/v1/today", "/nothing", "/assets/a.js"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}", ""])
async def test_a_foreign_host_is_refused_whatever_it_asks_for(
    api: Api, path: str, host: str
) -> None:
    """With the token or without: a name that an attacker points at us never gets an answer."""
    headers = {**BEARER, "Host": host.format(port=api.port)}
    async with api.session.get(api.url + path, headers=headers) as response:
        assert response.status == 421
        answer = await response.json()
    assert answer["error"]["code"] == "wrong_host"
    assert answer["error"]["hint"]


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}"])
async def test_the_own_names_are_right(api: Api, host: str) -> None:
    await api("GET", "today", headers={**BEARER, "Host": host.format(port=api.port)})


async def test_without_a_host_nothing_is_answered(api: Api) -> None:
    for head in (b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"):
        assert (await raw(api, head)).split()[1] in (b"421", b"400")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer é\udcff"},
        {"Cookie": "plnd="},
        {"Cookie": "plnd=wrong"},
        {"Cookie": f"plnd={TOKEN}"},
        {"Cookie": "other={cookie}"},
        {"Cookie": "plnd={cookie}x"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS"])
async def test_without_the_right_key_the_api_is_shut(
    api: Api, headers: dict[str, str], method: str
) -> None:
    given = {name: value.format(cookie=api.access.cookie) for name, value in headers.items()}
    for path in ("today", "settings", "nothing"):
        answer = await api(method, path, headers=given, status=401)
        assert answer["error"]["code"] == "unauthorized"
        assert TOKEN not in str(answer)


@pytest.mark.parametrize("path", ["/%61pi/v1/today", "/api/v1/%74oday", "/api%2Fv1/today"])
async def test_no_spelling_of_the_address_goes_round_the_keys(api: Api, path: str) -> None:
    got = await raw(api, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{api.port}\r\n\r\n".encode())
    assert got.split()[1] in (b"401", b"404")
    assert b"spent_seconds" not in got


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{port}/api/v1/today", "//api/v1/today", "/./api/v1/today"]
)
async def test_no_form_of_the_target_goes_round_the_keys(api: Api, target: str) -> None:
    head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{api.port}\r\n\r\n"
    got = await raw(api, head.format(port=api.port).encode())
    assert got.split()[1] in (b"400", b"401", b"404")
    assert b"spent_seconds" not in got


async def test_a_token_in_the_address_is_none(api: Api) -> None:
    await api("GET", f"today?token={TOKEN}", headers={}, status=401)


async def test_the_cookie_reads(api: Api) -> None:
    await api("GET", "today", headers={"Cookie": f"plnd={api.access.cookie}"})


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:{port}", 200),
        ("http://localhost:{port}", 200),
        (None, 403),
        ("null", 403),
        ("https://127.0.0.1:{port}", 403),
        ("http://127.0.0.1:1", 403),
        ("http://127.0.0.1", 403),
        ("http://evil.example", 403),
        ("chrome-extension://abc", 403),
    ],
)
async def test_the_cookie_changes_from_the_dashboard_only(
    api: Api, method: str, path: str, body: Any, origin: str | None, status: int
) -> None:
    headers = {"Cookie": f"plnd={api.access.cookie}"}
    if origin:
        headers["Origin"] = origin.format(port=api.port)
    answer = await api(method, path, body, headers=headers, status=status)
    if status == 403:
        assert answer["error"]["code"] == "foreign_origin"


async def test_a_program_with_the_token_needs_no_origin(api: Api) -> None:
    for headers in (BEARER, {**BEARER, "Origin": "http://evil.example"}):
        await api("PUT", "budgets", {"minutes": 5}, headers=headers)


# -- the one-time code -----------------------------------------------------------------


async def follow(api: Api, link: str, **given: Any) -> aiohttp.ClientResponse:
    async with api.session.get(link, allow_redirects=False, **given) as response:
        await response.read()
        return response


async def test_a_link_opens_the_dashboard_once(api: Api) -> None:
    link = (await api("POST", "open"))["url"]
    assert link.startswith(f"{api.url}/open?code=")
    assert TOKEN not in link
    first = await follow(api, link)
    assert (first.status, first.headers["Location"]) == (303, "/")
    cookie = first.cookies["plnd"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    await api("GET", "today", headers={"Cookie": f"plnd={cookie.value}"})
    second = await follow(api, link)
    assert second.status == 403
    assert not second.cookies


async def test_a_link_is_good_for_a_minute(api: Api, seconds: Seconds) -> None:
    answer = await api("POST", "open")
    assert answer["expires_at"] == NOON + 60_000
    early, late = answer["url"], (await api("POST", "open"))["url"]
    seconds.now += 59.9
    assert (await follow(api, early)).status == 303
    seconds.now += 0.1
    assert (await follow(api, late)).status == 403


@pytest.mark.parametrize("query", ["", "?code=", "?code=x", f"?code={TOKEN}", "?token=x"])
async def test_no_code_no_cookie(api: Api, query: str) -> None:
    await api("POST", "open")
    response = await follow(api, f"{api.url}/open{query}")
    assert response.status == 403
    assert not response.cookies


async def test_a_look_ahead_does_not_use_the_link_up(api: Api) -> None:
    """Mail scanners and link previews ask for the head only."""
    link = (await api("POST", "open"))["url"]
    async with api.session.head(link, allow_redirects=False) as response:
        assert "plnd" not in response.cookies
    assert (await follow(api, link)).status == 303


async def test_old_codes_are_forgotten(api: Api, seconds: Seconds) -> None:
    for _ in range(50):
        await api("POST", "open")
    seconds.now += 61
    await api("POST", "open")
    assert len(api.access._codes) == 1


# -- what is never said ------------------------------------------------------------------


async def test_no_answer_lets_another_page_read_it(api: Api) -> None:
    """A page elsewhere asks, and asks beforehand whether it may: no CORS header, ever."""
    ask = {"Origin": "http://evil.example", "Access-Control-Request-Method": "PUT"}
    for path in ("/", "/open?code=x", "/api/v1/today", "/nothing"):
        for method in ("GET", "OPTIONS", "POST", "HEAD"):
            for keys in ({}, BEARER, {"Cookie": f"plnd={api.access.cookie}"}):
                async with api.session.request(
                    method, api.url + path, headers={**ask, **keys}, allow_redirects=False
                ) as response:
                    named = [n for n in response.headers if n.lower().startswith("access-control")]
                    assert not named, (method, path)
                    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_the_dashboard_holds_no_key_and_no_figures(api: Api) -> None:
    await api("POST", "events", batch(visit(NOON - 60_000, 37)))
    async with api.session.get(f"{api.url}/") as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        text = await response.text()
    assert TOKEN not in text
    assert api.access.cookie not in text
    assert "<html" in text


@pytest.mark.parametrize(
    "path",
    [
        "/assets/..%2Findex.html",
        "/assets/..%2F.stamp",
        "/assets/%2e%2e",
        "/assets/nothing.js",
        "/assets/",
        "/assets/%00.js",
        "/licences.md",
        "/api.py",
    ],
)
async def test_only_the_dashboards_own_files_are_served(api: Api, path: str) -> None:
    got = await raw(api, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{api.port}\r\n\r\n".encode())
    assert got.split()[1] == b"404"


async def test_no_key_is_in_the_log(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await api("GET", "today")
    await api("GET", "today", headers={"Authorization": f"Bearer {TOKEN}x"}, status=401)
    await api("PUT", "budgets", {"minutes": 5})
    assert TOKEN not in caplog.text
    assert api.access.cookie not in caplog.text


async def raw(api: Api, request: bytes) -> bytes:
    """The answer to bytes as they are, which no client would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    writer.write(request)
    got = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    length = [line for line in got.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    got += await reader.readexactly(int(length[0].split(b":")[1])) if length else b""
    writer.close()
    await writer.wait_closed()
    return got
