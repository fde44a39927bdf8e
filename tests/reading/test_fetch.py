"""The only requests that leave the machine: where they go, what they bring, what is refused."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from builders import DAY, NOON
from outside import SOMEWHERE, Outside

from plnd.reading import fetch
from plnd.reading.fetch import FetchFailed, is_public, retry_after_ms

FEED = "https://feeds.example/me.rss"


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    async with Outside() as found:
        yield found


async def failure(outside: Outside, url: str = FEED) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        await outside.fetch().get(url, now=NOON)
    return caught.value


async def test_it_says_what_it_is_and_asks_conditionally(outside: Outside) -> None:
    outside.says("feeds.example/me.rss", "hello", ETag='"1"', Last_Modified="yesterday")
    found = await outside.fetch().get(FEED, now=NOON, etag='"0"', last_modified="then")
    assert (found.content, found.etag, found.last_modified) == (b"hello", '"1"', "yesterday")
    ((_, headers),) = outside.asked
    assert headers["User-Agent"].startswith("plnd/")
    assert headers["If-None-Match"] == '"0"'
    assert headers["If-Modified-Since"] == "then"
    assert not {"Cookie", "Authorization", "Referer"} & set(headers)
    assert [(one.host, one.outcome, one.bytes) for one in outside.noted] == [
        ("feeds.example", "200", 5)
    ]


async def test_nothing_new_and_a_wish_for_patience_are_answers(outside: Outside) -> None:
    outside.says("feeds.example/me.rss", status=304)
    found = await outside.fetch().get(FEED, now=NOON)
    assert (found.status, found.content) == (304, None)
    outside.says("feeds.example/me.rss", status=429, Retry_After="7200")
    found = await outside.fetch().get(FEED, now=NOON)
    assert (found.status, found.retry_after_ms) == (429, 7_200_000)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("120", 120_000),
        ("Mon, 23 Nov 2026 13:00:00 GMT", 3_600_000),
        ("Sun, 22 Nov 2026 13:00:00 GMT", 0),
        ("99999999", 30 * DAY),
        ("soon", 0),
        ("-5", 0),
        ("", 0),
    ],
)
def test_how_long_a_host_wants_to_be_left_alone(text: str, ms: int) -> None:
    assert retry_after_ms(text, NOON) == ms


PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "::1", "::"),
    *("169.254.169.254", "100.64.0.1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "224.0.0.1"),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "2001:0:7f00:1::", "fe80::1%eth0"),
]


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_that_leads_into_the_house_is_not_followed(
    outside: Outside, address: str
) -> None:
    assert not is_public(address)
    outside.addresses["feeds.example"] = address
    error = await failure(outside)
    assert error.code == "private_address"
    assert "feeds.example" in error.message
    assert not outside.asked


@pytest.mark.parametrize("address", [SOMEWHERE, "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_what_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "target",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://0x7f.1/",
        "https://inside.example/",
    ],
)
async def test_a_redirect_into_the_house_is_not_followed(outside: Outside, target: str) -> None:
    outside.addresses |= {"inside.example": "192.168.1.1", "0x7f.1": "127.0.0.1"}
    outside.says("feeds.example/me.rss", status=302, Location=target)
    error = await failure(outside)
    assert error.code == "private_address"
    assert len(outside.asked) == 1
    assert [one.outcome for one in outside.noted] == ["302", "not_sent"]


@pytest.mark.parametrize(
    "target",
    ["http://feeds.example/x", "file:///etc/passwd", "https://a:b@x.com/", "https://2130706433/"],
)
async def test_a_redirect_away_from_plain_https_is_not_followed(
    outside: Outside, target: str
) -> None:
    outside.says("feeds.example/me.rss", status=301, Location=target)
    assert (await failure(outside)).code in ("insecure", "bad_answer")
    assert len(outside.asked) == 1


async def test_a_redirect_elsewhere_is_followed_but_not_for_ever(outside: Outside) -> None:
    outside.says("feeds.example/me.rss", status=308, Location="https://blog.example/feed")
    outside.says("blog.example/feed", "here")
    assert (await outside.fetch().get(FEED, now=NOON)).content == b"here"
    outside.says("blog.example/feed", status=302, Location=FEED)
    assert "in circles" in (await failure(outside)).message
    assert len(outside.asked) == 2 + fetch.MOST_REDIRECTS + 1


async def test_a_host_that_cannot_prove_its_name_is_not_read(outside: Outside) -> None:
    outside.says("unknown.test/me.rss", "hello")
    assert (await failure(outside, "https://unknown.test/me.rss")).code == "untrusted"


async def test_what_never_ends_is_left(outside: Outside) -> None:
    outside.never_ends("feeds.example/me.rss")
    assert (await failure(outside)).code == "too_large"


async def test_a_small_answer_that_unpacks_to_much_is_left(outside: Outside) -> None:
    import gzip

    packed = gzip.compress(b"0" * 50_000_000)
    outside.says("feeds.example/me.rss", packed, Content_Encoding="gzip")
    assert (await failure(outside)).code in ("too_large", "bad_answer")


async def test_what_never_begins_is_left(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TOTAL_SECONDS", 0.3)
    outside.hangs("feeds.example/me.rss")
    error = await failure(outside)
    assert "took longer" in error.message
    assert [one.outcome for one in outside.noted] == ["timeout"]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500])
async def test_a_refusal_is_said(outside: Outside, status: int) -> None:
    outside.says("feeds.example/me.rss", status=status)
    assert (await failure(outside)).message == f"feeds.example answers {status}"


async def test_half_an_answer_is_none(outside: Outside) -> None:
    async def page(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport
        request.transport.close()
        return response

    outside.pages["feeds.example/me.rss"] = page
    assert (await failure(outside)).code == "bad_answer"
