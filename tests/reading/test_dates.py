"""Dates in texts: exact timestamps, and rough words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import DAY, HOUR, MINUTE, NOON

from plnd.reading.dates import parse_human_date, parse_timestamp


def iso(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC).isoformat()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00+00:00"),
        ("2026-11-20T10:00:00.000+02:00", "2026-11-20T08:00:00+00:00"),
        ("2026-11-20 10:00:00Z, License: CC", "2026-11-20T10:00:00+00:00"),
        ("2026-11-20T10:00", "2026-11-20T10:00:00+00:00"),
        ("2026-11-20", "2026-11-20T12:00:00+00:00"),
        ("Fri, 20 Nov 2026 10:00:00 +0100", "2026-11-20T09:00:00+00:00"),
        ("1795000000", "2026-11-18T11:06:40+00:00"),
        ("1795000000000", "2026-11-18T11:06:40+00:00"),
        ("1795000000.000200", "2026-11-18T11:06:40+00:00"),
        ("2026-11-23T20:00:00", "2026-11-23T12:00:00+00:00"),  # ahead, by a zone that is not said
        ("2027-01-01", None),
        ("1999-01-01", None),
        ("2026-13-45", None),
        ("now", None),
        ("7", None),
    ],
)
def test_exact_moments(text: str, at: str | None) -> None:
    assert iso(parse_timestamp(text, NOON)) == at


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        *(("5m", 5 * MINUTE), ("3 h", 3 * HOUR), ("4d", 4 * DAY), ("2w", 14 * DAY)),
        *(("3mo", 90 * DAY), ("3mo • Edited", 90 * DAY), ("1yr", 365 * DAY)),
        *(("an hour ago", HOUR), ("2 weeks ago", 14 * DAY), ("a month ago", 30 * DAY)),
        *(("vor 2 Wochen", 14 * DAY), ("vor einem Tag", DAY), ("3 Std.", 3 * HOUR)),
        *(("vor 3 Monaten", 90 * DAY), ("il y a 2 semaines", 14 * DAY), ("3 mois", 90 * DAY)),
        *(("hace 5 días", 5 * DAY), ("2 settimane fa", 14 * DAY), ("há 2 meses", 60 * DAY)),
        *(("3 maanden geleden", 90 * DAY), ("2 veckor sedan", 14 * DAY), ("3か月前", 90 * DAY)),
        *(("2週間前", 14 * DAY), ("3个月前", 90 * DAY), ("Gestern um 14:03", DAY), ("hier", DAY)),
        ("just now", 0),
        ("heute", 0),
    ],
)
def test_words_that_say_how_long_ago(text: str, ago: int) -> None:
    found = parse_human_date(text, NOON)
    assert found
    assert found.at == NOON - ago
    assert found.uncertainty_ms > 0


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12 October 2024", "2024-10-12"),
        ("Oct 12, 2024", "2024-10-12"),
        ("12. Oktober um 15:03", "2026-10-12"),
        ("24 décembre", "2025-12-24"),  # not yet this year
        ("3 de noviembre de 2026", "2026-11-03"),
        ("5 März", "2026-03-05"),
        ("1er juin", "2026-06-01"),
        ("30 February", None),
        ("12 Bananas", None),
    ],
)
def test_dates_in_words(text: str, day: str | None) -> None:
    found = parse_human_date(text, NOON)
    assert (iso(found.at) or "")[:10] == day if found else day is None


@pytest.mark.parametrize(
    "text", ["", "a man", "5 bananas", "3 replies", "1.2M", "may", "2026", "1,234 views", "j", "99"]
)
def test_what_is_no_moment(text: str) -> None:
    assert parse_human_date(text, NOON) is None


@given(st.text(max_size=80))
def test_whatever_is_read_lies_in_the_past(text: str) -> None:
    exact, rough = parse_timestamp(text, NOON), parse_human_date(text, NOON)
    assert exact is None or exact <= NOON
    assert rough is None or rough.at <= NOON
