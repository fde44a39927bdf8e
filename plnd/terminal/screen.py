"""What goes out to people: strangers' words are shown and never obeyed; failed output is said.

A handle out of a crafted address, a name out of somebody's address book or an article's title
can hold what a terminal takes for a command. Files and pipes get every text as it is.
"""

from __future__ import annotations

import errno
import os
import sys

TYPE_CHECKING = False  # what type checkers look for; `typing` itself costs too much
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TextIO

MARK = "\N{REPLACEMENT CHARACTER}"
# They join or part letters, also of emoji: without them the letters are the same.
_JOINERS = "\xad\u200c\u200d"
# Letters and marks by their kind, or of none yet, and still nothing to be seen.
_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u3164\uffa0"


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


def harmless(text: str) -> str:
    """A text with a mark in place of each character that commands or hides.

    These are all controls but tab and the end of a line, whatever turns the reading direction,
    other separators of lines, and what has no width; joiners go without a mark.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char in "\n\t":
        return char
    if char in _JOINERS:
        return ""
    if char in _INVISIBLE or "\U000e0000" <= char <= "\U000e0fff":
        return MARK
    if char.isprintable():
        return char
    import unicodedata

    kind = unicodedata.category(char)
    # What this Python's tables do not know yet is most likely a new emoji.
    return " " if kind == "Zs" else char if kind in ("Cn", "Co") else MARK


def carriable(text: str) -> str:
    """A text that UTF-8 can carry: a file's name may have bytes that are no letters."""
    return text.encode(errors="backslashreplace").decode()


def one_line(text: str) -> str:
    """A text whose line breaks are blanks: what stands in a row begins no other row."""
    return " ".join(text.splitlines())


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
