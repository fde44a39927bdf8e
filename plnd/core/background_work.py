"""Long work in a thread, with its own connection to the log, while the event loop runs on.

Work that writes to the log must hold the commits first.
"""

import asyncio
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from plnd.store.log.log import Log

T = TypeVar("T")

SWITCH_SECONDS = 0.001
"""How long the thread may keep the interpreter while the event loop waits for it."""


class BackgroundWork:
    """After `stop`, all work fails with a `StorageError`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stop = threading.Event()

    def stop(self) -> None:
        """Stop soon: the current work is undone, or finished at the next start."""
        self._stop.set()

    def stopped(self) -> bool:
        return self._stop.is_set()

    async def on_log(self, work: Callable[[Log], T]) -> T:
        """Run a function in a thread with its own connection to the log."""

        def with_log() -> T:
            log = Log(self._path, already_open=True, stopped=self.stopped)
            try:
                return work(log)
            finally:
                log.close()

        return await self.run(with_log)

    async def run(self, work: Callable[[], T]) -> T:
        """Run a function in a thread; if the caller is cancelled, stop the work and wait for it."""
        usual = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
        task = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self.stop()
            await asyncio.wait([task])
            raise
        finally:
            sys.setswitchinterval(usual)
