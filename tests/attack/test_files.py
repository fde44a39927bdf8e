"""Files that somebody else has made: traps in shared folders, backups from elsewhere, links."""

import contextlib
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.builders import HOUR, MINUTE, NOON, act, batch, typed, visit
from support.harness import Api, Clock, Daemon, RunPlnd, running_daemon, wait_until

from plnd.core.plnd import Plnd
from plnd.daemon import lock
from plnd.errors import NotFound, StorageError
from plnd.model.own_data import ForgetRequest
from plnd.store.backups import Backups
from plnd.system.files import Home, atomic_text_file, remove_partial_files, write_atomic

ROOT = os.geteuid() == 0
STRANGER = pwd.getpwnam("nobody").pw_uid
PRECIOUS = "years of work"


def as_stranger(*words: str) -> None:
    """A command as another user of this machine; without root, as this one."""
    drop = ["setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"]
    path = {"PATH": "/usr/bin:/bin", "HOME": "/"}
    subprocess.run([*(drop if ROOT else []), *words], check=True, timeout=60, env=path)


# -- a folder of several users ---------------------------------------------------------------


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder like /tmp: everybody may write, only the owner of a file may remove it."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder != Path("/") and folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o055)
    made = tmp_path / "shared"
    made.mkdir()
    made.chmod(0o1777)
    return made


TRAPS = ("a file", "a link", "a pipe", "a folder")


@pytest.mark.parametrize("trap", TRAPS)
def test_what_waits_under_a_name_that_can_be_guessed_is_not_touched(
    run_plnd: RunPlnd, shared: Path, tmp_path: Path, trap: str
) -> None:
    """Beside the target: a file that the other user reads on, a link, a pipe that would hang."""
    precious = tmp_path / "precious"
    precious.write_text(PRECIOUS)
    names = [".x.jsonl.new", "x.jsonl.new", ".x.jsonl.tmp", ".plnd.new", ".x.jsonl"]
    for name in names:
        there = str(shared / name)
        make = {
            "a file": ["/usr/bin/install", "-m", "666", "/dev/null", there],
            "a link": ["/bin/ln", "-s", str(precious), there],
            "a pipe": ["/usr/bin/mkfifo", "-m", "666", there],
            "a folder": ["/bin/mkdir", "-m", "777", there],
        }
        as_stranger(*make[trap])
    before = {name: (shared / name).lstat() for name in names}
    assert run_plnd("export", str(shared / "x.jsonl")).err == "3 lines exported\n"
    found = shared / "x.jsonl"
    assert json.loads(found.read_text().splitlines()[-1])["type"] == "end"
    assert found.stat().st_mode & 0o777 == 0o600
    assert found.stat().st_uid == os.geteuid()
    assert precious.read_text() == PRECIOUS
    after = {name: (shared / name).lstat() for name in names}
    assert {name: (one.st_ino, one.st_size) for name, one in after.items()} == {
        name: (one.st_ino, one.st_size) for name, one in before.items()
    }
    assert sorted(one.name for one in shared.iterdir()) == sorted([*names, "x.jsonl"])


def test_the_new_file_is_new_and_nobody_elses_from_its_first_byte(shared: Path) -> None:
    """Whatever the umask: another user who sees its name can neither open nor replace it."""
    old = os.umask(0)
    try:
        with atomic_text_file(shared / "x") as stream:
            stream.write("secret\n")
            stream.flush()
            (half,) = shared.iterdir()
            assert half.stat().st_mode & 0o777 == 0o600
            assert half.stat().st_nlink == 1
            first = half.name
        with atomic_text_file(shared / "x") as stream:
            assert first not in os.listdir(shared)
    finally:
        os.umask(old)


