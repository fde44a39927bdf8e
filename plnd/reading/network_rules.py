"""How to find the date of a post on each network's pages and feeds: network_rules.json, typed.

Only the daemon needs this; what the extension needs of a network is in the catalogue.
"""

import functools
import re
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

_BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_BASE32 = "234567abcdefghijklmnopqrstuvwxyz"
_DIGITS = {
    "decimal": {sign: number for number, sign in enumerate(string.digits)},
    "base64": {sign: number for number, sign in enumerate(_BASE64)},
    "base32": {sign: number for number, sign in enumerate(_BASE32)},
}
LONGEST_ID = 24


class IdTime(Struct, frozen=True, forbid_unknown_fields=True):
    """How to read from an id when it was made: drop `shift` bits, count from `epoch_ms`."""

    alphabet: Literal["decimal", "base64", "base32"]
    shift: int
    unit: Literal["s", "ms", "us"]
    epoch_ms: int

    def moment(self, id: str) -> int | None:
        """When an id was made (ms); None when it is not an id of this kind."""
        digits = _DIGITS[self.alphabet]
        if not id or len(id) > LONGEST_ID or any(sign not in digits for sign in id):
            return None
        number = 0
        for sign in id:
            number = number * len(digits) + digits[sign]
        number >>= self.shift
        ms = {"s": number * 1000, "ms": number, "us": number // 1000}[self.unit]
        return ms + self.epoch_ms


class NetworkRules(Struct, frozen=True, forbid_unknown_fields=True):
    """How to date the posts on one network's pages, and its addresses.

    `profile` and `link` are patterns on the path and query of a link to a profile (group 1 is
    the handle) and to a post (`author` and `id` number its groups). `id_pattern` is a pattern on
    the attribute `id_attribute` of a post's element; group 1 is the id. `mixed_authors`: its pages
    show posts of many people, so one without an author counts for nobody. `feed` is the address
    of a profile's public feed, `compose_url` the page for a new post, `export_url` and
    `delete_account_url` the pages for leaving the network; {handle} and {host} are filled in.
    """

    profile: str | None = None
    link: str | None = None
    author: int | None = None
    id: int | None = None
    id_attribute: str | None = None
    id_pattern: str | None = None
    id_time: IdTime | None = None
    mixed_authors: bool = False
    feed: str | None = None
    compose_url: str | None = None
    export_url: str | None = None
    delete_account_url: str | None = None


NO_RULES = NetworkRules()


@functools.cache
def load() -> Mapping[str, NetworkRules]:
    """The rules of every network that has some."""
    content = Path(__file__).with_name("network_rules.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, NetworkRules])


def rules_of(network: str) -> NetworkRules:
    """A network's rules; empty ones for a network without."""
    return load().get(network, NO_RULES)


@functools.cache
def pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII)
