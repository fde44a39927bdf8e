"""The networks that plnd ships, and how a network's file is read."""

import functools
import json
from pathlib import Path
from typing import Any

from plnd.catalogue.rules import Network, bad, network
from plnd.system import regular_files
from plnd.system.resources import extension_dir

LARGEST_FILE_BYTES = 256 * 1024


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


def read(path: Path) -> Any:
    """The parsed content of a file.

    Raises:
        PlndError: it cannot be read, is too large, or is not JSON.
    """
    return parsed(path, content_of(path))


def content_of(path: Path) -> bytes:
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
