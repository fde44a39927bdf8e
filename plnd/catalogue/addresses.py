"""Web addresses, normalised as browsers do it."""

import re
from urllib.parse import quote, urlsplit

from plnd.catalogue.pattern_cost import LONGEST_ADDRESS

# What browsers leave unencoded in a path and in a query.
_PATH_SAFE = "!$%&'()*+,-./:;=@[]_|~"
_QUERY_SAFE = "!$%&()*+,-./:;=?@[\\]^_`{|}~"


def split_address(url: str) -> tuple[str, str] | None:
    """Host, and path with query, of a web address, normalised as browsers do it.

    None for what is not a web address, or is longer than patterns may be matched against.
    """
    if is_too_long(url):
        return None
    cleaned = _CONTROL.sub("", url.strip(_C0_AND_SPACE))
    before, mark, after = cleaned.partition("?")
    try:
        parts = urlsplit(before.replace("\\", "/") + mark + after)
        host = (parts.hostname or "").encode("ascii" if cleaned.isascii() else "idna").decode()
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    path = _resolve_dots(quote(parts.path, safe=_PATH_SAFE)) or "/"
    query = quote(parts.query, safe=_QUERY_SAFE)
    whole = f"{path}?{query}" if query else path
    return None if is_too_long(whole) else (host, whole)


def is_too_long(address: str) -> bool:
    """Whether an address is too long to match patterns against (UTF-16 units, as in JavaScript)."""
    return len(address) > LONGEST_ADDRESS or (
        not address.isascii() and len(address.encode("utf-16-le", "replace")) > 2 * LONGEST_ADDRESS
    )


_CONTROL = re.compile(r"[\t\n\r]")
_C0_AND_SPACE = "".join(map(chr, range(33)))
_DOT = re.compile(r"\.|%2e", re.IGNORECASE)


def _resolve_dots(path: str) -> str:
    """The path with its `.` and `..` segments resolved."""
    resolved: list[str] = []
    segments = path.split("/")[1:]
    for number, segment in enumerate(segments, 1):
        plain = _DOT.sub(".", segment) if len(segment) <= 6 else segment
        if plain == "..":
            del resolved[-1:]
        if plain in (".", ".."):
            if number == len(segments):
                resolved.append("")
        else:
            resolved.append(segment)
    return "/" + "/".join(resolved)


def host_matches(host: str, names: tuple[str, ...]) -> bool:
    """Whether `host` is one of `names`; "*.example.com" is that domain and all below it."""
    return any(
        host == name[2:] or host.endswith(name[1:]) if name.startswith("*.") else host == name
        for name in names
    )
