"""The requests that leave this machine, each noted for the user to see."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from plnd.core.context import Context, new_id
from plnd.model.feeds import Request

if TYPE_CHECKING:
    from plnd.reading.fetch import Fetcher, OutgoingRequest

ANSWER_SECONDS = 9.0
"""How long one feed or page may take in all, with redirects and other addresses tried."""

MakeFetch = Callable[["Callable[[OutgoingRequest], None]"], "Fetcher"]


def make_fetch_on_demand(note: "Callable[[OutgoingRequest], None]") -> "Fetcher":
    """What fetches from the web; its libraries are not imported until a feed is turned on."""
    from plnd.reading.fetch import Fetcher

    return Fetcher(note)


class OutgoingRequests:
    def __init__(self, context: Context, make_fetch: MakeFetch) -> None:
        self._context = context
        self._stored = context.book.requests
        self._make_fetch = make_fetch

    def fetch(self, network: str | None = None, handle: str | None = None) -> "Fetcher":
        """What fetches from the web and notes each request, with the handle it was made for."""

        def note(outgoing: "OutgoingRequest") -> None:
            self._stored.put(
                Request(
                    id=new_id(),
                    at=self._context.clock(),
                    network=network,
                    handle=handle,
                    host=outgoing.host,
                    outcome=outgoing.outcome,
                    bytes=outgoing.bytes,
                )
            )

        return self._make_fetch(note)

    def all(self) -> list[Request]:
        """The requests that left this machine, latest first."""
        return self._stored.all()[::-1]
