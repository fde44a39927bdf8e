"""What goes out to people: strangers' words are shown and never obeyed; failed output is said.

A handle out of a crafted address, a name out of somebody's address book or an article's title
can hold what a terminal takes for a command. Files and pipes get every text as it is.
"""

from __future__ import annotations

import errno
import os
import sys

from plnd.words.printable import harmless

TYPE_CHECKING = False  # what type checkers look for; `typing` itself costs too much
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import IO, Any, TextIO


class OutputFailed(OSError):
    """What was printed did not arrive; the message says where and why.

    An OSError to whoever goes on without it, as a log does.
    """


class Screen:
    """Standard output or error: a terminal is given nothing to obey, a failed write is told.

    A colour is handed over beside its text, never in it: whatever stands in a text is a
    stranger's.
    """

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._terminal = stream.isatty()
        self.failure: OSError | None = None

    def write(self, text: str, colour: str = "") -> int:
        shown = harmless(text) if self._terminal else text
        self._write(f"\x1b[{colour}m{shown}\x1b[0m" if colour else shown)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def again(self, text: str) -> None:
        """Write over the line in which the cursor stands."""
        self._write(f"\r{harmless(text)} ")
        self.flush()

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._fail(error)

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.failure = error
        if not isinstance(error, BrokenPipeError):
            why = "it is closed" if error.errno == errno.EBADF else error.strerror or error
            self.failure = OutputFailed(f"cannot write to standard {self._name}: {why}")
        raise self.failure

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def paint(parts: Iterable[tuple[str, str]]) -> None:
    """Print texts, each with its colour, as `31` (empty: none)."""
    for text, colour in parts:
        _guarded("stdout").write(text, colour)
    print()


def progress(text: str) -> None:
    """Show how far it is in the line where the cursor stands, if anybody looks."""
    if sys.stderr.isatty():
        _guarded("stderr").again(text)


def _guarded(name: str) -> Screen:
    guard()
    found: Screen = getattr(sys, name)
    return found


def guard() -> None:
    """Let nothing that is printed from here on command the terminal, or fail unsaid."""
    if sys.stdin is None:
        sys.stdin = open(os.open(os.devnull, os.O_RDONLY))  # noqa: SIM115, PTH123
    for name, closed in (("stdout", os.O_RDONLY), ("stderr", os.O_WRONLY)):
        stream = getattr(sys, name)
        if isinstance(stream, Screen):
            continue
        if stream is None:
            # Its number must not go to a file that is opened later. Data that cannot go out
            # fails, as only reading is allowed there; talk that nobody wants to hear does not.
            stream = open(os.open(os.devnull, closed), "w")  # noqa: SIM115, PTH123
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, Screen(stream, "output" if name == "stdout" else "error"))


def arrived() -> None:
    """Make sure that all data went out: argparse, for one, does not mind when its help did not.

    Raises:
        OutputFailed: it did not.
        BrokenPipeError: whoever read it went away.
    """
    output = _guarded("stdout")
    output.flush()
    if output.failure:
        raise output.failure


def settle() -> None:
    """Leave nothing unwritten that could fail when Python ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def print_json(data: Any, indent: int | None = 2) -> None:
    """Print JSON for people and programs alike."""
    print(json_text(data, sys.stdout, indent=indent))


def json_text(data: Any, stream: IO[str], **form: Any) -> str:
    """JSON that a stream can carry: letters stand as they are where its encoding has them all."""
    import json

    all_letters = (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"
    return json.dumps(data, ensure_ascii=not all_letters, **form)
