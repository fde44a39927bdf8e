"""Starting and ending other processes."""

import contextlib
import os
import select
import signal
import subprocess
from collections.abc import Sequence
from typing import IO, Any

OWN_GROUP: dict[str, Any] = {"start_new_session": True}
"""Arguments of `Popen` for a child that leads a process group of its own.

Ctrl-C in the terminal does not reach it, and `kill_group` ends it with all that it started.
"""


class BackgroundProcess:
    """A process that outlives the one that started it, and reports once that it is ready."""

    def __init__(self, command: Sequence[str], *, ready_option: str, errors: IO[bytes]) -> None:
        """Start `command` with `ready_option` and the number of a pipe added to it.

        Its standard error goes to `errors`.
        """
        self._reading, writing = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*command, ready_option, str(writing)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=[writing],
                cwd="/",
                **OWN_GROUP,
            )
        except BaseException:
            os.close(self._reading)
            raise
        finally:
            os.close(writing)
        self.pid = self._process.pid

    def wait_until_ready(self, seconds: float) -> str | None:
        """The message of `report_ready`; "" when the process ended without one, None when
        neither happened in time."""
        try:
            ready, _, _ = select.select([self._reading], [], [], seconds)
            return os.read(self._reading, 1024).decode() if ready else None
        finally:
            os.close(self._reading)

    def wait(self) -> None:
        """Wait until the process has ended."""
        self._process.wait()


def report_ready(pipe: int, message: str) -> None:
    """Send the one message that `BackgroundProcess` waits for.

    The process that waited for it may have ended: that is no reason to end as well.
    """
    with contextlib.suppress(OSError):
        os.write(pipe, message.encode())
        os.close(pipe)


def terminate(pid: int) -> None:
    """Ask a process to end; nothing happens when it has ended already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def kill(pid: int) -> None:
    """End a process at once; nothing happens when it has ended already."""
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def kill_group(pid: int) -> None:
    """End a process that was started with OWN_GROUP, and every process that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
