"""What goes to the process that parses, and what comes back."""

import struct
from typing import Literal

from msgspec import Struct, field

from plnd.archives.results import Appointment
from plnd.model.chats import Break
from plnd.model.people import Candidate, Problem
from plnd.reading.results import Article, PageReading

LENGTH = struct.Struct("@I")
"""A frame: this length, then so many bytes of msgpack."""
MOST_ANSWER_BYTES = 64 << 20


class Job(Struct, frozen=True, tag="page"):
    """A profile's page, a feed or an article to be read, as of `now` (ms)."""

    kind: Literal["page", "feed", "article"]
    content: bytes
    network: str
    handle: str
    url: str
    now: int


class FileJob(Struct, frozen=True, kw_only=True, tag="file"):
    """A file to import. Its problems are described in `language`.

    For calendars `start` and `end` (ms) are the period, `zone` is for times without one;
    `known` are the names (see `plain_name`) that a meeting can be with.
    """

    kind: Literal["vcard", "linkedin", "meetings", "dates"]
    content: str
    language: str = "en"
    zone: str = "UTC"
    start: int = 0
    end: int = 0
    known: list[str] = field(default_factory=list)


class FileFault(Struct, frozen=True):
    """Why a file is not of its kind."""

    message: str
    hint: str
    field: str | None


class Answer(Struct, frozen=True):
    """The result of a job, or why there is none: a code and the key of its words, or the fault
    of the file."""

    reading: PageReading | None = None
    article: Article | None = None
    people: list[Candidate] = field(default_factory=list)
    meetings: list[Appointment] = field(default_factory=list)
    dates: list[Break] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fault: FileFault | None = None
    code: str = ""
    key: str = ""
