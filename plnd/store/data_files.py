"""The files of a data folder that are in neither store: the user's own networks, and leftovers."""

import os
import re
import shutil
from pathlib import Path

from plnd.errors import StorageError
from plnd.system import regular_files
from plnd.system.files import FOLDER_MODE, cannot_write, write_atomic

LOG = "events.db"


def read_other_files(data: Path) -> dict[str, bytes]:
    """The JSON files in folders below a data folder, as own networks, by relative path.

    Links are left out: what they point to is not in the data folder.
    """
    found = {}
    for above, folders, names in os.walk(data):
        folders[:] = sorted(one for one in folders if not _is_excluded(data, Path(above, one)))
        for path in (Path(above, name) for name in sorted(names) if name.endswith(".json")):
            inside = Path(above) != data and not path.name.startswith(".")
            if inside and regular_files.obstacle(path) is None:
                found[path.relative_to(data).as_posix()] = regular_files.read(path)
    return found


def _is_excluded(data: Path, folder: Path) -> bool:
    return folder in (data / "backups", data / "host") or folder.name.startswith(".")


def replace_other_files(data: Path, files: dict[str, bytes]) -> None:
    """Write these files, and delete those of `read_other_files` that are not among them."""
    for name in read_other_files(data).keys() - files.keys():
        delete(data / name)
    write_files(data, files)


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Write files below a folder, by relative path; never through a link out of it.

    Raises:
        StorageError: one cannot be written.
    """
    for name, content in files.items():
        path = folder / name
        for above in reversed(path.relative_to(folder).parents[:-1]):
            _make_folder(folder / above)
        write_atomic(path, content)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=FOLDER_MODE)
    except FileExistsError as error:
        if (found := regular_files.obstacle(path)) != "a folder":
            raise not_a_folder(path, found or "a file") from error
    except OSError as error:
        raise cannot_write(path, error) from error


def not_a_folder(path: Path, kind: str) -> StorageError:
    """The error for a path where plnd needs a folder and something else is."""
    return StorageError(
        f"cannot write {path}: it is {kind}, not a folder", "move it away: plnd makes its own"
    )


def delete_all_but_stores(data: Path) -> None:
    """Delete all in a data folder, backups included, but the stores and the native host."""
    for path in data.iterdir():
        if (
            path.name != "host"
            and not path.name.startswith(LOG)
            and (path.suffix != ".json" or regular_files.obstacle(path))
        ):
            delete(path)


def leftovers(folder: Path) -> list[Path]:
    """The files in a data folder and its backups that damage and kills have left.

    Damaged files that were set aside, half-written files, unfinished backups. Nothing can be
    deleted from inside them; they can only go as a whole.
    """
    found = [
        path
        for path in folder.rglob("*")
        if re.search(r"\.damaged-[0-9-]+$|^\..*\.new$|^\.(new|opened)$", path.name)
    ]
    return sorted(path for path in found if not set(path.parents) & set(found))


def delete_leftovers(folder: Path) -> None:
    for path in leftovers(folder):
        delete(path)


def delete(path: Path) -> None:
    """Delete a file or a folder, if it exists."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error