@given(st.text("abc./-~ \n", min_size=1, max_size=20).filter(lambda one: "/" not in one))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_name_that_happens_to_be_taken_is_an_error_and_no_opening(
    tmp_path: Path, content: str
) -> None:
    """Were the random name known: what is there is not opened, and nothing is written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("plnd.system.files.secrets.token_hex", lambda _: "0" * 16)
        there = tmp_path / (".plnd-" + "0" * 16 + ".new")
        for make in (
            lambda: there.write_text(content),
            lambda: there.symlink_to(tmp_path / "elsewhere"),
            lambda: os.mkfifo(there),
        ):
            make()
            with contextlib.suppress(StorageError):
                write_atomic(tmp_path / "x", b"secret")
                pytest.fail("it was used")
            there.unlink(missing_ok=True)
        assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("trap", ["a pipe", "a link to a pipe", "a link", "a link to a device"])
def test_what_another_user_put_in_the_targets_own_place_is_refused(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    precious = tmp_path / "precious"
    precious.write_text(PRECIOUS)
    target, theirs = str(shared / "x.jsonl"), str(shared / "theirs")
    if trap == "a pipe":
        as_stranger("/usr/bin/mkfifo", "-m", "666", target)
    elif trap == "a link to a pipe":
        as_stranger("/usr/bin/mkfifo", "-m", "666", theirs)
        as_stranger("/bin/ln", "-s", theirs, target)
    else:
        led_to = str(precious) if trap == "a link" else "/dev/null"
        as_stranger("/bin/ln", "-s", led_to, target)
    if not ROOT:  # then it is made by this user, and another one exports
        monkeypatch.setattr(os, "geteuid", lambda: STRANGER)
    with pytest.raises(StorageError) as caught, atomic_text_file(Path(target)) as stream:
        stream.write("secret")
    assert caught.value.message.startswith(f"cannot write {target}: it is ")
    assert "standard output" in caught.value.hint
    assert precious.read_text() == PRECIOUS


def test_a_link_is_neither_followed_nor_replaced(run_plnd: RunPlnd, tmp_path: Path) -> None:
    precious, link = tmp_path / "precious", tmp_path / "x.jsonl"
    precious.write_text(PRECIOUS)
    for target in (precious, tmp_path / "nowhere", tmp_path):
        link.symlink_to(target)
        assert f"cannot write {link}: it is a " in run_plnd("export", str(link), code=1).err
        assert link.readlink() == target
        link.unlink()
    assert precious.read_text() == PRECIOUS
    assert not (tmp_path / "nowhere").exists()


# -- standard output, pipes and devices of one's own --------------------------------------------


def exported(*words: str, **how: object) -> str:
    """What an export gives on its standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "plnd", "export", *words],
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
        **how,  # type: ignore[call-overload]
    )
    return str(done.stdout)


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_by_any_of_its_names(name: str) -> None:
    assert exported(name).splitlines()[-1] == exported().splitlines()[-1]


def test_standard_output_that_is_a_file_stays_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with file.open("w") as stream:
        words = [sys.executable, "-m", "plnd", "export", "/dev/stdout"]
        subprocess.run(words, stdout=stream, check=True, timeout=60)
    assert file.read_text().splitlines()[-1].startswith('{"type":"end"')
    assert Path("/dev/stdout").is_symlink()


def test_a_device_stays_one(run_plnd: RunPlnd) -> None:
    before = Path("/dev/null").stat()
    run_plnd("export", "/dev/null")
    after = Path("/dev/null").stat()
    assert (after.st_ino, after.st_rdev) == (before.st_ino, before.st_rdev)


def test_a_pipe_of_ones_own_is_written_to(run_plnd: RunPlnd, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    run_plnd("export", str(pipe))
    reader.join(20)
    assert read[0].splitlines()[-1].startswith('{"type":"end"')
    assert pipe.is_fifo()


# -- partial files that a kill has left------------------------------------------------------------


HALF = ".plnd-0123456789abcdef.new"


def test_what_a_kill_left_half_written_goes_at_the_next_start(
    run_plnd: RunPlnd, home: Home, tmp_path: Path
) -> None:
    """Below plnd's own folders, only files, only of its own form, and behind no link."""
    home.make()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / HALF).write_text(PRECIOUS)
    ours = [home.state / HALF, home.data / HALF, home.data / "networks" / "draft" / HALF]
    ours.append(home.data / "backups" / "2026-11-23" / HALF)
    for path in ours:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half")
    (home.data / "networks" / "link").symlink_to(outside)
    others = [
        home.data / "networks" / name
        for name in (".plnd-0123.new", "x.new", HALF + "er", HALF.upper(), ".x.json.new")
    ]
    for path in others:
        path.write_text(PRECIOUS)
    link = home.host / HALF
    link.symlink_to(outside / HALF)
    run_plnd("start")
    found = running_daemon()
    run_plnd("stop")
    found.gone()
    assert not [path for path in ours if path.exists()]
    assert all(path.read_text() == PRECIOUS for path in (*others, outside / HALF))
    assert link.is_symlink()


WRITING = """
import sys, time
from pathlib import Path
from plnd.system.files import atomic_text_file
with atomic_text_file(Path(sys.argv[1])) as stream:
    stream.write("half of it")
    stream.flush()
    print("at it", flush=True)
    sys.stdin.read()
    stream.write(", and the rest")
"""


