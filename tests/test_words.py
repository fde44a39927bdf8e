"""The dashboard's texts: every language has all of them, with the same things filled in."""

import re
from pathlib import Path

import pytest

WORDS = Path(__file__).parent.parent / "plnd/dashboard/src/words"
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
