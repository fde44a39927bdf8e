"""The only requests that leave the machine: their targets, results and refusals."""

import ipaddress
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from support.builders import DAY, NOON
from support.outside_web import PUBLIC_ADDRESS, FakeWeb

from plnd.reading import fetch
from plnd.reading.fetch import FetchError, is_public, retry_after_ms

FEED = "https://feeds.example/me.rss"


@pytest.fixture
async def fake_web() -> AsyncIterator[FakeWeb]:
    async with FakeWeb() as found:
        yield found


async def failure(fake_web: FakeWeb, url: str = FEED) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fake_web.fetch().get(url, now=NOON)
    return caught.value


async def test_it_says_what_it_is_and_asks_conditionally(fake_web: FakeWeb) -> None:
    fake_web.respond("feeds.example/me.rss", "hello", ETag='"1"', Last_Modified="yesterday")
    found = await fake_web.fetch().get(FEED, now=NOON, etag='"0"', last_modified="then")
    assert (found.content, found.etag, found.last_modified) == (b"hello", '"1"', "yesterday")
    ((_, headers),) = fake_web.asked
    assert headers["User-Agent"].startswith("plnd/")
    assert headers["If-None-Match"] == '"0"'
    assert headers["If-Modified-Since"] == "then"
    assert not {"Cookie", "Authorization", "Referer"} & set(headers)
    assert [(one.host, one.outcome, one.bytes) for one in fake_web.noted] == [
        ("feeds.example", "200", 5)
    ]


async def test_nothing_new_and_a_wish_for_patience_are_answers(fake_web: FakeWeb) -> None:
    fake_web.respond("feeds.example/me.rss", status=304)
    found = await fake_web.fetch().get(FEED, now=NOON)
    assert (found.status, found.content) == (304, None)
    fake_web.respond("feeds.example/me.rss", status=429, Retry_After="7200")
    found = await fake_web.fetch().get(FEED, now=NOON)
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
    *("fec0::1", "64:ff9b:1::7f00:1", "::ffff:0:7f00:1", "::127.0.0.1", "3fff::1", "5f00::"),
    *("4000::1", "2a00::5efe:7f00:1", "2a00::200:5efe:a00:1", "2001:20::1", "100::1", "ff0e::1"),
    *("192.88.99.1", "198.18.0.1", "240.0.0.1", "255.255.255.255", "2606:2800::1%eth0"),
]


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_that_leads_into_the_house_is_not_followed(
    fake_web: FakeWeb, address: str
) -> None:
    assert not is_public(address)
    fake_web.addresses["feeds.example"] = address
    error = await failure(fake_web)
    assert error.code == "private_address"
    assert "feeds.example" in error.message
    assert not fake_web.asked


@pytest.mark.parametrize("address", [PUBLIC_ADDRESS, "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_what_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address", ["", "feeds.example", "127.1", "0x7f.0.0.1", "010.0.0.1", "::g"]
)
def test_what_is_no_address_is_not_public(address: str) -> None:
    assert not is_public(address)


IPV4 = st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address)
HOUSE = st.sampled_from(["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16"]).flatmap(
    lambda network: st.ip_addresses(network=network, v=4)
)
# What stands before (bits to the right of it) and after an IPv4 address that another one carries.
CARRIERS = {
    "compatible": lambda ip, _: ip,
    "translated": lambda ip, _: 0xFFFF_0000 << 16 | ip,
    "nat64": lambda ip, _: 0x64_FF9B << 96 | ip,
    "nat64 of a house": lambda ip, more: 0x64_FF9B_0001 << 80 | more << 32 | ip,
    "6to4": lambda ip, more: 0x2002 << 112 | ip << 80 | more,
    "teredo": lambda ip, more: 0x2001_0000 << 96 | ip << 64 | more,
    "isatap": lambda ip, more: 0x2A00 << 112 | more << 64 | 0x5EFE << 32 | ip,
    "isatap, told to be unique": lambda ip, more: (
        0x2A00 << 112 | more << 64 | 0x200_5EFE << 32 | ip
    ),
}


@given(IPV4 | HOUSE, st.sampled_from(sorted(CARRIERS)), st.integers(0, 2**48 - 1))
def test_an_address_that_carries_another_is_not_public(
    ip: ipaddress.IPv4Address, how: str, more: int
) -> None:
    assert not is_public(str(ipaddress.IPv6Address(CARRIERS[how](int(ip), more))))


@given(IPV4 | HOUSE)
def test_a_mapped_address_is_what_it_maps_to(ip: ipaddress.IPv4Address) -> None:
    assert is_public(f"::ffff:{ip}") == is_public(str(ip))
    if is_public(str(ip)):
        assert ip.is_global
        assert not ip.is_multicast


@given(
    st.ip_addresses(v=6)
    | st.ip_addresses(network="2000::/3", v=6)
    | st.ip_addresses(network="2001::/16", v=6)
)
def test_of_ipv6_only_what_is_given_out_for_everybody_is_public(ip: ipaddress.IPv6Address) -> None:
    """By the registry in Python's library, and only in allocated ranges."""
    if ip.ipv4_mapped or not is_public(str(ip)):
        return
    assert ip in ipaddress.ip_network("2000::/3")
    assert ip.is_global
    assert ip.teredo is ip.sixtofour is None


