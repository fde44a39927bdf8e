"""Web addresses as a browser would write them."""

import re
from urllib.parse import quote, urlsplit

from plnd.catalogue.pattern_automaton import LONGEST_ADDRESS

# What a browser leaves as it is in a path and in a query; anything else it percent-encodes.
_PATH_SAFE = "!$%&'()*+,-./:;=@[]_|~"
_QUERY_SAFE = "!$%&()*+,-./:;=?@[\\]^_`{|}~"


def place(url: str) -> tuple[str, str] | None:
    """Host, and path with query, of a web address as a browser would write them.

    None for one that is longer than any rule looks at.
    """
    if is_long(url):
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
    path = _without_dots(quote(parts.path, safe=_PATH_SAFE)) or "/"
    query = quote(parts.query, safe=_QUERY_SAFE)
    whole = f"{path}?{query}" if query else path
    return None if is_long(whole) else (host, whole)


def is_long(address: str) -> bool:
    """Whether an address is longer than patterns may be tried on, as JavaScript counts."""
    return len(address) > LONGEST_ADDRESS or (
        not address.isascii() and len(address.encode("utf-16-le", "replace")) > 2 * LONGEST_ADDRESS
    )


_CONTROL = re.compile(r"[\t\n\r]")
_C0_AND_SPACE = "".join(map(chr, range(33)))
_HERE = re.compile(r"\.|%2e", re.IGNORECASE)


def _without_dots(path: str) -> str:
    """The path with its `.` and `..` steps walked."""
    steps: list[str] = []
    written = path.split("/")[1:]
    for number, step in enumerate(written, 1):
        plain = _HERE.sub(".", step) if len(step) <= 6 else step
        if plain == "..":
            del steps[-1:]
        if plain in (".", ".."):
            if number == len(written):
                steps.append("")
        else:
            steps.append(step)
    return "/" + "/".join(steps)


def host_in(host: str, names: tuple[str, ...]) -> bool:
    """Whether `host` is one of `names`; "*.example.com" is that domain and all below it."""
    return any(
        host == name[2:] or host.endswith(name[1:]) if name.startswith("*.") else host == name
        for name in names
    )
