"""Texts by language, and the formats of numbers, durations, days and times.

The texts are in `en.json` and `de.json` beside this module, with fields for `str.format`; a text
that depends on a number has the two forms `key.one` and `key.other`. A file is read when its first
text is needed, so that a start without output reads none.
"""

import functools
import json
from datetime import date, datetime, tzinfo

from plnd.errors import PlndError
from plnd.system.resources import words_file

LANGUAGES = ("en", "de")


class Words:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    @functools.cached_property
    def texts(self) -> dict[str, str]:
        """The texts by key."""
        texts: dict[str, str] = json.loads(words_file(self.language).read_bytes())
        return texts

    def say(self, key: str, **values: object) -> str:
        """The text of a key, with its fields filled in."""
        return self.texts[key].format(**values)

    def count(self, key: str, n: int, **values: object) -> str:
        """A text that depends on a number, which may occur in it as `{n}`."""
        return self.say(f"{key}.one" if n == 1 else f"{key}.other", n=n, **values)

    def of(self, error: PlndError) -> str:
        """The message of an error; in English where it has no translation."""
        return (
            self.say(error.key, **error.values)
            if isinstance(error, TranslatedError)
            else error.message
        )

    def number(self, value: float, digits: int) -> str:
        """A number with `digits` digits after the decimal mark."""
        return f"{value:.{digits}f}".replace(".", self.say("decimal_mark"))

    def duration(self, seconds: int) -> str:
        """A duration in whole minutes, or hours and minutes."""
        if seconds < 3600:
            return self.say("minutes_short", n=seconds // 60)
        return self.say("hours_and_minutes", h=seconds // 3600, m=seconds // 60 % 60)

    def day(self, day: str) -> str:
        """A day (YYYY-MM-DD) in the language's format."""
        return self.say("day", at=date.fromisoformat(day))

    def period(self, first: str, last: str) -> str:
        """The period from one day (YYYY-MM-DD) to another."""
        return self.say("from_to", first=self.day(first), last=self.day(last))

    def clock(self, at: int, zone: tzinfo) -> str:
        """A moment (ms) as a time of day."""
        return self.say("clock", at=_local(at, zone))

    def weekday_and_clock(self, at: int, zone: tzinfo) -> str:
        """A moment (ms) as weekday and time."""
        local = _local(at, zone)
        weekday = self.say("weekdays_long").split()[local.weekday()]
        return self.say("weekday_and_clock", weekday=weekday, at=local)

    def moment(self, at: int, zone: tzinfo) -> str:
        """A moment (ms) as day and time."""
        local = _local(at, zone)
        weekday = self.say("weekdays").split()[local.weekday()]
        month = self.say("months").split()[local.month - 1]
        return self.say("moment", weekday=weekday, month=month, at=local)


CATALOGUES = {language: Words(language) for language in LANGUAGES}
ENGLISH = CATALOGUES["en"]


class TranslatedError(PlndError):
    """An error with a text in every language, `key`, and the `values` for its fields.

    `message` is in English; `Words.of` translates it.
    """

    def __init__(
        self,
        key: str,
        hint: str = "",
        *,
        code: str | None = None,
        field: str | None = None,
        **values: str | int,
    ) -> None:
        super().__init__(ENGLISH.say(key, **values), hint, code=code, field=field)
        self.key = key
        self.values = values


def language_of_locale(locale: str) -> Words:
    """The texts for a locale such as de_AT.UTF-8; English for languages that plnd does not have."""
    return CATALOGUES.get(locale[:2].lower(), ENGLISH)


@functools.lru_cache(maxsize=32)
def negotiate(header: str) -> Words | None:
    """The texts that an Accept-Language header prefers; None where it names no language of plnd."""
    preferences = [_preference(part) for part in header.split(",")]
    best = max(
        (
            (weight, language)
            for weight, language in preferences
            if weight and language in CATALOGUES
        ),
        key=lambda one: one[0],
        default=None,
    )
    return CATALOGUES[best[1]] if best else None


def _preference(part: str) -> tuple[float, str]:
    """`de-AT;q=0.8` as weight and language."""
    tag, _, weight = part.partition(";")
    try:
        return float(weight.strip().removeprefix("q=") or 1), tag.strip()[:2].lower()
    except ValueError:
        return 0.0, ""


def _local(at: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, zone)