HEADERS = ["ETag", "Last-Modified", "Content-Type", "Retry-After", "Location", "X-Other"]


@pytest.mark.parametrize("status", [200, 302, 304, 429])
@pytest.mark.parametrize(
    "value", [b"\xff", b'"\xe9\x80"', b"\x01", b"a\tb", b"\x1b[8m", "“ü”".encode()]
)
async def test_a_header_is_text_or_was_not_sent(
    fake_web: FakeWeb, value: bytes, status: int
) -> None:
    """The parts of an answer that are kept can be stored, and sent with the next request."""
    lines = b"".join(name.encode() + b": " + value + b"\r\n" for name in HEADERS)
    fake_web.respond_raw(
        "feeds.example/me.rss",
        b"HTTP/1.1 %d X\r\n" % status + lines + b"Content-Length: 2\r\n\r\nok",
    )
    try:
        found = await fake_web.fetch().get(FEED, now=NOON)
    except FetchError as error:  # where a redirect leads on to nowhere, or a server can't be read
        assert error.code in ("fetch_failed", "bad_answer", "untrusted", "unreachable")
        assert error.message.encode()
        return
    kept = (found.url, found.content_type, found.etag, found.last_modified)
    for text in kept:
        assert text is None or text == text.encode().decode()
        assert text is None or text.isprintable()
    if not value.isascii() and value.startswith("“".encode()):
        assert found.etag == "“ü”"
    fake_web.respond("feeds.example/me.rss", "hello")
    again = await fake_web.fetch().get(
        FEED, now=NOON, etag=found.etag, last_modified=found.last_modified
    )
    assert again.content == b"hello"


async def test_what_was_kept_before_and_is_no_text_is_not_sent(fake_web: FakeWeb) -> None:
    fake_web.respond("feeds.example/me.rss", "hello")
    found = await fake_web.fetch().get(FEED, now=NOON, etag="\udcff", last_modified="a\r\nX: y")
    assert found.content == b"hello"
    ((_, headers),) = fake_web.asked
    assert not {"If-None-Match", "If-Modified-Since", "X"} & set(headers)


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
async def test_a_redirect_into_the_house_is_not_followed(fake_web: FakeWeb, target: str) -> None:
    fake_web.addresses |= {"inside.example": "192.168.1.1", "0x7f.1": "127.0.0.1"}
    fake_web.respond("feeds.example/me.rss", status=302, Location=target)
    error = await failure(fake_web)
    assert error.code == "private_address"
    assert len(fake_web.asked) == 1
    assert [one.outcome for one in fake_web.noted] == ["302", "not_sent"]


@pytest.mark.parametrize(
    "target",
    ["http://feeds.example/x", "file:///etc/passwd", "https://a:b@x.com/", "https://2130706433/"],
)
async def test_a_redirect_away_from_plain_https_is_not_followed(
    fake_web: FakeWeb, target: str
) -> None:
    fake_web.respond("feeds.example/me.rss", status=301, Location=target)
    assert (await failure(fake_web)).code in ("insecure", "bad_answer")
    assert len(fake_web.asked) == 1


async def test_a_redirect_elsewhere_is_followed_but_not_for_ever(fake_web: FakeWeb) -> None:
    fake_web.respond("feeds.example/me.rss", status=308, Location="https://blog.example/feed")
    fake_web.respond("blog.example/feed", "here")
    assert (await fake_web.fetch().get(FEED, now=NOON)).content == b"here"
    fake_web.respond("blog.example/feed", status=302, Location=FEED)
    assert "in circles" in (await failure(fake_web)).message
    assert len(fake_web.asked) == 2 + fetch.MOST_REDIRECTS + 1


async def test_a_host_that_cannot_prove_its_name_is_not_read(fake_web: FakeWeb) -> None:
    fake_web.respond("unknown.test/me.rss", "hello")
    assert (await failure(fake_web, "https://unknown.test/me.rss")).code == "untrusted"


async def test_what_never_ends_is_left(fake_web: FakeWeb) -> None:
    fake_web.stream_forever("feeds.example/me.rss")
    assert (await failure(fake_web)).code == "too_large"


async def test_a_small_answer_that_unpacks_to_much_is_left(fake_web: FakeWeb) -> None:
    import gzip

    packed = gzip.compress(b"0" * 50_000_000)
    fake_web.respond("feeds.example/me.rss", packed, Content_Encoding="gzip")
    assert (await failure(fake_web)).code in ("too_large", "bad_answer")


async def test_what_never_begins_is_left(
    fake_web: FakeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "TOTAL_SECONDS", 0.3)
    fake_web.hang("feeds.example/me.rss")
    error = await failure(fake_web)
    assert "took longer" in error.message
    assert [one.outcome for one in fake_web.noted] == ["timeout"]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500])
async def test_a_refusal_is_said(fake_web: FakeWeb, status: int) -> None:
    fake_web.respond("feeds.example/me.rss", status=status)
    assert (await failure(fake_web)).message == f"feeds.example answers {status}"


async def test_half_an_answer_is_none(fake_web: FakeWeb) -> None:
    async def page(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport
        request.transport.close()
        return response

    fake_web.pages["feeds.example/me.rss"] = page
    assert (await failure(fake_web)).code == "bad_answer"
