"""The doctor finds each link that is broken on purpose, with a real daemon and real files."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from support.harness import RunPlnd

from plnd import client
from plnd.errors import PlndError
from plnd.model.health import DoctorAnswer, HealthLink
from plnd.setup import doctor, manifests
from plnd.setup.browsers import Browser
from plnd.setup.doctor import desktop as desktop_links
from plnd.setup.doctor import extension, registration
from plnd.setup.doctor import home as home_links
from plnd.setup.doctor.check import Ask, Check
from plnd.setup.doctor.daemon import check_clock, check_port, check_time_zone
from plnd.setup.doctor.desktop import check_last_notice, check_notice, check_notifier
from plnd.setup.doctor.extension import check_extensions
from plnd.setup.doctor.home import check_disk, check_home, check_leftovers, check_stores
from plnd.setup.doctor.registration import check_host, check_launcher, check_manifests
from plnd.system import paths
from plnd.system.files import Home, home
from plnd.system.process_list import Process

HOUR_MS = 60 * 60 * 1000
DAY_MS = 24 * HOUR_MS


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A separate home, without the desktop and the browsers of the machine's user."""
    monkeypatch.setenv("PLND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PLND_PORT", "0")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    return home()


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """A browser that has been started once."""
    config = tmp_path / ".config" / "chromium"
    config.mkdir(parents=True)
    return Browser("chromium", "Chromium", "chromium", config, config / "NativeMessagingHosts", ())


@pytest.fixture
def installed(here: Home, browser: Browser) -> Home:
    """The home, with plnd registered with the browser."""
    manifests.install(here, browsers=[browser])
    return here


@pytest.fixture
def ask(here: Home) -> Iterator[Ask]:
    """Asks a real daemon of this home."""
    command = [sys.executable, "-m", "plnd"]
    subprocess.run([*command, "start"], capture_output=True, check=True, timeout=30)
    found = client.daemon(paths.place())
    assert found is not None
    yield lambda method, path, body=None: client.ask(found, method, path, body)
    subprocess.run([*command, "stop"], capture_output=True, timeout=30)


Named = TypeVar("Named", Check, HealthLink)


def named(checks: list[Named], name: str) -> Named:
    """The check of this name."""
    (found,) = [check for check in checks if check.name == name]
    return found


def send(ask: Callable[..., Any], name: str, at: int) -> None:
    """Send an event of a browser at a moment."""
    event = {
        "id": str(uuid.uuid4()),
        "kind": "interaction",
        "network": "x",
        "action": "post",
        "at": at,
    }
    source = {"browser": name, "profile": "p", "extension": "0.1.0"}
    answer = ask("POST", "events", {"source": source, "events": [event]})
    assert answer["rejected"] == []


def report(ask: Callable[..., Any], browser: str, **given: Any) -> None:
    """Send what the extension in a browser reports about itself."""
    said = {"browser": browser, "extension": extension.shipped_version(), "networks": ["x"]}
    ask("PUT", f"sources/profile-of-{browser}", {**said, **given})


def now() -> int:
    """This moment."""
    return time.time_ns() // 1_000_000


# ---- all well


