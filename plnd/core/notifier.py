"""Telling: notices noted on disk and shown on the desktop, once per cause, over restarts."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from plnd.errors import Invalid, StorageError
from plnd.model.notices import Notice, Snooze, Trial
from plnd.model.settings import Settings
from plnd.notices.rules import quiet
from plnd.store.book.book import Book
from plnd.words.messages import Words

log = logging.getLogger("plnd")

Notify = Callable[[str, str], Awaitable[str | None]]
"""Shows title and body; None when the desktop took them, else why not."""


class Notifier:
    """What was told, and the way to tell more. Its tasks belong to the running event loop."""

    def __init__(self, book: Book, clock: Callable[[], int], notify: Notify) -> None:
        self._book = book
        self._clock = clock
        self._notify = notify
        self._tasks: set[asyncio.Task[None]] = set()
        self.trial: Trial | None = None
        self.take_store()

    def take_store(self) -> None:
        """Take up what the book holds."""
        self._sent = {notice.cause: notice for notice in self._book.notices.all()}
        self._snoozed_until = self._book.snooze.get().snoozed_until

    async def close(self) -> None:
        """End the notices that are being shown."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def sent(self) -> Mapping[str, Notice]:
        """What was told, by cause."""
        return self._sent

    def notices(self) -> list[Notice]:
        """What was told, oldest first, and whether the desktop showed it."""
        return list(self._sent.values())

    def snoozed_until(self) -> int | None:
        """Until when (ms) notices are held back; None when they are not."""
        until = self._snoozed_until
        return until if until is not None and until > self._clock() else None

    def snooze(self, until: int | None) -> int | None:
        """Hold notices back until `until` (ms); None ends it.

        Raises:
            Invalid: `until` is not in the future.
        """
        if until is not None and until <= self._clock():
            raise Invalid("until is not in the future", field="until")
        self._book.snooze.put(Snooze(snoozed_until=until))
        self._snoozed_until = until
        return self.snoozed_until()

    async def test(self, words: Words) -> str | None:
        """Show a trial notice. None when the desktop took it, else why not."""
        error = await self._notify(words.say("trial.title"), words.say("trial.body"))
        self.trial = Trial(at=self._clock(), shown=error is None, error=error)
        return error

    def allowed(self, now: int, zone: ZoneInfo, settings: Settings) -> bool:
        """Whether this is a time for notices: not snoozed, and outside the quiet hours."""
        local = datetime.fromtimestamp(now / 1000, zone)
        minute = local.hour * 60 + local.minute
        return self.snoozed_until() is None and not quiet(
            minute, settings.quiet_start, settings.quiet_end
        )

    def notify(self, notices: Iterable[Notice]) -> None:
        """Tell them. Each is noted on disk first, so that no restart tells it twice."""
        for notice in notices:
            if not self._noted(notice):
                return
            task = asyncio.get_running_loop().create_task(self._show(notice))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _show(self, notice: Notice) -> None:
        error = await self._notify(notice.title, notice.body)
        if error:
            # Why stands with the notice: a desktop's words may repeat those of the notice.
            log.warning("a notice was not shown: %s", notice.kind)
        else:
            log.info("notice told: %s", notice.kind)
        self._noted(msgspec.structs.replace(notice, shown=error is None, error=error))

    def _noted(self, notice: Notice) -> bool:
        """Keep a notice; False when the disk refuses, which is no reason to stop."""
        try:
            self._book.notices.put(notice)
        except StorageError as error:
            log.error("a notice could not be noted: %s", error.message)
            return False
        self._sent[notice.cause] = notice
        return True
