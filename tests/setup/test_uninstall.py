"""Living with plnd: its log stays short, and when it goes, nothing of it is left behind."""

import os
import shutil
import stat
from pathlib import Path

import pytest
from support.builders import HOUR, batch, visit
from support.harness import Daemon, RunPlnd, running_daemon

from plnd.core.plnd import now_ms
from plnd.errors import StorageError
from plnd.setup.uninstall import uninstall
from plnd.system.files import Home
from plnd.system.logs import LONGEST_BYTES


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home folder, with a browser and without a service manager."""
    user = tmp_path / "user"
    (user / ".config" / "chromium").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(user))
    return user


@pytest.mark.parametrize("own_home", [True, False])
def test_uninstall_leaves_only_the_data(
    run_plnd: RunPlnd, machine: Path, monkeypatch: pytest.MonkeyPatch, own_home: bool
) -> None:
    """With PLND_HOME and without: files, folders, service, daemon."""
    if own_home:
        monkeypatch.setenv("PLND_HOME", str(machine / "plnd home"))
    else:
        monkeypatch.delenv("PLND_HOME")
    data = "plnd home/data" if own_home else ".local/share/plnd"
    said = run_plnd("install", "--service")
    assert "starts at login: " in said.err
    assert (machine / ".config/systemd/user/plnd.service").exists()
    assert (machine / ".config/chromium/NativeMessagingHosts/org.plnd.host.json").exists()
    run_plnd("start")
    state = "plnd home/state" if own_home else ".local/state/plnd"
    assert (machine / state / "daemon.log").exists()
    run_plnd("budget", "set", "50")
    removed = run_plnd("uninstall", "--json").json["removed"]
    assert str(machine / ".config/systemd/user/plnd.service") in removed
    assert {str(Path(one).parent.as_posix()) for one in files(machine)} == {data}
    assert f"{data}/budgets.json" in files(machine)
    assert not (machine / ".config" / "systemd").exists()
    run_plnd("uninstall", "--data")
    assert files(machine) == []
    assert run_plnd("uninstall", "--data").out == ""


def test_a_running_daemon_is_stopped_first(
    run_plnd: RunPlnd, daemon: Daemon, machine: Path, home: Home
) -> None:
    daemon.ask("POST", "events", batch(visit(now_ms() - HOUR, 60)))
    run_plnd("uninstall")
    daemon.gone()
    assert files(home.data.parent) == ["data/budgets.json", "data/events.db"]
    assert run_plnd("receipt", "--json").json["entries"]


def test_other_files_in_the_home_stay(run_plnd: RunPlnd, machine: Path, home: Home) -> None:
    run_plnd("budget")
    (home.data.parent / "letter.txt").write_text("mine")
    run_plnd("uninstall", "--data")
    assert files(home.data.parent) == ["letter.txt"]


def test_data_and_manifest_dir_do_not_go_together(run_plnd: RunPlnd, tmp_path: Path) -> None:
    run_plnd("budget")
    ran = run_plnd("uninstall", "--manifest-dir", str(tmp_path), "--data", code=1)
    assert "--data goes without --manifest-dir" in ran.err


def test_a_path_that_cannot_be_removed_is_named(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.make()

    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder / "inner"))

    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(StorageError) as caught:
        uninstall(home, data=True)
    assert str(home.state / "inner") in caught.value.message


def test_a_long_log_is_rotated(run_plnd: RunPlnd, home: Home) -> None:
    """Also while the daemon runs, which may be for months."""
    home.make()
    log = home.state / "daemon.log"
    log.write_bytes(b"." * (LONGEST_BYTES - 150))
    run_plnd("start")
    found = running_daemon()
    for minutes in range(40):
        found.ask("PUT", "budgets", {"minutes": minutes})
    old = home.state / "daemon.log.1"
    assert LONGEST_BYTES - 200 < old.stat().st_size <= LONGEST_BYTES
    assert 0 < log.stat().st_size < 5000
    assert log.read_text().endswith("a budget of 39 minutes a day is set\n")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    os.kill(found.pid, 15)
    found.gone()
    assert log.read_text().endswith("stopped\n")
