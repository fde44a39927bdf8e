"""Standard output and error: no untrusted text controls the terminal, no failed write is missed.

A handle from a crafted address, a name from an address book or the title of an article can
contain control characters. They are replaced on a terminal; files and pipes get the text as it is.
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
    """Output could not be written; the message says where and why.

    It is an OSError, so that a log can ignore it as one.
    """


class Screen:
    """Standard output or error without control characters, which remembers a failed write.

    A colour is an argument of its own and never part of a text, which may be untrusted.
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

    def rewrite_line(self, text: str) -> None:
        """Replace the line of the cursor."""
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


def print_coloured(parts: Iterable[tuple[str, str]]) -> None:
    """Print texts, each with the number of its colour, as `31`, or "" for none."""
    for text, colour in parts:
        _screen("stdout").write(text, colour)
    print()


def progress(text: str) -> None:
    """Show progress in the line of the cursor, on a terminal only."""
    if sys.stderr.isatty():
        _screen("stderr").rewrite_line(text)


def _screen(name: str) -> Screen:
    protect_output()
    found: Screen = getattr(sys, name)
    return found


def protect_output() -> None:
    """Have everything printed from now on pass a `Screen`."""
    if sys.stdin is None:
        sys.stdin = open(os.open(os.devnull, os.O_RDONLY))  # noqa: SIM115, PTH123
    for name, closed in (("stdout", os.O_RDONLY), ("stderr", os.O_WRONLY)):
        stream = getattr(sys, name)
        if isinstance(stream, Screen):
            continue
        if stream is None:
            # A file opened later must not get its number. Writing to standard output fails then,
            # as the descriptor is for reading; standard error is silent.
            stream = open(os.open(os.devnull, closed), "w")  # noqa: SIM115, PTH123
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, Screen(stream, "output" if name == "stdout" else "error"))


def check_output() -> None:
    """Check that all output was written: argparse, for one, ignores errors when it prints help.

    Raises:
        OutputFailed: it was not.
        BrokenPipeError: the reader went away.
    """
    output = _screen("stdout")
    output.flush()
    if output.failure:
        raise output.failure


def flush_or_discard() -> None:
    """Leave no unwritten output, which would fail when Python ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def print_json(data: Any, indent: int | None = 2) -> None:
    """Print JSON for people and programs alike."""
    print(json_text(data, sys.stdout, indent=indent))


def json_text(data: Any, stream: IO[str], **form: Any) -> str:
    """JSON for a stream: letters beyond ASCII are escaped unless its encoding is UTF-8."""
    import json

    all_letters = (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"
    return json.dumps(data, ensure_ascii=not all_letters, **form)
