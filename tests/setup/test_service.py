"""Starting at login: the texts that three systems read, and what is left when they are gone."""

import os
import plistlib
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

import pytest

from plnd.errors import StorageError
from plnd.setup import service
from plnd.store.files import Home

ODD = '/home/user/my "own" 50% $HOME\\plnd'


class System:
    """Stands for the service manager: notes what it is told, says `answer`."""

    def __init__(self, answer: str | None = None) -> None:
        self.told: list[Sequence[str]] = []
        self.answer = answer

    def __call__(self, words: Sequence[str]) -> str | None:
        self.told.append(words)
        return self.answer


def test_the_unit_is_one_that_systemd_takes(home: Home, tmp_path: Path) -> None:
    """systemd's own checker reads it, odd names and all; where it is not there, its grammar is."""
    root = tmp_path / ODD.lstrip("/")
    command = root / "bin" / "plnd"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\n")
    command.chmod(0o700)
    unit = tmp_path / "plnd.service"
    unit.write_text(service.systemd_unit([str(command), "run"], {"PLND_HOME": str(root)}))
    unit.chmod(0o600)
    lines = unit.read_text().splitlines()
    assert [line for line in lines if line.startswith("[")] == ["[Unit]", "[Service]", "[Install]"]
    assert all("=" in line for line in lines if line and line[0] not in "[#")
    assert f'PLND_HOME={tmp_path}/home/user/my \\"own\\" 50%% $$HOME\\\\plnd"' in unit.read_text()
    if checker := shutil.which("systemd-analyze"):
        done = subprocess.run(
            [checker, "--user", "--man=no", "verify", str(unit)],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
            check=False,
        )
        assert str(unit) not in done.stderr + done.stdout, done.stderr
        assert "plnd.service" not in done.stderr, done.stderr


def test_the_agent_is_one_that_launchd_takes(tmp_path: Path) -> None:
    text = service.launchd_agent([f"{ODD}/plnd", "run"], {"PLND_HOME": ODD}, tmp_path / "log")
    agent = plistlib.loads(text)
    assert agent["Label"] == "org.plnd.daemon"
    assert agent["ProgramArguments"] == [f"{ODD}/plnd", "run"]
    assert agent["EnvironmentVariables"] == {"PLND_HOME": ODD}
    assert agent["RunAtLoad"] is True
    assert agent["KeepAlive"] == {"Crashed": True}


def test_the_task_is_one_that_windows_takes() -> None:
    program = r"C:\Users\O'Neil & sons\plnd.exe"
    text = service.windows_task([program, "run", "--port", "0"], "O'Neil & sons")
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    task = ElementTree.fromstring(text.partition("\n")[2])
    assert task.tag == f"{space}Task"
    assert [one.tag.removeprefix(space) for one in task] == [
        *("RegistrationInfo", "Triggers", "Settings", "Actions"),
    ]
    found = {one.tag.removeprefix(space): one.text for one in task.iter() if one.text}
    assert found["Command"] == program
    assert found["Arguments"] == "run --port 0"
    assert found["UserId"] == "O'Neil & sons"
    assert found["ExecutionTimeLimit"] == "PT0S"


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_what_is_installed_is_taken_away_again(home: Home, tmp_path: Path, platform: str) -> None:
    home.make()
    user = tmp_path / "user"
    user.mkdir()
    before = sorted(tmp_path.rglob("*"))
    one = service.service(home, platform=platform, user=user, config="")
    system = System()
    assert service.install(one, run=system) == []
    assert one.path.read_bytes() == one.text
    assert one.path.stat().st_mode & 0o777 == 0o600
    assert str(home.root).encode() in one.text.replace(b"\0", b"") or platform == "win32"
    assert service.install(one, run=system) == []
    assert system.told == [*one.take_up, *one.take_up]
    system.told.clear()
    assert service.uninstall(one, run=system)[0] == one.path
    assert system.told == [*one.drop]
    if platform != "win32":
        left = [path for path in sorted(tmp_path.rglob("*")) if path not in before]
        assert [path for path in left if path.is_file()] == []
    assert service.uninstall(one, run=system) == []


def test_the_users_own_folder_for_settings_is_heeded(home: Home, tmp_path: Path) -> None:
    one = service.service(home, platform="linux", user=tmp_path, config=str(tmp_path / "c"))
    assert one.path == tmp_path / "c" / "systemd" / "user" / "plnd.service"


def test_a_system_without_the_manager_is_told(home: Home, tmp_path: Path) -> None:
    """A container, a machine with another init: the file is there, and the words say why not."""
    one = service.service(home, platform="linux", user=tmp_path, config="")
    said = service.install(one, run=System("there is no systemctl here"))
    assert said == [
        "systemctl --user daemon-reload: there is no systemctl here",
        "systemctl --user enable --now plnd.service: there is no systemctl here",
    ]
    (tmp_path / "file").write_text("in the way")
    blocked = one._replace(path=tmp_path / "file" / "x" / "plnd.service")
    with pytest.raises(StorageError):
        service.install(blocked, run=System())


def test_a_command_that_fails_hangs_or_is_not_there_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert service.run(["true"]) is None
    assert service.run(["false"]) == "it failed"
    assert service.run(["sh", "-c", "echo no bus >&2; exit 1"]) == "no bus"
    assert service.run(["no-such-manager"]) == "there is no no-such-manager here"
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0.05)
    assert service.run(["sleep", "20"]) == "sleep did not answer in 0.05 s"
