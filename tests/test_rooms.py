"""The rooms of the house: imports go one way, and each thing is done in one place only."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLND = ROOT / "plnd"

# From the ground up: a module imports from its own floor or from those below it.
FLOORS = [
    {"plnd", "errors", "place", "regular", "resources", "screen", "words"},
    {"model", "client", "pages", "status"},
    {"learning", "profiles", "scope"},
    {"catalogue", "chatlist", "measures", "intake"},
    {"weekly"},
    {"store", "reading", "archives"},
    {"notices", "worker"},
    {"core"},
    {"api"},
    {"web", "setup", "single", "logs"},
    {"offline"},
    {"daemon", "background"},
    {"cli", "commands", "__main__"},
]
# All that `plnd status` waits for while the daemon runs.
LIGHT = {
    "client": {"errors", "place"},
    "status": {"screen"},
    **{name: set() for name in ("screen", "place", "errors")},
}
PURE = [
    "measures/*.py",
    "notices/rules.py",
    "notices/profiles.py",
    "notices/learning.py",
    "intake.py",
    "status.py",
    "errors.py",
    "model.py",
    "scope.py",
    "learning.py",
    "profiles.py",
    "reading/dates.py",
    "reading/marks.py",
]
OUTSIDE = {
    *("aiohttp", "asyncio", "fcntl", "filelock", "http", "io", "logging", "os"),
    *("pathlib", "platformdirs", "plyer", "random", "secrets", "select", "shutil", "signal"),
    *("socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "tinydb"),
    *("tzlocal", "urllib", "uuid"),
}


def modules() -> list[Path]:
    return sorted(path for path in PLND.rglob("*.py") if "extension" not in path.parts)


def room(module: str) -> str:
    """`plnd.store.log.log` → `store`; the package itself → `plnd`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "plnd"


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> Iterator[str]:
    """The full names of what a module imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                is_module = (ROOT / Path(*inner.split("."))).with_suffix(".py").exists()
                is_package = (ROOT / Path(*inner.split("."))).is_dir()
                yield inner if is_module or is_package else str(node.module)


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


def test_every_module_has_a_floor() -> None:
    known = set().union(*FLOORS)
    assert {room(name_of(path)) for path in modules()} <= known


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    own = floor(room(name_of(path)))
    up = [
        one
        for one in imports(path)
        if one.split(".")[0] == "plnd" and one != "plnd" and floor(room(one)) > own
    ]
    assert not up


def test_rooms_of_one_floor_do_not_lean_on_each_other() -> None:
    """Below the web, each room knows only those under it."""
    for path in modules():
        own = room(name_of(path))
        if 0 < floor(own) < floor("web"):
            beside = [
                one
                for one in imports(path)
                if one.startswith("plnd.") and room(one) != own and floor(room(one)) == floor(own)
            ]
            assert not beside, path


@pytest.mark.parametrize("name", LIGHT)
def test_what_a_prompt_waits_for_is_light(name: str) -> None:
    found = {room(one) for one in imports(PLND / f"{name}.py") if one.startswith("plnd.")}
    assert found <= LIGHT[name]


@pytest.mark.parametrize("pattern", PURE)
def test_what_is_pure_touches_nothing_outside(pattern: str) -> None:
    """No clock, no file, no socket, no task: values in, values out."""
    paths = [path for path in PLND.glob(pattern) if path.name != "__init__.py"]
    assert paths
    for path in paths:
        assert not {one.split(".")[0] for one in imports(path)} & OUTSIDE, path
        text = path.read_text()
        assert not re.search(r"\b(open|print|input)\(|\.now\(|\.today\(\)|async def", text), path


def users(module: str) -> set[str]:
    return {
        path.relative_to(PLND).as_posix()
        for path in modules()
        if module in {one.split(".")[0] for one in imports(path)}
    }


@pytest.mark.parametrize(
    ("module", "places"),
    [
        ("sqlite3", {"store/log.py", "store/keeping.py", "store/events.py"}),
        ("tinydb", {"store/atomic.py", "store/book.py"}),
        ("plyer", {"notices/child.py"}),
        ("tzlocal", {"core/settings.py"}),
        ("filelock", {"single.py"}),
        ("platformdirs", {"place.py"}),
        ("bs4", {"reading/article.py", "reading/page.py"}),
        ("feedparser", {"reading/feed.py"}),
    ],
)
def test_each_outside_thing_is_used_in_one_place(module: str, places: set[str]) -> None:
    assert users(module) == places


def test_aiohttp_is_for_the_web_the_daemon_and_the_way_out() -> None:
    beside = {one for one in users("aiohttp") if not one.startswith("web/")}
    assert beside == {"daemon.py", "reading/fetch.py"}


def test_sql_is_in_modules_of_the_store_only() -> None:
    words = re.compile(r"\b(SELECT \w|INSERT (OR \w+ )?INTO|CREATE TABLE|PRAGMA )")
    found = [path.relative_to(PLND) for path in modules() if words.search(path.read_text())]
    names = ("events", "keeping", "log", "schema")
    assert found == [Path(f"store/{name}.py") for name in names]


def test_the_environment_is_read_in_one_place() -> None:
    """What `plnd install` is told of the system apart."""
    reads = re.compile(r"\bos\.(environ|getenv)\b|from os import .*environ|expanduser|Path\.home")
    found = {
        path.relative_to(PLND).as_posix() for path in modules() if reads.search(path.read_text())
    }
    assert {one for one in found if not one.startswith("setup/")} == {"place.py"}


def test_the_native_host_imports_the_standard_library_only() -> None:
    import sys

    found = {one.split(".")[0] for one in imports(ROOT / "native-host" / "plnd_host.py")}
    assert found <= sys.stdlib_module_names


def tracked() -> list[Path]:
    """The text files of the repository: those that git has, or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()]


def test_no_file_names_the_machine_it_was_written_on() -> None:
    """No home of anybody, no path of a work machine, no mirror of a package registry."""
    own = re.escape(str(ROOT))
    words = re.compile(
        rf"{own}\b|/home/(?!user\b|you\b)\w+/|/Users/\w+/|/root/"
        r"|index-url|--registry|extra-index|artifactory|nexus\b|devpi"
    )
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path != Path(__file__)
        if (match := words.search(path.read_text(errors="replace")))
    ]
    assert not found


def test_locked_packages_come_from_nowhere_in_particular() -> None:
    """The lock files say what, with hashes; whoever installs says from where."""
    for path in ROOT.glob("requirements*.lock"):
        addresses = re.findall(r"https?://[^\s\"']+", path.read_text())
        assert not addresses, path.name


def test_nothing_is_left_to_do() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    found = [path.name for path in tracked() if marks.search(path.read_text(errors="replace"))]
    assert not found
