"""The daemon's log: plnd's own messages without anybody's data, at most 2 MiB of them.

A library's message may repeat the request that failed, with its keys, and the text of an exception
may repeat names that the user gave. So the log has only the kind of both.
"""

import contextlib
import logging
import os
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from plnd.system import regular_files
from plnd.system.files import FILE_MODE, cannot_write, set_aside
from plnd.system.safe_open import NO_WAIT

LONGEST_BYTES = 1024 * 1024
"""The size of daemon.log, and of daemon.log.1, the file before it."""
LONGEST_LINE_BYTES = 16 * 1024
SAME_LINE_SECONDS = 60.0
MOST_LINES_HELD = 100
MOST_FRAMES = 20

log = logging.getLogger("plnd")

_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | NO_WAIT


def set_up(path: Path) -> None:
    """Write every log message, and every exception that nothing catches, to standard error.

    When standard error is the daemon's own file `path`, its size stays within bounds.
    """
    logging.basicConfig(handlers=[BoundedLog(path)], level=logging.INFO)
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, trace: _failed("a bug ended plnd", kind, error, trace)
    sys.unraisablehook = lambda it: _failed(
        "a bug came up in passing", it.exc_type, it.exc_value, it.exc_traceback
    )
    threading.excepthook = lambda it: _failed(
        "a bug ended a thread", it.exc_type, it.exc_value, it.exc_traceback
    )


def _failed(
    what: str,
    kind: type[BaseException],
    error: BaseException | None,
    trace: TracebackType | None,
) -> None:
    log.error(what, exc_info=(kind, error, trace) if error else None)


def keep_bounded() -> None:
    """Cut the log to its bounds: libraries and children write to standard error as well."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, BoundedLog):
            handler.flush()


def open_log(path: Path) -> BinaryIO:
    """Open the daemon's own file for its standard error; anything else in its place is set aside.

    Raises:
        StorageError: it cannot be written.
    """
    moved = set_aside(path) if regular_files.obstacle(path) else None
    try:
        stream = os.fdopen(os.open(path, _APPEND, FILE_MODE), "ab")
    except OSError as error:
        raise cannot_write(path, error) from error
    if moved:
        stream.write(f"what was no file was set aside as {moved}\n".encode(errors="replace"))
        stream.flush()
    return stream


class PrivateFormatter(logging.Formatter):
    """plnd's messages in full, those of libraries by their kind, and no exception's own text."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if record.name.partition(".")[0] == log.name:
            line = "".join(one if one.isprintable() else "?" for one in record.getMessage())
        else:
            line = f"{record.name}: {record.levelname.lower()} in {record.filename}"
            line += f" at {record.lineno}"
            if error is not None:
                line += f": {_kind(error)}"
        return "\n".join([line, *(_trace(error) if error is not None else ())])


def _kind(error: BaseException) -> str:
    """An exception's class, and the HTTP status or the number of the system's error in it."""
    numbers = (getattr(error, name, None) for name in ("status", "code", "errno"))
    number = next((one for one in numbers if isinstance(one, int)), None)
    return type(error).__name__ + (f" {number}" if number is not None else "")


def _trace(error: BaseException) -> Iterator[str]:
    """The files, lines and functions of an exception and of its causes, with their classes."""
    yield "Traceback, without what the exceptions say:"
    seen: list[BaseException] = []
    behind: BaseException | None = error
    while behind is not None and behind not in seen:
        seen.append(behind)
        for frame, line in list(traceback.walk_tb(behind.__traceback__))[-MOST_FRAMES:]:
            yield f"  {frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
        yield f"  {_kind(behind)}"
        hidden = behind.__suppress_context__
        behind = behind.__cause__ or (None if hidden else behind.__context__)


class BoundedLog(logging.Handler):
    """Writes to standard error, the same line once a minute at most, then with a count.

    When standard error is the daemon's own file, it is replaced by a new one before it grows too
    long, and the one before it is kept. When there is no descriptor left for a new file, the old
    one is emptied. Whatever else writes to standard error writes to the new file as well.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.setFormatter(PrivateFormatter())
        self._path = path
        self._previous = path.with_name(path.name + ".1")
        self._clock = clock
        self._recent: dict[str, tuple[float, int]] = {}
        self._stream = sys.stderr
        self._file: int | None = None
        # Without standard error its number may belong to any other file.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            descriptor = self._stream.fileno()
            if os.path.samestat(os.fstat(descriptor), path.lstat()):
                self._file = descriptor
                self._truncate_previous()
                self.flush()

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] != log.name and record.levelno < logging.WARNING:
            return
        # Nothing else may fail because the log cannot be written.
        with contextlib.suppress(OSError, ValueError):
            text = self.format(record)
            if count := self._due(text):
                first, newline, rest = text.partition("\n")
                times = f" ({count} times)" if count > 1 else ""
                stamp = time.strftime("%d %b %H:%M:%S", time.localtime(record.created))
                self._write(f"{stamp} {first}{times}{newline}{rest}")

    def flush(self) -> None:
        """Cut the file to its bounds."""
        with contextlib.suppress(OSError):
            self._make_room(0)

    def _due(self, text: str) -> int:
        """How often a line came since it was last written; 0 when that is under a minute ago."""
        now = self._clock()
        written, held = self._recent.pop(text, (now - SAME_LINE_SECONDS, 0))
        too_soon = now - written < SAME_LINE_SECONDS
        self._recent[text] = (written, held + 1) if too_soon else (now, 0)
        if len(self._recent) > MOST_LINES_HELD:
            del self._recent[next(iter(self._recent))]
        return 0 if too_soon else held + 1

    def _write(self, text: str) -> None:
        if self._file is None:
            if self._stream is not None:
                self._stream.write(f"{text}\n")
                self._stream.flush()
            return
        line = text.encode(errors="backslashreplace")[:LONGEST_LINE_BYTES] + b"\n"
        self._make_room(len(line))
        while line:
            line = line[os.write(self._file, line) :]

    def _make_room(self, coming: int) -> None:
        if self._file is None:
            return
        size = os.fstat(self._file).st_size
        if size + coming <= LONGEST_BYTES:
            return
        try:
            if size > LONGEST_BYTES:
                os.ftruncate(self._file, LONGEST_BYTES)
            self._rotate(self._file)
        except OSError:
            os.ftruncate(self._file, 0)

    def _rotate(self, descriptor: int) -> None:
        """Point standard error to a new file, which is opened before anything is moved."""
        new = self._path.with_name(f".plnd-{secrets.token_hex(8)}.new")
        opened = os.open(new, _APPEND | os.O_EXCL, FILE_MODE)
        try:
            with contextlib.suppress(FileNotFoundError):
                self._path.replace(self._previous)
            new.replace(self._path)
            os.dup2(opened, descriptor)
        except OSError:
            new.unlink(missing_ok=True)
            raise
        finally:
            os.close(opened)

    def _truncate_previous(self) -> None:
        """Cut the file before it: an older plnd may have left it longer."""
        with contextlib.suppress(OSError):
            previous = os.open(self._previous, os.O_WRONLY | NO_WAIT)
            try:
                if os.fstat(previous).st_size > LONGEST_BYTES:
                    os.ftruncate(previous, LONGEST_BYTES)
            finally:
                os.close(previous)
