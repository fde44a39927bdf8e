"""Operations that were begun and have to be finished: a file in the state folder.

Forgetting and restoring change many files. Each is written down here before its first change
and deleted after its last one. What a kill interrupts is finished at the next start, before
anything is served.
"""

from pathlib import Path

import msgspec

from plnd.model.own_data import Forgotten
from plnd.model.pauses import Pause, Uncounted
from plnd.model.scope import PersonScope, Scope
from plnd.system import regular_files
from plnd.system.files import Home, cannot_write, read_or_set_aside, set_aside, write_atomic


class Forgetting(msgspec.Struct, frozen=True):
    """What is to be forgotten; and the guards to put back when that is everything."""

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
        """What is to be deleted from the documents."""
        return [*([self.person] if self.person else []), *self.scopes]


class Unfinished(msgspec.Struct):
    """The operations to finish.

    `restoring` is the name of a backup; `busy` names the files that still hold deleted data,
    because another program is reading them.
    """

    forgetting: list[Forgetting] = []
    restoring: str | None = None
    busy: list[str] = []


def load(home: Home) -> Unfinished:
    """Read what is unfinished; a file that is damaged is set aside.

    Raises:
        StorageError: the file cannot be read.
    """
    content, _ = read_or_set_aside(_path(home))
    if content is None:
        return Unfinished()
    try:
        return msgspec.json.decode(content, type=Unfinished)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        set_aside(_path(home))
        return Unfinished()


def busy_files(home: Home) -> list[str]:
    """The files that still hold deleted data; reads only, and sets nothing aside."""
    try:
        return msgspec.json.decode(regular_files.read(_path(home)), type=Unfinished).busy
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []


def save(home: Home, unfinished: Unfinished) -> None:
    """Write what is unfinished; delete the file when nothing is.

    Raises:
        StorageError: the disk refuses.
    """
    path = _path(home)
    if unfinished != Unfinished():
        write_atomic(path, msgspec.json.encode(unfinished))
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def _path(home: Home) -> Path:
    return home.state / "unfinished.json"
