"""Dates as web pages write them: exact timestamps, and words such as "3mo". Pure."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

EARLIEST_MS = 1_041_379_200_000  # 2003: no network that plnd knows is older
CLOCKS_APART_MS = 14 * 3_600_000  # how far ahead of UTC a time without a zone can be
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
LONGEST_TEXT = 60


class ApproximateDate(NamedTuple):
    """The latest moment (ms) that a date in words can mean, and by how much it may be older."""

    at: int
    uncertainty_ms: int


def plausible(at: int | None, now: int) -> int | None:
    """The moment (ms), not later than `now`; None where no post can have that date."""
    if at is None or not EARLIEST_MS <= at <= now + CLOCKS_APART_MS:
        return None
    return min(at, now)


def parse_timestamp(text: str, now: int) -> int | None:
    """The moment (ms) of an exact date: ISO 8601, RFC 822, or seconds or ms since the epoch.

    A date without a time means its noon, a time without a zone UTC.
    """
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        return None
    if _EPOCH.fullmatch(text):
        return plausible(_from_epoch(float(text)), now)
    found = _ISO.match(text)
    at = _from_iso(found[0]) if found else _from_rfc822(text)
    return plausible(at, now)


_EPOCH = re.compile(r"[0-9]{9,16}(?:\.[0-9]{1,9})?")
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?(?:Z|[+-][0-9]{2}:?[0-9]{2}))?)?"
)


def _from_epoch(number: float) -> int:
    """Seconds, milliseconds or microseconds, recognised by their size."""
    for most, factor in ((1e11, 1000.0), (1e14, 1.0)):
        if number < most:
            return int(number * factor)
    return int(number / 1000)


def _from_iso(text: str) -> int | None:
    try:
        found = datetime.fromisoformat(text.replace(" Z", "Z"))
    except ValueError:
        return None
    if len(text) == 10:
        found = found.replace(hour=12)
    return _ms(found)


def _from_rfc822(text: str) -> int | None:
    try:
        return _ms(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _ms(found: datetime) -> int:
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return (aware - _EPOCH_START) // timedelta(milliseconds=1)


_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)


# ---- dates in words


def parse_human_date(text: str, now: int) -> ApproximateDate | None:
    """The date that words mean at `now`: "3mo", "vor 2 Wochen", "hier", "12 October 2024"."""
    text = _TAIL.sub("", text.strip().casefold()).strip(" .·•,")
    if not text or len(text) > LONGEST_TEXT:
        return None
    found = _ago(text, now) or _today_or_yesterday(text, now) or _date(text, now)
    return found if found and plausible(found.at, now) is not None else None


# Text after the date on the same line: "3mo • Edited", "Gestern um 14:03".
_TAIL = re.compile(r"\s*(?:[•·|]|\b(?:at|um|à|a las|às|alle|om|kl\.?|o)\s+[0-9]).*$", re.DOTALL)

_UNITS = {
    MINUTE_MS: "m min mins minute minutes minuten minuto minutos minuti minuut minuter minutter"
    " minut minuty 分 分钟 分鐘 분 мин",
    HOUR_MS: "h hr hrs hour hours std stunde stunden heure heures hora horas ora ore uur u timmar"
    " tim timer godz 時間 小时 小時 시간 ч",
    DAY_MS: "d day days tag tage tagen tg jour jours día días dia dias giorno giorni g dag dagen"
    " dagar dage dni dzień 日 天 일 дн",
    7 * DAY_MS: "w wk wks week weeks wo woche wochen sem semaine semaines semana semanas settimana"
    " settimane sett weken veckor uger tyg v 週間 周 週 주 нед",
    30 * DAY_MS: "mo mos month months mon monat monate monaten mois mes meses mese mesi maand"
    " maanden mnd mån månader månad måned måneder mies miesiąc miesiące ヶ月 か月 カ月 个月 個月"
    " 개월 мес",
    365 * DAY_MS: "y yr yrs year years jahr jahre jahren an ans année années año años anno anni ano"
    " anos jaar år lat rok lata 年 년 г",
}
_UNIT_MS = {word: ms for ms, all_words in _UNITS.items() for word in all_words.split()}
_AGO = re.compile(
    r"(?:(?:vor|il y a|hace|há|for|för|about|almost|over|circa|etwa|environ)\s+)?"
    r"([0-9]{1,3}|an?|eine[mr]?|une?|una?|um|uma|een|en|ett)\s*([^\W\d_]{1,12})\.?"
    r"\s*(?:ago|geleden|fa|atrás|sedan|siden|temu|前|전|назад)?"
)


def _ago(text: str, now: int) -> ApproximateDate | None:
    found = _AGO.fullmatch(text)
    if not found:
        return None
    unit = found[2] if found[2] in _UNIT_MS else found[2].removesuffix("前").removesuffix("전")
    ms = _UNIT_MS.get(unit)
    number = int(found[1]) if found[1].isdecimal() else 1
    # Without digits only whole words are units: "a month" is a date, "a m" is not.
    if ms is None or (not found[1].isdecimal() and len(unit) < 3):
        return None
    return ApproximateDate(now - number * ms, ms)


_TODAY = (
    "now|just now|today|jetzt|gerade eben|heute|maintenant|aujourd’hui|aujourd'hui|ahora|hoy|adesso"
    "|oggi|agora|hoje|nu|vandaag|idag|i dag|teraz|dzisiaj|今日|今天|오늘|сегодня"
)
_YESTERDAY = (
    "yesterday|gestern|hier|ayer|ieri|ontem|gisteren|igår|i går|wczoraj|昨日|昨天|어제|вчера"
)
_DAYS_BACK = dict.fromkeys(_TODAY.split("|"), 0) | dict.fromkeys(_YESTERDAY.split("|"), 1)


def _today_or_yesterday(text: str, now: int) -> ApproximateDate | None:
    back = _DAYS_BACK.get(text)
    return None if back is None else ApproximateDate(now - back * DAY_MS, DAY_MS)


# The first letters of the months in English, German, French, Spanish,
# Italian, Portuguese and Dutch; the longest match wins ("juin" is June, "jui" may be July).
_MONTHS = (
    "jan jän ene gen",
    "feb fév fev",
    "mar mär maa mrt",
    "apr avr abr",
    "may mai maj mag mei mayo",
    "jun juin giu",
    "jul juil lug",
    "aug aoû ago",
    "sep set",
    "oct okt ott out",
    "nov",
    "dec dez déc dic",
)
_MONTH_OF = {start: number for number, all_ in enumerate(_MONTHS, 1) for start in all_.split()}
_DAY_FIRST = re.compile(r"([0-3]?[0-9])(?:\.|st|nd|rd|th|er|º)?(?: de)? ([^\W\d_]{3,10})\.?(.*)")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,10})\.? ([0-3]?[0-9])(?:st|nd|rd|th)?(?![0-9:])(.*)")
_YEAR = re.compile(r",?(?: de| of)? ?((?:19|20)[0-9]{2})")


def _date(text: str, now: int) -> ApproximateDate | None:
    """A date with the month in words; without a year, the last such day."""
    if found := _DAY_FIRST.fullmatch(text):
        day, name, rest = found.groups()
    elif found := _MONTH_FIRST.fullmatch(text):
        name, day, rest = found.groups()
    else:
        return None
    month = _MONTH_OF.get(name[:4]) or _MONTH_OF.get(name[:3])
    year = _YEAR.fullmatch(rest)
    if month is None or (rest and not year):
        return None
    this_year = (_EPOCH_START + timedelta(milliseconds=now)).year
    years = [int(year[1])] if year else [this_year, this_year - 1]
    for one in years:
        try:
            at = _ms(datetime(one, month, int(day), 12, tzinfo=UTC))
        except ValueError:
            continue
        if at <= now + DAY_MS:
            return ApproximateDate(min(at, now), DAY_MS)
    return None
