"""Long work on the stores, one at a time; if it is interrupted, the next start finishes it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from plnd.core.background_work import BackgroundWork
from plnd.errors import PlndError
from plnd.store import unfinished
from plnd.store.group_commit import GroupCommit
from plnd.store.log.log import Log
from plnd.system.files import Home


class ExclusiveWork:
    """`background` runs the work in a thread; events are still accepted meanwhile."""

    def __init__(
        self, home: Home, log: Log, commits: GroupCommit, background: BackgroundWork
    ) -> None:
        self._home = home
        self._log = log
        self._commits = commits
        self.background = background
        self._lock = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def exclusive(self) -> AsyncIterator[None]:
        """Wait for other long work to end, and keep it waiting until this ends."""
        async with self._lock:
            yield

    @contextlib.asynccontextmanager
    async def exclusive_after_commit(self) -> AsyncIterator[None]:
        """As `exclusive`, after writing the events that are waiting."""
        async with self._lock:
            self._commits.commit()
            yield

    @contextlib.asynccontextmanager
    async def commits_paused(self, *, reread_log: bool = False) -> AsyncIterator[None]:
        """Keep new events waiting, so that another connection can write to the log.

        With `reread_log`, drop afterwards what is cached of the log.
        """
        async with self._commits.paused():
            try:
                yield
            finally:
                if reread_log:
                    self.reread_log()

    def reread_log(self) -> None:
        """Drop what is cached of the log after another connection has written to it."""
        self._log.reload()

    async def write_log(self, write: Callable[[Log], object]) -> None:
        """Run a function that writes to the log in the background."""
        async with self.commits_paused(reread_log=True):
            await self.background.on_log(write)

    @contextlib.asynccontextmanager
    async def recoverable(self, left: unfinished.Unfinished) -> AsyncIterator[None]:
        """Store a note of what is begun until it is done, so that the next start can finish it.

        Work that fails is not finished later: the user has to ask for it again.
        """
        await self.save_note(left)
        try:
            yield
        except PlndError:
            if not self.background.stopped():
                await self.save_note(unfinished.Unfinished(busy=left.busy))
            raise
        await self.save_note(unfinished.Unfinished(busy=left.busy))

    async def save_note(self, left: unfinished.Unfinished) -> None:
        """In the background: on a busy disk an fsync takes long."""
        await self.background.run(lambda: unfinished.save(self._home, left))
