"""The rooms of the house: imports go one way, and each thing is done in one place only."""

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from support import ROOT

PLND = ROOT / "plnd"
MOST_LINES = 500
MOST_LINES_OF_MODEL = 300

# All that `plnd status` waits for while the daemon runs.
LIGHT = {
    "plnd.client": {
        "plnd.errors",
        *(f"plnd.system.{name}" for name in ("locking", "paths", "safe_open", "socket_files")),
    },
    "plnd.terminal.quick_status": {
        "plnd.system.paths",
        *(f"plnd.terminal.{name}" for name in ("exit_codes", "request", "screen", "status")),
    },
    "plnd.terminal.status": {"plnd.terminal.screen", "plnd.words.printable"},
    "plnd.terminal.screen": {"plnd.words.printable"},
    "plnd.system.paths": {"plnd.system.platforms"},
    "plnd.system.locking": {"plnd.system.safe_open"},
    **{
        f"plnd.{name}": set()
        for name in (
            *("errors", "words.printable", "system.safe_open", "system.platforms"),
            "system.socket_files",
        )
    },
}
PURE = [
    "errors.py",
    "model/*.py",
    "measures/**/*.py",
    "notices/rules.py",
    "notices/profiles.py",
    "notices/learning.py",
    "terminal/status.py",
    "words/printable.py",
    "reading/dates.py",
    "reading/post_labels.py",
]
OUTSIDE = {
    *("aiohttp", "asyncio", "fcntl", "filelock", "http", "io", "logging", "os"),
    *("pathlib", "platformdirs", "plyer", "random", "secrets", "select", "shutil", "signal"),
    *("socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "tinydb"),
    *("tzlocal", "urllib", "uuid"),
}


def modules() -> list[Path]:
    return sorted(path for path in PLND.rglob("*.py") if "node_modules" not in path.parts)


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room(module: str) -> str:
    """`plnd.store.log.queries` → `store`; the package itself → `plnd`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "plnd"


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


@functools.cache
def graph() -> Mapping[str, set[str]]:
    """Each module of plnd, and the modules of plnd that it imports."""
    return {
        name_of(path): {one for one in imports(path) if one.split(".")[0] == "plnd"}
        for path in modules()
    }


def rooms() -> dict[str, set[str]]:
    """Each room, and the rooms that it imports. `plnd` is the package: its version."""
    found: dict[str, set[str]] = {}
    for module, imported in graph().items():
        others = found.setdefault(room(module), set())
        others |= {room(one) for one in imported} - {room(module), "plnd"}
    del found["plnd"], found["__main__"]
    return found


def drawn() -> dict[str, set[str]]:
    """The rooms and their imports as CONTRIBUTING draws them, from the bottom up."""
    text = (ROOT / "CONTRIBUTING.md").read_text().partition("## The order of imports")[2]
    rows = text.split("```")[1].strip().splitlines()
    return {row.split()[0]: set(row.split()[1:]) for row in rows}


def test_the_drawing_is_what_the_imports_say() -> None:
    assert drawn() == rooms()


def test_a_room_imports_only_rooms_below_it() -> None:
    below: set[str] = set()
    for name, imported in drawn().items():
        assert imported <= below, name
        below.add(name)


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The shortest ways from a module back to itself, one for each circle."""
    found, done = [], set()
    for start in graph:
        ways, seen = [[start]], {start}
        for way in ways:
            for one in sorted(graph.get(way[-1], ())):
                if one == start and start not in done:
                    found.append([*way, one])
                    done |= set(way)
                if one not in seen and one in graph:
                    seen.add(one)
                    ways.append([*way, one])
    return found


def test_circles_are_found() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}) == [["a", "b", "c", "a"]]
    assert circles({"a": ["b", "c"], "b": ["c"], "c": []}) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(graph()) == []


def programs() -> list[Path]:
    """Every Python file of the product and its scripts, tests aside."""
    scripts = [path for path in (ROOT / "scripts").iterdir() if path.is_file()]
    programs = [path for path in scripts if path.read_text().startswith("#!/usr/bin/env python3")]
    return [*modules(), *ROOT.glob("*/*.py"), *(ROOT / "scripts").rglob("*.py"), *programs]


def test_no_module_is_too_long() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in programs()}
    too_long = {path.name: count for path, count in lines.items() if count > MOST_LINES}
    # One file, as a browser starts it by whatever Python 3 there is.
    assert too_long.keys() <= {"plnd_host.py"}
    assert all(lines[path] <= MOST_LINES_OF_MODEL for path in (PLND / "model").glob("*.py"))


def test_no_module_is_only_a_list_of_imports() -> None:
    """Each name is imported from where it is defined."""
    for path in modules():
        body = ast.parse(path.read_text()).body
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in body):
            rest = [
                node
                for node in body
                if not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr)
                and not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__")
            ]
            assert rest, path


@pytest.mark.parametrize("name", LIGHT)
def test_what_a_prompt_waits_for_is_light(name: str) -> None:
    assert graph()[name] <= LIGHT[name]


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
        ("tinydb", {"store/book/storage.py", "store/book/collection.py"}),
        ("plyer", {"notices/plyer_child.py"}),
        ("tzlocal", {"core/settings.py"}),
        ("filelock", {"daemon/lock.py"}),
        ("platformdirs", {"system/paths.py"}),
        ("bs4", {"reading/article.py", "reading/page.py", "reading/page_scanner.py"}),
        ("feedparser", {"reading/feed.py"}),
    ],
)
def test_each_outside_thing_is_used_in_one_place(module: str, places: set[str]) -> None:
    assert users(module) == places


def test_aiohttp_is_for_the_web_the_daemon_and_the_way_out() -> None:
    beside = {one for one in users("aiohttp") if not one.startswith("web/")}
    assert beside == {"daemon/serve.py", "reading/fetch.py"}


def test_sqlite_is_used_in_the_log_only() -> None:
    assert {Path(one).parent for one in users("sqlite3")} == {Path("store/log")}


def test_sql_is_in_modules_of_the_store_only() -> None:
    words = re.compile(r"\b(SELECT \w|INSERT (OR \w+ )?INTO|CREATE TABLE|PRAGMA )")
    found = [path.relative_to(PLND) for path in modules() if words.search(path.read_text())]
    assert {path.parent for path in found} == {Path("store/log")}


def test_the_environment_is_read_in_one_place() -> None:
    assert users_of(r"\bos\.(environ|getenv)\b|from os import .*environ") == {"system/paths.py"}
    # Where browsers and services are registered, and whose processes look for plnd there.
    homes = {path.split("/")[0] for path in users_of(r"expanduser|Path\.home")}
    assert homes == {"setup", "system"}


def users_of(pattern: str) -> set[str]:
    """The modules in whose text a pattern is found."""
    found = [path for path in modules() if re.search(pattern, path.read_text())]
    return {path.relative_to(PLND).as_posix() for path in found}


def test_the_native_host_imports_the_standard_library_only() -> None:
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
