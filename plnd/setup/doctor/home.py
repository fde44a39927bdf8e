"""The home: folders, modes, room on the disk, both stores, nothing left over."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from plnd import client
from plnd.errors import PlndError
from plnd.setup.doctor.check import Check, place_of
from plnd.store import unfinished
from plnd.system import regular_files
from plnd.system.files import Home, cannot_write, halves
from plnd.words.messages import ENGLISH, Words

SMALLEST_FREE_BYTES = 50 * 1024 * 1024
MOST_LEFT_OUT = 20


def check_home(home: Home, words: Words = ENGLISH) -> list[Check]:
    """Its folders are there, writable, and nobody else's; so are its files."""
    folders = _folders(home)
    missing = [one for one in folders if not one.is_dir()]
    shut = [one for one in folders if one not in missing and not os.access(one, os.W_OK | os.X_OK)]
    if shut:
        message = words.say("doctor_folder_shut", path=shut[0])
        here = Check("home", "fail", message, *_opening(shut[0], home, words))
    elif missing:
        message = words.say("doctor_folder_missing", path=missing[0])
        here = Check("home", "warn", message, words.say("doctor_start_makes_it"))
    else:
        here = Check("home", "ok", str(home.root or home.data))
    return [here, _check_modes(folders, words)]


def _opening(folder: Path, home: Home, words: Words) -> tuple[str, Callable[[], object] | None]:
    """What makes a folder writable again, and what does it where a mode is all that forbids it."""
    if hasattr(os, "statvfs") and os.statvfs(folder).f_flag & os.ST_RDONLY:
        return words.say("doctor_read_only"), None
    if stat.S_IMODE(folder.stat().st_mode) & 0o300 != 0o300:
        return f"chmod 700 '{folder}'", home.make
    return words.say("doctor_owned", where=f"'{folder}'"), None


def _folders(home: Home) -> list[Path]:
    return [one for one in (home.root, home.state, home.data, home.host) if one is not None]


def _open_to_others(folders: list[Path]) -> Iterator[Path]:
    for path in (path for folder in folders for path in (folder, *folder.glob("*"))):
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            continue  # gone while we looked, as journals of a store are
        if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & 0o077:
            yield path


def _check_modes(folders: list[Path], words: Words) -> Check:
    found = next(_open_to_others(folders), None)
    if found is None:
        return Check("privacy", "ok", words.say("doctor_private"))

    def shut() -> None:
        for path in _open_to_others(folders):
            try:
                path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)
            except OSError as error:
                raise cannot_write(path, error) from error

    message = words.say("doctor_open_to_others", path=found)
    return Check("privacy", "fail", message, f"chmod go= '{found}'", shut)


def check_disk(home: Home, words: Words = ENGLISH) -> Check:
    """There is room for more events."""
    folder = next(one for one in (home.data, *home.data.parents) if one.exists())
    free = shutil.disk_usage(folder).free
    said = words.say("doctor_free", mb=free // 1024**2, path=folder)
    if free < SMALLEST_FREE_BYTES:
        return Check("disk", "fail", said, words.say("doctor_free_some"))
    return Check("disk", "ok", said)


def check_left_over(home: Home, words: Words = ENGLISH) -> Check:
    """No file of a daemon that was killed, or of a write that was, lies about; and none still
    holds what was forgotten.

    Nor what plnd does not use: links and pipes where files should be, and what was set aside.
    """
    if held := unfinished.busy_files(home):
        message = words.say("doctor_unfinished", files=", ".join(held))
        return Check("left over", "warn", message, words.say("doctor_close_it"))
    if odd := next(_not_plain(home.data), None):
        message = words.say("doctor_not_plain", path=odd)
        return Check("left over", "warn", message, words.say("doctor_move_away"))
    if aside := [one for folder in (home.state, home.data) for one in _set_aside(folder)]:
        message = words.say("doctor_set_aside", path=aside[0])
        return Check("left over", "warn", message, words.say("doctor_look_or_restore"))
    if client.lock_is_held(place_of(home)):
        return Check("left over", "ok", words.say("doctor_nothing_while_running"))
    found = [one for one in (home.state / "daemon.json",) if one.exists()]
    found += sorted({path for folder in _folders(home) for path in halves(folder)})
    if not found:
        return Check("left over", "ok", words.say("doctor_nothing_left"))

    def clear() -> None:
        # A daemon that started meanwhile has written its own.
        if not client.lock_is_held(place_of(home)):
            for path in found:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    raise cannot_write(path, error) from error

    message = words.say("doctor_left_over", path=found[0])
    return Check("left over", "warn", message, words.say("doctor_start_clears"), clear)


def _not_plain(folder: Path) -> Iterator[Path]:
    for above, folders, names in os.walk(folder):
        for path in (Path(above, name) for name in (*folders, *names)):
            if regular_files.stands_in(path) not in (None, "a folder"):
                yield path


def _set_aside(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.damaged-*"))


def check_stores(
    health: dict[str, Any] | None,
    open_stores: Callable[[], list[str]] | None,
    words: Words = ENGLISH,
) -> Check:
    """Both stores open, and nothing had to be set aside."""
    try:
        if health is not None:
            damaged = health["damaged"]
        elif open_stores is not None:
            damaged = open_stores()
        else:
            return Check("stores", "warn", words.say("doctor_unseen"), "plnd start")
    except PlndError as error:
        return Check("stores", "fail", error.message, error.hint)
    if damaged:
        message = words.say("doctor_set_aside", path=", ".join(damaged))
        return Check("stores", "warn", message, words.say("doctor_look_or_restore"))
    return Check("stores", "ok", words.say("doctor_stores_open"))


def check_documents(
    home: Home,
    health: dict[str, Any] | None,
    left_out: Callable[[], list[dict[str, Any]]] | None,
    words: Words = ENGLISH,
) -> list[Check]:
    """Every document can be used; one that cannot is left out: which one, why, and what to do."""
    try:
        found = health["left_out"] if health is not None else left_out() if left_out else []
    except PlndError:
        return []  # the check of the stores says why
    return [
        Check(
            "documents",
            "warn",
            words.say("doctor_left_out", why=one["message"]),
            words.say("doctor_mend_document", path=home.data / one["file"]),
        )
        for one in found[:MOST_LEFT_OUT]
    ]
