"""Pauses: times in which nothing is recorded."""

import logging
from collections.abc import Callable

from plnd.errors import Invalid
from plnd.measures.guards import is_in_future, moved_start
from plnd.model.pauses import Pause, PauseState
from plnd.store.book.book import Book

log = logging.getLogger("plnd")


class Pauses:
    def __init__(self, book: Book, clock: Callable[[], int]) -> None:
        self._book = book
        self._clock = clock
        self.reload()

    def reload(self) -> None:
        """Read the pauses from the book."""
        self.all: list[Pause] = self._book.pauses.all()

    def state(self) -> PauseState:
        now = self._clock()
        for pause in self.all:
            if pause.end is None or pause.start <= now < pause.end:
                return PauseState(paused=True, since=pause.start, until=pause.end)
        return PauseState(paused=False)

    def begin(self, until: int | None = None) -> PauseState:
        """Record nothing from now until `until` (ms), or until the pause is ended.

        Raises:
            Invalid: `until` is not in the future.
        """
        now = self._clock()
        if until is not None and until <= now:
            raise Invalid("until is not in the future", field="until")
        self.correct_future_starts(now)
        since = self.state().since
        self._save(Pause(start=since if since is not None else now, end=until))
        log.info("paused")
        return self.state()

    def end(self) -> PauseState:
        """Record again; does nothing if plnd is not paused."""
        now = self._clock()
        self.correct_future_starts(now)
        while (state := self.state()).paused and state.since is not None:
            self._save(Pause(start=state.since, end=now))
            log.info("resumed")
        return state

    def correct_future_starts(self, now: int) -> None:
        """Keep an open pause in force after the clock was set back (see `guards.is_in_future`)."""
        for one in [one for one in self.all if is_in_future(one, now)]:
            self._save(Pause(start=moved_start(now)))
            self._book.pauses.remove(one.start)
            self.reload()

    def _save(self, pause: Pause) -> None:
        self._book.pauses.put(pause)
        self.reload()
