"""What differs between systems is asked in `plnd/system/` alone."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import ROOT

MODULES = {"fcntl", "grp", "msvcrt", "pwd", "resource", "select", "signal", "termios", "winreg"}
ATTRIBUTES = {
    "os": {
        *("chown", "fchmod", "fork", "getegid", "geteuid", "getgid", "getuid", "kill", "killpg"),
        *("name", "nice", "pipe", "setsid", "statvfs", "umask", "uname"),
        *("O_CLOEXEC", "O_DIRECTORY", "O_NOCTTY", "O_NOFOLLOW", "O_NONBLOCK", "ST_RDONLY"),
    },
    "sys": {"platform"},
    "platform": {"machine", "release", "system", "uname", "version"},
    "socket": {"AF_NETLINK", "AF_UNIX", "SO_PEERCRED"},
    "stat": {"S_IMODE", "S_ISFIFO", "S_ISREG"},
    "asyncio": {"ProactorEventLoop", "WindowsSelectorEventLoopPolicy"},
}
NAMES = {"add_signal_handler", "st_gid", "st_uid"}
"""Attributes of any object."""
ARGUMENTS = {"creationflags", "pass_fds", "preexec_fn", "process_group", "start_new_session"}

EXCEPTIONS = {
    # Browsers start it with `python3 -I -S`, so that it cannot import anything of plnd.
    "native-host/plnd_host.py": {
        *("fcntl", "msvcrt", "os.O_CLOEXEC", "socket.AF_UNIX", "start_new_session"),
        "sys.platform",
    },
}


def modules() -> Iterator[Path]:
    for path in (*(ROOT / "plnd").rglob("*.py"), ROOT / "native-host" / "plnd_host.py"):
        if ROOT / "plnd" / "system" not in path.parents and "node_modules" not in path.parts:
            yield path


def questions(tree: ast.AST) -> Iterator[str]:
    """Everything in a module that is not the same on every system."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                yield from (one.name for one in names if one.name in MODULES)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                if module in MODULES:
                    yield module
                found = ATTRIBUTES.get(module, set())
                yield from (f"{module}.{one.name}" for one in names if one.name in found)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if name in ATTRIBUTES.get(
                module, set()
            ):
                yield f"{module}.{name}"
            case ast.Attribute(attr=name) if name in NAMES:
                yield name
            case ast.keyword(arg=str(name)) if name in ARGUMENTS:
                yield name
            case ast.Constant(value=str(text)) if text.startswith("/proc"):
                yield "/proc"


def test_nothing_else_asks_what_system_this_is() -> None:
    """Each module outside the room asks nothing, except for the reasons above."""
    found = {
        path.relative_to(ROOT).as_posix(): asked
        for path in modules()
        if (asked := set(questions(ast.parse(path.read_text()))))
    }
    assert found == EXCEPTIONS


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("import fcntl", {"fcntl"}),
        ("from signal import SIGTERM", {"signal"}),
        ("from os import killpg", {"os.killpg"}),
        ("if sys.platform == 'win32': pass", {"sys.platform"}),
        ("os.open(path, os.O_RDONLY | os.O_NOFOLLOW)", {"os.O_NOFOLLOW"}),
        ("Popen(command, start_new_session=True)", {"start_new_session"}),
        ("path.stat().st_uid", {"st_uid"}),
        ("open('/proc/self/status')", {"/proc"}),
        ("os.path.join(os.getcwd(), name)", set()),
    ],
)
def test_a_question_is_found(line: str, asked: set[str]) -> None:
    assert set(questions(ast.parse(line))) == asked
