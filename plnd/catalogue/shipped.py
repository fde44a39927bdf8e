"""The networks that plnd ships, and reading a network's file."""

import functools
import json
from pathlib import Path
from typing import Any

from plnd.catalogue.rules import Network, file_error, parse_network
from plnd.system import regular_files
from plnd.system.resources import extension_dir

LARGEST_FILE_BYTES = 256 * 1024


def shipped_folder() -> Path:
    return extension_dir() / "catalogue"


@functools.cache
def load() -> dict[str, Network]:
    """Every shipped network by id, in the catalogue's own order.

    Raises:
        PlndError: a file is missing or wrong; it names the file and the field.
    """
    return load_from(shipped_folder())


def load_from(folder: Path) -> dict[str, Network]:
    """The networks that the index.json of `folder` lists; raises like `load`."""
    index = folder / "index.json"
    names = read_json(index)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise file_error(index, "", "file_no_ids")
    paths = [folder / f"{name}.json" for name in names]
    return {path.stem: parse_network(path, read_json(path)) for path in paths}


def read_json(path: Path) -> Any:
    """The parsed content of a file.

    Raises:
        PlndError: it cannot be read, is too large, or is not JSON.
    """
    return parse_json(path, read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """A regular file's content; of one that is too large, a byte more than is allowed."""
    try:
        return regular_files.read(path, LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise file_error(path, "", "file_unreadable", why=error.strerror or "") from error


def parse_json(path: Path, content: bytes) -> Any:
    """The JSON value in the content of a file.

    Raises:
        PlndError: it is too large, or is not JSON.
    """
    if len(content) > LARGEST_FILE_BYTES:
        raise file_error(path, "", "file_too_large", kib=LARGEST_FILE_BYTES // 1024)
    try:
        return json.loads(content.decode())
    except json.JSONDecodeError as error:
        position = {"line": error.lineno, "column": error.colno}
        raise file_error(path, "", "file_no_json", **position) from error
    except UnicodeDecodeError as error:
        raise file_error(path, "", "file_no_utf8") from error
    except RecursionError as error:
        raise file_error(path, "", "file_too_deep") from error
    except ValueError as error:  # a number of thousands of digits
        raise file_error(path, "", "file_unreadable", why=str(error)) from error
