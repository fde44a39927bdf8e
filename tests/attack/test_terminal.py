"""Whoever writes what a terminal would obey: it is shown there, and carried on as it is."""

import contextlib
import os
import pty
import subprocess
import sys

import pytest
from builders import HOUR, act, batch
from hypothesis import given
from hypothesis import strategies as st
from kit import Daemon, RunPlnd

from plnd.core import now_ms
from plnd.screen import harmless

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b2J\u202eana"


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
    assert not {*"\x1b\x07\x9b\u202e"} & {*said}


def test_a_pipe_gets_every_text_as_it_is(daemon: Daemon, run_plnd: RunPlnd) -> None:
    daemon.ask("POST", "people", {"name": EVIL})
    assert run_plnd("person", "--json").json["people"][0]["name"] == EVIL
    assert EVIL in run_plnd("person").out


def test_own_colours_are_shown(daemon: Daemon) -> None:
    assert "\x1b[32munder\x1b[0m" in on_terminal("status")


@given(st.text(alphabet=st.characters(), max_size=30) | st.text(alphabet="\x1b[]0;m2J\n"))
def test_of_any_text_colours_alone_are_left(text: str) -> None:
    left = harmless(text)
    for part in left.split("\x1b")[1:]:
        head, end, _ = part.partition("m")
        assert end == "m"
        assert head.startswith("[")
        assert set(head[1:]) <= set("0123456789;")
    assert harmless(left) == left
    assert left.count("\n") == text.count("\n")
