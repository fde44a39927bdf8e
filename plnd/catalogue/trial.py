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
from plnd.catalogue.files import parsed
from plnd.catalogue.patterns import MEND
from plnd.catalogue.rules import bad
from plnd.errors import PlndError
from plnd.words import Worded

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
        _error(answers[number]) if number < len(answers) else bad(_path(name), "", "file_too_long")
        for number, (name, _) in enumerate(files)
    ]


def _error(answer: tuple[str, str, dict[str, str | int]] | None) -> PlndError | None:
    if answer is None:
        return None
    field, key, values = answer
    return Worded(key, MEND, code="catalogue", field=field, **values)


def _path(name: str) -> Path:
    """What a file is called in messages; it need not lie anywhere."""
    return Path("networks") / f"{name}.json"


def _check(name: str, text: str) -> None:
    """Raises:
    Worded: the file is not as it must be, or its name is not one in this folder.
    """
    path = _path(name)
    if checked(path, parsed(path, text.encode())).id != name:  # `../x` would be called x
        raise bad(path, "/id", "file_name")


def main() -> None:
    """Try the files on standard input, and say of each what is wrong, a line of JSON each."""
    with contextlib.suppress(ImportError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    for name, text in json.loads(sys.stdin.buffer.read()):
        fault = None
        try:
            _check(name, text)
        except Worded as error:
            fault = (error.field or "", error.key, error.values)
        print(json.dumps(fault), flush=True)


if __name__ == "__main__":
    main()
