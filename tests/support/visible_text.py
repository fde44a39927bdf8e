"""The visible text of a page."""

from html.parser import HTMLParser


def visible_text(page: str) -> str:
    """The text of a page, without tags."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            found.append(data)

    Reader().feed(page)
    return "".join(found)
