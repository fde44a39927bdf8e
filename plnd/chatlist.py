"""The chats that plnd knows of: a list that admits its age. All are off until followed.

`certainty` is how far the row can be trusted, `evidence` when the chat was last seen alive;
the rows' sources stand in the file beside this module.
"""

import functools

import msgspec

from plnd.learning import Chat
from plnd.resources import chats_file


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tag: str
    network: str
    topic: str
    weekday: str
    start: str | None
    minutes: int
    time_zone: str
    repeat: str
    status: str
    evidence: str | None
    certainty: str
    note: str
    sources: list[str]
    nth: list[int] = []
    anchor: str | None = None


@functools.cache
def load() -> dict[str, Chat]:
    """The shipped chats by id, which is the tag in lower case."""
    rows = msgspec.json.decode(chats_file().read_bytes(), type=list[_Row])
    found = {}
    for row in rows:
        plain = msgspec.to_builtins(row)
        del plain["sources"]
        chat = msgspec.convert({"id": row.tag.lower(), "shipped": True, **plain}, Chat)
        found[chat.id] = chat
    return found
