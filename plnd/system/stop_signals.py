"""SIGTERM and Ctrl-C: a clean stop, within a limit of time."""

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable

_STOPS = (signal.SIGTERM, signal.SIGINT)
_SPARE_SECONDS = 0.1


def stop_on_signals(
    stop: Callable[[], object], *, within_seconds: float, before_exit: Callable[[], object]
) -> None:
    """Have SIGTERM and Ctrl-C call `stop`, and end this process if that takes too long.

    `before_exit` is called in that case, from another thread. A thread waits for the signals,
    not the event loop, which may be busy. When no thread can run, the system's timer ends the
    process.
    """
    waiting, wakeup = socket.socketpair()
    wakeup.setblocking(False)
    signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)

    def start_timer(*_: object) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, within_seconds + _SPARE_SECONDS)

    def wait() -> None:
        with wakeup:
            while waiting.recv(1)[0] not in _STOPS:
                pass
            start_timer()
            with contextlib.suppress(RuntimeError):  # the event loop is closed: it is stopping
                stop()
            time.sleep(within_seconds)
            before_exit()
            os._exit(0)

    for number in _STOPS:
        signal.signal(number, start_timer)
    threading.Thread(target=wait, daemon=True).start()
