"""Files of networks that are not ours, tried in a process apart.

A pattern that a stranger wrote could take a lifetime on an example of theirs. Most are refused by
their form; the process has a limit whatever its form. A verdict is kept by the file's content:
the same content costs nothing a second time.
"""

import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from plnd.catalogue.examples import checked
from plnd.catalogue.patterns import MEND
from plnd.catalogue.rules import bad
from plnd.catalogue.shipped import parsed
from plnd.errors import PlndError
from plnd.system import limits, processes
from plnd.system.paths import bare_environment
from plnd.words.messages import TranslatedError

CPU_SECONDS = 2
PATIENCE_SECONDS = 8.0
MOST_KEPT = 256
_COMMAND = (sys.executable, "-m", "plnd.catalogue.sandbox")

File = tuple[str, str]
"""What a file is called in messages, and its text."""

_kept: dict[bytes, PlndError | None] = {}
_running: set[subprocess.Popen[bytes]] = set()
_lock = threading.Lock()
_ended = threading.Event()


def tried(files: Sequence[tuple[str, str]]) -> list[PlndError | None]:
    """What is wrong with each file, given as id and text, that need not lie anywhere.

    It may take seconds: a thread is the place to call this from. `end` ends it from another.
    """
    named = [(str(Path("networks") / f"{name}.json"), text) for name, text in files]
    # `../x` would be called x.
    return [
        fault or (None if Path(where).stem == name else bad(Path(where), "/id", "file_name"))
        for (name, _), (where, _), fault in zip(files, named, faults_of(named), strict=True)
    ]


def faults_of(files: Sequence[File]) -> list[PlndError | None]:
    """What is wrong with each file; as `tried`, for files that lie somewhere."""
    keys = [_key(one) for one in files]
    with _lock:
        found = {key: _kept[key] for key in keys if key in _kept}
    new = {key: one for key, one in zip(keys, files, strict=True) if key not in found}
    faults = dict(zip(new, _judged(list(new.values())), strict=True))
    with _lock:
        if len(_kept) + len(faults) > MOST_KEPT:
            _kept.clear()
        _kept.update(faults)
    found |= faults
    return [found[key] for key in keys]


def end() -> None:
    """Give up whatever is being tried, for good: this process is about to end."""
    _ended.set()
    for child in list(_running):
        child.kill()


def _key(one: File) -> bytes:
    where, text = one
    return hashlib.sha256(f"{where}\0{text}".encode("utf-8", "surrogatepass")).digest()


def _judged(files: list[File]) -> list[PlndError | None]:
    """One file that takes too long costs no other its verdict, as long as there is time."""
    faults: list[PlndError | None] = []
    until = time.monotonic() + PATIENCE_SECONDS
    while len(faults) < len(files):
        left = until - time.monotonic()
        answers = _asked(files[len(faults) :], left) if left > 0 and not _ended.is_set() else []
        faults += map(_error, answers)
        if len(faults) < len(files):
            faults.append(bad(Path(files[len(faults)][0]), "", "file_too_long"))
    return faults


def _asked(
    files: list[File], patience: float, command: Sequence[str] = _COMMAND
) -> list[tuple[str, str, dict[str, str | int]] | None]:
    """What the process said before it ended, or was ended."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=bare_environment(),
        **processes.OWN_GROUP,
    )
    _running.add(child)
    if _ended.is_set():
        child.kill()
    try:
        said, _ = child.communicate(json.dumps(files).encode(), timeout=patience)
    except subprocess.TimeoutExpired:
        child.kill()
        said, _ = child.communicate()
    finally:
        _running.discard(child)
    # The line in which it was stopped has no end.
    return [json.loads(line) for line in said.split(b"\n")[:-1]]


def _error(answer: tuple[str, str, dict[str, str | int]] | None) -> PlndError | None:
    if answer is None:
        return None
    field, key, values = answer
    return TranslatedError(key, MEND, code="catalogue", field=field, **values)


def main() -> None:
    """Try the files on standard input, and say of each what is wrong, a line of JSON each."""
    limits.limit_cpu(CPU_SECONDS)
    limits.write_no_core_dump()
    for where, text in json.loads(sys.stdin.buffer.read()):
        fault = None
        try:
            checked(Path(where), parsed(Path(where), text.encode("utf-8", "surrogatepass")))
        except TranslatedError as error:
            fault = (error.field or "", error.key, error.values)
        print(json.dumps(fault), flush=True)


if __name__ == "__main__":
    main()
