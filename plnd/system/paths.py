"""Where plnd keeps its things, and what the environment says.

The only module that reads the environment. It imports next to nothing,
because `plnd status` pays for every import.
"""

import os

from plnd.system import platforms

DEFAULT_PORT = 8765
SOCKET = "daemon.sock"
"""The socket file in the state folder at which the daemon answers programs."""


class Place:
    """The three folders below which plnd writes: `state`, `data` and `host`."""

    __slots__ = ("data", "host", "root", "state")

    def __init__(self, state: str, data: str, host: str, root: str | None) -> None:
        self.state = state
        self.data = data
        self.host = host
        self.root = root


def place() -> Place:
    """The folders of this process: below `PLND_HOME`, or the platform's own."""
    root = os.environ.get("PLND_HOME")
    if root:
        root = os.path.abspath(root)
        join = os.path.join
        return Place(join(root, "state"), join(root, "data"), join(root, "host"), root)
    state, data = _platform_folders()
    return Place(state, data, os.path.join(data, "host"), None)


def _platform_folders() -> tuple[str, str]:
    if platforms.CURRENT == platforms.LINUX:
        # The XDG base directories in two lines: platformdirs says the same (a test
        # compares them) and costs more than all the rest of `plnd status`.
        return _xdg("XDG_STATE_HOME", ".local/state"), _xdg("XDG_DATA_HOME", ".local/share")
    import platformdirs

    return platformdirs.user_state_dir("plnd", False), platformdirs.user_data_dir("plnd", False)


def _xdg(name: str, default: str) -> str:
    base = os.environ.get(name, "").strip() or os.path.join(os.path.expanduser("~"), default)
    return os.path.join(base, "plnd")


def given_port() -> str | None:
    """The text of `PLND_PORT`, None when it is unset or empty."""
    return os.environ.get("PLND_PORT") or None


def editor() -> "list[str]":
    """The command of `VISUAL`, else of `EDITOR`; empty when neither is set."""
    import shlex

    return shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")


def locale() -> str:
    """The locale of the system's messages, such as de_DE.UTF-8; empty when none is set."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return next((found for name in names if (found := os.environ.get(name))), "")


def user_config() -> str | None:
    """The folder of the user's configuration (`XDG_CONFIG_HOME`), None when it is not set."""
    return os.environ.get("XDG_CONFIG_HOME") or None


def user_name() -> str:
    """The user's name as Windows has it in `USERNAME`; empty elsewhere."""
    return os.environ.get("USERNAME", "")


def colour_wanted(terminal: bool) -> bool:
    """Whether to print in colour: on a terminal, unless `NO_COLOR` is set."""
    return terminal and not os.environ.get("NO_COLOR")


# What a Python process needs to find its modules and the time zones.
_NEEDED_BY_PYTHON = (
    *("PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONTZPATH", "LD_LIBRARY_PATH"),
    *("DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TZ", "LANG", "LC_ALL"),
)


def bare_environment() -> dict[str, str]:
    """The environment for a process that parses untrusted content: no secrets stand in it."""
    return {name: os.environ[name] for name in _NEEDED_BY_PYTHON if name in os.environ}