@pytest.fixture
def desktop(here: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A real D-Bus session with a notification server."""
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert bus.stdout is not None
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.stdout.readline().strip())
    server = subprocess.Popen(
        ["/usr/bin/python3", "-m", "dbusmock", "--session", "-t", "notification_daemon"],
        stdout=subprocess.DEVNULL,
    )
    to_bus = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus"]
    asked = ["/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"]
    end = time.monotonic() + 20
    while time.monotonic() < end:
        said = subprocess.run(
            [*to_bus, *asked, "string:org.freedesktop.Notifications"], capture_output=True
        )
        if b"true" in said.stdout:
            break
    yield
    for process in (server, bus):
        process.terminate()
        process.wait()
    bus.stdout.close()


def test_all_is_well(desktop: None, installed: Home, browser: Browser, ask: Ask) -> None:
    """Every check is ok, in order, and the notice is really shown."""
    report(ask, "chromium")
    send(ask, "chromium", now() - HOUR_MS)
    checks = doctor.run_checks(installed, ask, found=[browser])
    assert [check for check in checks if check.status != "ok"] == []
    assert [check.name for check in checks] == [
        "home", "privacy", "disk", "left over", "daemon", "port", "clock", "time zone", "stores",
        "Chromium", "launcher", "native host", "extension in chromium", "events from chromium",
        "notifier", "notice",
    ]  # fmt: skip
    assert all(check.message and not check.fix for check in checks)
    assert named(checks, "native host").message == "it answers"
    assert "60 minutes" in named(checks, "events from chromium").message


def test_a_check_has_a_status_a_message_and_a_fix() -> None:
    """The status is a word, and the fix is on a second line."""
    check = Check("port", "warn", "taken", "set PLND_PORT")
    assert check.line() == "warn port: taken\n     -> set PLND_PORT"
    assert Check("port", "ok", "fine").line() == "ok   port: fine"
    assert check.health_link() == HealthLink(
        name="port", status="warn", message="taken", fix="set PLND_PORT", mends=False
    )
    able = check._replace(mend=lambda: None)
    assert able.health_link().mends
    assert not able._replace(status="ok").health_link().mends


# ---- the daemon


def test_without_a_daemon_the_rest_is_still_checked(installed: Home, browser: Browser) -> None:
    """Checks that need it say so; the host is tested without starting one."""
    checks = doctor.run_checks(installed, None, found=[browser])
    assert named(checks, "daemon") == Check("daemon", "fail", "it does not run", "plnd start")
    for name in ("stores", "events", "notice"):
        assert named(checks, name).status == "warn"
        assert named(checks, name).fix == "plnd start"
    assert named(checks, "native host").status == "ok"
    assert named(checks, "Chromium").status == "ok"
    assert not (installed.state / "daemon.json").exists()


def test_a_killed_daemon_does_not_count_as_running(installed: Home, ask: Ask) -> None:
    """daemon.json still exists; the lock is not held."""
    found = client.daemon(paths.place())
    assert found is not None
    os.kill(found["pid"], signal.SIGKILL)
    while client.lock_is_held(paths.place()):
        os.sched_yield()
    assert (installed.state / "daemon.json").exists()
    checks = doctor.run_checks(installed, ask, found=[])
    assert named(checks, "daemon").message == "it does not run"
    assert named(checks, "native host").message == "it answers by itself"


def test_a_daemon_without_its_address_is_reported(installed: Home, ask: Ask) -> None:
    """It runs, but nothing can find it."""
    path = installed.state / "daemon.json"
    kept = path.read_bytes()
    path.unlink()
    check = named(doctor.run_checks(installed, None, found=[]), "daemon")
    path.write_bytes(kept)
    assert (check.status, check.fix) == ("fail", "plnd stop, then plnd start")


def test_a_daemon_that_does_not_answer_is_reported(installed: Home, ask: Ask) -> None:
    """The doctor shows the error of the request."""

    def silent(method: str, path: str) -> Any:
        raise client.NotRunning("the daemon does not answer", "stop it")

    checks = doctor.run_checks(installed, silent, found=[])
    assert named(checks, "daemon") == Check(
        "daemon", "fail", "the daemon does not answer", "stop it"
    )


def test_a_taken_port_is_reported(here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """By another program, while plnd does not run."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PLND_PORT", str(port))
        assert check_port(here).status == "warn"
        assert str(port) in check_port(here).message
    assert check_port(here) == Check("port", "ok", f"{port} is free")


