"""The result of one check of the doctor."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from plnd.model.health import HealthLink
from plnd.words.printable import carriable

Status = Literal["ok", "warn", "fail"]
Ask = Callable[[str, str], Any]
"""Asks the daemon, by method and path after /api/v1/. Raises PlndError."""


class Check(NamedTuple):
    """What was checked (`name`), how it is, what was found, and what to do ("" when it is well).

    `mend` repairs it, where that is safe: nothing is lost, and only plnd's own files change.
    It raises PlndError.
    """

    name: str
    status: Status
    message: str
    fix: str = ""
    mend: Callable[[], object] | None = None

    def health_link(self) -> HealthLink:
        """The check in the shape of the API and of `plnd doctor --json`."""
        return HealthLink(
            name=self.name,
            status=self.status,
            message=carriable(self.message),
            fix=carriable(self.fix),
            mends=self.mend is not None and self.status != "ok",
        )

    def line(self) -> str:
        """The text that `plnd doctor` prints: a line, and a second one with what to do."""
        first = f"{self.status:<5}{self.name}: {self.message}"
        return f"{first}\n     -> {self.fix}" if self.fix else first
