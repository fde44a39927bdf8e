"""Registering plnd as a native messaging host with browsers, by a manifest for each.

A browser reads manifests from a folder of its own, or on Windows from where a key of the
registry points. Ours names the launcher, a script below plnd's home that starts the native host
with the right `PLND_HOME`.
"""

import contextlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from plnd.errors import PlndError
from plnd.setup import browsers
from plnd.setup.browsers import MANIFEST_NAME, Browser
from plnd.setup.launcher import launcher_path, write_launcher
from plnd.setup.windows_registry import Registry, WindowsRegistry
from plnd.system import platforms, regular_files
from plnd.system.files import FOLDER_MODE, Home, cannot_write, write_atomic
from plnd.system.resources import host_dir

RECORD_NAME = "installed.json"


class System(NamedTuple):
    """A system to register on: its name as in `platforms`, and the registry of Windows."""

    platform: str
    registry: Registry | None = None


def this_system() -> System:
    """The system that this process runs on."""
    registry = WindowsRegistry() if platforms.CURRENT == platforms.WINDOWS else None
    return System(platforms.CURRENT, registry)


class Installed(NamedTuple):
    """A manifest that was written. For a folder that the user named, `browser` is the form."""

    browser: str
    manifest: Path
    launcher: Path


def installed_browsers(home: Home, system: System | None = None) -> list[Browser]:
    """The browsers that this user has."""
    return [browser for browser in _browsers(home, system) if browser.is_installed]


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
    """Write the launcher, and a manifest for each browser or for one folder.

    Args:
        manifest_dir: the one folder to write to, instead of the browsers' own.
        form: "chromium" or "firefox", for `manifest_dir`; guessed from its path when None.
        browsers: those to register with; those of this user when None. Browsers that cannot
            start plnd (see `Browser.why_unusable`) are left out.

    A second call changes nothing. Without any browser nothing is written.

    Raises:
        PlndError: something cannot be written, or there is no plnd command to start.
    """
    system = system or this_system()
    if browsers is None:
        browsers = installed_browsers(home, system)
    targets = _targets(manifest_dir, form, browsers)
    if not targets:
        return []
    home.make()
    launcher = write_launcher(home, system.platform)
    made: list[Path] = []
    for one in targets:
        made += _make_folder(one.manifest.parent)
        # Recorded first: after a kill, `uninstall` must know the folders.
        _add_to_record(home, [one.manifest], made)
        write_atomic(one.manifest, _manifest(one.form, launcher))
        _write_keys(system.registry, one.keys, one.manifest)
    return [Installed(one.browser, one.manifest, launcher) for one in targets]


class _Target(NamedTuple):
    """A manifest to write, and the keys of the registry that must point to it."""

    browser: str
    form: str
    manifest: Path
    keys: tuple[str, ...] = ()


def _targets(
    manifest_dir: Path | None, form: str | None, browsers: Sequence[Browser]
) -> list[_Target]:
    if manifest_dir is not None:
        folder = manifest_dir.absolute()
        guessed = "firefox" if "mozilla" in str(folder).lower() else "chromium"
        return [_Target(form or guessed, form or guessed, folder / MANIFEST_NAME)]
    able = [one for one in browsers if not one.why_unusable()]
    return [_Target(one.id, one.form, one.manifest, one.keys) for one in able]


def _write_keys(registry: Registry | None, keys: Sequence[str], manifest: Path) -> None:
    """Let keys of the registry point to a manifest."""
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


