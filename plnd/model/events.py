"""The words of the contract as data: one definition for the wire, the documents and the code.

Times are milliseconds since the Unix epoch in UTC; a field's name carries its unit.
Unknown fields are refused everywhere.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Raw, Struct, field

LONGEST_TEXT = 256
LONGEST_KEY = 4096
LONGEST_ADDRESS = 8192
MOST_EVENTS = 1000
MOST_BODY_BYTES = 1024 * 1024

Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
Key = Annotated[str, Meta(min_length=1, max_length=LONGEST_KEY)]
"""What a document is known by; one made of several names is longer than a name."""
Page = Literal[
    "feed",
    "profile",
    "post",
    "group",
    "tag",
    "search",
    "messages",
    "notifications",
    "compose",
    "article",
    "settings",
    "other",
]
Action = Literal["post", "reply", "share", "react", "follow", "message", "save"]
Language = Literal["en", "de"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
When = Literal["work", "off"]
Certainty = Literal["high", "medium", "low"]
BudgetState = Literal["under", "near", "over", "off"]
Freshness = Literal["fresh", "quiet", "ageing", "stale", "unknown"]
ProfileMode = Literal["active", "reading", "retired"]
EARLIEST_MS = 946_684_800_000  # 2000-01-01: nothing that is recorded is older
FURTHEST_AHEAD_MS = 5 * 60 * 1000
"""How far ahead of the clock an event may lie."""
LAST_MOMENT = 253_402_300_799_999  # the end of the year 9999, where calendars end
Moment = Annotated[int, Meta(ge=0, le=LAST_MOMENT)]
MinutesADay = Annotated[int, Meta(ge=0, le=24 * 60)]
NoticeKind = Literal[
    "budget_near", "budget_used", "budget_over", "profile_silent", "chat", "review"
]
QuarterOfDay = Annotated[
    str,
    Meta(pattern="^([01][0-9]|2[0-3]):(00|15|30|45)$", description="a quarter of the day, HH:MM"),
]


class Strict(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is read from outside: a field that nobody knows is an error."""


class Source(Strict, frozen=True):
    """Who sends: the browser, a random name for its profile, the extension's version."""

    browser: Name
    profile: Name
    extension: Name


class Visit(Strict, frozen=True, gc=False, tag_field="kind", tag="visit"):
    """A span of focused, non-idle time on one page of a network."""

    id: Name
    network: Name
    page: Page
    start: int
    end: int
    handle: Text | None = None
    tag: Text | None = None


class Interaction(Strict, frozen=True, gc=False, tag_field="kind", tag="interaction"):
    """One act of the user."""

    id: Name
    network: Name
    action: Action
    at: int
    handle: Text | None = None
    tag: Text | None = None


Event = Visit | Interaction


class EventBatch(Strict, frozen=True):
    """What a browser sends. Each event is decoded apart, so that a bad one costs itself only."""

    source: Source
    events: list[Raw]


class Rejection(Struct, frozen=True, kw_only=True):
    """Why one event of a batch was not taken."""

    id: str | None
    index: int
    code: Literal["invalid", "conflict", "paused", "not_counted", "forgotten"]
    message: str
    field: str | None = None


class NetworkToday(Struct, frozen=True, kw_only=True):
    """One network's part of a day; the kinds of act in `about` may be counted too high."""

    id: str
    name: str
    spent_seconds: int
    budget_minutes: int | None
    state: BudgetState
    taking_part_seconds: int
    interactions: dict[str, int]
    about: list[str]
    page_seconds: dict[str, int]


class ProfileToday(Struct, frozen=True, kw_only=True):
    """How fresh one of the user's own profiles is."""

    network: str
    handle: str
    last_post_at: int | None
    days_silent: int | None
    freshness: Freshness
    mode: ProfileMode


class ChatSlot(Struct, frozen=True, kw_only=True):
    """The next time that a followed chat takes place."""

    tag: str
    network: str
    starts_at: int
    ends_at: int


class SourceSeen(Struct, frozen=True, kw_only=True):
    """When a browser was last heard of."""

    browser: str
    last_event_at: int


class Today(Struct, frozen=True, kw_only=True):
    """A day's figures: what `plnd status`, the badge and the dashboard show."""

    day: str
    time_zone: str
    now: int
    spent_seconds: int
    budget_minutes: int | None
    left_seconds: int | None
    state: BudgetState
    taking_part_seconds: int
    chat_seconds: int
    networks: list[NetworkToday]
    profiles: list[ProfileToday]
    next_chat: ChatSlot | None
    sources: list[SourceSeen]


class FileFault(Struct, frozen=True, kw_only=True):
    """What is wrong with a file, or with one `document` of it (its number), which is not used for
    that; `field` names the part, empty for the whole."""

    file: str
    field: str
    message: str
    document: int | None = None


class NetworkEntry(Struct, frozen=True, kw_only=True):
    """A network; `source` says whose file is in use, null for none. `file` is the user's own.

    `counted`: the user has not switched it off. `certainty` is how well each kind of act is
    known; counts of those in `about` may be too high.
    """

    id: str
    name: str
    source: Literal["plnd", "own"] | None
    counted: bool
    certainty: dict[str, Certainty]
    about: list[str]
    file: dict[str, Any] | None = None
    fault: FileFault | None = None


