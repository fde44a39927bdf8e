"""Where the networks' files lie: those that plnd ships, and the user's own below the home.

A file of the user's takes the place of the shipped one of the same name, or adds a network. One
that is not as it must be is named and passed over: the shipped one stays in use, and no other
file is touched by it.
"""

import functools
import json
from pathlib import Path
from typing import Any, NamedTuple

from plnd import regular
from plnd.catalogue.rules import Network, bad, network
from plnd.errors import PlndError
from plnd.resources import extension_dir

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
    """The shipped networks with the user's own files in `folder` in their place or added."""
    from plnd.catalogue.examples import checked

    networks = dict(load())
    own: dict[str, dict[str, Any]] = {}
    faults: dict[str, PlndError] = {}
    if folder.is_symlink():  # what lies elsewhere is in no backup, and is not forgotten
        fault = bad(folder, "", "file_unreadable", why="it is a link")
        return Effective(networks, {}, {folder.name: fault})
    for path in sorted(folder.glob("[!.]*.json")):
        try:
            file = read(path)
            networks[path.stem] = checked(path, file)
            own[path.stem] = file
        except PlndError as error:
            faults[path.stem] = error
    return Effective(networks, own, faults)


def read(path: Path) -> Any:
    """The parsed content of a file.

    Raises:
        PlndError: it cannot be read, is too large, or is not JSON.
    """
    try:
        content = regular.read(path)
    except OSError as error:
        raise bad(path, "", "file_unreadable", why=error.strerror or "") from error
    return parsed(path, content)


def parsed(path: Path, content: bytes) -> Any:
    """What the content of a file says.

    Raises:
        PlndError: it is too large, or is not JSON.
    """
    if len(content) > LARGEST_FILE_BYTES:
        raise bad(path, "", "file_too_large", kib=LARGEST_FILE_BYTES // 1024)
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise bad(path, "", "file_no_json", **place) from error
    except UnicodeDecodeError as error:
        raise bad(path, "", "file_no_utf8") from error
    except RecursionError as error:
        raise bad(path, "", "file_too_deep") from error
    except ValueError as error:  # a number of thousands of digits
        raise bad(path, "", "file_unreadable", why=str(error)) from error
