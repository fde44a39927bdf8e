"""Notices: stored, then shown on the desktop, each cause only once, even after a restart."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from plnd.errors import Invalid, StorageError
from plnd.model.notices import Notice, Snooze, Trial
from plnd.model.settings import Settings
from plnd.notices.rules import in_quiet_hours
from plnd.store.book.book import Book
from plnd.words.messages import Words

log = logging.getLogger("plnd")

Notify = Callable[[str, str], Awaitable[str | None]]
"""Shows a title and a body; gives None if the desktop accepted them, else why not."""


class Notifier:
    """Sends notices, and knows those sent. Its tasks belong to the running event loop."""

    def __init__(self, book: Book, clock: Callable[[], int], notify: Notify) -> None:
        self._book = book
        self._clock = clock
        self._notify = notify
        self._tasks: set[asyncio.Task[None]] = set()
        self.trial: Trial | None = None
        self.reload()

    def reload(self) -> None:
        """Read the sent notices from the book."""
        self._sent = {notice.cause: notice for notice in self._book.notices.all()}
        self._snoozed_until = self._book.snooze.get().snoozed_until

    async def close(self) -> None:
        """Cancel the notices that are being shown."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def sent(self) -> Mapping[str, Notice]:
        """The notices sent, by cause."""
        return self._sent

    def notices(self) -> list[Notice]:
        """The notices sent, oldest first, and whether the desktop showed each."""
        return list(self._sent.values())

    def snoozed_until(self) -> int | None:
        """Until when (ms) notices are snoozed; None if they are not."""
        until = self._snoozed_until
        return until if until is not None and until > self._clock() else None

    def snooze(self, until: int | None) -> int | None:
        """Snooze notices until `until` (ms); None ends it.

        Raises:
            Invalid: `until` is not in the future.
        """
        if until is not None and until <= self._clock():
            raise Invalid("until is not in the future", field="until")
        self._book.snooze.put(Snooze(snoozed_until=until))
        self._snoozed_until = until
        return self.snoozed_until()

    async def test(self, words: Words) -> str | None:
        """Show a test notice; gives None if the desktop accepted it, else why not."""
        error = await self._notify(words.say("trial.title"), words.say("trial.body"))
        self.trial = Trial(at=self._clock(), shown=error is None, error=error)
        return error

    def may_notify(self, now: int, zone: ZoneInfo, settings: Settings) -> bool:
        """Whether notices are neither snoozed nor in the quiet hours."""
        local = datetime.fromtimestamp(now / 1000, zone)
        minute = local.hour * 60 + local.minute
        return self.snoozed_until() is None and not in_quiet_hours(
            minute, settings.quiet_start, settings.quiet_end
        )

    def notify(self, notices: Iterable[Notice]) -> None:
        """Send notices. Each is stored first, so that a restart does not send it again."""
        for notice in notices:
            if not self._save(notice):
                return
            task = asyncio.get_running_loop().create_task(self._show(notice))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _show(self, notice: Notice) -> None:
        error = await self._notify(notice.title, notice.body)
        if error:
            # The reason is not logged but stored: it may quote the notice.
            log.warning("a notice was not shown: %s", notice.kind)
        else:
            log.info("notice told: %s", notice.kind)
        self._save(msgspec.structs.replace(notice, shown=error is None, error=error))

    def _save(self, notice: Notice) -> bool:
        """Store a notice; False if the disk refuses, which does not stop plnd."""
        try:
            self._book.notices.put(notice)
        except StorageError as error:
            log.error("a notice could not be noted: %s", error.message)
            return False
        self._sent[notice.cause] = notice
        return True