class NetworksAnswer(Struct, frozen=True):
    networks: list[NetworkEntry]


class NetworkAnswer(Struct, frozen=True):
    network: NetworkEntry


class NetworkChange(Strict, frozen=True):
    """Whether a network is counted: of one that is not, nothing is recorded."""

    counted: bool


class Span(Struct, frozen=True, kw_only=True):
    """A stretch of time on one network; looking away for less than half a minute is part of it."""

    network: str
    start: int
    end: int


class Mark(Struct, frozen=True, kw_only=True):
    """An interaction as a point in time."""

    network: str
    action: str
    at: int


class NetworkName(Struct, frozen=True, kw_only=True):
    id: str
    name: str


class SpansAnswer(Struct, frozen=True, kw_only=True):
    """A day as a strip of time, from `start` to `end` of the user's day (ms)."""

    day: str
    time_zone: str
    start: int
    end: int
    networks: list[NetworkName]
    spans: list[Span]
    interactions: list[Mark]


class NetworkOfDay(Struct, frozen=True, kw_only=True):
    """One network's part of a day that is looked back on."""

    id: str
    spent_seconds: int
    work_seconds: int
    taking_part_seconds: int
    interactions: dict[str, int]


class DayRow(Struct, frozen=True, kw_only=True):
    """A day; `interaction_day` when it has a post, reply, message or share."""

    day: str
    interaction_day: bool
    networks: list[NetworkOfDay]


class HourRow(Struct, frozen=True, kw_only=True):
    """What all days of a weekday have together in one hour of the clock."""

    weekday: Weekday
    hour: int
    spent_seconds: int
    taking_part_seconds: int


class DaysAnswer(Struct, frozen=True, kw_only=True):
    """The days `first` to `last`, both included; hours without time are left out.

    `known_since` is the first day of which anything is stored, whatever days were asked for.
    """

    first: str
    last: str
    time_zone: str
    known_since: str | None
    networks: list[NetworkName]
    days: list[DayRow]
    hours: list[HourRow]


class EventsAnswer(Struct, frozen=True, kw_only=True):
    """What became of a batch; `stored` means on disk."""

    stored: list[str]
    rejected: list[Rejection]
    today: Today


class BudgetRequest(Strict, frozen=True):
    """Minutes a day, in all or for one network, on some weekdays, in or off work hours."""

    minutes: MinutesADay
    network: Name | None = None
    days: Annotated[list[Weekday], Meta(min_length=1, max_length=7)] | None = None
    when: When | None = None


class Budget(Struct, frozen=True, kw_only=True):
    """A budget as it is kept. Equal network, days and hours make it the same budget."""

    id: Key
    minutes: MinutesADay
    network: Name | None = None
    days: Annotated[list[Weekday], Meta(min_length=1, max_length=7)] | None = None
    when: When | None = None


class Settings(Strict, frozen=True):
    """What the user can choose, with the defaults."""

    language: Annotated[
        Language | None,
        Meta(description="the language of notices, en or de; null: the system's"),
    ] = None
    time_zone: Annotated[
        Text | None,
        Meta(description="IANA name of your time zone, e.g. Europe/London; null: the system's"),
    ] = None
    day_start: Annotated[
        int, Meta(ge=0, le=23, description="the hour at which your day begins, 0 to 23")
    ] = 0
    work_days: Annotated[list[Weekday], Meta(description="the days on which you work")] = field(
        default_factory=lambda: ["mon", "tue", "wed", "thu", "fri"]
    )
    work_start: Annotated[QuarterOfDay, Meta(description="when work begins, HH:MM")] = "09:00"
    work_end: Annotated[QuarterOfDay, Meta(description="when work ends, HH:MM")] = "17:00"
    quiet_start: Annotated[
        QuarterOfDay | None, Meta(description="no notices from this time of day; null: never quiet")
    ] = None
    quiet_end: Annotated[
        QuarterOfDay | None, Meta(description="notices again from this time of day")
    ] = None
    grace_minutes: Annotated[
        int,
        Meta(ge=0, le=240, description="minutes over a budget before reminders follow its notice"),
    ] = 0
    notify_budget: Annotated[
        bool, Meta(description="desktop notices about budgets: at 80 %, when used up, and beyond")
    ] = True
    notify_profiles: Annotated[
        bool,
        Meta(description="desktop notices about own profiles: after 60 days of silence, and 90"),
    ] = True
    notify_chats: Annotated[
        bool,
        Meta(description="a notice ten minutes before a followed chat, while a browser is in use"),
    ] = True
    notify_review: Annotated[bool, Meta(description="a notice when the weekly review is due")] = (
        True
    )
    chats_outside_budget: Annotated[
        bool, Meta(description="whether time in followed chats is left out of the budgets")
    ] = True
    review_day: Annotated[Weekday, Meta(description="the day of the weekly review")] = "sun"
    review_time: Annotated[QuarterOfDay, Meta(description="its time of day, HH:MM")] = "17:00"
    review_interaction_days: Annotated[
        int, Meta(ge=1, le=28, description="days with an interaction, of 28, that you aim at")
    ] = 8
    review_breadth: Annotated[
        int, Meta(ge=1, le=1000, description="with how many people you aim to speak in 28 days")
    ] = 5
    remind_unshared: Annotated[
        bool, Meta(description="on Fridays, articles that were read and not shared")
    ] = False
    cpd_body: Annotated[
        Literal["free", "cilip", "alia"],
        Meta(description="whose year your development log goes by; free: cpd_year_start"),
    ] = "free"
    cpd_year_start: Annotated[
        str,
        Meta(
            pattern="^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$",
            description="the first day of your own year of the log, MM-DD",
        ),
    ] = "01-01"
    keep_visits_days: Annotated[
        int,
        Meta(
            ge=0,
            le=36_500,
            description="days for which single visits are kept, 7 or more; after them only sums "
            "by quarter of an hour stay; 0: always",
        ),
    ] = 0


