"""Where the output cannot go: the command fails and says so in a line, and no more than that."""

import json
import os
import subprocess
import sys
import time

import pytest
from support.harness import PATIENCE_SECONDS, Daemon, RunPlnd

from plnd import client
from plnd.system.files import Home
from plnd.system.paths import place

COMMANDS = [
    ("status",),
    ("status", "--json"),
    ("status", "--short"),
    ("status", "--help"),
    ("--help",),
    ("--version",),
    ("person",),
    ("receipt", "--json"),
    ("network", "show", "x"),
    ("explain", "https://x.com/nasa"),
    ("cpd", "--csv"),
    ("pause",),
    ("export",),
    ("doctor",),
]


def shell(words: tuple[str, ...], how: str, **env: str) -> tuple[int, str, str]:
    """Run a command in a shell with redirected output; its exit code and its output."""
    line = f'exec "$@" {how}'
    done = subprocess.run(
        ["bash", "-c", line, "bash", sys.executable, "-m", "plnd", *words],
        env={**os.environ, **env},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.decode("latin-1"), done.stderr.decode("latin-1")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        (">/dev/full", "No space left on device"),
        (">&-", "it is closed"),
        (">&- <&-", "it is closed"),
        (">/dev/full 2>/dev/full", None),
        (">&- 2>&- <&-", None),
    ],
)
def test_failed_output_is_an_error_in_one_line(daemon: Daemon, how: str, why: str | None) -> None:
    expected = f"plnd: cannot write to standard output: {why}\n" if why else ""
    for words in COMMANDS:
        assert shell(words, how) == (1, "", expected), words


def test_a_closed_standard_error_changes_nothing(daemon: Daemon) -> None:
    for words in (("status",), ("status", "--short"), ("person",), ("receipt",), ("--help",)):
        assert shell(words, "2>&-") == (*shell(words, "")[:2], ""), words


def test_without_a_daemon_too(run_plnd: RunPlnd) -> None:
    """The fast `status`, which prints to standard error that no daemon runs."""
    code, _, err = shell(("status",), ">/dev/full")
    assert code == 1
    assert err.splitlines()[1:] == [
        "plnd: cannot write to standard output: No space left on device"
    ]
    assert shell(("status",), "2>&-")[0] == 3
    assert shell(("status",), ">/dev/full 2>/dev/full") == (1, "", "")
    assert shell(("person", "show", "nobody"), "2>&-") == (1, "", "")
    assert shell(("person", "show", "nobody"), "2>/dev/full") == (1, "", "")
    assert shell(("person", "--nonsense"), "2>/dev/full")[0] in (1, 2)
    assert shell(("forget", "--all"), "<&-")[0] == 2


def test_a_daemon_without_a_writable_log_serves(home: Home, run_plnd: RunPlnd) -> None:
    """Such as a service whose journal is on a full disk."""
    line = 'exec "$@" 2>/dev/full'
    command = ["bash", "-c", line, "bash", sys.executable, "-m", "plnd", "run"]
    with subprocess.Popen(command, env=os.environ) as process:
        try:
            found = None
            end = time.monotonic() + PATIENCE_SECONDS
            while found is None and time.monotonic() < end:
                assert process.poll() is None
                found = client.daemon(place())
            assert found
            assert client.ask(found, "GET", "health")["pid"] == process.pid
            assert run_plnd("person", "add", "Ana").out
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)
    assert process.returncode == 0


NAME = "Zoë 李雷 👍 “x”"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_characters_that_the_encoding_lacks_are_replaced(daemon: Daemon, encoding: str) -> None:
    """JSON stays valid, and has the same content."""
    daemon.ask("POST", "people", {"name": NAME})
    daemon.ask("POST", "journal", {"kind": "learned", "text": NAME})
    env = {"PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    for words in (
        ("person",),
        ("journal",),
        ("review",),
        ("cpd", "--csv"),
        ("person", "show", NAME),
    ):
        code, out, err = shell(words, "", **env)
        assert (code, err) == (0, ""), words
        if words[0] in ("person", "journal"):
            assert NAME.encode(encoding, "backslashreplace").decode("latin-1") in out
    code, out, _ = shell(("person", "--json"), "", **env)
    found = json.loads(out.encode("latin-1").decode(encoding))
    assert (code, found["people"][0]["name"]) == (0, NAME)
    code, out, _ = shell(("export",), "", **env)
    lines = [json.loads(line) for line in out.encode("latin-1").decode(encoding).splitlines()]
    assert code == 0
    assert NAME in [line.get("document", {}).get("name") for line in lines]
    code, _, err = shell(("person", "show", f"no {NAME}"), "", **env)
    assert (code, err.startswith("plnd: nobody is called")) == (1, True)
