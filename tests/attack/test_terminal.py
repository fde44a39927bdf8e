"""Whoever writes what a terminal would obey: it is shown there, and carried on as it is."""

import contextlib
import os
import pty
import shlex
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import HOUR, act, batch, visit
from support.harness import Daemon, RunPlnd

from plnd.core.plnd import now_ms
from plnd.words.printable import harmless, one_line

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b2J\x1b[8m\u202e\u200e\u061c\u2028\ufeff\U000e0041\rana"


def on_terminal(*words: str) -> str:
    """What a terminal gets of a command."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen([sys.executable, "-m", "plnd", *words], stdout=theirs, stderr=theirs)
    os.close(theirs)
    got = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while part := os.read(ours, 4096):
            got += part
    os.close(ours)
    child.wait(20)
    return got.decode()


@pytest.mark.parametrize(
    "words",
    [
        ("receipt",),
        ("receipt", "--json"),
        ("person",),
        ("journal",),
        ("explain", "https://x.com/hashtag/%1b%5d0;owned%07%1b%5b2J"),
        ("person", "show", f"nobody {EVIL}"),
    ],
)
def test_a_terminal_is_given_nothing_to_obey(
    daemon: Daemon, run_plnd: RunPlnd, words: tuple[str, ...]
) -> None:
    """Handles out of addresses, names out of address books, words out of articles, and errors."""
    daemon.ask("POST", "events", batch(act(now_ms() - HOUR, handle=EVIL)))
    daemon.ask("POST", "people", {"name": EVIL})
    daemon.ask("POST", "journal", {"kind": "learned", "text": EVIL, "title": EVIL})
    said = on_terminal(*words)
    assert "owned" in said
    assert not {*said.replace("\r\n", "")} & {
        *"\x1b\x07\x9b\u202e\u200e\u061c\u2028\ufeff\U000e0041\r"
    }


def test_a_pipe_gets_every_text_as_it_is(daemon: Daemon, run_plnd: RunPlnd) -> None:
    """All but what would end a row."""
    daemon.ask("POST", "people", {"name": EVIL})
    assert run_plnd("person", "--json").json["people"][0]["name"] == EVIL
    assert EVIL.replace("\u2028", " ").replace("\r", " ") in run_plnd("person").out


def test_own_colours_are_shown_and_strangers_are_not(daemon: Daemon) -> None:
    """A name that hides the rest of a list, or paints a state, does neither."""
    assert "\x1b[32munder\x1b[0m" in on_terminal("status")
    daemon.ask("POST", "people", {"name": "Ana\x1b[8m"})
    daemon.ask("POST", "people", {"name": "Bob \x1b[32munder\x1b[0m"})
    assert "\x1b" not in on_terminal("person")


@pytest.mark.parametrize("words", [("person",), ("journal",), ("review",), ("cpd",)])
def test_a_name_makes_no_row_of_its_own(
    daemon: Daemon, run_plnd: RunPlnd, words: tuple[str, ...]
) -> None:
    forged = "Ana\nplnd: all is well\u2028plnd: or is it\x0bplnd: so"
    daemon.ask("POST", "people", {"name": forged})
    entry = {"kind": "learned", "text": forged, "title": forged, "minutes": 30, "person": forged}
    daemon.ask("POST", "journal", entry)
    daemon.ask("POST", "cpd", {"day": "2026-11-01", "topic": forged, "hours": 1})
    year = ("--year", "2026") if words == ("cpd",) else ()
    for said in (on_terminal(*words), run_plnd(*words, *year).out):
        assert not [line for line in said.splitlines() if line.startswith("plnd:")]


def test_a_line_to_be_copied_is_a_handle_to_a_shell_and_no_command(
    daemon: Daemon, run_plnd: RunPlnd
) -> None:
    handle = "$(date);`id`'x'"
    daemon.ask("POST", "suggestions/profiles", {"network": "bluesky", "handle": handle})
    events = [visit(now_ms() - HOUR, 90, page="settings", handle="me;date")]
    daemon.ask("POST", "events", batch(*events))
    commands = [
        shlex.split(line, comments=True)
        for line in run_plnd("profile", "suggest").out.splitlines()
        if line.startswith("  plnd")
    ]
    assert sorted(commands) == [
        ["plnd", "profile", "add", "bluesky", handle],
        ["plnd", "profile", "add", "x", "me;date"],
    ]


ANYTHING = st.text(alphabet=st.characters(), max_size=30) | st.text(alphabet="\x1b[]0;m2J\n")
IGNORABLE = {0xAD, 0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180E, 0x180F}
IGNORABLE |= {
    0x3164,
    0xFFA0,
    *range(0x200B, 0x2010),
    *range(0x2060, 0x2070),
    *range(0xE0000, 0xE1000),
}


def test_no_character_of_all_that_there_are_commands_or_hides() -> None:
    """By Unicode's own kinds: controls, formats, halves of pairs, separators; and no width."""
    for code in range(sys.maxunicode + 1):
        left = harmless(f"a{chr(code)}z")
        assert left[0] + left[-1] == "az"
        for char in left.replace("\n", "").replace("\t", ""):
            assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp"), hex(code)
            assert ord(char) not in IGNORABLE, hex(code)


@given(ANYTHING)
def test_of_any_text_only_what_can_be_seen_is_left(text: str) -> None:
    left = harmless(text)
    assert not {*left} & {*"\x1b\r\x9b\x07"}
    assert harmless(left) == left
    assert left.count("\n") == text.count("\n")
    assert len(one_line(text).splitlines()) <= 1


def test_what_people_write_stays_readable() -> None:
    assert (
        harmless("Zoë Ångström, 李雷, علي, ½ – “x” 👍🏽\ufe0f")
        == "Zoë Ångström, 李雷, علي, ½ – “x” 👍🏽\ufe0f"
    )
    assert harmless("Co\xadop\xa0AG 👩\u200d💻") == "Coop AG 👩💻"