class SettingsAnswer(Struct, frozen=True):
    settings: Settings


class BudgetsAnswer(Struct, frozen=True):
    budgets: list[Budget]


class BudgetAnswer(Struct, frozen=True):
    budget: Budget


class Deleted(Struct, frozen=True):
    deleted: str


class FeedTrouble(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a feed said nothing: the key of a text of the catalogues, and what is filled in."""

    key: str
    values: dict[str, str | int] = field(default_factory=dict)


class Feed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The public feed of a profile, once the user turned it on; kept when it is turned off.

    `url` is null where the catalogue knows it or the profile's page names it (`found`). Why the
    last answer said nothing is kept as `trouble`, and shown as `error` in the reader's words.
    """

    on: bool
    since: Moment
    url: Annotated[str, Meta(max_length=LONGEST_ADDRESS, pattern="^https://")] | None = None
    found: Annotated[str, Meta(max_length=LONGEST_ADDRESS, pattern="^https://")] | None = None
    checked_at: Moment | None = None
    next_at: Moment = 0
    etag: str | None = None
    last_modified: str | None = None
    trouble: FeedTrouble | None = None
    error: str | None = None


class Until(Strict, frozen=True):
    """Until when, ms; null: until it is ended by hand."""

    until: Moment | None = None


class PauseState(Struct, frozen=True, kw_only=True):
    """Whether plnd looks away at the moment."""

    paused: bool
    since: int | None = None
    until: int | None = None


class Pause(Struct, frozen=True, kw_only=True):
    """A time in which nothing is recorded; `end` null while it is open."""

    start: Moment
    end: Moment | None = None


class Uncounted(Struct, frozen=True, kw_only=True):
    """A time in which a network is not counted; `end` null while it lasts."""

    id: Key
    network: Name
    start: Moment
    end: Moment | None = None


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


class Notice(Struct, frozen=True, kw_only=True):
    """Something told to the user, once for its `cause`.

    `shown` is null until the desktop has answered; `error` says why it was not shown.
    """

    cause: Key
    kind: NoticeKind
    at: Moment
    title: str
    body: str
    shown: bool | None = None
    error: str | None = None


class Trial(Struct, frozen=True, kw_only=True):
    """A trial notice: when the desktop answered, whether it showed it, else why not."""

    at: int
    shown: bool
    error: str | None = None


class NoticesAnswer(Struct, frozen=True, kw_only=True):
    """What was told, and the last trial notice since the daemon started."""

    notices: list[Notice]
    snoozed_until: int | None
    trial: Trial | None


class Snooze(Struct, frozen=True, kw_only=True):
    """Until when (ms) notices are held back; null: they are not."""

    snoozed_until: Moment | None = None


class Shown(Struct, frozen=True, kw_only=True):
    """Whether the desktop showed a notice, else why not."""

    shown: bool
    error: str | None = None


class SourceReport(Strict, frozen=True):
    """What the extension says of itself: its browser, its version, the networks picked in it."""

    browser: Name
    extension: Name
    networks: Annotated[list[Name], Meta(max_length=LONGEST_TEXT)]


class SourceHeard(Struct, frozen=True, kw_only=True):
    """The last such report of a browser's profile, and when (ms) it came."""

    profile: Name
    browser: Name
    extension: Name
    networks: Annotated[list[Name], Meta(max_length=LONGEST_TEXT)]
    heard_at: Moment


class SourcesAnswer(Struct, frozen=True):
    sources: list[SourceHeard]


class SourceAnswer(Struct, frozen=True):
    source: SourceHeard


# -- the user's own -------------------------------------------------------------------


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


class Link(Struct, frozen=True, kw_only=True):
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

    checks: list[Link]
    mended: list[Link]


class ErrorBody(Struct, frozen=True, kw_only=True):
    code: str
    message: str
    hint: str = ""
    field: str | None = None


class ErrorAnswer(Struct, frozen=True):
    error: ErrorBody
