"""The chats that plnd ships, from chats.json. None is followed until the user says so.

`certainty` is how well a row is known, `evidence` when the chat was last seen alive; the file
also names the sources of each row.
"""

import functools

import msgspec

from plnd.model.chats import Chat
from plnd.system.resources import chats_file


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tag: str
    network: str
    topic: dict[str, str]
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
def _rows() -> list[_Row]:
    return msgspec.json.decode(chats_file().read_bytes(), type=list[_Row])


@functools.cache
def _topics() -> dict[str, dict[str, str]]:
    return {row.tag.lower(): row.topic for row in _rows()}


def topic(chat: Chat, language: str) -> str:
    """What a chat is about, in that language, unless the user has changed it."""
    shipped = _topics().get(chat.id)
    return shipped[language] if shipped and shipped["en"] == chat.topic else chat.topic


@functools.cache
def load() -> dict[str, Chat]:
    """The shipped chats by id, which is the tag in lower case."""
    found = {}
    for row in _rows():
        plain = msgspec.to_builtins(row) | {"topic": row.topic["en"]}
        del plain["sources"]
        chat = msgspec.convert({"id": row.tag.lower(), "shipped": True, **plain}, Chat)
        found[chat.id] = chat
    return found
