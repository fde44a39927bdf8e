"""The only requests that plnd sends: for feeds that the user turned on and articles that the user
asked for.

https only; public addresses only, also after a redirect; at most three redirects, ten seconds
and 2 MiB; no cookies, no proxy, nothing kept between two requests.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from msgspec import Struct

from plnd import __version__
from plnd.words.messages import TranslatedError

USER_AGENT = f"plnd/{__version__} (a person's own reader; asks once a day at most)"
ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/json;q=0.9"
ACCEPT += ", text/html;q=0.5, */*;q=0.1"
MOST_BYTES = 2 * 1024 * 1024
TOTAL_SECONDS = 10.0
MOST_REDIRECTS = 3
LONGEST_WAIT_MS = 30 * 86_400_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Public addresses: unicast without the blocks that IANA reserves for special purposes
# (iana-ipv4-special-registry, iana-ipv6-special-registry). Some of those are reachable from
# everywhere, but no feed is served there, and anycast ones lead to the nearest machine.
_UNICAST = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("2000::/3"))
_SPECIAL = [
    ipaddress.ip_network(one)
    for one in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
        *("192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
        # Teredo and all else of 2001::/23, documentation, 6to4, AS112, the old 6bone.
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20"),
    )
]
_PRIVATE = "is not a public address"

OpenSocket = Callable[[Any], socket.socket]


class FetchError(TranslatedError):
    """A request without a usable answer; names the host and the reason."""

    code = "fetch_failed"


class OutgoingRequest(Struct, frozen=True, kw_only=True):
    """A request that left this machine: to which host, and its outcome."""

    host: str
    outcome: str
    bytes: int = 0


class FetchResult(Struct, frozen=True, kw_only=True):
    """An answer; `content` is None when nothing changed (304) or the host asks to wait."""

    url: str
    status: int
    content: bytes | None = None
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    retry_after_ms: int = 0


def is_public(address: str) -> bool:
    """Whether an IP address is public, so that no request reaches the local network.

    An IPv6 address that embeds an IPv4 address may be routed anywhere: only a mapped one
    (`::ffff:93.184.216.34`), which the system treats as that IPv4 address, is judged by it.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None or _is_isatap(ip):
            return False
        ip = ip.ipv4_mapped or ip
    return any(ip in one for one in _UNICAST) and not any(ip in one for one in _SPECIAL)


def _is_isatap(ip: ipaddress.IPv6Address) -> bool:
    """Whether it leads through an ISATAP tunnel to an IPv4 address: `::5efe:192.168.1.1`."""
    return int(ip) >> 32 & 0xFCFF_FFFF == 0x0000_5EFE


def open_public(info: Any) -> socket.socket:
    """A socket for a resolved address; used for every connection, also after a redirect.

    Raises:
        OSError: the address is not public.
    """
    family, kind, protocol, _, address = info
    if not is_public(address[0]):
        raise OSError(f"{address[0]} {_PRIVATE}")
    return socket.socket(family=family, type=kind, proto=protocol)


