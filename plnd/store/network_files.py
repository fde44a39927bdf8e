"""The user's own files of networks, below the home: `data/networks/ID.json`.

A change is made on a draft beside them, which is checked before it takes its place.
"""

from pathlib import Path

from plnd.catalogue import own_files, rules, shipped
from plnd.errors import NotFound, PlndError, StorageError
from plnd.system import regular_files
from plnd.system.files import FOLDER_MODE, Home, cannot_write, write_atomic


def folder(home: Home) -> Path:
    """Where the own files lie; it need not exist."""
    return home.data / "networks"


def texts(home: Home) -> tuple[dict[str, str], dict[str, PlndError]]:
    """The own files in use as they stand there, and what is wrong with the others, by id."""
    found = own_files.effective(folder(home))
    whole, faults = {}, dict(found.faults)
    for name in found.own:
        path = folder(home) / f"{name}.json"
        try:
            whole[name] = regular_files.read(path).decode()
        except OSError as error:
            faults[name] = rules.file_error(path, "", "file_unreadable", why=error.strerror or "")
        except UnicodeDecodeError:
            faults[name] = rules.file_error(path, "", "file_no_utf8")
    return whole, faults


def text(home: Home, id: str) -> str | None:
    """The own file of a network as it stands there, right or wrong; None when there is none."""
    try:
        return regular_files.read(folder(home) / f"{id}.json").decode(errors="replace")
    except OSError:
        return None


def put(home: Home, id: str, content: str) -> None:
    """Have this file for a network; it was checked, and its id is one.

    Raises:
        StorageError: it cannot be written.
    """
    _make(folder(home))
    write_atomic(folder(home) / f"{id}.json", content.encode())


def draft(home: Home, id: str) -> Path:
    """A file to edit: the draft that was left, else a copy of what is in use now.

    Raises:
        NotFound: there is no such network.
        StorageError: it cannot be written.
    """
    _check_id(id)
    path = folder(home) / "draft" / f"{id}.json"
    if odd := regular_files.stands_in(path):
        raise StorageError(f"cannot edit {path}: it is {odd}, not a file", "move it away")
    if not path.exists():
        content = _in_use(home, id).read_bytes()
        home.make()
        _make(folder(home))
        _make(path.parent)
        write_atomic(path, content)
    return path


def take(home: Home, id: str) -> bool:
    """Check the draft and put it to use; whether anything changed by that.

    A draft that is as plnd ships the network leaves no own file.

    Raises:
        PlndError: the draft is not as it must be; it stays as it is, and out of use.
    """
    path = folder(home) / "draft" / f"{id}.json"
    try:
        own_files.check_file(path)
    except PlndError as error:
        raise PlndError(
            error.message,
            f"nothing was changed; `plnd network edit {id}` opens it again, "
            f"`plnd network reset {id}` throws it away",
            code="catalogue",
            field=error.field,
        ) from error
    content, before = regular_files.read(path), _in_use(home, id).read_bytes()
    same = shipped.shipped_folder() / f"{id}.json"
    if same.exists() and same.read_bytes() == content:
        _remove(folder(home) / path.name)
    elif content != before:
        write_atomic(folder(home) / path.name, content)
    _remove(path)
    return content != before


def reset(home: Home, id: str) -> bool:
    """Throw away the own file and the draft; whether there was any."""
    _check_id(id)
    had_draft = _remove(folder(home) / "draft" / f"{id}.json")
    return _remove(folder(home) / f"{id}.json") or had_draft


def _in_use(home: Home, id: str) -> Path:
    """The own file, right or wrong, else the shipped one."""
    _check_id(id)
    for place in (folder(home), shipped.shipped_folder()):
        path = place / f"{id}.json"
        if id != "index" and path.exists() and regular_files.stands_in(path) is None:
            return path
    raise NotFound(
        f"there is no network {id!r}",
        f"`plnd network` lists them; for a new one, put its file into {folder(home)}",
    )


def _check_id(id: str) -> None:
    """Raises:
    NotFound: it is a path, and would lead out of the folder.
    """
    if id != Path(id).name or id in ("", "..") or "\0" in id:
        raise NotFound(f"there is no network {id!r}", "`plnd network` lists them")


def _make(path: Path) -> None:
    if path.is_symlink():
        raise StorageError(
            f"cannot write {path}: it is a link, not a folder", "move it away: plnd makes its own"
        )
    try:
        path.mkdir(mode=FOLDER_MODE, exist_ok=True)
        path.chmod(FOLDER_MODE)
    except OSError as error:
        raise cannot_write(path, error) from error


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise cannot_write(path, error) from error
    return True
