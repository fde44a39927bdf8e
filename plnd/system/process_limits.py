"""Limits that a process sets itself: time on the processor, memory, open files.

Where the system lacks one (Windows has none of them), setting it does nothing.
"""

import contextlib
import os
import signal
from collections.abc import Callable

_GRACE_SECONDS = 3


class CpuTimer:
    """Calls a function once this process has used the processor for a time.

    There are two that do not disturb each other, JOB_TIMER and ENTRY_TIMER.
    """

    def __init__(self, timer: str, number: str) -> None:
        self._timer = timer
        self._signal = number

    def call(self, function: Callable[[], object]) -> None:
        """Call `function` in the main thread whenever the time is over."""
        if hasattr(signal, self._signal):
            signal.signal(getattr(signal, self._signal), lambda *_: function())

    def start(self, seconds: float) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(getattr(signal, self._timer), seconds)

    def stop(self) -> None:
        self.start(0)


JOB_TIMER = CpuTimer("ITIMER_VIRTUAL", "SIGVTALRM")
ENTRY_TIMER = CpuTimer("ITIMER_PROF", "SIGPROF")


def limit_cpu(seconds: int) -> None:
    """Have the system kill this process once it has used the processor for `seconds`."""
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def limit_further_cpu(seconds: float) -> None:
    """Have the system kill this process some seconds after it has used `seconds` more.

    It can be called again and again. This ends code that no timer interrupts.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + _GRACE_SECONDS, most))


def limit_memory(size: int) -> None:
    """Let this process have no more than `size` bytes of memory."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def write_no_core_dump() -> None:
    """Leave no image of this process's memory on the disk when it crashes."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lower_priority() -> None:
    """Let every other process have the processor first."""
    if hasattr(os, "nice"):
        os.nice(10)


def allow_most_open_files() -> int | None:
    """Raise the limit of open files as far as it goes; the limit, None when there is none."""
    try:
        import resource
    except ImportError:
        return None
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # macOS has a lower limit beside it
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if limit == resource.RLIM_INFINITY else limit
