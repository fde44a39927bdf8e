"""plnd's entry where browsers look for native messaging hosts.

Each browser reads a small manifest from a folder of its own, or on Windows from where
a key of the registry points. Ours names the launcher, a script below plnd's home that
carries `PLND_HOME` on to the host.
"""

import contextlib
import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from plnd.errors import PlndError
from plnd.setup import browsers
from plnd.setup.browsers import MANIFEST_NAME, Browser
from plnd.setup.registry import Registry, WindowsRegistry
from plnd.system import regular_files
from plnd.system.files import FOLDER_MODE, Home, cannot_write, write_atomic
from plnd.system.resources import host_dir

LAUNCHER_NAME = "plnd-host"
RECORD_NAME = "installed.json"
LAUNCHER_MODE = 0o700


class System(NamedTuple):
    """The system that is set up: its name as `sys.platform` gives it, and Windows' registry."""

    platform: str
    registry: Registry | None = None


def this_system() -> System:
    """The one that this process runs on."""
    registry = WindowsRegistry() if sys.platform == "win32" else None
    return System(sys.platform, registry)


class Installed(NamedTuple):
    """One manifest that was written; for a given folder `browser` is the form's name."""

    browser: str
    manifest: Path
    launcher: Path


def found_browsers(home: Home, system: System | None = None) -> list[Browser]:
    """The browsers that this user has."""
    return [browser for browser in _browsers(home, system) if browser.found]


def _browsers(home: Home, system: System | None) -> list[Browser]:
    return browsers.browsers(platform=(system or this_system()).platform, host=home.host)


# ---- install


def install(
    home: Home,
    *,
    manifest_dir: Path | None = None,
    form: str | None = None,
    browsers: Sequence[Browser] | None = None,
    system: System | None = None,
) -> list[Installed]:
    """Write the launcher, and a manifest for each browser found (or into one folder).

    Args:
        manifest_dir: the one folder to write to, instead of the browsers' own.
        form: "chromium" or "firefox", for `manifest_dir`; told from its path when None.
        browsers: those to register with; those found when None. One that cannot start plnd
            however it is registered (see `Browser.hindrance`) is left out.

    Doing it twice is the same as once. Without any browser nothing is written.

    Raises:
        PlndError: something cannot be written, or there is no plnd command to start.
    """
    system = system or this_system()
    if browsers is None:
        browsers = found_browsers(home, system)
    targets = _targets(manifest_dir, form, browsers)
    if not targets:
        return []
    home.make()
    launcher = write_launcher(home, system)
    made: list[Path] = []
    for one in targets:
        made += _make_folder(one.manifest.parent)
        # What was made is noted first: a kill in between must not leave a folder behind.
        _note(home, [one.manifest], made)
        write_atomic(one.manifest, _manifest(one.form, launcher))
        _point(system.registry, one.keys, one.manifest)
    return [Installed(one.browser, one.manifest, launcher) for one in targets]


class _Target(NamedTuple):
    """One manifest to write, and the keys of the registry that are to point there."""

    browser: str
    form: str
    manifest: Path
    keys: tuple[str, ...] = ()


def _targets(
    manifest_dir: Path | None, form: str | None, browsers: Sequence[Browser]
) -> list[_Target]:
    if manifest_dir is not None:
        folder = manifest_dir.absolute()
        told = "firefox" if "mozilla" in str(folder).lower() else "chromium"
        return [_Target(form or told, form or told, folder / MANIFEST_NAME)]
    able = [one for one in browsers if not one.hindrance()]
    return [_Target(one.id, one.form, one.manifest, one.keys) for one in able]


def _point(registry: Registry | None, keys: Sequence[str], manifest: Path) -> None:
    """Let the registry's keys point to a manifest."""
    if registry is None:
        return
    for key in keys:
        try:
            registry.write(key, str(manifest))
        except OSError as error:
            raise _cannot_write_key(key, error) from error


def _cannot_write_key(key: str, error: OSError) -> PlndError:
    return PlndError(
        f"cannot change the registry's HKEY_CURRENT_USER\\{key}: {error.strerror or error}",
        "ask whoever looks after this machine to allow it",
        code="storage",
    )


def launcher_of(home: Home, system: System | None = None) -> Path:
    """Where the script lies that browsers start."""
    windows = (system or this_system()).platform == "win32"
    return home.host / (f"{LAUNCHER_NAME}.bat" if windows else LAUNCHER_NAME)


