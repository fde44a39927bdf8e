"""Removing the files of a home, and its data only when that is asked for."""

import contextlib
import shutil
from pathlib import Path

from plnd.system.files import Home, cannot_write


def uninstall(home: Home, *, data: bool) -> list[Path]:
    """Remove the state and the folder of the native host, and `data` too; the removed paths.

    Raises:
        StorageError: something cannot be removed.
    """
    removed = []
    for folder in (home.state, home.host, *([home.data] if data else [])):
        if not folder.exists():
            continue
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise cannot_write(Path(error.filename or folder), error) from error
        removed.append(folder)
    if home.root is not None:
        # The home itself only when it is empty: other files in it are the user's.
        with contextlib.suppress(OSError):
            home.root.rmdir()
            removed.append(home.root)
    return removed
