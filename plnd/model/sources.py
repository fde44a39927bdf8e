"""The browsers that report."""

from typing import Annotated

from msgspec import Meta, Struct

from plnd.model.base import LONGEST_TEXT, Moment, Name, Strict

NetworkIds = Annotated[list[Name], Meta(max_length=LONGEST_TEXT)]


class SourceReport(Strict, frozen=True):
    """What the extension says of itself: its browser, its version, the networks picked in it."""

    browser: Name
    extension: Name
    networks: NetworkIds


class SourceHeard(Struct, frozen=True, kw_only=True):
    """The last such report of a browser's profile, and when (ms) it came."""

    profile: Name
    browser: Name
    extension: Name
    networks: NetworkIds
    heard_at: Moment


class SourcesAnswer(Struct, frozen=True):
    sources: list[SourceHeard]


class SourceAnswer(Struct, frozen=True):
    source: SourceHeard
