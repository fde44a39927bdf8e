"""Files of networks from elsewhere, tried in a process apart.

A pattern that a stranger wrote can take a lifetime on an example of theirs. Whoever edits a
file of their own notices; what comes with an import must not hang who takes it in.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from plnd.catalogue.examples import checked
from plnd.catalogue.files import LARGEST_FILE_BYTES
from plnd.catalogue.rules import bad
from plnd.errors import PlndError

CPU_SECONDS = 2
PATIENCE_SECONDS = 20.0


def tried(files: Sequence[tuple[str, str]]) -> list[PlndError | None]:
    """What is wrong with each file, given as id and text; all together have `CPU_SECONDS`."""
    child = subprocess.Popen(
        [sys.executable, "-m", "plnd.catalogue.trial"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        said, _ = child.communicate(json.dumps(files).encode(), timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        said, _ = child.communicate()
    # The line in which it was stopped has no end.
    answers = [json.loads(line) for line in said.split(b"\n")[:-1]]
    return [
        _error(answers[number]) if number < len(answers) else bad(_path(name), "", _TOO_LONG)
        for number, (name, _) in enumerate(files)
    ]


_TOO_LONG = "takes too long: a pattern comes to no end on an example"


def _error(answer: tuple[str, str] | None) -> PlndError | None:
    return None if answer is None else PlndError(answer[1], code="catalogue", field=answer[0])


def _path(name: str) -> Path:
    """What a file is called in messages; it need not lie anywhere."""
    return Path("networks") / f"{name}.json"


def _check(name: str, text: str) -> None:
    """Raises:
    PlndError: the file is not as it must be, or its name is not one in this folder.
    """
    path = _path(name)
    if len(text.encode()) > LARGEST_FILE_BYTES:
        raise bad(path, "", f"is larger than {LARGEST_FILE_BYTES // 1024} KiB")
    try:
        file = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise bad(path, "", f"is not JSON: {error}") from error
    if checked(path, file).id != name:  # `../x` would be called x
        raise bad(path, "/id", "must be as the file is called")


def main() -> None:
    """Try the files on standard input, and say of each what is wrong, a line of JSON each."""
    with contextlib.suppress(ImportError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    for name, text in json.loads(sys.stdin.buffer.read()):
        fault = None
        try:
            _check(name, text)
        except PlndError as error:
            fault = (error.field or "", error.message)
        print(json.dumps(fault), flush=True)


if __name__ == "__main__":
    main()
