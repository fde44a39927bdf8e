"""Where browsers look for native messaging hosts, and plnd's entry there.

Each browser reads a small manifest from a folder of its own; ours names the
launcher, a shell script below plnd's home that carries `PLND_HOME` on to the
host. On Windows browsers look in the registry, which is not written yet.
"""

import contextlib
import json
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from plnd.errors import PlndError
from plnd.resources import host_dir
from plnd.store.files import FOLDER_MODE, Home, cannot_write, write_atomic

HOST_NAME = "org.plnd.host"
MANIFEST_NAME = f"{HOST_NAME}.json"
LAUNCHER_NAME = "plnd-host"
RECORD_NAME = "installed.json"
LAUNCHER_MODE = 0o700


class Browser(NamedTuple):
    """A browser: what it is called, which form of manifest it reads, and where it lives."""

    id: str
    name: str
    form: str
    config: Path
    manifests: Path
    commands: tuple[str, ...]

    @property
    def found(self) -> bool:
        """Whether this user has it: it has been started once, or can be."""
        return self.config.is_dir() or any(map(shutil.which, self.commands))

    @property
    def manifest(self) -> Path:
        """Where it looks for our manifest."""
        return self.manifests / MANIFEST_NAME


class Installed(NamedTuple):
    """One manifest that was written; for a given folder `browser` is the form's name."""

    browser: str
    manifest: Path
    launcher: Path


# id, name, commands, folder on Linux (below ~/.config), on macOS (below Application Support)
_CHROMIUM_FAMILY = (
    ("chromium", "Chromium", ("chromium", "chromium-browser"), "chromium", "Chromium"),
    (
        "chrome",
        "Google Chrome",
        ("google-chrome", "google-chrome-stable"),
        "google-chrome",
        "Google/Chrome",
    ),
    (
        "brave",
        "Brave",
        ("brave-browser", "brave"),
        "BraveSoftware/Brave-Browser",
        "BraveSoftware/Brave-Browser",
    ),
    (
        "edge",
        "Microsoft Edge",
        ("microsoft-edge", "microsoft-edge-stable"),
        "microsoft-edge",
        "Microsoft Edge",
    ),
    ("vivaldi", "Vivaldi", ("vivaldi", "vivaldi-stable"), "vivaldi", "Vivaldi"),
    ("opera", "Opera", ("opera",), "opera", "com.operasoftware.Opera"),
)


def browsers(user: Path | None = None, platform: str = sys.platform) -> list[Browser]:
    """Every browser that plnd knows, for the user whose home folder is `user`.

    Raises:
        PlndError: on a platform whose browsers do not look in folders.
    """
    user = user or Path.home()
    if platform == "darwin":
        support = user / "Library" / "Application Support"
        firefox = support / "Mozilla"
        fox = Browser(
            "firefox", "Firefox", "firefox", support / "Firefox",
            firefox / "NativeMessagingHosts", ("firefox",),
        )  # fmt: skip
        return [*(_chromium(row, support / row[4]) for row in _CHROMIUM_FAMILY), fox]
    if platform == "win32":
        raise PlndError(
            "registering with browsers is not there for Windows yet",
            "use Linux or macOS",
            code="unsupported",
        )
    # Not $XDG_CONFIG_HOME: the browsers do not go by it for these folders.
    config = user / ".config"
    mozilla = user / ".mozilla"
    fox = Browser(
        "firefox", "Firefox", "firefox", mozilla / "firefox",
        mozilla / "native-messaging-hosts", ("firefox", "firefox-esr"),
    )  # fmt: skip
    return [*(_chromium(row, config / row[3]) for row in _CHROMIUM_FAMILY), fox]


def _chromium(row: tuple[str, str, tuple[str, ...], str, str], config: Path) -> Browser:
    manifests = config / "NativeMessagingHosts"
    return Browser(row[0], row[1], "chromium", config, manifests, row[2])


def found_browsers() -> list[Browser]:
    """The browsers that this user has."""
    return [browser for browser in browsers() if browser.found]


# ---- install


def install(
    home: Home,
    *,
    manifest_dir: Path | None = None,
    form: str | None = None,
    browsers: Sequence[Browser] | None = None,
) -> list[Installed]:
    """Write the launcher, and a manifest for each browser found (or into one folder).

    Args:
        manifest_dir: the one folder to write to, instead of the browsers' own.
        form: "chromium" or "firefox", for `manifest_dir`; told from its path when None.
        browsers: those to register with; those found when None.

    Doing it twice is the same as once. Without any browser nothing is written.

    Raises:
        PlndError: something cannot be written, or there is no plnd command to start.
    """
    targets = _targets(manifest_dir, form, browsers)
    if not targets:
        return []
    home.make()
    launcher = write_launcher(home)
    made: list[Path] = []
    for _, form_of, manifest in targets:
        made += _make_folder(manifest.parent)
        # What was made is noted first: a kill in between must not leave a folder behind.
        _note(home, [manifest], made)
        write_atomic(manifest, _manifest(form_of, launcher))
    return [Installed(name, manifest, launcher) for name, _, manifest in targets]


def _targets(
    manifest_dir: Path | None, form: str | None, browsers: Sequence[Browser] | None
) -> list[tuple[str, str, Path]]:
    """Browser, form and path of each manifest to write."""
    if manifest_dir is not None:
        folder = manifest_dir.absolute()
        told = "firefox" if "mozilla" in str(folder).lower() else "chromium"
        return [(form or told, form or told, folder / MANIFEST_NAME)]
    found = found_browsers() if browsers is None else browsers
    return [(browser.id, browser.form, browser.manifest) for browser in found]


