"""The user's own network files, which add networks or replace those that plnd ships.

A file replaces the shipped one of the same name, or adds a network. One with a fault is reported
and skipped: the shipped one stays in use, and other files are not affected.
"""

from pathlib import Path
from typing import Any, NamedTuple

from plnd.catalogue.rules import Network, file_error, parse_network
from plnd.catalogue.sandbox import check_files
from plnd.catalogue.shipped import load, parse_json, read_bytes
from plnd.errors import PlndError


class Effective(NamedTuple):
    """The networks in use; `own` are the user's files by id, `faults` the errors of others."""

    networks: dict[str, Network]
    own: dict[str, dict[str, Any]]
    faults: dict[str, PlndError]


def effective(folder: Path) -> Effective:
    """The shipped networks, with the user's own files in `folder` replacing or adding some.

    Own files are checked in the sandbox, which may take seconds for new ones.
    """
    networks, own, faults = dict(load()), {}, {}
    if folder.is_symlink():  # files elsewhere are not backed up, and `forget` would miss them
        return Effective(
            networks,
            {},
            {folder.name: file_error(folder, "", "file_unreadable", why="it is a link")},
        )
    found: dict[Path, tuple[str, Any]] = {}
    for path in sorted(folder.glob("[!.]*.json")):
        try:
            content = read_bytes(path)
            file = parse_json(path, content)
            found[path] = content.decode(), file
        except PlndError as error:
            faults[path.stem] = error
    if found:
        verdicts = check_files([(str(path), text) for path, (text, _) in found.items()])
        for (path, (_, file)), fault in zip(found.items(), verdicts, strict=True):
            if fault:
                faults[path.stem] = fault
            else:
                networks[path.stem] = parse_network(path, file)
                own[path.stem] = file
    return Effective(networks, own, faults)


def check_file(path: Path) -> None:
    """Check one file in the sandbox.

    Raises:
        PlndError: it cannot be used; it names the file and the field.
    """
    content = read_bytes(path)
    parse_json(path, content)
    (fault,) = check_files([(str(path), content.decode())])
    if fault:
        raise fault
