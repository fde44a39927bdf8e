"""Long work on the stores, one at a time; if it is interrupted, the next start finishes it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from plnd.core.background_work import BackgroundWork
from plnd.errors import PlndError
from plnd.store import unfinished
from plnd.store.commits import Commits
from plnd.store.log.log import Log
from plnd.system.files import Home


class ExclusiveWork:
    """`background` runs the work in a thread; events are still accepted meanwhile."""

    def __init__(self, home: Home, log: Log, commits: Commits, background: BackgroundWork) -> None:
        self._home = home
        self._log = log
        self._commits = commits
        self.background = background
        self._lock = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Wait for other long work to end; nothing else changes many files until this ends."""
        async with self._lock:
            yield

    @contextlib.asynccontextmanager
    async def after_commits(self) -> AsyncIterator[None]:
        """As `alone`, with every event that was waiting on disk."""
        async with self._lock:
            self._commits.commit()
            yield

    @contextlib.asynccontextmanager
    async def commits_held(self) -> AsyncIterator[None]:
        """Let new events wait, so that another connection can write to the log."""
        async with self._commits.held():
            yield

    @contextlib.asynccontextmanager
    async def log_lent(self) -> AsyncIterator[None]:
        """Let new events wait while another connection writes to the log; then read it again."""
        async with self._commits.held():
            try:
                yield
            finally:
                self.reread_log()

    def reread_log(self) -> None:
        """Drop what is cached of the log after another connection has written to it."""
        self._log.look_anew()

    async def write_log(self, write: Callable[[Log], object]) -> None:
        """Run a function that writes to the log in the background."""
        async with self.log_lent():
            await self.background.on_log(write)

    @contextlib.asynccontextmanager
    async def finished_later(self, left: unfinished.Unfinished) -> AsyncIterator[None]:
        """Note on disk what is begun until it is done: a stop or a kill leaves the note.

        Work that fails is not repeated: the user has to ask for it again.
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
