"""The daemon's log: what plnd says and nothing that came in, and never more than 2 MiB of it.

What libraries say of a failure may repeat the request that failed, with its keys; the text of
an exception may repeat names that the user gave. So of both only the kind is written down.
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

LONGEST_BYTES = 1024 * 1024
"""Of daemon.log, and of daemon.log.1, the one before it."""
LONGEST_LINE_BYTES = 16 * 1024
SAME_LINE_SECONDS = 60.0
MOST_LINES_HELD = 100
MOST_FRAMES = 20

log = logging.getLogger("plnd")

_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def set_up(path: Path) -> None:
    """Have all that is logged, and what fails where nobody looks, said on standard error.

    `path` is the daemon's own file: where standard error goes there, it stays within bounds.
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
    """Bring the log within its bounds, whoever else has written to standard error."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, BoundedLog):
            handler.flush()


def open_log(path: Path) -> BinaryIO:
    """The daemon's own file, for its standard error; what stands in its place is set aside.

    Raises:
        StorageError: it cannot be written.
    """
    moved = set_aside(path) if regular_files.stands_in(path) else None
    try:
        stream = os.fdopen(os.open(path, _APPEND, FILE_MODE), "ab")
    except OSError as error:
        raise cannot_write(path, error) from error
    if moved:
        stream.write(f"what was no file was set aside as {moved}\n".encode(errors="replace"))
        stream.flush()
    return stream


class Reduced(logging.Formatter):
    """What plnd says as it stands, what others say by its kind, and no exception's own text."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if record.name.partition(".")[0] == log.name:
            said = "".join(one if one.isprintable() else "?" for one in record.getMessage())
        else:
            said = f"{record.name}: {record.levelname.lower()} in {record.filename}"
            said += f" at {record.lineno}"
            if error is not None:
                said += f": {_kind(error)}"
        return "\n".join([said, *(_trace(error) if error is not None else ())])


def _kind(error: BaseException) -> str:
    """An exception's class, and the number of the status or of the system's error in it."""
    numbers = (getattr(error, name, None) for name in ("status", "code", "errno"))
    number = next((one for one in numbers if isinstance(one, int)), None)
    return type(error).__name__ + (f" {number}" if number is not None else "")


def _trace(error: BaseException) -> Iterator[str]:
    """Where an exception came from, and those behind it: files, lines, functions, classes."""
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
    """Standard error. The same line comes once a minute at most, the next with its number.

    Where it goes to the daemon's own file, that is begun anew before it would grow too long,
    and the one before it is kept; where there is no descriptor left for a new one, the old one
    is emptied. Others that write to standard error go to the new file as well.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.setFormatter(Reduced())
        self._path = path
        self._before = path.with_name(path.name + ".1")
        self._clock = clock
        self._said: dict[str, tuple[float, int]] = {}
        self._stream = sys.stderr
        self._own: int | None = None
        # Without standard error there is nothing to write to: its number may be anybody's.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            descriptor = self._stream.fileno()
            if os.path.samestat(os.fstat(descriptor), path.lstat()):
                self._own = descriptor
                self._cut_before()
                self.flush()

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] != log.name and record.levelno < logging.WARNING:
            return
        # A log that cannot be written is no reason for anything else to fail.
        with contextlib.suppress(OSError, ValueError):
            text = self.format(record)
            if number := self._number(text):
                first, newline, rest = text.partition("\n")
                times = f" ({number} times)" if number > 1 else ""
                stamp = time.strftime("%d %b %H:%M:%S", time.localtime(record.created))
                self._write(f"{stamp} {first}{times}{newline}{rest}")

    def flush(self) -> None:
        """Be within the bounds, whoever has written."""
        with contextlib.suppress(OSError):
            self._make_room(0)

    def _number(self, text: str) -> int:
        """How many times a line stands for now; 0 when it was written within the last minute."""
        now = self._clock()
        written, held = self._said.pop(text, (now - SAME_LINE_SECONDS, 0))
        again = now - written < SAME_LINE_SECONDS
        self._said[text] = (written, held + 1) if again else (now, 0)
        if len(self._said) > MOST_LINES_HELD:
            del self._said[next(iter(self._said))]
        return 0 if again else held + 1

    def _write(self, text: str) -> None:
        if self._own is None:
            if self._stream is not None:
                self._stream.write(f"{text}\n")
                self._stream.flush()
            return
        line = text.encode(errors="backslashreplace")[:LONGEST_LINE_BYTES] + b"\n"
        self._make_room(len(line))
        while line:
            line = line[os.write(self._own, line) :]

    def _make_room(self, coming: int) -> None:
        if self._own is None:
            return
        size = os.fstat(self._own).st_size
        if size + coming <= LONGEST_BYTES:
            return
        try:
            if size > LONGEST_BYTES:
                os.ftruncate(self._own, LONGEST_BYTES)
            self._begin_anew(self._own)
        except OSError:
            os.ftruncate(self._own, 0)

    def _begin_anew(self, descriptor: int) -> None:
        """Have standard error go to a new file. That is opened before anything is moved."""
        new = self._path.with_name(f".plnd-{secrets.token_hex(8)}.new")
        opened = os.open(new, _APPEND | os.O_EXCL, FILE_MODE)
        try:
            with contextlib.suppress(FileNotFoundError):
                self._path.replace(self._before)
            new.replace(self._path)
            os.dup2(opened, descriptor)
        except OSError:
            new.unlink(missing_ok=True)
            raise
        finally:
            os.close(opened)

    def _cut_before(self) -> None:
        """The one before it may have been left longer by another plnd."""
        with contextlib.suppress(OSError):
            before = os.open(self._before, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if os.fstat(before).st_size > LONGEST_BYTES:
                    os.ftruncate(before, LONGEST_BYTES)
            finally:
                os.close(before)
