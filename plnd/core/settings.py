"""The user's settings, and the time zone and language that follow from them."""

import logging
import warnings
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from plnd.errors import Invalid
from plnd.measures.document_validation import check
from plnd.measures.event_validation import decoding_error
from plnd.model.settings import Settings
from plnd.store.book.book import Book
from plnd.system import paths
from plnd.words.messages import CATALOGUES, Words, language_of_locale

log = logging.getLogger("plnd")


class UserSettings:
    """`on_change` is called after the user has changed a setting."""

    def __init__(self, book: Book, clock: Callable[[], int], on_change: Callable[[], None]) -> None:
        self._book = book
        self._clock = clock
        self._on_change = on_change
        self._system_zone: tuple[int, ZoneInfo] | None = None
        self.reload()

    def reload(self) -> None:
        """Read the settings from the book."""
        self._current = self._book.settings.get()

    def current(self) -> Settings:
        return self._current

    def change(self, changes: Mapping[str, Any]) -> Settings:
        """Change the named settings.

        Raises:
            Invalid: a setting is unknown or its value does not fit; nothing is changed.
        """
        settings = _changed(self._current, changes)
        self._book.settings.put(settings)
        self._current = settings
        self._on_change()
        log.info("settings changed: %s", ", ".join(sorted(changes)))
        return settings

    def zone(self) -> ZoneInfo:
        """The time zone of the settings, else the system's (asked once a minute), else UTC."""
        if self._current.time_zone:
            return ZoneInfo(self._current.time_zone)
        minute = self._clock() // 60_000
        if self._system_zone is None or self._system_zone[0] != minute:
            self._system_zone = (minute, ZoneInfo(system_zone()))
        return self._system_zone[1]

    def words(self) -> Words:
        """The messages in the language of the settings, else in the system's."""
        language = self._current.language
        return CATALOGUES[language] if language else language_of_locale(paths.locale())


def _changed(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Raises:
    Invalid: a setting is unknown or its value does not fit.
    """
    try:
        changed = msgspec.convert({**msgspec.to_builtins(settings), **changes}, Settings)
    except msgspec.ValidationError as error:
        message, field = decoding_error(error)
        raise Invalid(message, "see `plnd settings` for each one's form", field=field) from error
    check(changed)
    return changed


def system_zone() -> str:
    """The name of the system's current time zone; UTC if it has none that can be used.

    Reads the system's configuration each time, which costs nearly a millisecond, so that days
    follow a user who travels while plnd runs.
    """
    import tzlocal

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # raised where the system's files contradict each other
            tzlocal.reload_localzone()
        name = tzlocal.get_localzone_name() or "UTC"
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
    return name
