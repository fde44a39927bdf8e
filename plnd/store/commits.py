"""Group commit: batches that arrive in the same turn of the event loop share one commit.

A batch that comes alone, after several that did, is committed where it stands: waiting for the
turn to end would cost it two more of them, and nobody gained.

The commit runs in the loop itself. A thread of its own was measured and cost more than it
gave: two wake-ups for each request alone, and a fight for the interpreter with twenty at
once. What the loop waits for is one fsync.
"""

import asyncio
from collections.abc import Callable

from plnd.store.log import Batch, Log, Outcome

ALONE_AFTER = 4
"""So many commits of one batch each, one after the other, say that batches come one by one."""


class Commits:
    """Stores batches; what `store` gave back is on disk.

    `changed` is called after each commit, before anybody who waits for it goes on. The
    events are on disk by then, so its failure is no failure of theirs.
    """

    def __init__(self, log: Log, changed: Callable[[Outcome], None]) -> None:
        self._log = log
        self._changed = changed
        self._waiting: list[tuple[Batch, asyncio.Future[list[int]]]] = []
        self._single = 0
        self._committed = False

    async def store(self, batch: Batch) -> list[int]:
        """Store a batch; gives the indexes that conflict with what is stored."""
        loop = asyncio.get_running_loop()
        if self._single >= ALONE_AFTER and not self._committed:
            self._committed = True
            loop.call_soon(self._end_turn)
            outcome = self._log.store([batch])
            self._tell(outcome)
            return outcome.conflicts[0]
        if not self._waiting:
            loop.call_soon(self._commit_unless_growing, 1)
        future: asyncio.Future[list[int]] = loop.create_future()
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
            self.commit()

    def commit(self) -> None:
        """Commit what waits."""
        jobs, self._waiting = self._waiting, []
        if not jobs:
            return
        self._single = self._single + 1 if len(jobs) == 1 else 0
        try:
            outcome = self._log.store([batch for batch, _ in jobs])
        except Exception as error:
            for _, future in jobs:
                if not future.cancelled():
                    future.set_exception(error)
            return
        for (_, future), conflicts in zip(jobs, outcome.conflicts, strict=True):
            if not future.cancelled():
                future.set_result(conflicts)
        self._tell(outcome)

    def _tell(self, outcome: Outcome) -> None:
        try:
            self._changed(outcome)
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "after a commit", "exception": error}
            )
