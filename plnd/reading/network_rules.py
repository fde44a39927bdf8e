"""How each network's pages and feeds tell when somebody posted: clues.json, typed.

The daemon alone needs this; what the extension needs of a network is in the catalogue.
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
    """How an id carries the time at which it was made: `shift` bits over, since `epoch_ms`."""

    alphabet: Literal["decimal", "base64", "base32"]
    shift: int
    unit: Literal["s", "ms", "us"]
    epoch_ms: int

    def moment(self, id: str) -> int | None:
        """The moment (ms) at which an id was made; None when it is no such id."""
        digits = _DIGITS[self.alphabet]
        if not id or len(id) > LONGEST_ID or any(sign not in digits for sign in id):
            return None
        number = 0
        for sign in id:
            number = number * len(digits) + digits[sign]
        number >>= self.shift
        ms = {"s": number * 1000, "ms": number, "us": number // 1000}[self.unit]
        return ms + self.epoch_ms


class Clues(Struct, frozen=True, forbid_unknown_fields=True):
    """One network's clues.

    `profile` and `link` are patterns on the path and query of a link to a profile (group 1 is
    the handle) and to a post (`author` and `id` number its groups). `mark` is a pattern on the
    attribute `attribute` of a post's element; group 1 is the id. `everybody`: its pages show
    everybody's posts, so one that is not signed counts for nobody. `feed` is the address of a
    profile's public feed, `compose_url` where one writes, `export_url` and `delete_account_url` the
    network's own pages for leaving; {handle} and {host} stand in them.
    """

    profile: str | None = None
    link: str | None = None
    author: int | None = None
    id: int | None = None
    attribute: str | None = None
    mark: str | None = None
    id_time: IdTime | None = None
    everybody: bool = False
    feed: str | None = None
    compose_url: str | None = None
    export_url: str | None = None
    delete_account_url: str | None = None


NONE = Clues()


@functools.cache
def load() -> Mapping[str, Clues]:
    """The clues of every network that has some."""
    content = Path(__file__).with_name("clues.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, Clues])


def of(network: str) -> Clues:
    """A network's clues; none at all for one that has none."""
    return load().get(network, NONE)


@functools.cache
def pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII)