def test_what_is_written_at_this_moment_stays_and_what_was_killed_goes(home: Home) -> None:
    """A command that needs no lock of the home, as `plnd install`, is at it while one starts."""
    home.make()
    writers = []
    for name in ("whole", "killed"):
        words = [sys.executable, "-c", WRITING, str(home.host / name)]
        writer = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert writer.stdout and writer.stdout.readline() == b"at it\n"
        writers.append(writer)
    writers[1].kill()
    writers[1].communicate(timeout=20)
    assert len(os.listdir(home.host)) == 2
    remove_partial_files(home)
    assert len(os.listdir(home.host)) == 1
    writers[0].communicate(timeout=20)
    assert os.listdir(home.host) == ["whole"]
    assert (home.host / "whole").read_text() == "half of it, and the rest"


# -- backups from elsewhere -------------------------------------------------------------------


def about(folder: Path, name: str, why: str = "daily") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"name": name, "made_at": 1, "why": why})
    (folder / "backup.about").write_text(text)


def everything_below(folder: Path) -> dict[str, bytes | str | None]:
    return {
        path.relative_to(folder).as_posix(): os.readlink(path)
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else None
        for path in sorted(folder.rglob("*"))
    }


names = st.sampled_from(
    ["../../precious", "../networks", "..", ".", "", "/", "ours", "other", ".new", "../..", "\0"]
) | st.text(max_size=8)


@given(names, st.sampled_from(["daily", "before_restore", "before_upgrade"]), st.booleans())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_backup_that_calls_itself_otherwise_is_not_one_of_ours(
    tmp_path_factory: pytest.TempPathFactory, name: str, why: str, absolute: bool
) -> None:
    """Not listed, not restored, not deleted, not counted, and nothing that its text names is."""
    root = tmp_path_factory.mktemp("root")
    data = root / "data"
    (data / "networks").mkdir(parents=True)
    (data / "networks" / "own.json").write_text("{}")
    (root / "precious").mkdir()
    (root / "precious" / "thesis.txt").write_text(PRECIOUS)
    name = str(root / "precious") if absolute else name
    foreign = data / "backups" / "2026-01-01"
    about(foreign, name, why)
    about(data / "backups" / "other", "other")
    before = everything_below(root / "precious"), everything_below(foreign)
    backups = Backups(data)
    assert [one.name for one in backups.all()] == ["other"]
    for number in range(9):
        backups.make(f"2026-11-1{number}", "daily", NOON + number)
        backups.make(f"2026-11-1{number}-restore", "before_restore", NOON + number)
    assert (everything_below(root / "precious"), everything_below(foreign)) == before
    assert (data / "networks" / "own.json").exists()
    found = [one.name for one in backups.all()]
    assert len(found) == 10
    assert "2026-01-01" not in found
    if name != "other":
        for asked in (name, "2026-01-01"):
            with pytest.raises(NotFound):
                backups.get(asked)
    shutil.rmtree(root)


def test_a_link_in_the_place_of_a_backup_is_not_one(tmp_path: Path) -> None:
    data, outside = tmp_path / "data", tmp_path / "2026-01-01"
    about(outside, "2026-01-01")
    (data / "backups").mkdir(parents=True)
    (data / "backups" / "2026-01-01").symlink_to(outside)
    (data / "backups" / "2026-11-10").symlink_to(tmp_path / "nowhere")
    backups = Backups(data)
    assert backups.all() == []
    made = [backups.make(f"2026-11-1{n}", "daily", NOON + n).name for n in range(9)]
    assert made[0] == "2026-11-10-2", "a name that a link has is taken"
    assert (outside / "backup.about").exists()
    assert (data / "backups" / "2026-01-01").is_symlink()


@pytest.mark.parametrize("kind", ["a link", "a file", "a pipe"])
async def test_backups_that_are_no_folder_of_their_own_are_said(
    plnd: Plnd, api: Api, clock: Clock, tmp_path: Path, kind: str
) -> None:
    """Nothing is read from where a link leads, nothing written, and forgetting does not lie."""
    outside, folder = tmp_path / "outside", plnd.home.data / "backups"
    about(outside / "2026-01-01", "2026-01-01")
    if kind == "a link":
        folder.symlink_to(outside)
    elif kind == "a file":
        folder.write_text(PRECIOUS)
    else:
        os.mkfifo(folder)
    await plnd.record(typed(batch(visit(clock() - HOUR, 60, handle="ana"))))
    before = everything_below(outside)
    for method, path, body in (
        ("GET", "backups", None),
        ("POST", "restore", {"backup": "2026-01-01"}),
        ("POST", "forget", {"handle": "ana"}),
        ("POST", "forget", {"everything": True}),
    ):
        answer = await api(method, path, body, status=500)
        assert f"{folder}: it is {kind}, not a folder" in answer["error"]["message"]
        assert "move it away" in answer["error"]["hint"]
    with pytest.raises(StorageError):
        await plnd.maintenance.run()
    assert everything_below(outside) == before
    assert len(plnd.own.receipt().entries) == 1


