"""The user's own files of networks: `networks/ID.json` in the data folder.

The user edits a draft in a folder below; it is checked before it replaces the file.
"""

from pathlib import Path

from plnd.catalogue import own_files, rules, shipped
from plnd.errors import NotFound, PlndError, StorageError
from plnd.system import regular_files
from plnd.system.files import FOLDER_MODE, Home, cannot_write, write_atomic


def folder(home: Home) -> Path:
    """The folder of the own files; it need not exist."""
    return home.data / "networks"


def read_all(home: Home) -> tuple[dict[str, str], dict[str, PlndError]]:
    """The contents of the own files in use, and what is wrong with the others, by network."""
    found = own_files.effective(folder(home))
    texts, faults = {}, dict(found.faults)
    for name in found.own:
        path = folder(home) / f"{name}.json"
        try:
            texts[name] = regular_files.read(path).decode()
        except OSError as error:
            faults[name] = rules.file_error(path, "", "file_unreadable", why=error.strerror or "")
        except UnicodeDecodeError:
            faults[name] = rules.file_error(path, "", "file_no_utf8")
    return texts, faults


def read(home: Home, id: str) -> str | None:
    """The content of a network's own file, valid or not; None when there is none."""
    try:
        return regular_files.read(folder(home) / f"{id}.json").decode(errors="replace")
    except OSError:
        return None


def write(home: Home, id: str, content: str) -> None:
    """Write a network's own file; the content and the id have to be checked before.

    Raises:
        StorageError: it cannot be written.
    """
    _make_folder(folder(home))
    write_atomic(folder(home) / f"{id}.json", content.encode())


def open_draft(home: Home, id: str) -> Path:
    """The file to edit: an earlier draft if there is one, else a copy of the file in use.

    Raises:
        NotFound: there is no such network.
        StorageError: it cannot be written.
    """
    _check_id(id)
    path = folder(home) / "draft" / f"{id}.json"
    if kind := regular_files.obstacle(path):
        raise StorageError(f"cannot edit {path}: it is {kind}, not a file", "move it away")
    if not path.exists():
        content = _in_use(home, id).read_bytes()
        home.make()
        _make_folder(folder(home))
        _make_folder(path.parent)
        write_atomic(path, content)
    return path


def apply_draft(home: Home, id: str) -> bool:
    """Check the draft and use it from now on; False when it changed nothing.

    A draft equal to the file that plnd ships leaves no own file.

    Raises:
        PlndError: the draft is invalid; it stays there and is not used.
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
    shipped_file = shipped.shipped_folder() / f"{id}.json"
    if shipped_file.exists() and shipped_file.read_bytes() == content:
        _delete(folder(home) / path.name)
    elif content != before:
        write_atomic(folder(home) / path.name, content)
    _delete(path)
    return content != before


def reset(home: Home, id: str) -> bool:
    """Delete the own file and the draft; False when there was neither."""
    _check_id(id)
    had_draft = _delete(folder(home) / "draft" / f"{id}.json")
    return _delete(folder(home) / f"{id}.json") or had_draft


def _in_use(home: Home, id: str) -> Path:
    """The own file, valid or not, else the shipped one."""
    _check_id(id)
    for place in (folder(home), shipped.shipped_folder()):
        path = place / f"{id}.json"
        if id != "index" and path.exists() and regular_files.obstacle(path) is None:
            return path
    raise NotFound(
        f"there is no network {id!r}",
        f"`plnd network` lists them; for a new one, put its file into {folder(home)}",
    )


def _check_id(id: str) -> None:
    """Raises:
    NotFound: it is a path that leads out of the folder, or no name of a file.
    """
    if id != Path(id).name or id in ("", "..") or "\0" in id:
        raise NotFound(f"there is no network {id!r}", "`plnd network` lists them")


def _make_folder(path: Path) -> None:
    if path.is_symlink():
        raise StorageError(
            f"cannot write {path}: it is a link, not a folder", "move it away: plnd makes its own"
        )
    try:
        path.mkdir(mode=FOLDER_MODE, exist_ok=True)
        path.chmod(FOLDER_MODE)
    except OSError as error:
        raise cannot_write(path, error) from error


def _delete(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise cannot_write(path, error) from error
    return True
