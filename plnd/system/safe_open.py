"""Opening files without following a link, and without waiting for a pipe.

Light on purpose: `plnd status` imports this.
"""

import os


def _flags(*names: str) -> int:
    """These flags of `os.open` together; a system without one of them does without it."""
    return sum(getattr(os, name, 0) for name in names)


NO_LINK = _flags("O_NOFOLLOW", "O_CLOEXEC")
"""For a file of plnd's own: a link in its place is refused."""
NO_WAIT = NO_LINK | _flags("O_NONBLOCK")
"""As NO_LINK, and a pipe in the file's place is not waited for."""
NO_TERMINAL = _flags("O_NOCTTY", "O_CLOEXEC")
"""For a file that the user names: a terminal there does not become this process's own."""
FOLDER = _flags("O_DIRECTORY")


def open_without_waiting(path: str, flags: int) -> int:
    """Open a file, as the `opener` of `open`: a pipe that stands in its place never blocks."""
    return os.open(path, flags | _flags("O_NONBLOCK"))
