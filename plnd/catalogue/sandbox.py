"""Checks network files that plnd does not ship, in a process with limits.

A pattern could take for ever on an example. Most such patterns are rejected by their form; the
process's time limit stops the rest. Results are cached by the file's content.
"""

import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from plnd.catalogue.examples import check_network
from plnd.catalogue.patterns import HINT
from plnd.catalogue.rules import file_error
from plnd.catalogue.shipped import parse_json
from plnd.errors import PlndError
from plnd.system import process_limits, processes
from plnd.system.paths import bare_environment
from plnd.words.messages import TranslatedError

CPU_SECONDS = 2
TIMEOUT_SECONDS = 8.0
MOST_CACHED = 256
_COMMAND = (sys.executable, "-m", "plnd.catalogue.sandbox")

File = tuple[str, str]
"""A file's path in messages, and its text."""

_cache: dict[bytes, PlndError | None] = {}
_running: set[subprocess.Popen[bytes]] = set()
_lock = threading.Lock()
_stopped = threading.Event()


def check_networks(files: Sequence[tuple[str, str]]) -> list[PlndError | None]:
    """The fault of each file, given as id and text, or None; the files need not exist on disk.

    It may take seconds: call it in a thread. `stop` ends it from another one.
    """
    named = [(str(Path("networks") / f"{name}.json"), text) for name, text in files]
    # The stem of `../x.json` is x, which is not the id.
    return [
        fault or (None if Path(where).stem == name else file_error(Path(where), "/id", "file_name"))
        for (name, _), (where, _), fault in zip(files, named, check_files(named), strict=True)
    ]


def check_files(files: Sequence[File]) -> list[PlndError | None]:
    """The fault of each file, given as path and text, or None; as `check_networks`."""
    keys = [_cache_key(one) for one in files]
    with _lock:
        found = {key: _cache[key] for key in keys if key in _cache}
    new = {key: one for key, one in zip(keys, files, strict=True) if key not in found}
    faults = dict(zip(new, _check_new(list(new.values())), strict=True))
    with _lock:
        if len(_cache) + len(faults) > MOST_CACHED:
            _cache.clear()
        _cache.update(faults)
    found |= faults
    return [found[key] for key in keys]


def stop() -> None:
    """Stop all checks, now and later: this process is about to end."""
    _stopped.set()
    for child in list(_running):
        child.kill()


def _cache_key(one: File) -> bytes:
    where, text = one
    return hashlib.sha256(f"{where}\0{text}".encode("utf-8", "surrogatepass")).digest()


def _check_new(files: list[File]) -> list[PlndError | None]:
    """The faults of files that are not in the cache. One that takes too long is skipped over, and
    the others are still checked while there is time."""
    faults: list[PlndError | None] = []
    until = time.monotonic() + TIMEOUT_SECONDS
    while len(faults) < len(files):
        left = until - time.monotonic()
        answers = (
            _run_sandbox(files[len(faults) :], left) if left > 0 and not _stopped.is_set() else []
        )
        faults += map(_error, answers)
        if len(faults) < len(files):
            faults.append(file_error(Path(files[len(faults)][0]), "", "file_too_long"))
    return faults


def _run_sandbox(
    files: list[File], timeout: float, command: Sequence[str] = _COMMAND
) -> list[tuple[str, str, dict[str, str | int]] | None]:
    """The answers of the sandbox process, one per file, as far as it came before it was stopped."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=bare_environment(),
        **processes.OWN_GROUP,
    )
    _running.add(child)
    if _stopped.is_set():
        child.kill()
    try:
        output, _ = child.communicate(json.dumps(files).encode(), timeout=timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        output, _ = child.communicate()
    finally:
        _running.discard(child)
    # A line without an end was being written when the process was stopped.
    return [json.loads(line) for line in output.split(b"\n")[:-1]]


def _error(answer: tuple[str, str, dict[str, str | int]] | None) -> PlndError | None:
    if answer is None:
        return None
    field, key, values = answer
    return TranslatedError(key, HINT, code="catalogue", field=field, **values)


def main() -> None:
    """Check the files on standard input, and print the fault of each as a line of JSON."""
    process_limits.limit_cpu(CPU_SECONDS)
    process_limits.write_no_core_dump()
    for where, text in json.loads(sys.stdin.buffer.read()):
        fault = None
        try:
            check_network(
                Path(where), parse_json(Path(where), text.encode("utf-8", "surrogatepass"))
            )
        except TranslatedError as error:
            fault = (error.field or "", error.key, error.values)
        print(json.dumps(fault), flush=True)


if __name__ == "__main__":
    main()