def test_a_daemon_on_another_port_is_reported(
    here: Home, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only while another program still uses the wanted port."""
    found = client.daemon(paths.place())
    assert found is not None
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PLND_PORT", str(taken.getsockname()[1]))
        check = check_port(here)
        assert check.status == "warn"
        assert found["url"] in check.message
    assert check_port(here) == Check("port", "ok", found["url"])


def test_a_clock_in_the_past_is_reported() -> None:
    """Events with such a time would be refused."""
    check = check_clock(1000)
    assert (check.status, check.message) == ("fail", "it says 1970-01-01 00:00 UTC")
    assert check_clock(now()).status == "ok"


def test_another_time_zone_is_reported(here: Home, ask: Callable[..., Any]) -> None:
    """A zone that was chosen before a journey, and a machine whose zone plnd cannot find."""
    assert check_time_zone(ask).status == "ok"
    ask("PATCH", "settings", {"time_zone": "Asia/Kathmandu"})
    check = check_time_zone(ask)
    assert (check.status, "Asia/Kathmandu" in check.message) == ("warn", True)
    assert check.fix.startswith("plnd settings time_zone null")

    def elsewhere(method: str, path: str) -> Any:
        answers = {
            "today": {"time_zone": "Asia/Tokyo"},
            "settings": {"settings": {"time_zone": None}},
        }
        return answers[path]

    check = check_time_zone(elsewhere)
    assert (check.status, check.fix.startswith("plnd stop, then plnd start")) == ("warn", True)


def test_leftovers_of_a_killed_daemon_are_reported_and_removed(installed: Home, ask: Ask) -> None:
    """While the daemon runs, the same file is in use."""
    assert check_leftovers(installed).status == "ok"
    found = client.daemon(paths.place())
    assert found is not None
    os.kill(found["pid"], signal.SIGKILL)
    while client.lock_is_held(paths.place()):
        os.sched_yield()
    half = installed.data / ".plnd-0123456789abcdef.new"
    half.write_bytes(b"{")
    check = check_leftovers(installed)
    assert (check.status, check.message.split()[0]) == (
        "warn", str(installed.state / "daemon.json")
    )  # fmt: skip
    assert [one.status for one in doctor.mend([check])] == ["ok"]
    assert not half.exists()
    assert not (installed.state / "daemon.json").exists()
    assert check_leftovers(installed) == Check("left over", "ok", "nothing")


# ---- the home


def test_a_home_that_does_not_exist_yet_is_no_failure(here: Home) -> None:
    """The first start creates it."""
    check, privacy = check_home(here)
    assert (check.status, check.fix) == ("warn", "plnd start makes it")
    assert privacy.status == "ok"


@pytest.mark.parametrize("part", ["state", "data/events.db", "host/plnd-host"])
def test_a_path_that_others_can_read_is_named(installed: Home, part: str) -> None:
    """A file or a folder, with the command that makes it private."""
    assert installed.root is not None
    path = installed.root / part
    path.touch(mode=0o600)
    assert check_home(installed)[1].status == "ok"
    path.chmod(0o755)
    check = check_home(installed)[1]
    assert (check.status, check.fix) == ("fail", f"chmod go= '{path}'")
    doctor.mend([check])
    assert path.stat().st_mode & 0o777 == 0o700
    assert check_home(installed)[1].status == "ok"


def test_a_home_that_cannot_be_written_is_named(
    installed: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check asks the system instead of trying, because root can write anywhere."""
    shut = installed.data
    monkeypatch.setattr(home_links.os, "access", lambda path, mode: path != shut)
    check = check_home(installed)[0]
    assert (check.status, check.message) == ("fail", f"{shut} is not writable")


def test_a_full_disk_is_reported(here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under 50 MB."""
    assert check_disk(here).status == "ok"
    monkeypatch.setattr(home_links, "SMALLEST_FREE_BYTES", 1 << 60)
    assert check_disk(here).status == "fail"


def test_the_stores_are_opened_while_no_daemon_runs(here: Home) -> None:
    """A store that cannot be opened, and a file that was set aside, are reported."""

    def refuses() -> list[str]:
        raise PlndError("events.db is newer than this plnd", "install the newer plnd")

    assert check_stores(None, list).status == "ok"
    assert check_stores(None, lambda: ["budgets.json.damaged"]).status == "warn"
    check = check_stores(None, refuses)
    assert check == Check(
        "stores", "fail", "events.db is newer than this plnd", "install the newer plnd"
    )


# ---- browsers


def test_no_browser_is_reported(here: Home) -> None:
    """There is nothing to register with."""
    (check,) = check_manifests(here, [])
    assert (check.name, check.status) == ("browsers", "warn")


def test_a_missing_manifest_is_reported(here: Home, installed: Home, browser: Browser) -> None:
    """A failure while no browser has one; a warning when another browser has one."""
    fox = browser._replace(id="firefox", name="Firefox", manifests=browser.config / "fox")
    well, missing = check_manifests(here, [browser, fox])
    assert (well.status, missing.status, missing.fix) == ("ok", "warn", "plnd install")
    browser.manifest.unlink()
    for check in check_manifests(here, [browser, fox]):
        assert (check.status, check.fix) == ("fail", "plnd install")
        assert "is not there" in check.message
        doctor.mend([check])
    assert [one.status for one in check_manifests(here, [browser, fox])] == ["ok", "ok"]


@pytest.mark.parametrize("package", ["flatpak", "snap"])
def test_a_packaged_browser_is_named_with_a_fix(here: Home, browser: Browser, package: str) -> None:
    """A manifest cannot help a packaged Chromium; Firefox needs one, and the portal."""
    packed = browser._replace(name="Chromium (packed)", package=package)
    (check,) = check_manifests(here, [packed])
    assert (check.name, check.status) == ("Chromium (packed)", "warn")
    assert "starts no program of this machine" in check.message
    assert check.mend is None
    fox = packed._replace(form="firefox")
    manifests.install(here, browsers=[fox])
    (check,) = check_manifests(here, [fox])
    assert (check.status, "portal" in check.message) == ("ok", True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"path": "/somebody/elses"}, "/somebody/elses"),
        ({"allowed_origins": ["chrome-extension://other/"]}, "allowed_origins"),
        ({"name": "other"}, "name"),
        ({"type": "pipe"}, "type"),
    ],
)
def test_a_changed_manifest_is_reported(
    installed: Home, browser: Browser, change: dict[str, object], said: str
) -> None:
    """Another launcher, another extension: the browser would refuse."""
    manifest = json.loads(browser.manifest.read_text())
    browser.manifest.write_text(json.dumps({**manifest, **change}))
    (check,) = check_manifests(installed, [browser])
    assert check.status == "fail"
    assert said in check.message
    doctor.mend([check])
    assert check_manifests(installed, [browser])[0].status == "ok"


def test_a_broken_manifest_is_reported(installed: Home, browser: Browser) -> None:
    """It exists and is not JSON."""
    browser.manifest.write_text("{")
    (check,) = check_manifests(installed, [browser])
    assert "cannot be read" in check.message
    assert [one.line() for one in doctor.mend([check])] == [
        f"ok   Chromium: mended: {check.message}"
    ]


def test_manifests_in_given_folders_are_checked(here: Home, tmp_path: Path) -> None:
    """Manifests from --manifest-dir count too."""
    manifests.install(here, manifest_dir=tmp_path / "mozilla" / "hosts")
    (check,) = check_manifests(here, [])
    assert (check.name, check.status) == (str(tmp_path / "mozilla" / "hosts"), "ok")
    manifest = tmp_path / "mozilla" / "hosts" / "org.plnd.host.json"
    said = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**said, "type": "pipe"}))
    doctor.mend(check_manifests(here, []))
    assert json.loads(manifest.read_text()) == said


def test_a_broken_launcher_is_reported(installed: Home) -> None:
    """For another plnd, not executable, missing: each has its own message and the same fix."""
    launcher = installed.host / "plnd-host"
    assert check_launcher(installed).status == "ok"
    launcher.write_text("#!/bin/sh\nexit 3\n")
    assert check_launcher(installed).status == "warn"
    check = check_host(installed, running=False)
    assert (check.status, check.fix) == ("fail", "plnd install")
    assert "exit 3" in check.message
    launcher.write_text(f"#!{sys.executable}\nprint('noise')\n")
    assert check_host(installed, running=False).status == "fail"
    launcher.chmod(0o600)
    assert "cannot be run" in check_launcher(installed).message
    launcher.unlink()
    assert "is not there" in check_launcher(installed).message
    assert "cannot be run" in check_host(installed, running=False).message
    doctor.mend([check_launcher(installed)])
    assert check_launcher(installed).status == "ok"
    assert check_host(installed, running=False).status == "ok"


def test_a_failed_repair_is_reported(installed: Home, browser: Browser) -> None:
    """A file stands in place of a folder; everything else is repaired."""
    shutil.rmtree(browser.manifests)
    browser.manifests.write_text("")
    (installed.host / "plnd-host").unlink()
    checks = [*check_manifests(installed, [browser]), check_launcher(installed)]
    broken, mended = doctor.mend(checks)
    assert (broken.status, mended.status) == ("fail", "ok")
    assert broken.message.startswith("not mended: cannot write")


def test_a_launcher_that_hangs_is_reported(
    installed: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait of the doctor is limited."""
    monkeypatch.setattr(registration, "HOST_SECONDS", 0.2)
    (installed.host / "plnd-host").write_text("#!/bin/sh\nexec sleep 30\n")
    assert "does not end" in check_host(installed, running=False).message


# ---- events and the desktop


def test_a_browser_without_recent_events_is_reported(here: Home, ask: Ask) -> None:
    """After more than two days without an event, and without any event."""
    (check,) = check_extensions(here, ask)
    assert (check.status, check.message) == ("warn", "no browser has ever sent any")
    send(ask, "firefox", now() - 3 * DAY_MS)
    send(ask, "chromium", now() - 47 * HOUR_MS)
    checks = check_extensions(here, ask)
    silent = named(checks, "events from firefox")
    assert (silent.status, silent.message) == ("warn", "none for 3 days")
    assert named(checks, "events from chromium").status == "ok"


@pytest.mark.parametrize(
    ("given", "said", "fix"),
    [
        ({"networks": []}, "it may see no network", "Networks"),
        ({"extension": "0.0.1"}, "0.0.1, heard of 0 minutes ago: plnd has", "anew"),
    ],
)
def test_an_extension_that_cannot_do_its_work_is_reported(
    here: Home, ask: Ask, given: dict[str, Any], said: str, fix: str
) -> None:
    """From its own report, with what to do in that browser."""
    report(ask, "firefox", **given)
    check = named(check_extensions(here, ask), "extension in firefox")
    assert (check.status, said in check.message, fix in check.fix) == ("warn", True, True)
    report(ask, "firefox")
    check = named(check_extensions(here, ask), "extension in firefox")
    assert (check.status, check.message.endswith("sees x")) == ("ok", True)
    assert named(check_extensions(here, ask), "events from firefox").message == "none ever"


def test_the_latest_browser_profile_counts(here: Home, ask: Callable[..., Any]) -> None:
    """An old profile of the same browser is not reported."""
    said = {"browser": "firefox", "extension": extension.shipped_version(), "networks": []}
    ask("PUT", "sources/old", said)
    time.sleep(0.002)  # they are told apart by the millisecond
    ask("PUT", "sources/new", {**said, "networks": ["x", "facebook"]})
    check = named(check_extensions(here, ask), "extension in firefox")
    assert (check.status, check.message.endswith("sees facebook, x")) == ("ok", True)


@pytest.fixture
def vivaldi(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a real process with the name of Vivaldi's main program."""
    program = tmp_path / "vivaldi-bin"
    shutil.copy(Path(sys.executable).resolve(), program)
    started: list[subprocess.Popen[bytes]] = []

    def start(code: str, *words: str, **env: str) -> subprocess.Popen[bytes]:
        started.append(
            subprocess.Popen(
                [program, "-c", code, *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={"PYTHONHOME": sys.base_prefix, **env},
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def said_by(process: "subprocess.Popen[bytes]", word: bytes = b"") -> None:
    """Send a word to a process, and wait for a line from it."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(word)
    process.stdin.flush()
    process.stdout.readline()


def test_a_browser_whose_extension_was_stopped_is_reported(
    installed: Home, ask: Ask, vivaldi: Callable[..., subprocess.Popen[bytes]]
) -> None:
    """With a native host as its child it is ok; without one, the extension was stopped."""
    report(ask, "vivaldi")
    code = (
        "import struct, subprocess, sys\n"
        "pipe = subprocess.PIPE\n"
        "host = subprocess.Popen([sys.argv[1]], stdin=pipe, stdout=pipe)\n"
        'frame = b\'{"id": 1, "method": "GET", "path": "/"}\'\n'
        "host.stdin.write(struct.pack('@I', len(frame)) + frame)\n"
        "host.stdin.flush(); host.stdout.read(4)\n"
        "print(flush=True); sys.stdin.readline()\n"
        "host.stdin.close(); host.wait()\n"
        "print(flush=True); sys.stdin.readline()\n"
    )
    browser = vivaldi(code, str(installed.host / "plnd-host"), HOME=str(Path.home()))
    said_by(browser)
    assert named(check_extensions(installed, ask), "extension in vivaldi").status == "ok"
    said_by(browser, b"\n")
    check = named(check_extensions(installed, ask), "extension in vivaldi")
    assert check.message.endswith("vivaldi runs, the extension does not")
    assert "click plnd's icon in vivaldi" in check.fix
    browser.kill()
    browser.wait()
    assert named(check_extensions(installed, ask), "extension in vivaldi").status == "ok"


@pytest.mark.parametrize(
    ("env", "word", "status"),
    [
        ({"HOME": "/elsewhere"}, "", "ok"),
        ({}, "--user-data-dir=/elsewhere", "ok"),
        ({}, "", "warn"),
    ],
    ids=["another home", "profiles elsewhere", "its environment overwritten"],
)
def test_only_this_users_browsers_are_checked(
    installed: Home,
    ask: Ask,
    vivaldi: Callable[..., subprocess.Popen[bytes]],
    env: dict[str, str],
    word: str,
    status: str,
) -> None:
    """Browsers of another home folder do not count, also those that overwrite their environment."""
    report(ask, "vivaldi")
    said_by(vivaldi("import sys; print(flush=True); sys.stdin.readline()", word, **env))
    assert named(check_extensions(installed, ask), "extension in vivaldi").status == status


def test_fix_repairs_everything_that_it_can(installed: Home, run_plnd: RunPlnd) -> None:
    """The command prints the repairs and then the checks; a second time repairs nothing."""
    (installed.host / "plnd-host").unlink()
    (installed.host / "installed.json").chmod(0o644)
    broken = {
        one["name"]: one["status"] for one in run_plnd("doctor", "--json", code=1).json["checks"]
    }
    assert [broken[name] for name in ("privacy", "daemon", "launcher")] == ["fail"] * 3
    done = run_plnd("doctor", "--fix", "--json", code=None).json
    try:
        assert {one["name"] for one in done["mended"]} >= {"privacy", "daemon", "launcher"}
        assert {one["status"] for one in done["mended"]} == {"ok"}
        stands = {one["name"]: one["status"] for one in done["checks"]}
        for name in ("home", "privacy", "daemon", "launcher", "native host", "stores"):
            assert stands[name] == "ok", name
        assert run_plnd("doctor", "--fix", "--json", code=None).json["mended"] == []
    finally:
        run_plnd("stop")


def test_an_event_of_the_future_is_reported(here: Home, ask: Ask) -> None:
    """The clock was set back after the event."""
    send(ask, "chromium", now())
    today = {**ask("GET", "today"), "now": now() - HOUR_MS}
    (check,) = check_extensions(here, lambda method, path: {"sources": [], **ask(method, path)}
                           if path != "today" else today)  # fmt: skip
    assert (check.status, check.message) == ("warn", "the last one lies in the future")


def test_a_desktop_that_shows_nothing_is_reported(here: Home, ask: Ask) -> None:
    """The daemon shows the notice, and its error is reported."""
    check = check_notice(ask)
    assert check.status == "fail"
    assert check.message.startswith("the desktop did not show it: ")
    assert check.fix


def test_the_check_of_the_last_notice_shows_none(here: Home, ask: Ask) -> None:
    """It uses the outcome of the last one, which may be a test notice."""
    assert (check_last_notice(ask).status, check_last_notice(ask).message) == (
        "warn",
        "none was shown yet",
    )
    assert not ask("GET", "notices")["trial"]
    assert not ask("POST", "notices/test")["shown"]
    assert check_last_notice(ask).status == "fail"
    assert check_last_notice(ask).message.startswith("the desktop did not show the last one: ")
    told = {"notices": [{"at": 2, "shown": True}, {"at": 3, "shown": None}], "trial": None}
    older = {"at": 1, "shown": False, "error": "no"}
    assert check_last_notice(lambda method, path: told).status == "ok"
    assert check_last_notice(lambda method, path: {**told, "trial": older}).status == "ok"
    assert (
        check_last_notice(lambda method, path: {**told, "trial": {**older, "at": 9}}).status
        == "fail"
    )
    assert check_last_notice(None).fix == "plnd start"


# ---- asked of the daemon


def examined(ask: Ask, method: str = "GET", path: str = "doctor") -> DoctorAnswer:
    return msgspec.convert(ask(method, path), DoctorAnswer)


def files(home: Home, browser: Browser) -> dict[Path, bytes]:
    """All files below the home and of the browser, except the log."""
    folders = (home.state, home.data, home.host, browser.config)
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in found if path.name != "daemon.log"}


def test_the_api_gives_the_same_checks_as_the_command(
    installed: Home, browser: Browser, ask: Ask, run_plnd: RunPlnd
) -> None:
    """The checks change nothing and show no notice."""
    before = files(installed, browser)
    answer = examined(ask)
    assert files(installed, browser) == before
    assert ask("GET", "notices")["trial"] is None
    said = run_plnd("doctor", "--json", code=None, env={"TZ": os.environ["TZ"]}).json
    by_command = msgspec.convert(said, DoctorAnswer)
    assert [one.name for one in answer.checks] == [one.name for one in by_command.checks]
    for one in answer.checks:
        if one.name not in ("notice", "clock", "disk"):
            assert one == named(by_command.checks, one.name)
    assert answer.mended == by_command.mended == []


def test_the_daemon_answers_other_requests_during_the_checks(installed: Home, ask: Ask) -> None:
    """A launcher that hangs delays only the request for the checks."""
    held, let_go = installed.host / "held", installed.host / "let-go"
    os.mkfifo(held)
    os.mkfifo(let_go)
    launcher = installed.host / "plnd-host"
    launcher.write_text(f"#!/bin/sh\necho > {held}\nread _ < {let_go}\n")
    answers: list[DoctorAnswer] = []
    asker = threading.Thread(target=lambda: answers.append(examined(ask)))
    asker.start()
    held.read_text()
    assert ask("GET", "today")["networks"] == []
    assert not answers
    let_go.write_text("\n")
    asker.join()
    assert named(answers[0].checks, "native host").status == "fail"


def test_the_api_repairs_what_it_safely_can(installed: Home, browser: Browser, ask: Ask) -> None:
    (installed.host / "plnd-host").unlink()
    browser.manifest.unlink()
    (installed.host / "installed.json").chmod(0o644)
    wanted = {one.name for one in examined(ask).checks if one.mends}
    assert wanted >= {"privacy", "launcher", "Chromium"}
    answer = examined(ask, "POST", "doctor/mend")
    assert {one.name: one.status for one in answer.mended} == dict.fromkeys(wanted, "ok")
    assert not [one for one in answer.checks if one.mends]
    assert named(answer.checks, "native host").status == "ok"
    assert examined(ask, "POST", "doctor/mend").mended == []


def test_a_machine_without_a_notifier_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the command and the module."""
    monkeypatch.setattr(desktop_links.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")
    check = check_notifier()
    assert (check.status, "libnotify-bin" in check.fix) == ("warn", True)


def test_helper_processes_do_not_count_as_a_browser(here: Home) -> None:
    """The environment of helper processes of Firefox and Chromium does not show their user."""
    inner = [
        Process(2, 1, "firefox-esr", ["firefox-esr", "-contentproc", "-isForBrowser"]),
        Process(4, 2, "firefox-esr", ["firefox-esr -contentproc -isForBrowser"]),
        Process(3, 1, "chromium", ["chromium --type=renderer"]),
    ]
    assert not extension._is_disconnected(here, "firefox", inner)
    assert not extension._is_disconnected(here, "chromium", inner)
    assert extension._is_disconnected(here, "firefox", [Process(1, 0, "firefox", ["firefox"])])
