"""What was begun and has to be finished, whatever happens: a note in the folder of the state.

Forgetting and going back to a backup change many files. What is noted here before the first of
them, and taken off after the last, is finished at the next start, before anything is served.
"""

from pathlib import Path

import msgspec

from plnd.model.own import Forgotten
from plnd.model.pauses import Pause, Uncounted
from plnd.model.scope import PersonScope, Scope
from plnd.system import regular_files
from plnd.system.files import Home, cannot_write, read_or_set_aside, set_aside, write_atomic


class Forgetting(msgspec.Struct, frozen=True):
    """What is to be forgotten; and the guards that stay when that is everything."""

    scopes: list[Scope]
    person: PersonScope | None
    refused: list[Forgotten]
    pauses: list[Pause]
    uncounted: list[Uncounted]

    @property
    def everything(self) -> bool:
        return any(one.everything for one in self.scopes)

    @property
    def parts(self) -> list[Scope | PersonScope]:
        """What is to be taken out of the documents."""
        return [*([self.person] if self.person else []), *self.scopes]


class Unfinished(msgspec.Struct):
    """`busy` are the files out of which something goes only when another program closes them."""

    forgetting: list[Forgetting] = []
    restoring: str | None = None
    busy: list[str] = []


def load(home: Home) -> Unfinished:
    """What is noted; what cannot be read is set aside.

    Raises:
        StorageError: it cannot be looked at.
    """
    content, _ = read_or_set_aside(_path(home))
    if content is None:
        return Unfinished()
    try:
        return msgspec.json.decode(content, type=Unfinished)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        set_aside(_path(home))
        return Unfinished()


def busy(home: Home) -> list[str]:
    """The files that still hold what was forgotten, for whoever only wants to look."""
    try:
        return msgspec.json.decode(regular_files.read(_path(home)), type=Unfinished).busy
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []


def save(home: Home, left: Unfinished) -> None:
    """Note what is left to do; no file when that is nothing.

    Raises:
        StorageError: the disk refuses.
    """
    path = _path(home)
    if left != Unfinished():
        write_atomic(path, msgspec.json.encode(left))
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def _path(home: Home) -> Path:
    return home.state / "unfinished.json"
