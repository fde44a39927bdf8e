"""Registering with browsers: what is written, where, and that exactly that goes again."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from support.harness import RunPlnd

from plnd.errors import PlndError
from plnd.setup import browsers
from plnd.setup import launcher as launchers
from plnd.setup.manifests import System, install, installed_browsers, uninstall
from plnd.setup.windows_registry import WindowsRegistry
from plnd.system.files import Home

EXTENSIONS = {"chromium": "allowed_origins", "firefox": "allowed_extensions"}


def make_home(root: Path, *, rooted: bool = True) -> Home:
    """A home below `root`."""
    names = (root / "state", root / "data", root / "host")
    return Home(*names, root if rooted else None)


def tree(folder: Path) -> dict[str, str]:
    """Every path below a folder, with a file's content."""
    return {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
    }


def mode(path: Path) -> int:
    """A path's permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, and a PATH without browsers."""
    folder = tmp_path / "user"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PATH", str(folder / "bin"))
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """plnd's own home, outside the user's."""
    return make_home(tmp_path / "plnd home")


def add_command(user: Path, name: str) -> None:
    """Put an executable on the PATH."""
    (user / "bin").mkdir(exist_ok=True)
    (user / "bin" / name).write_text("#!/bin/sh\n")
    (user / "bin" / name).chmod(0o755)


# ---- where


def test_the_folders_on_linux(user: Path) -> None:
    """Below the home folder, not below $XDG_CONFIG_HOME, which browsers ignore."""
    folders = {
        browser.id: str(browser.manifests.relative_to(user))
        for browser in browsers.browsers(platform="linux")
        if not browser.package
    }
    assert folders == {
        "chromium": ".config/chromium/NativeMessagingHosts",
        "chrome": ".config/google-chrome/NativeMessagingHosts",
        "brave": ".config/BraveSoftware/Brave-Browser/NativeMessagingHosts",
        "edge": ".config/microsoft-edge/NativeMessagingHosts",
        "vivaldi": ".config/vivaldi/NativeMessagingHosts",
        "opera": ".config/opera/NativeMessagingHosts",
        "firefox": ".mozilla/native-messaging-hosts",
    }


def test_the_folders_on_macos(user: Path) -> None:
    """Below Application Support."""
    support = user / "Library" / "Application Support"
    folders = {
        browser.id: str(browser.manifests.relative_to(support))
        for browser in browsers.browsers(platform="darwin")
    }
    assert folders["chrome"] == "Google/Chrome/NativeMessagingHosts"
    assert folders["firefox"] == "Mozilla/NativeMessagingHosts"
    assert len(folders) == 7


def test_a_browser_is_found_by_its_folder_or_its_command(user: Path, home: Home) -> None:
    """It has been started before, or its command exists."""
    assert installed_browsers(home) == []
    (user / ".config" / "google-chrome").mkdir(parents=True)
    add_command(user, "firefox-esr")
    assert [browser.id for browser in installed_browsers(home)] == ["chrome", "firefox"]


# ---- Flatpak and Snap


PACKED = [
    (".var/app/org.chromium.Chromium/config/chromium", "Chromium (Flatpak)"),
    (".var/app/com.google.Chrome/config/google-chrome", "Google Chrome (Flatpak)"),
    ("snap/chromium", "Chromium (Snap)"),
    ("snap/brave", "Brave (Snap)"),
]


@pytest.mark.parametrize(("folder", "name"), PACKED)
def test_a_packaged_browser_is_left_out_and_reported(
    user: Path, home: Home, folder: str, name: str
) -> None:
    """Nothing is written for it, because a manifest could not help."""
    (user / folder).mkdir(parents=True)
    (found,) = installed_browsers(home)
    assert found.name == name
    assert found.why_unusable().startswith("runs as a ")
    before = tree(user)
    assert install(home) == []
    assert tree(user) == before


