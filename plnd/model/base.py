"""Types that several nouns share: texts, moments, limits."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

LONGEST_TEXT = 256
LONGEST_KEY = 4096
LONGEST_ADDRESS = 8192
Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
Key = Annotated[str, Meta(min_length=1, max_length=LONGEST_KEY)]
"""The id of a document; one made of several names may be longer than a name."""
Language = Literal["en", "de"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
LAST_MOMENT = 253_402_300_799_999  # the end of the year 9999, the last that datetime has
Moment = Annotated[int, Meta(ge=0, le=LAST_MOMENT)]


class Strict(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is read from outside: a field that nobody knows is an error."""


class Deleted(Struct, frozen=True):
    deleted: str


LONGEST_NOTE = 4000
Note = Annotated[str, Meta(max_length=LONGEST_NOTE)]
RequiredNote = Annotated[str, Meta(min_length=1, max_length=LONGEST_NOTE)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="YYYY-MM-DD")]
WebLink = Annotated[str, Meta(max_length=2048, pattern="^https?://", description="a web address")]
HttpsAddress = Annotated[
    str, Meta(max_length=2048, pattern="^https://", description="a web address")
]
