"""Checks of single fields, for documents and for what the user enters. Pure."""

from collections.abc import Collection
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plnd.errors import Invalid
from plnd.measures.chats import tag_key
from plnd.measures.people.handles import HandleKey, handle_key
from plnd.measures.time import A_YEAR, parse_day
from plnd.model.base import LONGEST_TEXT
from plnd.model.people import Cadence, Person, TagCadence

Networks = Collection[str] | None
"""The known networks; None where an unknown one is no error."""


def check_zone(name: str, hint: str = "an IANA name such as Europe/London") -> None:
    """Check that a time zone exists.

    Raises:
        Invalid: it does not.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(f"unknown time zone {name!r}", hint, field="time_zone") from error


def check_network(network: str, networks: Networks, field: str = "network") -> None:
    """Check that a network is known.

    Raises:
        Invalid: it is not.
    """
    if networks is not None and network not in networks:
        known = ", ".join(sorted(networks))
        raise Invalid(f"unknown network {network!r}", f"one of {known}", field=field)


def check_handle(handle: str, given: str) -> None:
    """Check a handle; `given` is what the user wrote for it.

    Raises:
        Invalid: it cannot be a handle.
    """
    right_length = 0 < len(handle) <= LONGEST_TEXT
    if not right_length or any(
        sign.isspace() or sign in "/?#" or ord(sign) < 32 for sign in handle
    ):
        raise Invalid(
            f"{given!r} is no handle", "the name in the profile's address", field="handle"
        )


def check_handles(person: Person, networks: Networks) -> None:
    """Check a person's handles.

    Raises:
        Invalid: a network is unknown, or a handle is empty or there twice.
    """
    seen: set[HandleKey] = set()
    for one in person.handles:
        check_network(one.network, networks)
        key = handle_key(one.network, one.handle)
        if not key[1]:
            raise Invalid("a handle is empty", field="handles")
        if key in seen:
            raise Invalid(f"{one.network}:{one.handle} is named twice", field="handles")
        seen.add(key)


def check_gaps(cadence: Cadence | TagCadence | None, field: str) -> None:
    """Check a cadence.

    Raises:
        Invalid: the worst gap is shorter than the ideal one.
    """
    if cadence and cadence.worst_days is not None and cadence.worst_days < cadence.ideal_days:
        raise Invalid(
            "the worst gap is shorter than the ideal one",
            "without it, half as long again as the ideal is taken",
            field=field,
        )


def check_tag(tag: str) -> str:
    """The id of the chat with a hashtag.

    Raises:
        Invalid: it is not a hashtag.
    """
    key = tag_key(tag)
    if not key or any(letter.isspace() or letter in "/?#" for letter in key):
        raise Invalid(f"{tag!r} is not a hashtag", field="tag")
    return key


def check_day(text: str, field: str = "day", room: timedelta = A_YEAR) -> None:
    """Check a day (YYYY-MM-DD) that the calendar has `room` on both sides of.

    Raises:
        Invalid: it is not such a day; `field` is the field that it was in.
    """
    try:
        parse_day(text, room)
    except ValueError:
        raise Invalid(f"{text!r} is not a day", "write it as 2026-11-23", field=field) from None