@pytest.mark.parametrize("folder", [".var/app/org.mozilla.firefox", "snap/firefox"])
def test_a_packaged_firefox_is_registered_where_the_portal_looks(
    user: Path, home: Home, folder: str
) -> None:
    """That is the folder of a Firefox without a package; the other requirement is reported."""
    (user / folder).mkdir(parents=True)
    (found,) = installed_browsers(home)
    assert (found.id, found.why_unusable()) == ("firefox", "")
    assert "portal" in found.requirement()
    (installed,) = install(home)
    assert installed.manifest.parent == user / ".mozilla" / "native-messaging-hosts"


def test_the_command_of_a_snap_is_not_the_plain_browser(
    user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Snaps put a command of the same name on the PATH."""
    monkeypatch.setattr(shutil, "which", lambda name: f"/snap/bin/{name}")
    assert not any(browser.is_installed for browser in browsers.browsers(platform="linux"))


# ---- Windows, on this machine: its registry is the one thing that is not there


class Winreg:
    """A fake of Python's winreg: a dictionary of keys with a text each."""

    HKEY_CURRENT_USER = "HKCU"
    REG_SZ = 1

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.locked = False

    def QueryValue(self, root: str, key: str) -> str:
        if key not in self.keys:
            raise FileNotFoundError(2, "not found", key)
        return self.keys[key]

    def SetValue(self, root: str, key: str, kind: int, text: str) -> None:
        assert (root, kind) == (self.HKEY_CURRENT_USER, self.REG_SZ)
        if self.locked:
            raise PermissionError(13, "Access is denied")
        self.keys[key] = text

    def DeleteKey(self, root: str, key: str) -> None:
        if self.locked:
            raise PermissionError(13, "Access is denied")
        self.QueryValue(root, key)
        del self.keys[key]


@pytest.fixture
def winreg() -> Winreg:
    return Winreg()


@pytest.fixture
def windows(winreg: Winreg) -> System:
    return System("win32", WindowsRegistry(winreg))


def key_of(name: str) -> str:
    return rf"Software\{name}\NativeMessagingHosts\org.plnd.host"


def test_on_windows_the_registry_points_to_one_manifest_of_each_form(
    user: Path, home: Home, windows: System, winreg: Winreg
) -> None:
    """In plnd's home; for each installed browser its own key, and Chrome's."""
    for folder in ("Local/Google/Chrome/User Data", "Local/Vivaldi/User Data",
                   "Roaming/Mozilla/Firefox"):  # fmt: skip
        (user / "AppData" / folder).mkdir(parents=True)
    before = tree(user)
    done = install(home, system=windows)
    assert tree(user) == before
    assert [one.browser for one in done] == ["chrome", "vivaldi", "firefox"]
    chromium = home.host / "chromium" / "org.plnd.host.json"
    firefox = home.host / "firefox" / "org.plnd.host.json"
    assert winreg.keys == {
        key_of(r"Google\Chrome"): str(chromium),
        key_of("Vivaldi"): str(chromium),
        key_of("Mozilla"): str(firefox),
    }
    for manifest in (chromium, firefox):
        assert json.loads(manifest.read_text())["path"] == str(home.host / "plnd-host.bat")


def test_on_windows_uninstall_takes_the_keys_away_that_are_ours(
    user: Path, home: Home, windows: System, winreg: Winreg
) -> None:
    """One that points elsewhere is somebody else's."""
    (user / "AppData" / "Local" / "Google" / "Chrome" / "User Data").mkdir(parents=True)
    (user / "AppData" / "Roaming" / "Mozilla" / "Firefox").mkdir(parents=True)
    install(home, system=windows)
    winreg.keys[key_of("Mozilla")] = "C:/elsewhere.json"
    uninstall(home, system=windows)
    assert winreg.keys == {key_of("Mozilla"): "C:/elsewhere.json"}
    assert list(home.host.iterdir()) == []
    assert uninstall(home, system=windows) == []


def test_a_locked_registry_is_reported(
    user: Path, home: Home, windows: System, winreg: Winreg
) -> None:
    """With the key, and what to do."""
    (user / "AppData" / "Local" / "Microsoft" / "Edge" / "User Data").mkdir(parents=True)
    winreg.locked = True
    with pytest.raises(PlndError, match=r"Software\\Microsoft\\Edge.*Access is denied"):
        install(home, system=windows)
    winreg.locked = False
    install(home, system=windows)
    winreg.locked = True
    with pytest.raises(PlndError, match="registry"):
        uninstall(home, system=windows)


def test_the_launcher_on_windows(tmp_path: Path, windows: System) -> None:
    """A batch file with the same words; a per cent sign is doubled, lines end as there."""
    text = launchers.launcher_text(
        make_home(tmp_path / "100 %"), tmp_path / "plnd.exe", windows.platform
    )
    lines = text.split("\r\n")
    assert lines[0] == "@echo off"
    assert lines[2] == f'set "PLND_HOME={tmp_path}/100 %%"'
    assert lines[3].startswith('"') and lines[3].endswith(f'"--start" "{tmp_path}/plnd.exe" %*')
    rootless = launchers.launcher_text(
        make_home(tmp_path, rooted=False), tmp_path / "plnd", windows.platform
    )
    assert 'set "PLND_HOME="' in rootless


# ---- install


def test_each_browser_gets_a_manifest_in_its_own_form(user: Path, home: Home) -> None:
    """It names the launcher and lets our extension in, nobody else."""
    plain = [one for one in browsers.browsers(platform="linux") if not one.package]
    done = install(home, browsers=plain)
    assert len(done) == 7
    for installed in done:
        manifest = json.loads(installed.manifest.read_text())
        assert manifest["name"] == "org.plnd.host"
        assert manifest["path"] == str(home.host / "plnd-host") == str(installed.launcher)
        form = "firefox" if installed.browser == "firefox" else "chromium"
        assert set(manifest) == {"name", "description", "path", "type", EXTENSIONS[form]}
        assert len(manifest[EXTENSIONS[form]]) == 1


def test_only_installed_browsers_are_registered(user: Path, home: Home) -> None:
    """No folder is made for a browser that the user does not have."""
    add_command(user, "chromium")
    done = install(home)
    assert [installed.browser for installed in done] == ["chromium"]
    assert [path.name for path in (user / ".config").iterdir()] == ["chromium"]
    assert not (user / ".mozilla").exists()


def test_without_any_browser_nothing_is_written(user: Path, home: Home) -> None:
    """Not even the launcher."""
    assert install(home) == []
    assert not home.host.exists()


def test_a_given_folder_gets_the_one_manifest(user: Path, home: Home, tmp_path: Path) -> None:
    """In Chromium's form, in Firefox's for a folder of Mozilla's, or in the given form."""
    add_command(user, "chromium")
    before = tree(user)
    for folder, form, wanted in (
        (tmp_path / "profile" / "NativeMessagingHosts", None, "chromium"),
        (tmp_path / ".mozilla" / "native-messaging-hosts", None, "firefox"),
        (tmp_path / "fox", "firefox", "firefox"),
        (tmp_path / "mozilla-named", "chromium", "chromium"),
    ):
        (installed,) = install(home, manifest_dir=folder, form=form)
        assert installed.manifest == folder / "org.plnd.host.json"
        assert installed.browser == wanted
        assert EXTENSIONS[wanted] in json.loads(installed.manifest.read_text())
    assert tree(user) == before


def test_a_relative_folder_is_below_the_working_directory(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a shell."""
    monkeypatch.chdir(tmp_path)
    (installed,) = install(home, manifest_dir=Path("hosts"))
    assert installed.manifest == tmp_path / "hosts" / "org.plnd.host.json"


def test_files_are_private(user: Path, home: Home) -> None:
    """Modes are 0600 and 0700 for new ones; an existing folder of a browser keeps its mode."""
    config = user / ".config" / "chromium"
    config.mkdir(parents=True)
    config.chmod(0o755)
    (installed,) = install(home)
    assert mode(installed.manifest) == 0o600
    assert mode(installed.manifest.parent) == 0o700
    assert mode(installed.launcher) == 0o700
    assert mode(home.host) == 0o700
    assert mode(config) == 0o755


def test_a_second_install_changes_nothing(user: Path, home: Home, tmp_path: Path) -> None:
    """No file changes."""
    add_command(user, "chromium")
    install(home)
    before = tree(tmp_path)
    install(home)
    assert tree(tmp_path) == before


def test_a_folder_that_cannot_be_made_is_named(user: Path, home: Home, tmp_path: Path) -> None:
    """A file stands in the way."""
    (tmp_path / "file").write_text("")
    with pytest.raises(PlndError, match="cannot write"):
        install(home, manifest_dir=tmp_path / "file" / "hosts")


# ---- the launcher


@pytest.mark.parametrize("name", ["plain", "with space", "it's", 'say "hi"', "$HOME `id`\\", "é"])
def test_the_launcher_runs_whatever_the_names_of_paths(tmp_path: Path, name: str) -> None:
    """It sets the home and passes its own options and the browser's."""
    home = make_home(tmp_path / name)
    home.make()
    show = 'printf "%s\\n" "$PLND_HOME" "$@"'
    (tmp_path / "python").write_text(f"#!/bin/sh\n{show}\n")
    (tmp_path / "python").chmod(0o700)
    text = launchers.launcher_text(home, tmp_path / name / "plnd")
    launcher = tmp_path / "launcher"
    launcher.write_text(text.replace("exec ", f"exec '{tmp_path}/python' ", 1))
    launcher.chmod(0o700)
    env = {**os.environ, "PLND_HOME": "/somebody/elses"}
    done = subprocess.run(
        [launcher, "chrome-extension://a b/"], env=env, capture_output=True, text=True, check=True
    )
    root, _, *words = done.stdout.splitlines()
    assert root == str(home.root)
    assert words[:2] == ["-I", "-S"]
    assert words[2].endswith("plnd_host.py")
    assert words[3:] == [
        "--state", str(home.state), "--start", str(tmp_path / name / "plnd"),
        "chrome-extension://a b/",
    ]  # fmt: skip


def test_without_a_home_the_launcher_clears_it(tmp_path: Path) -> None:
    """The folders of the platform are used then, whatever the browser's environment says."""
    text = launchers.launcher_text(make_home(tmp_path, rooted=False), tmp_path / "plnd")
    assert "unset PLND_HOME\n" in text
    assert "export" not in text


def test_the_installed_launcher_answers(home: Home, tmp_path: Path) -> None:
    """The real launcher with the real host, which exits with 0 at the end of its input."""
    (installed,) = install(home, manifest_dir=tmp_path / "hosts")
    done = subprocess.run([installed.launcher], input=b"", capture_output=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


# ---- uninstall


def test_uninstall_removes_exactly_what_install_wrote(
    user: Path, home: Home, tmp_path: Path
) -> None:
    """Then the user's folder is as before, and plnd's has no launcher."""
    (user / ".config" / "chromium" / "NativeMessagingHosts").mkdir(parents=True)
    (user / ".config" / "chromium" / "NativeMessagingHosts" / "other.json").write_text("{}")
    add_command(user, "firefox")
    add_command(user, "brave")
    before = tree(user)
    done = install(home)
    install(home, manifest_dir=tmp_path / "made" / "hosts")
    assert len(done) == 3
    gone = uninstall(home)
    assert tree(user) == before
    assert not (tmp_path / "made").exists()
    assert list(home.host.iterdir()) == []
    assert {installed.manifest for installed in done} <= set(gone)
    assert uninstall(home) == []


def test_a_manifest_of_another_home_stays(user: Path, home: Home, tmp_path: Path) -> None:
    """The second home has replaced the manifest, so the first must not remove it."""
    add_command(user, "chromium")
    other = make_home(tmp_path / "other")
    (installed,) = install(home)
    install(other)
    uninstall(home)
    assert json.loads(installed.manifest.read_text())["path"] == str(other.host / "plnd-host")
    assert not (home.host / "plnd-host").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"path": 5}', '{"name": "org.plnd.host"}'])
def test_a_file_that_is_not_ours_stays(user: Path, home: Home, content: str) -> None:
    """A manifest is plnd's only if it names plnd's launcher."""
    add_command(user, "chromium")
    (installed,) = install(home)
    installed.manifest.write_text(content)
    uninstall(home)
    assert installed.manifest.read_text() == content


def test_a_given_folder_only(user: Path, home: Home, tmp_path: Path) -> None:
    """Only the manifest there is removed; the launcher stays while another one needs it."""
    add_command(user, "chromium")
    (own,) = install(home)
    (given,) = install(home, manifest_dir=tmp_path / "hosts")
    assert uninstall(home, tmp_path / "hosts") == [given.manifest, tmp_path / "hosts"]
    assert own.manifest.exists()
    assert own.launcher.exists()
    uninstall(home)
    assert not own.manifest.exists()
    assert not own.launcher.exists()


def test_without_the_record_all_browsers_are_searched(user: Path, home: Home) -> None:
    """The folders of the browsers are searched as well."""
    add_command(user, "chromium")
    (installed,) = install(home)
    for damage in ("{", "[]", None):
        if damage is None:
            (home.host / "installed.json").unlink()
        else:
            (home.host / "installed.json").write_text(damage)
            assert installed.manifest.exists()
    uninstall(home)
    assert not installed.manifest.exists()


def test_a_folder_that_is_in_use_stays(user: Path, home: Home, tmp_path: Path) -> None:
    """Another program put a file into a folder that plnd made."""
    (installed,) = install(home, manifest_dir=tmp_path / "hosts")
    (tmp_path / "hosts" / "other.json").write_text("{}")
    assert uninstall(home)[0] == installed.manifest
    assert [path.name for path in (tmp_path / "hosts").iterdir()] == ["other.json"]


def test_uninstall_without_a_home_does_nothing(user: Path, home: Home) -> None:
    """No error, and no new folder."""
    assert uninstall(home) == []
    assert not home.host.exists()


def test_the_plnd_that_is_started_is_the_one_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """First beside this Python, then on the PATH, else an error."""
    monkeypatch.setattr(launchers.sys, "executable", "/nowhere/python3")
    monkeypatch.setattr(shutil, "which", lambda name: f"/somewhere/{name}")
    assert launchers.plnd_command() == Path("/somewhere/plnd")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(PlndError, match="/nowhere/python3"):
        launchers.plnd_command()


def test_a_home_that_is_not_utf_8_is_refused_in_one_line(run_plnd: RunPlnd, tmp_path: Path) -> None:
    """No manifest can contain it. Everything else works there, uninstall too."""
    env = {"PLND_HOME": os.fsdecode(os.fsencode(tmp_path) + b"/h\xff\xfe")}
    folder = tmp_path / "manifests"
    for words in (("install", "--manifest-dir", str(folder)), ("install", "--service")):
        said = run_plnd(*words, env=env, code=1).err.splitlines()
        assert len(said) == 2
        assert "is not UTF-8" in said[0]
        assert "PLND_HOME" in said[1]
    assert not folder.exists()
    run_plnd("start", env=env)
    try:
        assert run_plnd("doctor", "--json", env=env, code=None).json["checks"]
        run_plnd("doctor", "--report", env=env, code=None)
    finally:
        run_plnd("uninstall", "--data", env=env)
    assert not os.path.exists(env["PLND_HOME"])