def write_launcher(home: Home, system: System | None = None) -> Path:
    """Write the script that browsers start, for this Python and this home; gives its path."""
    system = system or this_system()
    launcher = launcher_of(home, system)
    utf8(launcher)
    text = launcher_text(home, plnd_command(), system)
    write_atomic(launcher, text.encode(), LAUNCHER_MODE)
    return launcher


_SAID = 'Written by "plnd install"; "plnd uninstall" takes it away.'


def launcher_text(home: Home, plnd: Path, system: System | None = None) -> str:
    """The launcher: the browser's environment must not decide which home it speaks for."""
    host = host_dir() / "plnd_host.py"
    command = [sys.executable, "-I", "-S", host, "--state", home.state, "--start", plnd]
    if (system or this_system()).platform == "win32":
        return _batch_file(home.root, list(map(str, command)))
    place = "unset PLND_HOME"
    if home.root is not None:
        place = f"export PLND_HOME={shlex.quote(str(home.root))}"
    words = " ".join(shlex.quote(str(word)) for word in command)
    return f'#!/bin/sh\n# {_SAID}\n{place}\nexec {words} "$@"\n'


def _batch_file(root: Path | None, command: list[str]) -> str:
    """The same for Windows, where a path holds no quote; a per cent sign is doubled."""
    lines = [
        "@echo off",
        f"rem {_SAID}",
        f'set "PLND_HOME={root or ""}"',
        " ".join(f'"{word}"' for word in command),
    ]
    return "\r\n".join(line.replace("%", "%%") for line in lines) + " %*\r\n"


class Unnameable(PlndError):
    """A place with a name that neither a browser nor a service manager can be told."""

    code = "unnameable"


def utf8(place: Path) -> str:
    """A place as text, which is all that a manifest or a service can name.

    Raises:
        Unnameable: it has bytes that are no UTF-8.
    """
    try:
        return str(place).encode().decode()
    except UnicodeEncodeError as error:
        raise Unnameable(
            f"{os.fsencode(place)!r} is not UTF-8: neither browsers nor services can be told of it",
            "give that folder another name, or set PLND_HOME to another one",
        ) from error


def plnd_command() -> Path:
    """The `plnd` of this very installation.

    Raises:
        PlndError: there is none beside this Python, nor on the PATH.
    """
    for name in ("plnd", "plnd.exe"):
        beside = Path(sys.executable).with_name(name)
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


def recorded_manifests(home: Home, system: System | None = None) -> list[Path]:
    """Every manifest that `install` wrote for this home and that names its launcher still."""
    written = map(Path, _record(home)["manifests"])
    return [path for path in written if names_launcher(path, home, system)]


def _record(home: Home) -> dict[str, list[str]]:
    """Manifests and folders that `install` wrote; empty lists when there is no record."""
    found: Any = {}
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(regular_files.read(home.host / RECORD_NAME))
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


def uninstall(
    home: Home, manifest_dir: Path | None = None, system: System | None = None
) -> list[Path]:
    """Take away what `install` wrote for this home; gives the paths that are gone.

    Only manifests that name this home's launcher go, the registry's keys that point to
    them, and folders that `install` made and that are empty. With `manifest_dir`, only
    what lies there, and the launcher when no manifest is left that needs it.

    Raises:
        StorageError: something cannot be taken away.
    """
    system = system or this_system()
    record = _record(home)
    known_to_us = [Path(path) for path in record["manifests"]]
    if manifest_dir is None:
        going = [*known_to_us, *(browser.manifest for browser in _browsers(home, system))]
    else:
        going = [manifest_dir.absolute() / MANIFEST_NAME]
    going = [path for path in dict.fromkeys(going) if names_launcher(path, home, system)]
    _unpoint(system.registry, _browsers(home, system), going)
    gone = [path for path in going if _remove(path, Path.unlink)]
    gone += _remove_folders(record, going)
    left = recorded_manifests(home, system)
    if left:
        _forget(home, record, left)
        return gone
    for path in (launcher_of(home, system), home.host / RECORD_NAME):
        if _remove(path, Path.unlink):
            gone.append(path)
    return gone


def _unpoint(
    registry: Registry | None, browsers: Sequence[Browser], manifests: Sequence[Path]
) -> None:
    """Take away the registry's keys that point to these manifests."""
    if registry is None:
        return
    going = set(map(str, manifests))
    for key in {key: None for browser in browsers for key in browser.keys}:
        if registry.read(key) in going:
            try:
                registry.delete(key)
            except OSError as error:
                raise _cannot_write_key(key, error) from error


def names_launcher(manifest: Path, home: Home, system: System | None = None) -> bool:
    """Whether a manifest is there and names this home's launcher."""
    return read_manifest(manifest).get("path") == str(launcher_of(home, system))


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
