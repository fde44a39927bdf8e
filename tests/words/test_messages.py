"""Texts for people: every language has all of them, with the same things filled in."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from string import Formatter
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from support import ROOT
from support.builders import NOON

from plnd.model.base import Language
from plnd.words.messages import CATALOGUES, LANGUAGES, language_of_locale, negotiate

PLND = ROOT / "plnd"
WORDS = PLND / "dashboard/src/words"
TEXT = re.compile(r'^  (\w+):\s+"((?:[^"\\]|\\.)*)",$', re.MULTILINE)


def texts(language: str) -> dict[str, str]:
    return dict(TEXT.findall((WORDS / f"{language}.ts").read_text()))


@pytest.mark.parametrize("language", ["de"])
def test_a_language_has_every_text_and_fills_in_the_same(language: str) -> None:
    english, other = texts("en"), texts(language)
    assert len(english) > 100
    assert list(other) == list(english)
    parts = re.compile(r"\{\w+\}")
    differing = {
        key
        for key in english
        if sorted(set(parts.findall(english[key]))) != sorted(set(parts.findall(other[key])))
    }
    assert not differing


def test_counted_texts_come_in_both_forms() -> None:
    english = texts("en")
    stems = {key.removesuffix("_one") for key in english if key.endswith("_one")}
    assert stems
    assert all(f"{stem}_other" in english for stem in stems)


REFUSALS = set(
    re.findall(r'^  (?:"([^"]+)"|(\w+)): \[', (WORDS / "errors.ts").read_text(), re.MULTILINE)
)


def refused_with() -> Iterator[str]:
    """The codes with which the daemon can refuse what this page asks."""
    for room in ("errors.py", "system", "core", "api", "web", "store"):
        for path in [PLND / room] if room.endswith(".py") else (PLND / room).rglob("*.py"):
            yield from re.findall(r'\bcode(?: = |=)"(\w+)"', path.read_text())
    yield from re.findall(r'AccessDenied\(\s*\d+,\s*"(\w+)"', (PLND / "web/access.py").read_text())


def test_each_refusal_has_words_of_its_own_in_other_languages() -> None:
    """By its code in any case; and by the field, where a form shows it there."""
    named = {one or other for one, other in REFUSALS}
    own = {key.removeprefix("trouble_") for key in texts("en") if key.startswith("trouble_")}
    codes = set(refused_with())
    assert {"invalid", "disk_full", "unauthorized"} <= codes
    assert not codes - named - own
    pages = [*WORDS.parent.glob("pages/*.tsx"), *WORDS.parent.glob("parts/*.tsx")]
    fields = {
        field for page in pages for field in re.findall(r'\bfield="([\w.]+)"', page.read_text())
    }
    assert len(fields) > 10
    assert not {field for field in fields if f"invalid {field}" not in named}


# -- what the daemon says -------------------------------------------------------------------

ENGLISH, GERMAN = (CATALOGUES[language].texts for language in LANGUAGES)


def fields(text: str) -> set[str]:
    """The names of what is filled in, whatever form it is given there."""
    names = (name for _, name, _, _ in Formatter().parse(text) if name is not None)
    return {re.split(r"[.\[]", name)[0] for name in names}


def asked_for() -> Iterator[re.Pattern[str]]:
    """What the rooms ask of the catalogues: keys, and patterns of keys, as they stand in code."""
    for path in PLND.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            yield from (re.compile(key) for key in composed(node))
            if not isinstance(node.func, ast.Attribute):
                continue
            by_words = isinstance(node.func.value, ast.Name) and node.func.value.id == "words"
            if by_words and node.func.attr in ("say", "count"):
                form = r"\.(one|other)" if node.func.attr == "count" else ""
                yield from (re.compile(key + form) for key in keys(node.args[0]))


def composed(call: ast.Call) -> Iterator[str]:
    """The keys that are put together for an error, which says its words later."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("Answer", "Unreadable", "field_error", "file_error"):
        for given in [*call.args, *(one.value for one in call.keywords)]:
            if isinstance(given, ast.JoinedStr):
                yield from (key for key in keys(given) if key[0].isalpha())


def keys(said: ast.expr) -> Iterator[str]:
    """The keys that an expression may come to, as patterns; none for a name."""
    match said:
        case ast.Constant(value=str(key)):
            yield re.escape(key)
        case ast.JoinedStr():
            yield "".join(
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
                for part in said.values
            )
        case ast.IfExp():
            yield from (*keys(said.body), *keys(said.orelse))


def constants() -> set[str]:
    """Every text in the rooms' code: where a key is chosen first, it stands apart."""
    return {
        node.value
        for path in PLND.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_the_catalogues_have_the_same_texts_with_the_same_fields() -> None:
    assert len(ENGLISH) > 100
    assert list(GERMAN) == list(ENGLISH)
    differing = {key for key in ENGLISH if fields(ENGLISH[key]) != fields(GERMAN[key])}
    assert not differing


def test_what_goes_by_a_number_has_both_forms() -> None:
    stems = {key.removesuffix(".one") for key in ENGLISH if key.endswith(".one")}
    assert stems
    assert stems == {key.removesuffix(".other") for key in ENGLISH if key.endswith(".other")}


def test_each_text_is_asked_for_and_each_that_is_asked_for_is_there() -> None:
    patterns, texts = list(asked_for()), constants()
    for pattern in patterns:
        assert any(pattern.fullmatch(key) for key in ENGLISH), pattern.pattern
    for key in ENGLISH:
        said = any(pattern.fullmatch(key) for pattern in patterns)
        assert said or key in texts, f"nobody says {key}"


def test_the_setting_knows_every_language() -> None:
    assert set(get_args(Language)) == set(LANGUAGES)
    assert [one.language for one in CATALOGUES.values()] == list(LANGUAGES)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("fr-FR,fr;q=0.9,de;q=0.5,en;q=0.3", "de"),
        ("en;q=0.1, de; q=0.2", "de"),
        ("DE-at", "de"),
        ("de;q=0,en;q=0.1", "en"),
        ("fr", None),
        ("*", None),
        ("", None),
        ("de;q=much", None),
    ],
)
def test_the_language_that_a_browser_likes_best(header: str, language: str | None) -> None:
    found = negotiate(header)
    assert (found.language if found else None) == language


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de_DE.UTF-8", "de"), ("de", "de"), ("en_GB.UTF-8", "en"), ("C", "en"), ("", "en")],
)
def test_the_language_of_a_system(locale: str, language: str) -> None:
    assert language_of_locale(locale).language == language


def test_each_language_writes_days_times_and_numbers_in_its_own_way() -> None:
    english, german = (CATALOGUES[one] for one in LANGUAGES)
    berlin = ZoneInfo("Europe/Berlin")
    assert english.moment(NOON, berlin) == "Mon 23 Nov 2026, 13:00"
    assert german.moment(NOON, berlin) == "Mo, 23. November 2026, 13:00 Uhr"
    assert german.period("2026-11-03", "2026-11-09") == "03.11.2026 bis 09.11.2026"
    assert (english.number(4.25, 2), german.number(4.25, 2)) == ("4.25", "4,25")
    assert german.duration(59) == "0 min"
    assert german.duration(3 * 3600 + 300) == "3 h 5 min"


def test_a_start_reads_no_catalogue() -> None:
    """Whoever says nothing waits for no texts."""
    code = (
        "import sys, plnd.core.plnd, plnd.words.messages as words;"
        "sys.exit(any('texts' in vars(one) for one in words.CATALOGUES.values()))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