class Fetcher:
    """Sends requests, and calls `on_request` with each of them.

    `open_socket`, `resolver` and `trust` are for tests, whose web is on loopback.
    """

    def __init__(
        self,
        on_request: Callable[[OutgoingRequest], None],
        *,
        open_socket: OpenSocket = open_public,
        resolver: aiohttp.abc.AbstractResolver | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._on_request = on_request
        self._open_socket = open_socket
        self._resolver = resolver
        self._trust = trust

    async def get(
        self, url: str, *, now: int, etag: str | None = None, last_modified: str | None = None
    ) -> FetchResult:
        """The answer to one request, redirects followed.

        Raises:
            FetchError: there is no usable answer.
        """
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: text for name, value in validators.items() if (text := _header(value))}
        async with self._session() as session:
            for _ in range(MOST_REDIRECTS + 1):
                found = await self._hop(session, _require_https(url), headers, now)
                if isinstance(found, FetchResult):
                    return found
                url = found
        raise FetchError("fetch_circles", host=_host(url))

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            socket_factory=self._open_socket,
            resolver=self._resolver,
            ssl=True if self._trust is None else self._trust,
            use_dns_cache=False,
            force_close=True,
        )
        return aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT, "Accept": ACCEPT},
            trust_env=False,
        )

    async def _hop(
        self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str], now: int
    ) -> FetchResult | str:
        """One request: its answer, or the address that it redirects to."""
        host = _host(url)
        outcome, size = "failed", 0
        try:
            async with session.get(url, headers=headers, allow_redirects=False) as response:
                outcome = str(response.status)
                target = _header(response.headers.get("Location"))
                if response.status in _REDIRECTS and target:
                    return urljoin(url, target)
                content = await _content(response) if response.status == 200 else None
                size = len(content or b"")
                return _fetched(url, response, content, now)
        except FetchError as error:
            outcome = error.code
            raise
        except TimeoutError as error:
            outcome = "timeout"
            raise FetchError("fetch_slow", host=host, seconds=int(TOTAL_SECONDS)) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failed = _fetch_error(host, error)
            outcome = "not_sent" if failed.code == "private_address" else failed.code
            raise failed from error
        finally:
            self._on_request(OutgoingRequest(host=host, outcome=outcome, bytes=size))


def _require_https(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_secure = parts.scheme == "https" and parts.hostname and not parts.username
    except ValueError:
        is_secure = False
    if not is_secure:
        raise FetchError("fetch_insecure", code="insecure")
    return url


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


async def _content(response: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_chunked(64 * 1024):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            host = response.url.host or ""
            raise FetchError("fetch_too_large", code="too_large", host=host, mib=MOST_BYTES >> 20)
    return b"".join(parts)


def _fetched(
    url: str, response: aiohttp.ClientResponse, content: bytes | None, now: int
) -> FetchResult:
    headers, status = response.headers, response.status
    if content is None and status not in (304, 429, 503):
        raise FetchError("fetch_status", _HINTS.get(status, ""), host=_host(url), status=status)
    return FetchResult(
        url=url,
        status=status,
        content=content,
        content_type=_header(headers.get("Content-Type")) or "",
        etag=_header(headers.get("ETag")),
        last_modified=_header(headers.get("Last-Modified")),
        retry_after_ms=retry_after_ms(_header(headers.get("Retry-After")) or "", now),
    )


def _header(header: str | None) -> str | None:
    """A header's text; None for one that cannot be printed, as if it had not been sent.

    aiohttp decodes bytes that are not UTF-8 to lone surrogates, which cannot be stored or sent.
    """
    return header if header and header.isprintable() else None


_HINTS = {
    401: "this server shows nothing without logging in; turn the feed off",
    403: "this server shows the profile to nobody outside; turn the feed off",
    404: "there is no such feed; check the handle",
    410: "the feed is gone; turn it off",
}


def retry_after_ms(text: str, now: int) -> int:
    """How long (ms) a Retry-After header asks to wait: seconds or a date; a month at most."""
    text = text.strip()
    if text.isascii() and text.isdecimal() and len(text) < 12:
        return min(int(text) * 1000, LONGEST_WAIT_MS)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    ahead = int((aware - datetime.fromtimestamp(now / 1000, UTC)).total_seconds() * 1000)
    return max(0, min(ahead, LONGEST_WAIT_MS))


def _fetch_error(host: str, error: Exception) -> FetchError:
    if _PRIVATE in str(getattr(error, "os_error", "")):
        return FetchError("fetch_private", code="private_address", host=host)
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return FetchError("fetch_untrusted", code="untrusted", host=host)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchError("fetch_not_found", code="unreachable", host=host)
    if isinstance(error, aiohttp.ClientConnectorError):
        return FetchError("fetch_unreachable", code="unreachable", host=host)
    return FetchError("fetch_bad_answer", code="bad_answer", host=host)
