"""Access control: the right Host for every request, a token or the cookie for the API."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from support.builders import DAY, NOON, batch, visit
from support.harness import TOKEN, Api, Clock, Seconds

from plnd.system.files import Home
from plnd.web.sessions import Sessions

BEARER = {"Authorization": f"Bearer {TOKEN}"}
CHANGES = [("PUT", "budgets", {"minutes": 5}), ("DELETE", "pause", None), ("POST", "open", None)]


@pytest.mark.parametrize("path", ["/", "/open?code=x", "/api/v1/today", "/nothing", "/assets/a.js"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}", ""])
async def test_a_foreign_host_is_refused_whatever_it_asks_for(
    api: Api, path: str, host: str
) -> None:
    """With or without the token: no answer to a host name that an attacker points at 127.0.0.1."""
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
        {"Cookie": "{name}="},
        {"Cookie": "{name}=wrong"},
        {"Cookie": "{name}=.."},
        {"Cookie": f"{{name}}={TOKEN}"},
        {"Cookie": "plnd={value}"},
        {"Cookie": "{name}={value}x"},
        {"Cookie": "{name}={id}."},
        {"Cookie": "{name}={id}"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS"])
async def test_without_the_right_key_the_api_is_shut(
    api: Api, headers: dict[str, str], method: str
) -> None:
    name, _, value = api.cookie.partition("=")
    parts = {"name": name, "value": value, "id": value.partition(".")[0]}
    given = {header: said.format(**parts) for header, said in headers.items()}
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
    await api("GET", "today", headers={"Cookie": api.cookie})


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
    headers = {"Cookie": api.cookie}
    if origin:
        headers["Origin"] = origin.format(port=api.port)
    answer = await api(method, path, body, headers=headers, status=status)
    if status == 403:
        assert answer["error"]["code"] == "foreign_origin"


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(
    ("site", "status"),
    [("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403), ("?", 403)],
)
async def test_another_page_gets_nothing_done_with_the_cookie(
    api: Api, method: str, site: str, status: int
) -> None:
    """A page on another port of loopback is the same site: the browser sends the cookie."""
    own = {"Cookie": api.cookie, "Origin": api.url, "Sec-Fetch-Site": site}
    body = {"minutes": 5} if method == "PUT" else None
    answer = await api(method, "budgets", body, headers=own, status=status)
    if status == 403:
        assert answer["error"]["code"] == "foreign_page"
    await api(method, "budgets", body, headers={**BEARER, "Sec-Fetch-Site": site})


@pytest.mark.parametrize("path", ["/", "/open?code=x", "/api/v1/today", "/nothing", "/assets/a.js"])
async def test_whoever_comes_from_another_address_is_refused_before_all_else(
    api: Api, path: str
) -> None:
    """All of 127.0.0.0/8 is this machine, but only 127.0.0.1 is accepted."""
    connector = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
    for headers in (BEARER, {"Cookie": api.cookie}, {"Host": "evil.example"}):
        async with (
            aiohttp.ClientSession(connector=connector, connector_owner=False) as session,
            session.get(api.url + path, headers=headers) as response,
        ):
            assert response.status == 403
            assert (await response.json())["error"]["code"] == "foreign_user"
    await connector.close()


# -- sessions ----------------------------------------------------------------------------


async def test_a_session_lasts_a_year_and_no_longer(api: Api, clock: Clock) -> None:
    cookie = api.cookie
    (one,) = (await api("GET", "sessions"))["sessions"]
    assert one["ends_at"] - one["made_at"] == 365 * 86_400_000
    clock.now = one["ends_at"] - 1
    await api("GET", "today", headers={"Cookie": cookie})
    clock.now += 1
    await api("GET", "today", headers={"Cookie": cookie}, status=401)
    assert (await api("GET", "sessions"))["sessions"] == []


async def test_sessions_are_ended_one_by_one_or_all(api: Api) -> None:
    kept = api.access.sessions
    agents = ["Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0", "\x1b[8m evil", ""]
    cookies = [f"{kept.cookie}={kept.create(agent)}" for agent in agents]
    listed = (await api("GET", "sessions"))["sessions"]
    assert [one["browser"] for one in listed] == ["Firefox on Linux", "a browser", "a browser"]
    left = (await api("DELETE", f"sessions/{listed[0]['id']}"))["sessions"]
    assert left == listed[1:]
    await api("DELETE", f"sessions/{listed[0]['id']}", status=404)
    statuses = [401, 200, 200]
    for cookie, status in zip(cookies, statuses, strict=True):
        await api("GET", "today", headers={"Cookie": cookie}, status=status)
    assert (await api("DELETE", "sessions"))["sessions"] == []
    await api("GET", "today", headers={"Cookie": cookies[2]}, status=401)


async def test_sessions_are_kept_and_their_secrets_are_not(api: Api, clock: Clock) -> None:
    kept = api.access.sessions
    value = api.cookie.partition("=")[2]
    path = kept._path
    assert value.partition(".")[2] not in path.read_text()
    again = Sessions(path, clock)
    assert again.is_valid(value)
    assert again.cookie == kept.cookie
    assert Sessions(path.with_name("other.json"), clock).cookie != kept.cookie
    unused = again.create("")
    for _ in range(60):
        clock.forward(1)
        assert again.is_valid(value)
        again.create("")
    assert len(again.all()) == 50
    assert not again.is_valid(unused)
    clock.forward(DAY)
    assert again.is_valid(value)
    written = {one.id: one.used_at for one in Sessions(path, clock).all()}
    assert written[value.partition(".")[0]] == clock()


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"[" * 9000, b"\xff", b'[{"id": "a"}]'])
async def test_a_damaged_list_of_sessions_signs_everybody_out(
    home: Home, clock: Clock, content: bytes
) -> None:
    home.make()
    path = home.state / "sessions.json"
    path.write_bytes(content)
    sessions = Sessions(path, clock)
    assert sessions.all() == []
    assert [one.read_bytes() for one in home.state.glob("sessions.json.damaged-*")] == [content]
    assert sessions.is_valid(sessions.create(""))


# -- the token ---------------------------------------------------------------------------


async def test_a_read_that_another_page_asks_for_is_refused_by_its_origin_alone(api: Api) -> None:
    """Not every browser sends Sec-Fetch-Site."""
    for origin, status in ((api.url, 200), ("http://127.0.0.1:9999", 403), ("null", 403)):
        headers = {"Cookie": api.cookie, "Origin": origin}
        await api("GET", "today", headers=headers, status=status)


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
    name = api.access.sessions.cookie
    cookie = first.cookies[name]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    await api("GET", "today", headers={"Cookie": f"{name}={cookie.value}"})
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
    """Mail scanners and link previews send HEAD."""
    link = (await api("POST", "open"))["url"]
    async with api.session.head(link, allow_redirects=False) as response:
        assert not response.cookies
    assert (await follow(api, link)).status == 303


async def test_a_page_of_the_users_own_leads_on_to_the_link(api: Api, home: Home) -> None:
    """A browser is started with the page's path, which other users may see in the process list."""
    answer = await api("POST", "open")
    page = Path(answer["file"])
    assert (page.parent, page.stat().st_mode & 0o777) == (home.state, 0o600)
    assert f"url={answer['url']}" in page.read_text()
    assert (await follow(api, answer["url"])).status == 303
    assert not page.exists()


async def test_old_codes_are_forgotten(api: Api, seconds: Seconds) -> None:
    for _ in range(50):
        await api("POST", "open")
    seconds.now += 61
    await api("POST", "open")
    assert len(api.access._codes) == 1


# -- what is never said ------------------------------------------------------------------


async def test_no_answer_lets_another_page_read_it(api: Api) -> None:
    """Requests and preflights from other pages never get a CORS header."""
    ask = {"Origin": "http://evil.example", "Access-Control-Request-Method": "PUT"}
    for path in ("/", "/open?code=x", "/api/v1/today", "/nothing"):
        for method in ("GET", "OPTIONS", "POST", "HEAD"):
            for keys in ({}, BEARER, {"Cookie": api.cookie}):
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
    assert api.cookie.partition("=")[2] not in text
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
    assert api.cookie.partition("=")[2] not in caplog.text


async def raw(api: Api, request: bytes) -> bytes:
    """The answer to raw bytes, which no client would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    writer.write(request)
    got = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    length = [line for line in got.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    got += await reader.readexactly(int(length[0].split(b":")[1])) if length else b""
    writer.close()
    await writer.wait_closed()
    return got