def _manifest(form: str, launcher: Path) -> bytes:
    template = json.loads((host_dir() / f"{form}.json").read_bytes())
    template["path"] = template["path"].replace("{launcher}", str(launcher))
    return json.dumps(template, indent=2, ensure_ascii=False).encode() + b"\n"


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder and those missing above it; those that were made, the outermost first."""
    missing = [above for above in (folder, *folder.parents) if not above.exists()][::-1]
    try:
        for one in missing:
            one.mkdir(mode=FOLDER_MODE)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return missing


# ---- the record of what was written


def recorded_manifests(home: Home, system: System | None = None) -> list[Path]:
    """Every manifest that `install` wrote for this home and that still names its launcher."""
    written = map(Path, _record(home)["manifests"])
    return [path for path in written if names_launcher(path, home, system)]


def _record(home: Home) -> dict[str, list[str]]:
    """The manifests and folders that `install` made; empty lists when there is no record."""
    found: Any = {}
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(regular_files.read(home.host / RECORD_NAME))
    return {
        name: list(filter(_is_text, found.get(name, []) if isinstance(found, dict) else []))
        for name in ("manifests", "folders")
    }


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _add_to_record(home: Home, manifests: list[Path], folders: list[Path]) -> None:
    record = _record(home)
    record["manifests"] = sorted({*record["manifests"], *map(str, manifests)})
    record["folders"] = sorted({*record["folders"], *map(str, folders)})
    write_atomic(home.host / RECORD_NAME, json.dumps(record, indent=2).encode() + b"\n")


# ---- uninstall


def uninstall(
    home: Home, manifest_dir: Path | None = None, system: System | None = None
) -> list[Path]:
    """Remove what `install` wrote for this home; the paths that were removed.

    Removes only manifests that name this home's launcher, the keys of the registry that point
    to them, and the empty folders that `install` made. With `manifest_dir`, only those in that
    folder. The launcher goes with the last manifest.

    Raises:
        StorageError: something cannot be removed.
    """
    system = system or this_system()
    record = _record(home)
    recorded = [Path(path) for path in record["manifests"]]
    if manifest_dir is None:
        manifests = [*recorded, *(browser.manifest for browser in _browsers(home, system))]
    else:
        manifests = [manifest_dir.absolute() / MANIFEST_NAME]
    manifests = [path for path in dict.fromkeys(manifests) if names_launcher(path, home, system)]
    _delete_keys(system.registry, _browsers(home, system), manifests)
    removed = [path for path in manifests if _remove(path, Path.unlink)]
    removed += _remove_folders(record, manifests)
    left = recorded_manifests(home, system)
    if left:
        _shorten_record(home, record, left)
        return removed
    for path in (launcher_path(home, system.platform), home.host / RECORD_NAME):
        if _remove(path, Path.unlink):
            removed.append(path)
    return removed


def _delete_keys(
    registry: Registry | None, browsers: Sequence[Browser], manifests: Sequence[Path]
) -> None:
    """Delete the keys of the registry that point to these manifests."""
    if registry is None:
        return
    paths = set(map(str, manifests))
    for key in {key: None for browser in browsers for key in browser.keys}:
        if registry.read(key) in paths:
            try:
                registry.delete(key)
            except OSError as error:
                raise _cannot_write_key(key, error) from error


def names_launcher(manifest: Path, home: Home, system: System | None = None) -> bool:
    """Whether a manifest exists and names this home's launcher."""
    launcher = launcher_path(home, (system or this_system()).platform)
    return read_manifest(manifest).get("path") == str(launcher)


def read_manifest(manifest: Path) -> dict[str, Any]:
    """The content of a manifest; empty when there is none, or it is not a JSON object."""
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
    """Remove the folders that were made for these manifests, the innermost first."""
    removed = []
    for text in sorted(record["folders"], key=len, reverse=True):
        folder = Path(text)
        ours = any(folder in manifest.parents for manifest in manifests)
        if ours and folder.is_dir() and not any(folder.iterdir()) and _remove(folder, Path.rmdir):
            removed.append(folder)
    return removed


def _shorten_record(home: Home, record: dict[str, list[str]], left: list[Path]) -> None:
    """Keep only the manifests that are `left`, and the folders that still exist."""
    folders = [text for text in record["folders"] if Path(text).is_dir()]
    (home.host / RECORD_NAME).unlink(missing_ok=True)
    _add_to_record(home, left, [Path(text) for text in folders])
