"""Another user of the same machine: reads nothing, is answered nothing, and learns nothing."""

import http.client
import json
import os
import pwd
import stat
import subprocess
import threading
from pathlib import Path

import pytest
from support.builders import HOUR, batch, visit
from support.harness import Daemon, RunPlnd

from plnd.core.plnd import now_ms
from plnd.system.files import Home

STRANGER = pwd.getpwnam("nobody").pw_uid
ROOT = os.geteuid() == 0
"""Only root can be somebody else; without root, rights and the kernel's word are the proof."""
WORD = "zebrafinch"


def as_stranger(*words: str) -> subprocess.CompletedProcess[str]:
    """A command as another user of this machine."""
    drop = ["setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"]
    return subprocess.run(
        [*drop, *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": "/"},
        check=False,
    )


@pytest.fixture
def lived(daemon: Daemon, run_plnd: RunPlnd, tmp_path: Path) -> Daemon:
    """A daemon with something to hide, in a folder to which everybody may go."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder != Path("/") and folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o055)
    daemon.ask("POST", "events", batch(visit(now_ms() - HOUR, 60, handle=WORD)))
    run_plnd("install", "--manifest-dir", str(tmp_path / "manifests"))
    run_plnd("forget", "--handle", "x:ana", "--yes")
    return daemon


def test_no_file_below_the_home_is_for_others(lived: Daemon, home: Home) -> None:
    root = home.data.parent
    everything = [root, *root.rglob("*")]
    assert len(everything) > 8
    open_ones = [
        f"{path.relative_to(root)} {stat.filemode(path.stat().st_mode)}"
        for path in everything
        if path.stat().st_mode & 0o077
    ]
    assert open_ones == []
    if ROOT:
        assert as_stranger("find", str(root), "-mindepth", "1").stdout == ""
        for path in everything[1:]:
            assert as_stranger("cat", str(path)).stdout == "", path


def test_processes_and_files_show_no_key(lived: Daemon, run_plnd: RunPlnd, home: Home) -> None:
    """Neither arguments nor environment of any process, nor the log; one file has the token."""
    seen: list[bytes] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for name in filter(str.isdigit, os.listdir("/proc")):
                for part in ("cmdline", "environ"):
                    try:
                        seen.append(Path(f"/proc/{name}/{part}").read_bytes())
                    except OSError:
                        continue

    watching = threading.Thread(target=watch)
    watching.start()
    link = run_plnd("open", "--print").out.strip()
    run_plnd("status")
    run_plnd("budget", "set", "50")
    run_plnd("doctor", code=None)
    done.set()
    watching.join(20)
    code = link.partition("code=")[2]
    cookie = str(get(lived.port, f"/open?code={code}")[1]).partition(";")[0].partition("=")[2]
    keys = [lived.about["token"].encode(), code.encode(), cookie.encode()]
    assert all(len(key) > 20 for key in keys)
    assert any(b"\0budget\0" in one for one in seen), "the watching saw nothing"
    assert not [key for key in keys if any(key in one for one in seen)]
    holding = [
        path.name
        for path in home.data.parent.rglob("*")
        if path.is_file() and any(key in path.read_bytes() for key in keys)
    ]
    assert holding == ["daemon.json"]


def test_the_log_names_nothing_of_the_users_life(lived: Daemon, home: Home) -> None:
    lived.ask("PUT", "budgets", {"minutes": 1, "network": "x"})
    lived.ask("POST", "events", batch(visit(now_ms() - HOUR, 600, handle=WORD, tag=WORD)))
    lived.ask("POST", "forget", {"handle": WORD})
    assert WORD not in (home.state / "daemon.log").read_text()


ASK = """
import http.client, json, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
connection.request("GET", sys.argv[2], headers=json.loads(sys.argv[3]))
answer = connection.getresponse()
print(answer.status, answer.getheader("Set-Cookie"), answer.read().decode()[:400])
"""


def asked_by_stranger(port: int, path: str, headers: dict[str, str]) -> str:
    done = as_stranger("/usr/bin/python3", "-c", ASK, str(port), path, json.dumps(headers))
    assert done.returncode == 0, done.stderr
    return done.stdout


def get(port: int, path: str, cookie: str = "") -> tuple[int, str | None, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    found = (answer.status, answer.getheader("Set-Cookie"), answer.read())
    connection.close()
    return found


def test_without_a_key_nobody_is_told_anything(lived: Daemon, home: Home) -> None:
    for path in ("/api/v1/today", "/api/v1/receipt", "/api/v1/openapi.json", "/api/v1/health"):
        status, cookie, said = get(lived.port, path)
        assert (status, cookie) == (401, None)
        assert WORD.encode() not in said
        assert str(home.data.parent).encode() not in said
        assert b"0.1" not in said


def test_a_stolen_link_and_a_stolen_cookie_serve_only_their_owner(
    lived: Daemon, run_plnd: RunPlnd
) -> None:
    """Seen in the list of processes, or given away by a browser that went to another port."""
    path = "/" + run_plnd("open", "--print").out.strip().split("/", 3)[3]
    if ROOT:
        assert asked_by_stranger(lived.port, path, {}).startswith("403 None ")
    status, given, _ = get(lived.port, path)
    assert (status, bool(given)) == (303, True)
    assert "HttpOnly" in str(given) and "SameSite=Strict" in str(given)
    assert get(lived.port, path)[:2] == (403, None)
    cookie = str(given).partition(";")[0]
    assert get(lived.port, "/api/v1/today", cookie)[0] == 200
    if ROOT:
        said = asked_by_stranger(lived.port, "/api/v1/today", {"Cookie": cookie})
        assert said.startswith("403 None ")
        assert "foreign_user" in said
