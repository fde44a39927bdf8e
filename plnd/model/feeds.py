"""Public feeds, and the requests that were sent."""

from typing import Annotated

from msgspec import Meta, Struct, field

from plnd.model.base import LONGEST_ADDRESS, HttpsAddress, Key, Moment, Strict

FeedAddress = Annotated[str, Meta(max_length=LONGEST_ADDRESS, pattern="^https://")]


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
    url: FeedAddress | None = None
    found: FeedAddress | None = None
    checked_at: Moment | None = None
    next_at: Moment = 0
    etag: str | None = None
    last_modified: str | None = None
    trouble: FeedTrouble | None = None
    error: str | None = None


class Request(Struct, frozen=True, kw_only=True):
    """One request that left this machine: when, for which profile (null: an article that the
    user asked to be read), to which host, how it went."""

    id: Key
    at: Moment
    network: str | None
    handle: str | None
    host: str
    outcome: str
    bytes: Moment


class FeedChange(Strict, frozen=True):
    """Whether a profile's public feed may be asked, and where it is if plnd cannot know."""

    on: bool
    url: HttpsAddress | None = None


class FeedView(Struct, frozen=True, kw_only=True):
    """A public feed, on or off: of an own profile, or of somebody's handle (`person` is who).

    `address` is where it is asked, null while plnd cannot know; `error` is why the last answer
    (`checked_at`) said nothing. `resting`: its profile is retired, so it is not asked.
    """

    network: str
    name: str
    handle: str
    person: str | None
    person_name: str | None
    on: bool
    resting: bool
    address: str | None
    checked_at: int | None
    next_at: int | None
    error: str | None


class FeedsAnswer(Struct, frozen=True):
    feeds: list[FeedView]


class RequestsAnswer(Struct, frozen=True):
    requests: list[Request]
