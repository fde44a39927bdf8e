"""Leaving: what plnd wrote goes away, and the data too when that is asked for."""

import contextlib
import shutil
from pathlib import Path

from plnd.system.files import Home, cannot_write


def uninstall(home: Home, *, data: bool) -> list[Path]:
    """Remove the running state and the host's folder, with `data` everything; what is gone.

    Raises:
        StorageError: something cannot be removed.
    """
    gone = []
    for folder in (home.state, home.host, *([home.data] if data else [])):
        if not folder.exists():
            continue
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise cannot_write(Path(error.filename or folder), error) from error
        gone.append(folder)
    if home.root is not None:
        # Of the home itself only what plnd made: anything else in it is somebody's.
        with contextlib.suppress(OSError):
            home.root.rmdir()
            gone.append(home.root)
    return gone
