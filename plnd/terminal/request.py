"""A request of the API: to the daemon, or to the stores while none runs."""

from plnd import client
from plnd.system.paths import place

TYPE_CHECKING = False  # what type checkers look for; `typing` itself costs too much
if TYPE_CHECKING:
    from typing import Any


def ask(method: str, path: str, body: "Any" = None) -> "tuple[Any, bool]":
    """The answer of the daemon or, while none runs, of the stores; and whether a daemon runs."""
    found = client.daemon(place())
    if not found:
        from plnd.daemon import lock
        from plnd.terminal import offline

        try:
            return offline.ask(method, path, body), False
        except lock.AlreadyRunning:
            # It has started since the first check.
            if not (found := client.daemon(place())):
                raise
    return client.ask(found, method, path, body), True
