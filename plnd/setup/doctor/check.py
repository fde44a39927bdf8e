"""One link of the chain: how it stands, what was seen, what to do about it."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from plnd.model.health import HealthLink
from plnd.system import paths
from plnd.system.files import Home
from plnd.words.printable import carriable

Status = Literal["ok", "warn", "fail"]
Ask = Callable[[str, str], Any]
"""Asks the daemon: method, path after /api/v1/. Raises PlndError."""


class Check(NamedTuple):
    """One link: what it is, how it stands, what was seen, and what to do ("" when well).

    `mend` does it, where that is safe: it loses nothing and touches only what is plnd's.
    It raises PlndError.
    """

    name: str
    status: Status
    message: str
    fix: str = ""
    mend: Callable[[], object] | None = None

    def link(self) -> HealthLink:
        """As the API and `plnd doctor --json` show it."""
        return HealthLink(
            name=self.name,
            status=self.status,
            message=carriable(self.message),
            fix=carriable(self.fix),
            mends=self.mend is not None and self.status != "ok",
        )

    def line(self) -> str:
        """As `plnd doctor` shows it: a line, and one more with what to do."""
        first = f"{self.status:<5}{self.name}: {self.message}"
        return f"{first}\n     -> {self.fix}" if self.fix else first


def place_of(home: Home) -> paths.Place:
    """The home as the light modules know it."""
    root = None if home.root is None else str(home.root)
    return paths.Place(str(home.state), str(home.data), str(home.host), root)
