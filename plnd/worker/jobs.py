"""The jobs that the worker gets, and its answers."""

import struct
from typing import Literal

from msgspec import Struct, field

from plnd.archives.results import Appointment
from plnd.model.chats import Break
from plnd.model.people import Candidate, Problem
from plnd.reading.results import Article, PageReading

LENGTH = struct.Struct("@I")
"""The length in front of each frame of msgpack."""
MOST_ANSWER_BYTES = 64 << 20


class Job(Struct, frozen=True, tag="page"):
    """A profile's page, a feed or an article to read, at the moment `now` (ms)."""

    kind: Literal["page", "feed", "article"]
    content: bytes
    network: str
    handle: str
    url: str
    now: int


class FileJob(Struct, frozen=True, kw_only=True, tag="file"):
    """A file to import; its problems are described in `language`.

    For calendars, `start` and `end` (ms) are the period, `zone` is the time zone of times without
    one, and `known` are the names (see `plain_name`) of the people whose meetings count.
    """

    kind: Literal["vcard", "linkedin", "meetings", "dates"]
    content: str
    language: str = "en"
    zone: str = "UTC"
    start: int = 0
    end: int = 0
    known: list[str] = field(default_factory=list)


class FileFault(Struct, frozen=True):
    """Why a file does not have the form of its kind."""

    message: str
    hint: str
    field: str | None


class Answer(Struct, frozen=True):
    """The result of a job, or why there is none: an error code with the key of its message, or
    the fault of the file."""

    reading: PageReading | None = None
    article: Article | None = None
    people: list[Candidate] = field(default_factory=list)
    meetings: list[Appointment] = field(default_factory=list)
    dates: list[Break] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fault: FileFault | None = None
    code: str = ""
    key: str = ""
