"""The command line as a process: what it prints where, and how it ends."""

import json
import os
import pty
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from support import ROOT
from support.builders import MINUTE, batch, visit
from support.harness import Daemon, RunPlnd, wait_until

from plnd import __version__, client
from plnd.core.plnd import now_ms
from plnd.errors import Invalid
from plnd.system.files import Home
from plnd.system.resources import extension_dir
from plnd.terminal import request
from plnd.terminal.commands import budget, index


def spend(daemon: Daemon, minutes: int) -> None:
    """Minutes on X today, however late or early the test runs."""
    hour = (int(daemon.ask("GET", "today")["now"] / 3_600_000) + 12) % 24
    daemon.ask("PATCH", "settings", {"time_zone": "UTC", "day_start": hour})
    start = now_ms() - (minutes + 1) * MINUTE
    daemon.ask("POST", "events", batch(visit(start, minutes * 60)))


def same_but_now(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return {**one, "now": 0} == {**other, "now": 0}


# -- the whole --------------------------------------------------------------------


def test_help_names_every_command(run_plnd: RunPlnd) -> None:
    for words in (["help"], ["--help"], ["-h"]):
        ran = run_plnd(*words)
        assert all(f"  {name} " in ran.out for name in index.COMMANDS)
        assert ran.err == ""
        assert max(len(line) for line in ran.out.splitlines()) <= 80


def test_the_promised_commands_are_there() -> None:
    wanted = "run start stop status open explain budget pause resume install uninstall doctor"
    assert set(wanted.split()) <= set(index.COMMANDS)


def test_a_daemon_that_starts_after_the_first_check_is_asked(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([None])
    look = client.daemon
    monkeypatch.setattr(client, "daemon", lambda place: next(looks, look(place)))
    answer, running = request.ask("GET", "today")
    assert running
    assert same_but_now(answer, daemon.ask("GET", "today"))


@pytest.mark.parametrize("name", index.COMMANDS)
def test_each_command_explains_itself(run_plnd: RunPlnd, name: str) -> None:
    ran = run_plnd(name, "--help")
    assert ran.out.startswith(f"usage: plnd {name}")
    assert index.COMMANDS[name].help in ran.out


def test_the_version(run_plnd: RunPlnd) -> None:
    assert run_plnd("--version").out == f"plnd {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nothing"],
        ["status", "--nothing"],
        ["status", "--json", "--short"],
        ["status", "now"],
        ["budget", "nothing"],
        ["budget", "set"],
        ["budget", "set", "many"],
        ["budget", "set", "5", "--when", "never"],
        ["explain"],
        ["stop", "now"],
        ["start", "--port"],
    ],
)
def test_wrong_usage_is_2(run_plnd: RunPlnd, words: list[str]) -> None:
    ran = run_plnd(*words, code=2)
    assert ran.out == ""
    assert "usage: plnd" in ran.err


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`plnd … | head`, for much output and little, online or not."""
    for words in (["status"], ["status", "--json"], ["settings"], ["help"]):
        reading, writing = os.pipe()
        os.close(reading)
        ran = subprocess.run(
            [sys.executable, "-m", "plnd", *words],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        os.close(writing)
        assert "Broken" not in ran.stderr, words
        assert ran.returncode == 0, words


# -- status -----------------------------------------------------------------------


def test_status_while_the_daemon_is_down_is_3_and_still_says_today(
    daemon: Daemon, run_plnd: RunPlnd
) -> None:
    spend(daemon, 70)
    online = run_plnd("status", "--json")
    screen = run_plnd("status")
    assert online.err == screen.err == ""
    run_plnd("stop")
    offline = run_plnd("status", "--json", code=3)
    assert same_but_now(offline.json, online.json)
    assert "plnd is not running" in offline.err
    assert "plnd start" in offline.err
    assert run_plnd("status", code=3).out == screen.out
    assert run_plnd("status", "--check", code=3).out == screen.out


def test_status_prints_today_in_every_form(daemon: Daemon, run_plnd: RunPlnd) -> None:
    spend(daemon, 31)
    assert same_but_now(run_plnd("status", "--json").json, daemon.ask("GET", "today"))
    screen = run_plnd("status").out
    assert "31 of 60 min used, 29 min left  under" in screen
    assert "  X  " in screen
    assert run_plnd("status", "--short").out == "31/60m\n"
    bar = run_plnd("status", "--waybar").out
    assert bar.count("\n") == 1
    assert json.loads(bar) == {
        "text": "31/60m",
        "tooltip": screen.rstrip("\n"),
        "class": "under",
        "percentage": 51,
    }


def test_a_check_says_by_its_code_that_time_is_over(daemon: Daemon, run_plnd: RunPlnd) -> None:
    spend(daemon, 50)
    assert "near" in run_plnd("status", "--check").out
    spend(daemon, 70)
    for words in (["--check"], ["--check", "--short"], ["--json", "--check"]):
        run_plnd("status", *words, code=150)
    run_plnd("status", code=0)


def test_status_before_anything_was_done(run_plnd: RunPlnd) -> None:
    ran = run_plnd("status", code=3)
    assert "0 of 60 min used, 60 min left  under" in ran.out
    assert "nothing yet today" in ran.out


def in_a_terminal(*words: str, **env: str) -> str:
    """What a command prints to a terminal."""
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "plnd", *words],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **env},
        check=False,
    )
    os.close(theirs)
    said = os.read(ours, 65536).decode()
    os.close(ours)
    return said


def test_colour_is_for_terminals_that_want_it(run_plnd: RunPlnd) -> None:
    assert "\x1b[32munder\x1b[0m" in in_a_terminal("status")
    assert "\x1b" not in in_a_terminal("status", NO_COLOR="1")
    assert "\x1b" not in run_plnd("status", code=3).out


def test_damage_found_without_a_daemon_is_reported(
    daemon: Daemon, run_plnd: RunPlnd, home: Home
) -> None:
    """The file is set aside then, so the daemon that starts later finds no damage."""
    run_plnd("stop")
    (home.data / "events.db").write_bytes(b"garbage " * 1000)
    ran = run_plnd("status", code=3)
    (moved,) = home.data.glob("events.db.damaged-*")
    assert str(moved) in ran.err
    assert "0 of 60 min used" in ran.out


def test_status_imports_nothing_heavy(daemon: Daemon) -> None:
    """While the daemon runs: no argument parser, no typing, only the socket and JSON."""
    code = "import sys; from plnd.terminal.main import main; main(['status']); print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    loaded = set(ran.stdout.splitlines()[-1].split())
    heavy = {
        "argparse",
        "typing",
        "asyncio",
        "aiohttp",
        "msgspec",
        "tinydb",
        "pathlib",
        "subprocess",
        "dataclasses",
        "plnd.core",
        "plnd.model",
        "plnd.terminal.commands",
    }
    assert not loaded & heavy


# -- budgets ------------------------------------------------------------------------


@pytest.mark.parametrize("online", [True, False])
def test_budgets(run_plnd: RunPlnd, online: bool) -> None:
    if online:
        run_plnd("start")
    first = {"id": "all", "minutes": 60, "network": None, "days": None, "when": None}
    assert run_plnd("budget").out == "  60 min a day  all networks\n"
    for words in (["--json"], ["list", "--json"], ["--json", "list"]):
        assert run_plnd("budget", *words).json == {"budgets": [first]}
    words = ["20", "--network", "x", "--days", "mon-fri", "--when", "work"]
    made = run_plnd("budget", "set", *words, "--json").json["budget"]
    assert made == {
        "id": "x.mon-tue-wed-thu-fri.work",
        "minutes": 20,
        "network": "x",
        "days": ["mon", "tue", "wed", "thu", "fri"],
        "when": "work",
    }
    assert run_plnd("budget", "set", "45").out == "  45 min a day  all networks\n"
    assert run_plnd("budget", "list").out.splitlines() == [
        "  45 min a day  all networks",
        "  20 min a day  x, mon tue wed thu fri, in work hours",
    ]
    removed = run_plnd("budget", "remove", *words[1:], "--json")
    assert removed.json == {"deleted": made["id"]}
    assert run_plnd("budget", "remove").out == "removed all\n"
    assert run_plnd("budget").out == "no budget is set\n"
    ran = run_plnd("budget", "remove", code=1)
    assert ran.err == "plnd: there is no such budget\n      `plnd budget` lists them\n"
    if online:
        run_plnd("stop")


WRONG: list[tuple[list[str], str]] = [
    (["budget", "set", "1441"], "1440"),
    (["budget", "set", "5", "--network", "myspace"], "myspace"),
    (["budget", "set", "5", "--days", "monday"], "mon-fri"),
    (["budget", "set", "5", "--days", ""], "mon-fri"),
    (["settings", "moon", "full"], "moon"),
    (["settings", "day_start", "25"], "23"),
    (["settings", "day_start"], "plnd settings day_start VALUE"),
    (["settings", "time_zone", "Mars/Olympus"], "Mars/Olympus"),
    (["settings", "quiet_start", "22:00"], "quiet_end"),
    (["pause", "--for", "soon"], "30m"),
    (["pause", "--for", "m"], "30m"),
    (["pause", "--for", ""], "30m"),
    (["pause", "--for", "0m"], "future"),
    (["pause", "--for", "99999999999999d"], "253402300799999"),
    (["snooze", "--for", "99999999999999d"], "253402300799999"),
]


def test_errors_are_the_same_online_and_offline(run_plnd: RunPlnd) -> None:
    """One line with the error, one with the hint; nothing is changed."""
    before = run_plnd("settings").out + run_plnd("budget").out
    offline = [run_plnd(*words, code=1) for words, _ in WRONG]
    run_plnd("start")
    online = [run_plnd(*words, code=1) for words, _ in WRONG]
    assert run_plnd("settings").out + run_plnd("budget").out == before
    run_plnd("stop")
    for (words, said), one, other in zip(WRONG, offline, online, strict=True):
        assert said in one.err, words
        assert re.match(r"plnd: .+\n(      .+\n)?$", one.err), words
        assert one.out == other.out == ""
        assert one.err.splitlines()[0] == other.err.splitlines()[0], words


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (None, None),
        ("mon", ["mon"]),
        ("mon-fri", ["mon", "tue", "wed", "thu", "fri"]),
        ("sat,sun", ["sat", "sun"]),
        ("SUN, Sat", ["sat", "sun"]),
        ("fri-mon", ["mon", "fri", "sat", "sun"]),
        ("mon-wed,fri", ["mon", "tue", "wed", "fri"]),
        ("mon-tue,mon-tue", ["mon", "tue"]),
        ("mon-sun", None),
        ("wed-tue", None),
    ],
)
def test_how_weekdays_are_written(text: str | None, days: list[str] | None) -> None:
    assert budget._days(text) == days


@pytest.mark.parametrize("text", ["", "monday", "mon-", "-fri", "mon--fri", "mon;tue", "1-5", ","])
def test_invalid_weekdays(text: str) -> None:
    with pytest.raises(Invalid):
        budget._days(text)


# -- settings, pause, snooze ---------------------------------------------------------


@pytest.mark.parametrize("online", [True, False])
def test_settings(run_plnd: RunPlnd, online: bool) -> None:
    if online:
        run_plnd("start")
    listed = run_plnd("settings").out
    shown = run_plnd("settings", "--json").json["settings"]
    for name, value in shown.items():
        assert re.search(rf"^{name} = {re.escape(json.dumps(value))}\n    \S", listed, re.M)
    changed = run_plnd("settings", "day_start", "4", "--json").json["settings"]
    assert changed == {**shown, "day_start": 4}
    run_plnd("settings", "work_start", "08:30")
    run_plnd("settings", "work_days", '["sat", "sun"]')
    run_plnd("settings", "time_zone", "Asia/Kathmandu")
    run_plnd("settings", "quiet_start", "22:00", "quiet_end", "07:00")
    now = run_plnd("settings", "--json").json["settings"]
    assert now == {
        **changed,
        "work_start": "08:30",
        "work_days": ["sat", "sun"],
        "time_zone": "Asia/Kathmandu",
        "quiet_start": "22:00",
        "quiet_end": "07:00",
    }
    run_plnd("settings", "time_zone", "null")
    if online:
        run_plnd("stop")
    assert run_plnd("settings", "--json").json["settings"]["time_zone"] is None


@pytest.mark.parametrize("online", [True, False])
def test_pause_and_resume(run_plnd: RunPlnd, online: bool) -> None:
    if online:
        run_plnd("start")
    assert run_plnd("pause").out.startswith("paused: nothing is recorded")
    state = run_plnd("pause", "--for", "2h", "--json").json
    assert state["paused"] is True
    assert abs(state["until"] - now_ms() - 2 * 3_600_000) < MINUTE
    assert re.match(r"paused until \d\d:\d\d on \d\d \w+:", run_plnd("pause", "--for", "1d").out)
    assert run_plnd("resume").out == "plnd records again\n"
    assert run_plnd("resume", "--json").json == {"paused": False, "since": None, "until": None}
    if online:
        run_plnd("stop")


def test_a_pause_holds_for_the_daemon_that_starts_later(run_plnd: RunPlnd) -> None:
    run_plnd("pause")
    run_plnd("start")
    state = json.loads(run_plnd("pause", "--json").out)
    assert state["paused"]
    run_plnd("stop")


@pytest.mark.parametrize("online", [True, False])
def test_snooze(run_plnd: RunPlnd, online: bool) -> None:
    if online:
        run_plnd("start")
    until = run_plnd("snooze", "--json").json["snoozed_until"]
    assert abs(until - now_ms() - 3_600_000) < MINUTE
    assert run_plnd("snooze", "--for", "30m").out.startswith("no notices until ")
    if online:
        run_plnd("stop")


# -- the rest --------------------------------------------------------------------------


def test_start_stop_and_open(run_plnd: RunPlnd) -> None:
    started = run_plnd("start")
    url = started.out.split()[-1]
    assert started.out == f"plnd runs at {url}\n"
    link = run_plnd("open", "--print").out
    assert re.fullmatch(rf"{url}/open\?code=[\w-]{{32}}\n", link)
    assert run_plnd("open", "--print").out != link
    assert run_plnd("stop").out.startswith("plnd stopped (process ")


def test_a_browser_is_started_with_a_page_that_holds_the_link(
    run_plnd: RunPlnd, tmp_path: Path
) -> None:
    """Other users can read the command line of a program."""
    browser, started = tmp_path / "browser", tmp_path / "started"
    browser.write_text(f'#!/bin/sh\necho "$1" > {started}\n')
    browser.chmod(0o700)
    ran = run_plnd("open", env={"BROWSER": f"{browser} %s"})
    assert (ran.out, ran.err) == ("", "")
    wait_until(lambda: started.exists() and started.read_text(), "the browser")
    page = Path(started.read_text().strip().removeprefix("file://"))
    assert "/open?code=" in page.read_text()
    run_plnd("stop")
    assert not page.exists()


def test_open_starts_the_daemon(run_plnd: RunPlnd) -> None:
    assert "/open?code=" in run_plnd("open", "--print").out
    run_plnd("stop")


def test_explain_says_what_would_be_stored_and_how_sure_it_is(run_plnd: RunPlnd) -> None:
    """With the rule, and a remark about counts that may be wrong."""
    page = run_plnd("explain", "https://staff.tumblr.com/").out
    assert "rule      tumblr#/pages/0\n" in page
    assert "stored    a visit: tumblr, profile, staff, begin and end" in page
    write = "https://www.quora.com/graphql/gql_para_POST?q={}"
    act = run_plnd("explain", write.format("UpvoteMutation"), "--method", "POST").out
    assert "certainty low\n" in act
    assert "stored    an interaction: quora, react" in act
    assert "switched off" in act
    assert "about" in act
    undo = run_plnd("explain", write.format("UnfollowMutation"), "--method", "POST").out
    assert "stored    nothing; a follow, react or save just before" in undo


def test_explain_needs_no_daemon_and_leaves_no_trace(run_plnd: RunPlnd, home: Home) -> None:
    found = run_plnd("explain", "https://x.com/nasa", "--json").json
    assert set(found) == {"network", "page", "handle", "tag", "action", "rule"}
    assert (found["network"], found["page"], found["handle"]) == ("x", "profile", "nasa")
    nothing = run_plnd("explain", "https://example.com/", "--json").json
    assert set(nothing.values()) == {None}
    assert "nothing would be stored" in run_plnd("explain", "https://example.com/").out
    assert home.root
    assert not home.root.exists()


def test_doctor_lists_what_it_checked(run_plnd: RunPlnd) -> None:
    ran = run_plnd("doctor", "--json", code=None)
    assert ran.code in (0, 1)
    assert ran.json["checks"]
    assert {"name", "status", "message"} <= set(ran.json["checks"][0])


def test_install_and_uninstall_into_one_folder(
    run_plnd: RunPlnd, tmp_path: Path, home: Home
) -> None:
    folder = tmp_path / "manifests"
    installed = run_plnd("install", "--manifest-dir", str(folder), "--json").json["installed"]
    written = sorted(str(one) for one in folder.rglob("*.json"))
    assert sorted({one["manifest"] for one in installed}) == written
    assert written
    removed = run_plnd("uninstall", "--manifest-dir", str(folder), "--json").json["removed"]
    assert set(written) <= set(removed)
    assert not list(folder.rglob("*.json"))


def test_an_answer_of_another_program_is_reported(home: Home) -> None:
    """The lock makes this impossible; if it happens anyway, the answer is refused."""
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n<html>")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        found = {"url": f"http://127.0.0.1:{server.getsockname()[1]}", "token": "x"}
        with pytest.raises(client.NotRunning) as caught:
            client.ask(found, "GET", "today")
        thread.join()
    assert "is not plnd" in caught.value.message


# -- networks ---------------------------------------------------------------------


def editing(old: str, new: str) -> dict[str, str]:
    """An editor that replaces one text, once."""
    code = (
        "import pathlib, sys; path = pathlib.Path(sys.argv[3]);"
        "path.write_text(path.read_text().replace(sys.argv[1], sys.argv[2], 1))"
    )
    return {"EDITOR": shlex.join([sys.executable, "-c", code, old, new])}


def test_an_edited_network_is_checked_and_used(run_plnd: RunPlnd, home: Home) -> None:
    """A changed name is shown; a reset removes the file."""
    said = run_plnd("network", "edit", "x", env=editing("https://x.com/{handle}", "mine"))
    assert said.out.startswith("x: checked and in use")
    path = home.data / "networks" / "x.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    shown = run_plnd("network", "show", "x", "--json").json
    assert shown["profile_url"] == "mine"
    listed = {one["id"]: one for one in run_plnd("network", "--json").json["networks"]}
    assert (listed["x"]["source"], listed["x"]["file"]) == ("own", shown)
    assert (listed["reddit"]["source"], listed["reddit"]["file"]) == ("plnd", None)
    assert "(your own file)" in run_plnd("explain", "https://x.com/nasa").out
    assert run_plnd("network", "reset", "x", "--json").json == {"network": "x", "changed": True}
    assert run_plnd("network", "reset", "x").out == "x: nothing changed\n"
    assert not list(path.parent.rglob("*.json"))


def test_an_invalid_edit_is_reported_and_the_draft_kept(run_plnd: RunPlnd, home: Home) -> None:
    """The next edit opens the draft again; nothing is used before it is valid."""
    failed = run_plnd("network", "edit", "x", env=editing('"feed"', '"fed"'), code=1)
    assert "draft/x.json: /pages/0/page must be one of feed" in failed.err
    assert "`plnd network edit x`" in failed.err
    assert run_plnd("explain", "https://x.com/home", "--json").json["page"] == "feed"
    assert run_plnd("network", "show", "x", "--json").json["pages"][0]["page"] == "feed"
    mended = run_plnd("network", "edit", "x", env=editing('"fed"', '"feed"'))
    assert mended.out == "x: nothing changed\n"
    assert not list((home.data / "networks").rglob("*.json"))


def test_a_network_is_switched_off_and_on(run_plnd: RunPlnd) -> None:
    """Also while no daemon runs; a second time changes nothing."""
    for _ in range(2):
        assert (
            run_plnd("network", "off", "x").out == "X is not counted; what is stored of it stays\n"
        )
    (line,) = [line for line in run_plnd("network").out.splitlines() if "not counted" in line]
    assert line.split()[:2] == ["x", "X"]
    assert run_plnd("network", "on", "x", "--json").json["network"]["counted"] is True
    assert "not counted" not in run_plnd("network").out
    assert "there is no network '../x'" in run_plnd("network", "off", "../x", code=1).err


def test_a_broken_file_below_the_home_is_named_and_harms_nothing(
    run_plnd: RunPlnd, home: Home
) -> None:
    """The shipped file is used instead, and everything else works."""
    folder = home.data / "networks"
    folder.mkdir(parents=True)
    (folder / "x.json").write_text('{"id": "x"}')
    (folder / "club.json").write_text("{")
    found = run_plnd("explain", "https://x.com/nasa", "--json")
    assert found.json["page"] == "profile"
    assert "not used: " in found.err
    assert "x.json: /name must be text" in found.err
    lines = run_plnd("network").out.splitlines()
    assert any(line.startswith("club ") and "is not JSON" in line for line in lines)
    assert len(lines) == 25
    run_plnd("status", "--json", code=3)


def test_edit_reports_what_it_needs(run_plnd: RunPlnd) -> None:
    """An editor that is set, exists and succeeds; and a network that exists."""
    none = {"EDITOR": "", "VISUAL": ""}
    assert "set EDITOR" in run_plnd("network", "edit", "x", env=none, code=1).err
    gone = {"VISUAL": "/nowhere/editor --wait"}
    assert "cannot start /nowhere/editor" in run_plnd("network", "edit", "x", env=gone, code=1).err
    assert "ended with 1" in run_plnd("network", "edit", "x", env={"VISUAL": "false"}, code=1).err
    for name in ("nothing", "../x", "index"):
        for verb in ("edit", "show"):
            error = run_plnd("network", verb, name, env={"VISUAL": "true"}, code=1).err
            assert f"there is no network '{name}'" in error


def test_a_running_daemon_knows_an_added_network_at_once(
    run_plnd: RunPlnd, daemon: Daemon, home: Home
) -> None:
    """Its events are accepted as soon as the file has been read."""
    file = json.loads((extension_dir() / "catalogue" / "hackernews.json").read_text())
    file |= {"id": "club", "hosts": ["club.example.org"], "examples": []}
    (home.data / "networks").mkdir()
    (home.data / "networks" / "club.json").write_text(json.dumps(file))
    sent = batch(visit(time.time_ns() // 10**6 - 60_000, 30, network="club"))
    assert len(daemon.ask("POST", "events", sent)["rejected"]) == 1
    found = daemon.ask("GET", "networks")["networks"]
    assert [one["id"] for one in found if one["file"]] == ["club"]
    assert len(daemon.ask("POST", "events", sent)["stored"]) == 1
