"""Group commit: batches that arrive in the same turn of the event loop share one commit.

After several commits with one batch each, the next batch is committed at once: to wait for the
end of the turn would only delay it.

The commit runs in the event loop itself. A thread for it was measured and was slower: two
wake-ups for each request, and twenty concurrent ones competed for the interpreter. The loop
waits for one fsync.

While long work in a thread writes to the log with a connection of its own, commits are paused.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Literal

from plnd.store.log.batches import Batch, StoreResult, split_batch
from plnd.store.log.log import Log

COMMIT_AT_ONCE_AFTER = 4
"""After so many commits of one batch each, batches are expected to come one by one."""

MAX_EVENTS_PER_COMMIT = 1000
"""Once a commit has so many events, the next batch waits for another one."""

Rejection = tuple[int, Literal["conflict", "too_many"]]
"""The index of an event that is not stored, and the reason."""


class GroupCommit:
    """Stores batches; when `store` returns, they are on disk.

    `committed` is called after each commit, before those who wait for it continue. The events
    are on disk by then, so an error in it is logged and does not reach them.
    """

    def __init__(self, log: Log, committed: Callable[[StoreResult], None]) -> None:
        self._log = log
        self._on_commit = committed
        self._waiting: list[tuple[Batch, asyncio.Future[list[Rejection]]]] = []
        self._commits_of_one = 0
        self._committed_this_turn = False
        self._paused = False

    async def store(self, batch: Batch) -> list[Rejection]:
        """Store a batch; the events that were rejected.

        A batch that is too much work for one commit is split, and each part committed alone.
        """
        if len(batch.events) == 1:
            return await self._store(batch)
        rejected: list[Rejection] = []
        for part in split_batch(batch):
            rejected += await self._store(part)
        return rejected

    @contextlib.asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Commit nothing inside the context: batches that arrive wait until its end."""
        self.commit()
        self._log.write_sources()
        self._paused = True
        try:
            yield
        finally:
            self._paused = False
            if self._waiting:
                asyncio.get_running_loop().call_soon(self._commit_in_turns)

    async def _store(self, batch: Batch) -> list[Rejection]:
        loop = asyncio.get_running_loop()
        at_once = self._commits_of_one >= COMMIT_AT_ONCE_AFTER
        if at_once and not self._committed_this_turn and not self._paused:
            self._committed_this_turn = True
            loop.call_soon(self._end_turn)
            result = self._log.store([batch])
            self._notify(result)
            return _rejected(result, 0)
        if not self._waiting and not self._paused:
            loop.call_soon(self._commit_when_all_arrived, 1)
        future: asyncio.Future[list[Rejection]] = loop.create_future()
        self._waiting.append((batch, future))
        return await future

    def _end_turn(self) -> None:
        """Allow another commit at once: one is allowed in each turn of the event loop."""
        self._committed_this_turn = False

    def _commit_when_all_arrived(self, before: int) -> None:
        """Commit, or wait another turn of the loop if more batches have arrived in this one."""
        now = len(self._waiting)
        if now > before:
            asyncio.get_running_loop().call_soon(self._commit_when_all_arrived, now)
        else:
            self._commit_in_turns()

    def commit(self) -> None:
        """Commit all batches that wait, now."""
        while self._waiting and not self._paused:
            self._commit_once()

    def _commit_in_turns(self) -> None:
        """Commit the batches that wait, with one commit in each turn of the loop."""
        if self._paused:
            return
        self._commit_once()
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._commit_in_turns)

    def _commit_once(self) -> None:
        jobs = self._next_jobs()
        if not jobs:
            return
        self._commits_of_one = self._commits_of_one + 1 if len(jobs) == 1 else 0
        try:
            result = self._log.store([batch for batch, _ in jobs])
        except Exception as error:
            for _, future in jobs:
                if not future.cancelled():
                    future.set_exception(error)
            return
        for number, (_, future) in enumerate(jobs):
            if not future.cancelled():
                future.set_result(_rejected(result, number))
        self._notify(result)

    def _next_jobs(self) -> list[tuple[Batch, "asyncio.Future[list[Rejection]]"]]:
        events = number = 0
        while number < len(self._waiting) and (number == 0 or events <= MAX_EVENTS_PER_COMMIT):
            events += len(self._waiting[number][0].events)
            number += 1
        jobs, self._waiting = self._waiting[:number], self._waiting[number:]
        return jobs

    def _notify(self, result: StoreResult) -> None:
        try:
            self._on_commit(result)
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "after a commit", "exception": error}
            )


def _rejected(result: StoreResult, number: int) -> list[Rejection]:
    return [
        *((index, "conflict") for index in result.conflicts[number]),
        *((index, "too_many") for index in result.too_many[number]),
    ]
