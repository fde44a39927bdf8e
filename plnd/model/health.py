"""The daemon's health, the doctor's checks, sessions, and errors."""

from typing import Literal

from msgspec import Struct

from plnd.model.networks import FileFault


class OpenLink(Struct, frozen=True, kw_only=True):
    """A link to the dashboard that is good once and not for long.

    `file` is a page of the user's own that leads on to it: what starts a browser can be seen in
    the list of processes, and the link must not stand there.
    """

    url: str
    expires_at: int
    file: str


class Session(Struct, frozen=True, kw_only=True):
    """A browser that is signed in to the dashboard, since when and how long (ms).

    `used_at` is when it asked last, to a day.
    """

    id: str
    browser: str
    made_at: int
    used_at: int
    ends_at: int


class SessionsAnswer(Struct, frozen=True):
    sessions: list[Session]


class Health(Struct, frozen=True, kw_only=True):
    """That the daemon runs, what it had to set aside when it started, and which documents it
    leaves out, as they are not as they must be."""

    version: str
    pid: int
    started_at: int
    now: int
    home: str
    damaged: list[str]
    left_out: list[FileFault]


class HealthLink(Struct, frozen=True, kw_only=True):
    """One link of the chain from browser to desktop, as `plnd doctor` found it.

    `message` is what was seen, `fix` what to do ("" when well); `mends`: plnd can do it safely.
    """

    name: str
    status: Literal["ok", "warn", "fail"]
    message: str
    fix: str
    mends: bool


class DoctorAnswer(Struct, frozen=True, kw_only=True):
    """Every link in the order in which an event goes through them; `mended` says what was done."""

    checks: list[HealthLink]
    mended: list[HealthLink]


class ErrorBody(Struct, frozen=True, kw_only=True):
    code: str
    message: str
    hint: str = ""
    field: str | None = None


class ErrorAnswer(Struct, frozen=True):
    error: ErrorBody