def write_launcher(home: Home) -> Path:
    """Write the script that browsers start, for this Python and this home; gives its path."""
    launcher = home.host / LAUNCHER_NAME
    write_atomic(launcher, launcher_text(home, plnd_command()).encode(), LAUNCHER_MODE)
    return launcher


def launcher_text(home: Home, plnd: Path) -> str:
    """The launcher: the browser's environment must not decide which home it speaks for."""
    place = (
        "unset PLND_HOME"
        if home.root is None
        else f"export PLND_HOME={shlex.quote(str(home.root))}"
    )
    host = host_dir() / "plnd_host.py"
    command = [sys.executable, "-I", "-S", host, "--state", home.state, "--start", plnd]
    words = " ".join(shlex.quote(str(word)) for word in command)
    said = '# Written by "plnd install"; "plnd uninstall" takes it away.'
    return f'#!/bin/sh\n{said}\n{place}\nexec {words} "$@"\n'


def plnd_command() -> Path:
    """The `plnd` of this very installation.

    Raises:
        PlndError: there is none beside this Python, nor on the PATH.
    """
    beside = Path(sys.executable).with_name("plnd")
    if beside.is_file():
        return beside
    found = shutil.which("plnd")
    if found is None:
        raise PlndError(
            f"there is no plnd command beside {sys.executable}",
            "install plnd again",
            code="no_plnd",
        )
    return Path(found).absolute()


def _manifest(form: str, launcher: Path) -> bytes:
    template = json.loads((host_dir() / f"{form}.json").read_bytes())
    template["path"] = template["path"].replace("{launcher}", str(launcher))
    return json.dumps(template, indent=2, ensure_ascii=False).encode() + b"\n"


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder and what is missing above it; gives what was made, outermost first."""
    missing = [above for above in (folder, *folder.parents) if not above.exists()][::-1]
    try:
        for one in missing:
            one.mkdir(mode=FOLDER_MODE)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return missing


# ---- the record of what was written


def recorded_manifests(home: Home) -> list[Path]:
    """Every manifest that `install` wrote for this home and that names its launcher still."""
    known = map(Path, _record(home)["manifests"])
    return [path for path in known if names_launcher(path, home)]


def _record(home: Home) -> dict[str, list[str]]:
    """Manifests and folders that `install` wrote; empty lists when there is no record."""
    found: Any = {}
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((home.host / RECORD_NAME).read_bytes())
    return {
        name: list(filter(_is_text, found.get(name, []) if isinstance(found, dict) else []))
        for name in ("manifests", "folders")
    }


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _note(home: Home, manifests: list[Path], folders: list[Path]) -> None:
    record = _record(home)
    record["manifests"] = sorted({*record["manifests"], *map(str, manifests)})
    record["folders"] = sorted({*record["folders"], *map(str, folders)})
    write_atomic(home.host / RECORD_NAME, json.dumps(record, indent=2).encode() + b"\n")


# ---- uninstall


def uninstall(home: Home, manifest_dir: Path | None = None) -> list[Path]:
    """Take away what `install` wrote for this home; gives the paths that are gone.

    Only manifests that name this home's launcher go, and folders that `install` made
    and that are empty. With `manifest_dir`, only what lies there, and the launcher
    when no manifest is left that needs it.

    Raises:
        StorageError: something cannot be taken away.
    """
    record = _record(home)
    known = [Path(path) for path in record["manifests"]]
    if manifest_dir is None:
        going = [*known, *(browser.manifest for browser in browsers())]
    else:
        going = [manifest_dir.absolute() / MANIFEST_NAME]
    going = [path for path in dict.fromkeys(going) if names_launcher(path, home)]
    gone = [path for path in going if _remove(path, Path.unlink)]
    gone += _remove_folders(record, going)
    left = recorded_manifests(home)
    if left:
        _forget(home, record, left)
        return gone
    for name in (LAUNCHER_NAME, RECORD_NAME):
        path = home.host / name
        if _remove(path, Path.unlink):
            gone.append(path)
    return gone


def names_launcher(manifest: Path, home: Home) -> bool:
    """Whether a manifest is there and names this home's launcher."""
    return read_manifest(manifest).get("path") == str(home.host / LAUNCHER_NAME)


def read_manifest(manifest: Path) -> dict[str, Any]:
    """What a manifest says; empty when it is not there or no JSON object."""
    try:
        found = json.loads(manifest.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remove(path: Path, how: Callable[[Path], None]) -> bool:
    try:
        how(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise cannot_write(path, error) from error
    return True


def _remove_folders(record: dict[str, list[str]], manifests: list[Path]) -> list[Path]:
    """Take away the folders that were made for these manifests, the innermost first."""
    gone = []
    for text in sorted(record["folders"], key=len, reverse=True):
        folder = Path(text)
        ours = any(folder in manifest.parents for manifest in manifests)
        if ours and folder.is_dir() and not any(folder.iterdir()) and _remove(folder, Path.rmdir):
            gone.append(folder)
    return gone


def _forget(home: Home, record: dict[str, list[str]], left: list[Path]) -> None:
    folders = [text for text in record["folders"] if Path(text).is_dir()]
    (home.host / RECORD_NAME).unlink(missing_ok=True)
    _note(home, left, [Path(text) for text in folders])