ODD: dict[str, Callable[[Path, Path], object]] = {
    "a link": lambda path, outside: path.symlink_to(outside),
    "a link to nowhere": lambda path, _: path.symlink_to("nowhere"),
    "a pipe": lambda path, _: os.mkfifo(path),
    "a socket": lambda path, _: bind(path),
}


def bind(path: Path) -> None:
    """A socket of that name; a long path does not fit into its address."""
    here = os.open(path.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"/proc/self/fd/{here}/{path.name}")
    finally:
        os.close(here)


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize(
    "place", ["people.json", "events.db-wal", "networks/host.json", "networks", "dir"]
)
async def test_a_backup_with_links_is_refused_and_nothing_is_read_through_them(
    plnd: Plnd, api: Api, clock: Clock, tmp_path: Path, kind: str, place: str
) -> None:
    secret = tmp_path / "outside"
    secret.mkdir()
    (secret / "host.json").write_text(PRECIOUS)
    await plnd.record(typed(batch(visit(clock() - HOUR, 60, handle="ana"))))
    await plnd.maintenance.run()
    (name,) = [one.name for one in plnd.own.backups()]
    odd = plnd.home.data / "backups" / name / place
    odd.parent.mkdir(exist_ok=True)
    outside = secret if place in ("networks", "dir") else secret / "host.json"
    ODD[kind](odd, outside)
    before = everything_below(secret)
    said = f"{place} in it is {' '.join(kind.split()[:2])}"
    for body in ({"backup": name}, {"backup": name, "dry_run": True}):
        answer = await api("POST", "restore", body, status=500)
        assert answer["error"]["code"] == "damaged_store"
        assert said in answer["error"]["message"]
        assert name in answer["error"]["message"]
    answer = await api("POST", "forget", {"handle": "ana"}, status=500)
    assert said in answer["error"]["message"]
    assert everything_below(secret) == before
    assert PRECIOUS not in json.dumps(await api("GET", "export"))
    assert not any(
        PRECIOUS.encode() in path.read_bytes()
        for path in plnd.home.data.rglob("*")
        if path.is_file() and not path.is_symlink()
    )
    assert len(plnd.own.receipt().entries) == 1, (
        "forgetting was refused before anything was changed"
    )
    await plnd.own.forget(ForgetRequest(everything=True))
    assert everything_below(secret) == before


@pytest.mark.parametrize("place", ["networks", "networks/draft"])
async def test_going_back_writes_through_no_link(
    plnd: Plnd, api: Api, clock: Clock, tmp_path: Path, place: str
) -> None:
    """Where the folder of the own networks has become a link meanwhile."""
    folder = plnd.home.data / place
    folder.mkdir(parents=True)
    (folder / "x.json").write_text("{}")
    await plnd.maintenance.run()
    (name,) = [one.name for one in plnd.own.backups()]
    shutil.rmtree(folder)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.json").write_text(PRECIOUS)
    (outside / "more.json").write_text(PRECIOUS)
    folder.symlink_to(outside)
    answer = await api("POST", "restore", {"backup": name}, status=500)
    assert f"{folder}: it is a link, not a folder" in answer["error"]["message"]
    assert {one.read_text() for one in outside.iterdir()} == {PRECIOUS}
    await plnd.own.forget(ForgetRequest(everything=True))
    assert len(list(outside.iterdir())) == 2


