"""Two users of one machine: one browses, the other tries everything at once, for minutes.

As root these are two users in truth, neither of them root. Without root the attacker is the user's
own process, which has no cookie: it can only be in the way.
"""

import json
import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.browsers import ROOT as SOURCE
from support.harness import Daemon

TESTS = Path(__file__).parents[1]
ROOT = os.geteuid() == 0
RESIDENT, STRANGER = (pwd.getpwnam(name).pw_uid for name in ("games", "nobody"))
SECONDS_A_ROUND = 0.3
LONGEST_WAIT_SECONDS = 5.0
"""A second is what is wanted; under the load of other tests it is no sign of anything."""
MOST_LOG_BYTES = 2 * 1024 * 1024
REFUSED = {"400", "401", "403", "404", "405", "413", "414", "421", "431", "closed"}


def as_user(user: int, *words: str, may_read_all: bool = False) -> list[str]:
    """A command as another user; one that may read the Python that root alone can."""
    if not ROOT:
        return list(words)
    drop = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    if may_read_all:
        drop += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return [*drop, *words]


class Resident:
    """A user with a home, a plnd, and what is needed to run commands as that user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "plnd"
        folder.mkdir()
        if ROOT:
            os.chown(folder, RESIDENT, RESIDENT)
            for above in folder.parents:
                if above != Path("/") and above.stat().st_uid == 0:
                    above.chmod(above.stat().st_mode | 0o055)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PLND_HOME": str(self.home),
            "PLND_PORT": "0",
            "PYTHONPATH": os.pathsep.join([str(SOURCE), str(TESTS)]),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            as_user(RESIDENT, sys.executable, *words, may_read_all=True),
            env=self.env,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> str:
        process = self.start("-m", "plnd", *words)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said
        return said

    def daemon(self) -> Daemon:
        about = json.loads((self.home / "state" / "daemon.json").read_text())
        return Daemon(about)


def test_another_user_reads_nothing_changes_nothing_and_is_in_nobodys_way(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    seconds = str(int(pytestconfig.getoption("rounds")) * SECONDS_A_ROUND)
    resident = Resident(tmp_path / "resident")
    resident.run("start")
    daemon = resident.daemon()
    try:
        daemon.ask("POST", "journal", {"kind": "learned", "text": "a secret"})
        cookie = signed_in(resident, daemon)
        host = [sys.executable, str(SOURCE / "native-host" / "plnd_host.py")]
        host += ["--state", str(resident.home / "state"), "--start", "/bin/false"]
        browsing = resident.start(
            str(TESTS / "support" / "user_process.py"), seconds, cookie, *host
        )
        stolen = cookie if ROOT else "plnd=unknown"
        attack = subprocess.Popen(
            as_user(
                STRANGER,
                "/usr/bin/python3",
                *(str(TESTS / "support" / "other_user.py"), str(daemon.port), seconds),
                *(stolen, str(resident.home)),
            ),
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"]},
        )
        tried, lived = (
            json.loads(one.communicate(timeout=float(seconds) + 120)[0])
            for one in (attack, browsing)
        )
        print(json.dumps({"tried": tried["answers"], "waits": lived["waits"]}))
        assert_nothing_was_got(tried)
        assert lived["failures"] == []
        assert max(lived["waits"].values()) < LONGEST_WAIT_SECONDS
        assert_nothing_was_changed(daemon, lived)
        log = resident.home / "state" / "daemon.log"
        logs = [one for one in (log, log.with_name("daemon.log.1")) if one.exists()]
        assert sum(one.stat().st_size for one in logs) <= MOST_LOG_BYTES
        assert "zebrafinch" not in "".join(one.read_text() for one in logs)
    finally:
        resident.run("stop")


def signed_in(resident: Resident, daemon: Daemon) -> str:
    """The cookie of the resident's browser."""
    page = daemon.ask("POST", "open")["file"]
    script = (
        "import http.client, sys, pathlib; text = pathlib.Path(sys.argv[1]).read_text();"
        "link = text.partition('url=')[2].partition(chr(34))[0];"
        "address, _, path = link.removeprefix('http://').partition('/');"
        "c = http.client.HTTPConnection(address, timeout=20); c.request('GET', '/' + path);"
        "print(c.getresponse().getheader('Set-Cookie').partition(';')[0])"
    )
    process = resident.start("-c", script, page)
    said, _ = process.communicate(timeout=60)
    return said.strip()


def assert_nothing_was_got(tried: dict[str, Any]) -> None:
    assert tried["links"] == []
    if ROOT:
        assert tried["user"] == STRANGER
        assert tried["read"] == []
    asked = {what: set(found) - REFUSED for what, found in tried["answers"].items()}
    assert {what: left for what, left in asked.items() if left} == {"silent": {"held"}}


def assert_nothing_was_changed(daemon: Daemon, lived: dict[str, Any]) -> None:
    """All that the resident stored is there, once, and nothing else is."""
    assert [one["text"] for one in daemon.ask("GET", "journal")["entries"]] == ["a secret"]
    assert [one["minutes"] for one in daemon.ask("GET", "budgets")["budgets"]] == [60]
    assert not daemon.ask("GET", "pause")["paused"]
    assert len(daemon.ask("GET", "sessions")["sessions"]) == min(1 + lived["opened"], 50)
    found: list[str] = []
    part = daemon.ask("GET", "export?after=visits")
    while True:
        found += [line["id"] for line in part["lines"]]
        if not part["next"]:
            break
        part = daemon.ask("GET", f"export?after={part['next']}")
    assert sorted(found) == sorted(lived["stored"])
