"""The user's own files of networks, beside or in place of those that plnd ships.

A file of the user's takes the place of the shipped one of the same name, or adds a network. One
that is not as it must be is named and passed over: the shipped one stays in use, and no other
file is touched by it.
"""

from pathlib import Path
from typing import Any, NamedTuple

from plnd.catalogue.rules import Network, bad, network
from plnd.catalogue.sandbox import faults_of
from plnd.catalogue.shipped import content_of, load, parsed
from plnd.errors import PlndError


class Effective(NamedTuple):
    """The networks in use: `own` are the user's files by id, `faults` what is wrong with others."""

    networks: dict[str, Network]
    own: dict[str, dict[str, Any]]
    faults: dict[str, PlndError]


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
            content = content_of(path)
            file = parsed(path, content)
            found[path] = content.decode(), file
        except PlndError as error:
            faults[path.stem] = error
    if found:
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
    content = content_of(path)
    parsed(path, content)
    (fault,) = faults_of([(str(path), content.decode())])
    if fault:
        raise fault
