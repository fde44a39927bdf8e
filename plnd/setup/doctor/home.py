"""Checks of the home: folders, modes, space on the disk, both stores, leftovers."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from plnd import client
from plnd.errors import PlndError
from plnd.setup.doctor.check import Check
from plnd.store import unfinished
from plnd.system import permissions, regular_files
from plnd.system.files import Home, cannot_write, partial_files
from plnd.words.messages import ENGLISH, Words

SMALLEST_FREE_BYTES = 50 * 1024 * 1024
MOST_LEFT_OUT = 20


def check_home(home: Home, words: Words = ENGLISH) -> list[Check]:
    """Its folders exist and can be written; no other user can open them or the files in them."""
    folders = _folders(home)
    missing = [one for one in folders if not one.is_dir()]
    present = [one for one in folders if one not in missing]
    locked = [one for one in present if not os.access(one, os.W_OK | os.X_OK)]
    if locked:
        message = words.say("doctor_folder_shut", path=locked[0])
        folder_check = Check("home", "fail", message, *_unlocking(locked[0], home, words))
    elif missing:
        message = words.say("doctor_folder_missing", path=missing[0])
        folder_check = Check("home", "warn", message, words.say("doctor_start_makes_it"))
    else:
        folder_check = Check("home", "ok", str(home.root or home.data))
    return [folder_check, _check_modes(folders, words)]


def _unlocking(folder: Path, home: Home, words: Words) -> tuple[str, Callable[[], object] | None]:
    """How to make a folder writable again, and a function for it when only its mode is wrong."""
    if permissions.is_on_read_only_disk(folder):
        return words.say("doctor_read_only"), None
    if not permissions.owner_may_write(folder):
        return f"chmod 700 '{folder}'", home.make
    return words.say("doctor_owned", where=f"'{folder}'"), None


def _folders(home: Home) -> list[Path]:
    return [one for one in (home.root, home.state, home.data, home.host) if one is not None]


def _open_to_others(folders: list[Path]) -> Iterator[Path]:
    for path in (path for folder in folders for path in (folder, *folder.glob("*"))):
        # The journal of a store can end at any moment.
        with contextlib.suppress(FileNotFoundError):
            if permissions.is_open_to_others(path):
                yield path


def _check_modes(folders: list[Path], words: Words) -> Check:
    found = next(_open_to_others(folders), None)
    if found is None:
        return Check("privacy", "ok", words.say("doctor_private"))

    def close() -> None:
        for path in _open_to_others(folders):
            try:
                permissions.close_to_others(path)
            except OSError as error:
                raise cannot_write(path, error) from error

    message = words.say("doctor_open_to_others", path=found)
    return Check("privacy", "fail", message, f"chmod go= '{found}'", close)


def check_disk(home: Home, words: Words = ENGLISH) -> Check:
    """The disk has space for more events."""
    folder = next(one for one in (home.data, *home.data.parents) if one.exists())
    free = shutil.disk_usage(folder).free
    message = words.say("doctor_free", mb=free // 1024**2, path=folder)
    if free < SMALLEST_FREE_BYTES:
        return Check("disk", "fail", message, words.say("doctor_free_some"))
    return Check("disk", "ok", message)


def check_leftovers(home: Home, words: Words = ENGLISH) -> Check:
    """There are no files of a daemon or a write that was killed, and none with forgotten data.

    Also no files that plnd does not use: links, pipes, and damaged files that were set aside.
    """
    if files := unfinished.busy_files(home):
        message = words.say("doctor_unfinished", files=", ".join(files))
        return Check("left over", "warn", message, words.say("doctor_close_it"))
    if irregular := next(_irregular_files(home.data), None):
        message = words.say("doctor_not_plain", path=irregular)
        return Check("left over", "warn", message, words.say("doctor_move_away"))
    if damaged := [one for folder in (home.state, home.data) for one in _set_aside(folder)]:
        message = words.say("doctor_set_aside", path=damaged[0])
        return Check("left over", "warn", message, words.say("doctor_look_or_restore"))
    if client.lock_is_held(home.place):
        return Check("left over", "ok", words.say("doctor_nothing_while_running"))
    found = [one for one in (home.state / "daemon.json",) if one.exists()]
    found += sorted({path for folder in _folders(home) for path in partial_files(folder)})
    if not found:
        return Check("left over", "ok", words.say("doctor_nothing_left"))

    def remove() -> None:
        # A daemon that has started since has written its own.
        if not client.lock_is_held(home.place):
            for path in found:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    raise cannot_write(path, error) from error

    message = words.say("doctor_left_over", path=found[0])
    return Check("left over", "warn", message, words.say("doctor_start_clears"), remove)


def _irregular_files(folder: Path) -> Iterator[Path]:
    for above, folders, names in os.walk(folder):
        for path in (Path(above, name) for name in (*folders, *names)):
            if regular_files.obstacle(path) not in (None, "a folder"):
                yield path


def _set_aside(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.damaged-*"))


def check_stores(
    health: dict[str, Any] | None,
    open_stores: Callable[[], list[str]] | None,
    words: Words = ENGLISH,
) -> Check:
    """Both stores can be opened, and neither had a damaged file."""
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
    """A check for each document that plnd leaves out because it is not valid, with the reason."""
    try:
        found = health["left_out"] if health is not None else left_out() if left_out else []
    except PlndError:
        return []  # check_stores shows the error
    return [
        Check(
            "documents",
            "warn",
            words.say("doctor_left_out", why=one["message"]),
            words.say("doctor_mend_document", path=home.data / one["file"]),
        )
        for one in found[:MOST_LEFT_OUT]
    ]