def test_own_networks_behind_a_link_are_no_own_networks(
    daemon: Daemon, run_plnd: RunPlnd, home: Home, tmp_path: Path
) -> None:
    """They are in no backup and are not forgotten: that is said instead."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.json").write_text("{}")
    (home.data / "networks").symlink_to(tmp_path / "outside")
    said = json.dumps(daemon.ask("GET", "networks"))
    assert "it is a link" in said
    run_plnd("network", "edit", "x", code=1, env={"EDITOR": "true"})
    assert [one.name for one in (tmp_path / "outside").iterdir()] == ["x.json"]


@pytest.mark.parametrize("how", ["edit", "reset"])
@pytest.mark.parametrize("name", ["../../precious", "..", ".", "", "/{root}/precious", "a/../x"])
def test_the_name_of_a_network_leads_nowhere(
    run_plnd: RunPlnd, home: Home, tmp_path: Path, how: str, name: str
) -> None:
    home.make()
    for folder in (tmp_path, home.data):
        (folder / "precious.json").write_text(PRECIOUS)
    asked = name.replace("/{root}", str(tmp_path))
    ran = run_plnd("network", how, asked, code=1, env={"EDITOR": "true"})
    assert "there is no network" in ran.err
    assert (tmp_path / "precious.json").read_text() == PRECIOUS
    assert (home.data / "precious.json").read_text() == PRECIOUS


# -- whatever stands in the place of a file -----------------------------------------------------

KINDS: dict[str, Callable[[Path, Path], object]] = {
    **ODD,
    "a folder": lambda path, _: (path / "in it").mkdir(parents=True),
    "nothing that may be read": lambda path, _: (path.write_text("{}"), path.chmod(0)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_neither_hangs_nor_dies_whatever_stands_where_files_should(
    run_plnd: RunPlnd, home: Home, tmp_path: Path, kind: str
) -> None:
    """What cannot be read is set aside and named, in the log and by the doctor."""
    home.make()
    outside = tmp_path / "outside"
    outside.write_text(PRECIOUS)
    (home.data / "networks").mkdir()
    stores = [home.data / name for name in ("people.json", "settings.json", "events.db")]
    running = [home.state / name for name in ("sessions.json", "daemon.json", "daemon.log")]
    silent = [home.data / "chats.ics", home.data / "networks" / "x.json"]
    closed = kind == "nothing that may be read"
    for path in (*stores, *running, *silent):
        if closed and path.name in ("events.db", "daemon.log"):
            continue  # a log of events is too much to be put away for its mode: an error says it
        KINDS[kind](path, outside)
    run_plnd("start")
    found = running_daemon()
    log = (home.state / "daemon.log").read_text()
    readable = closed and ROOT  # root may read everything, and then it is just an odd file
    aside = {one.name.partition(".damaged-")[0] for one in home.data.glob("*.damaged-*")}
    if not readable:
        named = {path.name for path in stores if not closed or path.name != "events.db"}
        assert named <= aside
        assert all(f"{home.data}/{name}.damaged-" in log for name in named)
        assert closed or f"{home.state}/sessions.json.damaged-" in log
        health = found.ask("GET", "health")["damaged"]
        assert {Path(one).name.partition(".damaged-")[0] for one in health} >= named
        said = run_plnd("doctor", code=None).out
        assert all(f"{name}.damaged-" in said for name in named)
    found.ask("POST", "events", batch(visit(now() - MINUTE, 30)))
    found.ask("POST", "people", {"name": "Ana"})
    chat = {"tag": "zebrachat", "network": "x", "weekday": "tue", "start": "12:00"}
    found.ask("POST", "chats", chat)
    assert (home.data / "chats.ics").read_text().startswith("BEGIN:VCALENDAR")
    assert found.ask("GET", "networks")["networks"]
    run_plnd("stop")
    found.gone()
    assert outside.read_text() == PRECIOUS


def now() -> int:
    from plnd.core.plnd import now_ms

    return now_ms()


@pytest.mark.parametrize("kind", [one for one in KINDS if one != "nothing that may be read"])
def test_a_lock_that_is_no_file_is_said(
    run_plnd: RunPlnd, home: Home, tmp_path: Path, kind: str
) -> None:
    home.make()
    KINDS[kind](home.state / "daemon.lock", tmp_path / "outside")
    for words in (("start",), ("run",), ("status",)):
        ran = run_plnd(*words, code=1)
        assert f"{home.state}/daemon.lock: it is a" in ran.err
        assert "move it away" in ran.err
    assert not (tmp_path / "outside").exists()


def test_what_stands_in_the_way_of_a_command_is_no_traceback(home: Home) -> None:
    """A folder where the daemon says how to reach it: whoever takes the lock moves it."""
    home.make()
    (home.state / "daemon.json" / "in it").mkdir(parents=True)
    held = lock.take(home)
    held.release()
    assert list(home.state.glob("daemon.json.damaged-*/in it"))
    wait_until(lambda: not (home.state / "daemon.json").exists(), "it to be gone")


async def test_acts_are_not_lost_by_a_calendar_that_is_a_folder(plnd: Plnd, api: Api) -> None:
    (plnd.home.data / "chats.ics").mkdir()
    (plnd.home.data / "chats.ics" / "in it").write_text(PRECIOUS)
    await plnd.record(typed(batch(act(NOON - HOUR))))
    plnd.chats.write_calendar()
    (moved,) = plnd.home.data.glob("chats.ics.damaged-*")
    assert (moved / "in it").read_text() == PRECIOUS
    assert (plnd.home.data / "chats.ics").is_file()
