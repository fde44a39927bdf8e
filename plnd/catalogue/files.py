"""Where the networks' files lie: those that plnd ships, and the user's own below the home.

A file of the user's takes the place of the shipped one of the same name, or adds a network. One
that is not as it must be is named and passed over: the shipped one stays in use, and no other
file is touched by it.
"""

import functools
import json
from pathlib import Path
from typing import Any, NamedTuple

from plnd.catalogue.rules import Network, bad, network
from plnd.errors import PlndError
from plnd.system import regular_files
from plnd.system.resources import extension_dir

LARGEST_FILE_BYTES = 256 * 1024


class Effective(NamedTuple):
    """The networks in use: `own` are the user's files by id, `faults` what is wrong with others."""

    networks: dict[str, Network]
    own: dict[str, dict[str, Any]]
    faults: dict[str, PlndError]


def shipped_folder() -> Path:
    return extension_dir() / "catalogue"


@functools.cache
def load() -> dict[str, Network]:
    """Every shipped network by id, in the catalogue's own order.

    Raises:
        PlndError: a file is missing or not as it must be; it names the file and the field.
    """
    return load_from(shipped_folder())


def load_from(folder: Path) -> dict[str, Network]:
    """The networks that the index.json of `folder` lists; raises as `load` does."""
    index = folder / "index.json"
    names = read(index)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise bad(index, "", "file_no_ids")
    paths = [folder / f"{name}.json" for name in names]
    return {path.stem: network(path, read(path)) for path in paths}


def effective(folder: Path) -> Effective:
    """The shipped networks with the user's own files in `folder` in their place or added.

    Own files are tried in a process apart, which may take seconds for those that are new.
    """
    networks, own, faults = dict(load()), {}, {}
    if folder.is_symlink():  # what lies elsewhere is in no backup, and is not forgotten
        return Effective(
            networks, {}, {folder.name: bad(folder, "", "file_unreadable", why="it is a link")}
        )
    found: dict[Path, tuple[str, Any]] = {}
    for path in sorted(folder.glob("[!.]*.json")):
        try:
            content = _content(path)
            file = parsed(path, content)
            found[path] = content.decode(), file
        except PlndError as error:
            faults[path.stem] = error
    if found:
        from plnd.catalogue.sandbox import faults_of

        verdicts = faults_of([(str(path), text) for path, (text, _) in found.items()])
        for (path, (_, file)), fault in zip(found.items(), verdicts, strict=True):
            if fault:
                faults[path.stem] = fault
            else:
                networks[path.stem] = network(path, file)
                own[path.stem] = file
    return Effective(networks, own, faults)


def judge(path: Path) -> None:
    """Try a file that is not ours, in a process apart.

    Raises:
        PlndError: it cannot be used; it names the file and the field.
    """
    from plnd.catalogue.sandbox import faults_of

    content = _content(path)
    parsed(path, content)
    (fault,) = faults_of([(str(path), content.decode())])
    if fault:
        raise fault


def read(path: Path) -> Any:
    """The parsed content of a file.

    Raises:
        PlndError: it cannot be read, is too large, or is not JSON.
    """
    return parsed(path, _content(path))


def _content(path: Path) -> bytes:
    """As much of a file as may be in it, and a byte more; a pipe is none."""
    try:
        return regular_files.read(path, LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise bad(path, "", "file_unreadable", why=error.strerror or "") from error


def parsed(path: Path, content: bytes) -> Any:
    """What the content of a file says.

    Raises:
        PlndError: it is too large, or is not JSON.
    """
    if len(content) > LARGEST_FILE_BYTES:
        raise bad(path, "", "file_too_large", kib=LARGEST_FILE_BYTES // 1024)
    try:
        return json.loads(content.decode())
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise bad(path, "", "file_no_json", **place) from error
    except UnicodeDecodeError as error:
        raise bad(path, "", "file_no_utf8") from error
    except RecursionError as error:
        raise bad(path, "", "file_too_deep") from error
    except ValueError as error:  # a number of thousands of digits
        raise bad(path, "", "file_unreadable", why=str(error)) from error
