"""The user's own data: forgetting, receipt, export, import, backups."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from plnd.model.base import Key, Moment, Name, Strict
from plnd.model.events import MOST_EVENTS, Event
from plnd.model.networks import FileFault


class Forgotten(Struct, frozen=True, kw_only=True):
    """What was forgotten at `at`, and is refused when a browser sends it again later.

    A handle stands here as a digest only, salted with `id`. `days_seen` are the days that were
    seen to pass since, the last of them at `seen_at`: the clock's word alone is not enough.
    """

    id: Key
    at: Moment
    start: Moment
    end: Moment
    network: Name | None = None
    handle_digest: Annotated[str, Meta(max_length=64)] | None = None
    days_seen: Annotated[int, Meta(ge=0, le=29)] = 0  # with the thirtieth it goes
    seen_at: Moment = 0


class ForgetRequest(Strict, frozen=True):
    """What to forget: all that fits everything named here; `dry_run` only says what that is.

    A `person` (an id, network:handle or the whole name) goes with nothing else: whatever is
    theirs is meant, at all times.
    """

    start: Moment | None = None
    end: Moment | None = None
    day: Name | None = None
    network: Name | None = None
    handle: Name | None = None
    person: Name | None = None
    everything: bool = False
    dry_run: bool = False


class ForgetAnswer(Struct, frozen=True, kw_only=True):
    """What was forgotten, or would be.

    `sums` are those of times whose visits are not kept any more, `documents` counts by the
    name of what they are in, `kept` how many of those stay, with what is forgotten taken out
    of them; `backups` the copies that it is taken out of as well, `remains` the files set aside
    as damaged, which go as a whole. `person` is the name of a person that was asked for.
    `unfinished` are the files that another program has open: it goes from them as soon as that
    one closes them.
    """

    dry_run: bool
    person: str | None
    visits: int
    visit_seconds: int
    interactions: int
    sums: int
    documents: dict[str, int]
    kept: dict[str, int]
    backups: int
    remains: list[str]
    unfinished: list[str] = []


class ReceiptEntry(Struct, frozen=True, kw_only=True):
    """One stored event: in plain words, and as it lies in the store."""

    words: str
    at: int
    browser: str
    event: Event


class ReceiptAnswer(Struct, frozen=True, kw_only=True):
    """What is stored, latest first; `next` is the `before` that asks for more, null at the end."""

    entries: list[ReceiptEntry]
    next: str | None


class ExportAnswer(Struct, frozen=True, kw_only=True):
    """A part of everything, as lines; `next` is the `after` that asks for more, null at the end.

    `left_out` are files of networks, and documents, that are not as they must be, and are in no
    use.
    """

    lines: list[dict[str, Any]]
    next: str | None
    left_out: list[FileFault] = field(default_factory=list)


class ImportRequest(Strict, frozen=True):
    """Lines of an export, each as it stands in the file; `dry_run` only says what it would do.

    `networks` are those that earlier parts of the same trial would have brought.
    """

    lines: Annotated[list[str], Meta(max_length=MOST_EVENTS)]
    dry_run: bool = False
    networks: Annotated[list[Name], Meta(max_length=MOST_EVENTS)] = field(default_factory=list)


class RejectedLine(Struct, frozen=True, kw_only=True):
    """Why one line was not taken; `index` counts from 0."""

    index: int
    message: str
    field: str | None = None


class ImportAnswer(Struct, frozen=True, kw_only=True):
    """What became of the lines: new or changed, known before, refused. `networks` are the
    ids of the networks' files among them; `switched_off` (network:handle) the feeds that were on
    where the lines come from: here only the user turns one on."""

    taken: int
    known: int
    rejected: list[RejectedLine]
    networks: list[str]
    switched_off: list[str]


class BackupEntry(Struct, frozen=True, kw_only=True):
    """A copy of everything, when it was made, and why."""

    name: str
    made_at: int
    why: Literal["daily", "before_upgrade", "before_restore"]


class BackupsAnswer(Struct, frozen=True):
    backups: list[BackupEntry]


class RestoreRequest(Strict, frozen=True):
    """Which backup to go back to; `dry_run` only says what would change."""

    backup: Name
    dry_run: bool = False


class Change(Struct, frozen=True, kw_only=True):
    """How many would come back, go, and be as they were then."""

    back: int = 0
    gone: int = 0
    changed: int = 0


class RestoreAnswer(Struct, frozen=True, kw_only=True):
    """What going back changes, by name; `kept_aside` is the backup of the state until now.

    `switched_off` (network:handle) are the feeds that were on then and not now: they come back
    switched off. `left_out` are documents of the backup that cannot be used.
    """

    dry_run: bool
    backup: BackupEntry
    changes: dict[str, Change]
    kept_aside: str | None
    switched_off: list[str]
    left_out: list[FileFault]
