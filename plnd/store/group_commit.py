"""Group commit: batches that arrive in the same turn of the event loop share one commit.

A batch that comes alone, after several that did, is committed where it stands: waiting for the
turn to end would cost it two more of them, and nobody gained.

The commit runs in the loop itself. A thread of its own was measured and cost more than it
gave: two wake-ups for each request alone, and a fight for the interpreter with twenty at
once. What the loop waits for is one fsync.

While long work writes to the log with a connection of its own, in a thread, batches are held.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Literal

from plnd.store.log.batches import Batch, StoreResult, split_batch
from plnd.store.log.log import Log

ALONE_AFTER = 4
"""So many commits of one batch each, one after the other, say that batches come one by one."""


MOST_EVENTS = 1000
"""Once so many events are in a commit, the next batch waits for another one."""

Refusal = tuple[int, Literal["conflict", "too_many"]]
"""The index of an event that is not stored, and why."""


class Commits:
    """Stores batches; what `store` gave back is on disk.

    `changed` is called after each commit, before anybody who waits for it goes on. The
    events are on disk by then, so its failure is no failure of theirs.
    """

    def __init__(self, log: Log, changed: Callable[[StoreResult], None]) -> None:
        self._log = log
        self._changed = changed
        self._waiting: list[tuple[Batch, asyncio.Future[list[Refusal]]]] = []
        self._single = 0
        self._committed = False
        self._held = False

    async def store(self, batch: Batch) -> list[Refusal]:
        """Store a batch; gives the indexes of the events that were refused, each with the reason.

        One that is much work is stored in parts, each by a commit of its own.
        """
        if len(batch.events) == 1:
            return await self._store(batch)
        refused: list[Refusal] = []
        for part in split_batch(batch):
            refused += await self._store(part)
        return refused

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Nothing is written to the log by this connection: what comes waits until the end."""
        self.commit()
        self._log.write_sources()
        self._held = True
        try:
            yield
        finally:
            self._held = False
            if self._waiting:
                asyncio.get_running_loop().call_soon(self._commit_some)

    async def _store(self, batch: Batch) -> list[Refusal]:
        loop = asyncio.get_running_loop()
        if self._single >= ALONE_AFTER and not self._committed and not self._held:
            self._committed = True
            loop.call_soon(self._end_turn)
            result = self._log.store([batch])
            self._announce(result)
            return _refused(result, 0)
        if not self._waiting and not self._held:
            loop.call_soon(self._commit_unless_growing, 1)
        future: asyncio.Future[list[Refusal]] = loop.create_future()
        self._waiting.append((batch, future))
        return await future

    def _end_turn(self) -> None:
        """The turn is over in which a batch was committed at once: another may be."""
        self._committed = False

    def _commit_unless_growing(self, before: int) -> None:
        """Wait another turn of the loop while more come in: fewer commits serve them all."""
        now = len(self._waiting)
        if now > before:
            asyncio.get_running_loop().call_soon(self._commit_unless_growing, now)
        else:
            self._commit_some()

    def commit(self) -> None:
        """Commit all that waits."""
        while self._waiting and not self._held:
            self._commit_once()

    def _commit_some(self) -> None:
        """Commit what waits, as much in a turn as is not noticed."""
        if self._held:
            return
        self._commit_once()
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._commit_some)

    def _commit_once(self) -> None:
        jobs = self._next_jobs()
        if not jobs:
            return
        self._single = self._single + 1 if len(jobs) == 1 else 0
        try:
            result = self._log.store([batch for batch, _ in jobs])
        except Exception as error:
            for _, future in jobs:
                if not future.cancelled():
                    future.set_exception(error)
            return
        for number, (_, future) in enumerate(jobs):
            if not future.cancelled():
                future.set_result(_refused(result, number))
        self._announce(result)

    def _next_jobs(self) -> list[tuple[Batch, "asyncio.Future[list[Refusal]]"]]:
        events = number = 0
        while number < len(self._waiting) and (number == 0 or events <= MOST_EVENTS):
            events += len(self._waiting[number][0].events)
            number += 1
        jobs, self._waiting = self._waiting[:number], self._waiting[number:]
        return jobs

    def _announce(self, result: StoreResult) -> None:
        try:
            self._changed(result)
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "after a commit", "exception": error}
            )


def _refused(result: StoreResult, number: int) -> list[Refusal]:
    return [
        *((index, "conflict") for index in result.conflicts[number]),
        *((index, "too_many") for index in result.too_many[number]),
    ]
