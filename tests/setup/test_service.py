"""Starting at login: the texts that three systems read, and what is left when they are gone."""

import os
import plistlib
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plnd.errors import StorageError
from plnd.setup import service
from plnd.setup.launcher import UnusablePath
from plnd.system.files import Home

ODD = '/home/user/my "own" 50% $HOME\\plnd'


class System:
    """A fake service manager: records the commands, and gives `answer`."""

    def __init__(self, answer: str | None = None) -> None:
        self.told: list[Sequence[str]] = []
        self.answer = answer

    def __call__(self, words: Sequence[str]) -> str | None:
        self.told.append(words)
        return self.answer


def test_systemd_accepts_the_unit(home: Home, tmp_path: Path) -> None:
    """Checked by systemd's own program, with unusual names; without it, by its grammar."""
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
    assert f'PLND_HOME={tmp_path}/home/user/my \\"own\\" 50%% $HOME\\\\plnd"' in unit.read_text()
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


PLACES = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\t\n")
) | st.text("$%\\\"' {}aHOME\t\n")


@given(PLACES, PLACES)
@example("a$b", "$HOME ${HOME} $$ 50%% %h \\n \\")
def test_systemd_reads_the_same_words(command: str, home: str) -> None:
    """By its rules: it removes quotes, then replaces `%`, and `$` in commands."""
    lines = service.systemd_unit([command, "run"], {"PLND_HOME": home}).split("\n")
    assert len(lines) == len(service.systemd_unit(["x", "run"], {"PLND_HOME": "x"}).split("\n"))
    given = dict(line.split("=", 1) for line in lines if "=" in line)
    assert words_of(given["Environment"]) == [f"PLND_HOME={home}"]
    assert [variables(word) for word in words_of(given["ExecStart"])] == [
        *("/usr/bin/env", "--", command, "run")
    ]


def words_of(value: str) -> list[str]:
    """The words of a setting as systemd splits them (systemd.syntax, "Quoting")."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"(?: |$)|([^"\s]+)(?: |$)', value)
    assert "".join(a + b for a, b in found).replace(" ", "") == re.sub(
        r'(?<!\\)((?:\\\\)*)"', r"\1", value
    ).replace(" ", "")
    escapes = {"n": "\n", "t": "\t", "\\": "\\", '"': '"'}
    words = [
        re.sub(r"\\(.)", lambda one: escapes[one[1]], quoted or bare) for quoted, bare in found
    ]
    assert not [word for word in words if re.search("%", word.replace("%%", ""))]
    return [word.replace("%%", "%") for word in words]


def variables(word: str) -> str:
    """A word of a command after systemd has replaced variables; here it must find none."""
    assert "$" not in word.replace("$$", "")
    return word.replace("$$", "$")


@pytest.mark.parametrize("name", ["a$b", "$HOME", "${HOME} 50%h", "q\"'\\n é 🙂"])
def test_systemd_starts_the_service_with_this_home(name: str) -> None:
    """A real systemd, where there is one, reads the unit and shows the environment."""
    manager = Path("/lib/systemd/systemd")
    if not manager.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        unit = Path(folder, "plnd.service")
        unit.write_text(service.systemd_unit(["/bin/true"], {"PLND_HOME": f"/{name}"}))
        unit.chmod(0o644)
        unit.with_name("default.target").write_text("[Unit]\nWants=plnd.service\n")
        as_nobody: list[str] = []
        if os.geteuid() == 0:  # it refuses to be tried as root
            os.chown(folder, 65534, 65534)
            as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        env = dict.fromkeys(("XDG_RUNTIME_DIR", "HOME", "SYSTEMD_UNIT_PATH"), folder)
        command = [*as_nobody, str(manager), "--user", "--test", "--no-pager"]
        dump = subprocess.run(
            command, capture_output=True, text=True, env=env, timeout=60, check=False
        ).stdout
    if "Unit plnd.service" in dump:
        assert f"Environment: PLND_HOME=/{name}\n" in dump


def test_a_home_that_a_service_cannot_contain_is_refused(tmp_path: Path) -> None:
    """systemd would ignore the setting, and plnd would open another home."""
    for name in ("a\rb", "a\x1bb", "a\x7fb", os.fsdecode(b"\xff")):
        root = tmp_path / name
        home = Home(root / "state", root / "data", root / "host", root)
        for platform in ("linux", "darwin"):
            with pytest.raises(UnusablePath) as caught:
                service.service(home, platform=platform, user=tmp_path, config="")
            assert "\n" not in caught.value.message


def test_the_agent_is_valid_for_launchd(tmp_path: Path) -> None:
    text = service.launchd_agent([f"{ODD}/plnd", "run"], {"PLND_HOME": ODD}, tmp_path / "log")
    agent = plistlib.loads(text)
    assert agent["Label"] == "org.plnd.daemon"
    assert agent["ProgramArguments"] == [f"{ODD}/plnd", "run"]
    assert agent["EnvironmentVariables"] == {"PLND_HOME": ODD}
    assert agent["RunAtLoad"] is True
    assert agent["KeepAlive"] == {"Crashed": True}


def test_the_task_is_valid_for_windows() -> None:
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
def test_uninstall_removes_the_installed_service(home: Home, tmp_path: Path, platform: str) -> None:
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
    assert system.told == [*one.enable, *one.enable]
    system.told.clear()
    assert service.uninstall(one, run=system)[0] == one.path
    assert system.told == [*one.disable]
    if platform != "win32":
        left = [path for path in sorted(tmp_path.rglob("*")) if path not in before]
        assert [path for path in left if path.is_file()] == []
    assert service.uninstall(one, run=system) == []


def test_xdg_config_home_is_used(home: Home, tmp_path: Path) -> None:
    one = service.service(home, platform="linux", user=tmp_path, config=str(tmp_path / "c"))
    assert one.path == tmp_path / "c" / "systemd" / "user" / "plnd.service"


def test_a_system_without_the_manager_is_reported(home: Home, tmp_path: Path) -> None:
    """Such as a container: the file is written, and the error is reported."""
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


def test_a_command_that_fails_hangs_or_is_missing_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert service.run(["true"]) is None
    assert service.run(["false"]) == "it failed"
    assert service.run(["sh", "-c", "echo no bus >&2; exit 1"]) == "no bus"
    assert service.run(["no-such-manager"]) == "there is no no-such-manager here"
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0.05)
    assert service.run(["sleep", "20"]) == "sleep did not answer in 0.05 s"
