"""Long work beside the event loop: one piece at a time, in a thread, on connections of its own.

The loop goes on reading the stores meanwhile. What writes to the log holds the commits first.
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
"""How long the thread may keep the interpreter while the loop waits for it."""


class BackgroundWork:
    """Runs what takes long. Once `stop` was called, all of it fails with a `StorageError`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stop = threading.Event()

    def stop(self) -> None:
        """End what is under way as soon as can be: it is undone, or finished at the next start."""
        self._stop.set()

    def stopped(self) -> bool:
        return self._stop.is_set()

    async def on_log(self, what: Callable[[Log], T]) -> T:
        """What a function makes of the log, with a connection of its own."""

        def act() -> T:
            log = Log(self._path, already_open=True, stopped=self.stopped)
            try:
                return what(log)
            finally:
                log.close()

        return await self.run(act)

    async def run(self, what: Callable[[], T]) -> T:
        """What a function gives; whoever is cancelled meanwhile waits for its early end."""
        usual = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
        task = asyncio.ensure_future(asyncio.to_thread(what))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self.stop()
            await asyncio.wait([task])
            raise
        finally:
            sys.setswitchinterval(usual)
