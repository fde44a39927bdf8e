"""Links in pages: their host, their path, and whether they stay on one site."""

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """The host of an address in lower case; "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def split_link(href: str) -> tuple[str, str]:
    """Host ("" for the page's own), and path with query, of a link."""
    if href.startswith("/") and not href.startswith("//"):
        return "", href
    if href.startswith(("http://", "https://", "//")):
        rest = href.partition("//")[2]
        host, slash, path = rest.partition("/")
        return host.lower(), slash + path
    return "", f"/{href}"


def is_same_site(host: str, page_host: str) -> bool:
    """Whether a link's host is the page's, or one of the same domain."""
    return not host or not page_host or host.split(".")[-2:] == page_host.split(".")[-2:]
