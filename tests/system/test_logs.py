"""The log: what plnd says, never what came in; two megabytes at most, whatever fails."""

import asyncio
import logging
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp.http_exceptions import BadStatusLine
from hypothesis import given
from hypothesis import strategies as st
from support.harness import Seconds

from plnd.system import logs
from plnd.system.logs import LONGEST_BYTES, BoundedLog, PrivateFormatter

NEEDLE = "zebrafinch"


def record(name: str, text: str, error: BaseException | None = None) -> logging.LogRecord:
    about = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.ERROR, "/x/web_protocol.py", 7, text, (), about)


# -- what stands in it ---------------------------------------------------------------------


@given(
    st.sampled_from(["aiohttp.server", "aiohttp.web", "asyncio", "py.warnings", "plndish", "x.y"]),
    st.sampled_from([ValueError(NEEDLE), BadStatusLine(NEEDLE), OSError(24, NEEDLE), None]),
    st.text(max_size=5),
)
def test_of_a_librarys_message_only_the_kind_is_written(
    name: str, error: BaseException | None, around: str
) -> None:
    said = PrivateFormatter().format(
        record(name, f"{around}{NEEDLE}{around}".replace("%", ""), error)
    )
    assert NEEDLE not in said
    assert said.startswith(f"{name}: error in web_protocol.py at 7")
    assert error is None or type(error).__name__ in said


def raised(number: int) -> BaseException:
    """An exception with a cause that has a cause."""
    try:
        try:
            raise KeyError(NEEDLE * number)
        except KeyError as error:
            raise ValueError({"handle": NEEDLE}) from error
    except ValueError as error:
        return error


@pytest.mark.parametrize("name", ["plnd", "plnd.web", "asyncio"])
def test_an_exception_is_logged_with_place_and_kind_only(name: str) -> None:
    said = PrivateFormatter().format(record(name, "a bug", raised(2)))
    assert NEEDLE not in said
    assert "ValueError" in said and "KeyError" in said
    assert said.count(f"{__file__}:") == 2
    assert " raised\n" in said


def test_a_status_and_an_errno_are_logged() -> None:
    assert "BadStatusLine 400" in PrivateFormatter().format(
        record("aiohttp.server", "", BadStatusLine(""))
    )
    assert "OSError 24" in PrivateFormatter().format(record("asyncio", "", OSError(24, NEEDLE)))


def test_a_line_of_ours_stays_one_line() -> None:
    assert PrivateFormatter().format(record("plnd", "a\nb\x1b[2Jc\u202e")) == "a?b?[2Jc?"


# -- how much of it ------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "daemon.log"


@pytest.fixture
def bounded(path: Path, seconds: Seconds, monkeypatch: pytest.MonkeyPatch) -> Iterator[BoundedLog]:
    """The log of a process whose standard error is the daemon's own file."""
    with logs.open_log(path) as stream, os.fdopen(os.dup(stream.fileno()), "w") as error:
        monkeypatch.setattr(sys, "stderr", error)
        yield BoundedLog(path, seconds)


def sizes(path: Path) -> list[int]:
    before = path.with_name("daemon.log.1")
    return [one.stat().st_size for one in (path, before) if one.exists()]


def lines(path: Path) -> list[str]:
    """The lines of the log without their times."""
    return [line[16:] for line in path.read_text().splitlines()]


def test_the_same_line_is_written_once_a_minute_with_a_count(
    bounded: BoundedLog, path: Path, seconds: Seconds
) -> None:
    for _ in range(3):
        bounded.handle(record("plnd", "again"))
    bounded.handle(record("plnd", "something else"))
    seconds.now += 59.9
    bounded.handle(record("plnd", "again"))
    assert lines(path) == ["again", "something else"]
    seconds.now += 0.2
    bounded.handle(record("plnd", "again"))
    bounded.handle(record("plnd", "something else"))
    assert lines(path)[2:] == ["again (4 times)", "something else"]


@given(st.lists(st.sampled_from("abc") | st.integers(1, 70), max_size=40))
def test_no_line_is_lost_from_the_count(given_: list[str | int]) -> None:
    """The counts of the written lines are all messages, except those since the last line."""
    now = [0.0]
    log = BoundedLog(Path("/nowhere/daemon.log"), lambda: now[0])
    said = {"a": 0, "b": 0, "c": 0}
    written: dict[str, list[float]] = {"a": [], "b": [], "c": []}
    for one in given_:
        if isinstance(one, int):
            now[0] += one
            continue
        said[one] += 1
        if number := log._due(one):
            assert not written[one] or now[0] - written[one][-1] >= 60
            written[one].append(now[0])
            said[one] -= number
    assert all(left >= 0 for left in said.values())
    assert all(written[one] for one in given_ if isinstance(one, str))


def test_both_files_stay_within_two_megabytes(bounded: BoundedLog, path: Path) -> None:
    for number in range(20_000):
        bounded.handle(record("plnd", f"{number} " + "x" * 300))
        if not number % 500:
            assert all(size <= LONGEST_BYTES for size in sizes(path))
    assert sizes(path)[1] > LONGEST_BYTES - 1000
    assert lines(path)[-1].startswith("19999 ")
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(list(path.parent.iterdir())) == 2


def test_one_endless_line_is_cut(bounded: BoundedLog, path: Path) -> None:
    bounded.handle(record("plnd", "x" * 5_000_000))
    assert path.stat().st_size < 20_000


def test_output_of_other_code_on_standard_error_is_cut_too(bounded: BoundedLog, path: Path) -> None:
    """Of a child process or the interpreter: the next line, or the next minute, cuts the file."""
    assert bounded._file is not None
    words = ["-c", "import sys; sys.stderr.write('y' * 5_000_000)"]
    subprocess.run([sys.executable, *words], stderr=bounded._file, check=True, timeout=60)
    assert path.stat().st_size == 5_000_000
    bounded.flush()
    assert sizes(path) == [0, LONGEST_BYTES]
    subprocess.run([sys.executable, *words], stderr=bounded._file, check=True, timeout=60)
    bounded.handle(record("plnd", "after it"))
    assert lines(path) == ["after it"]
    assert sizes(path)[1] == LONGEST_BYTES


@pytest.mark.parametrize("in_the_way", ["moved", "removed", "folder", "folder before"])
def test_the_size_is_bounded_whatever_happens_to_the_files(
    bounded: BoundedLog, path: Path, in_the_way: str
) -> None:
    before = path.with_name("daemon.log.1")
    if in_the_way == "moved":
        path.rename(before)
    elif in_the_way in ("removed", "folder"):
        path.unlink()
    if in_the_way == "folder":
        path.mkdir()
    if in_the_way == "folder before":
        (before / "in it").mkdir(parents=True)
    assert bounded._file is not None
    for number in range(10_000):
        bounded.handle(record("plnd", f"{number} " + "x" * 500))
        assert os.fstat(bounded._file).st_size <= LONGEST_BYTES
    assert all(size <= LONGEST_BYTES for size in sizes(path))
    assert not list(path.parent.glob(".plnd-*"))


def test_an_old_log_that_is_too_long_is_cut_at_the_start(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"x" * 3 * LONGEST_BYTES)
    path.with_name("daemon.log.1").write_bytes(b"y" * 3 * LONGEST_BYTES)
    with logs.open_log(path) as stream, os.fdopen(os.dup(stream.fileno()), "w") as error:
        monkeypatch.setattr(sys, "stderr", error)
        BoundedLog(path)
    assert sizes(path) == [0, LONGEST_BYTES]


NO_DESCRIPTORS = """
    import logging, os, resource, sys
    from pathlib import Path
    from plnd.system import logs

    path = Path(sys.argv[1])
    logs.set_up(path)
    log = logging.getLogger("plnd")
    before = path.with_name("daemon.log.1")
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    held = []
    try:
        while True:
            held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    most = 0
    for number in range(100_000):
        log.warning("%d no descriptor is left, said in so many words", number)
        if not number % 1000:
            both = path.stat().st_size + (before.stat().st_size if before.exists() else 0)
            most = max(most, both)
    for one in held:
        os.close(one)
    for number in range(30_000):
        log.warning("%d there are descriptors again, and it works as before", number)
    log.warning("the end")
    print(most)
"""


def test_without_free_descriptors_the_log_is_bounded_and_works(path: Path) -> None:
    """For 100,000 lines, and it works normally once there are descriptors again."""
    with logs.open_log(path) as stream:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(NO_DESCRIPTORS), str(path)],
            stdout=subprocess.PIPE,
            stderr=stream,
            timeout=120,
            check=True,
        )
    assert LONGEST_BYTES // 2 < int(done.stdout) <= 2 * LONGEST_BYTES
    assert sum(sizes(path)) <= 2 * LONGEST_BYTES
    assert lines(path)[-1] == "the end"
    assert len(sizes(path)) == 2


FAILS = f"""
    import asyncio, sys, threading, warnings
    from pathlib import Path
    from plnd.system import logs

    class Bad:
        def __del__(self):
            raise ValueError("{NEEDLE}")

    async def tasks():
        async def fails():
            raise ValueError("{NEEDLE}")
        task = asyncio.ensure_future(fails())
        await asyncio.sleep(0.01)
        del task

    logs.set_up(Path("/nowhere/daemon.log"))
    Bad()
    warnings.warn("{NEEDLE}")
    asyncio.run(tasks())
    thread = threading.Thread(target=lambda: {{}}["{NEEDLE}"], name="{NEEDLE}")
    thread.start()
    thread.join()
    raise RuntimeError("{NEEDLE}")
"""


def test_uncaught_exceptions_are_logged_without_their_text(tmp_path: Path) -> None:
    """The interpreter's own report of an exception contains its text."""
    script = tmp_path / "fails.py"
    script.write_text(textwrap.dedent(FAILS))
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert NEEDLE not in done.stderr
    for said in (
        *("a bug came up in passing", "py.warnings", "asyncio: error", "a bug ended a thread"),
        *("a bug ended plnd", "ValueError", "KeyError", "RuntimeError"),
    ):
        assert said in done.stderr


def test_without_standard_error_nothing_is_written_anywhere(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its descriptor may belong to a store by now."""
    monkeypatch.setattr(sys, "stderr", None)
    log = BoundedLog(path)
    log.handle(record("plnd", "said to nobody"))
    log.flush()
    assert not path.exists()


# -- the file ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "dangling link"])
def test_anything_else_in_place_of_the_log_is_set_aside_and_named(path: Path, kind: str) -> None:
    elsewhere = path.with_name("elsewhere")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(elsewhere)
        if kind == "link":
            elsewhere.write_text("precious")
    logs.open_log(path).close()
    (moved,) = path.parent.glob("daemon.log.damaged-*")
    assert str(moved) in path.read_text()
    assert elsewhere.exists() == (kind == "link")
    assert kind != "link" or elsewhere.read_text() == "precious"


async def test_every_minute_it_is_cut_to_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output that does not come from the log is cut as well."""
    from plnd.daemon import serve

    looked = asyncio.Event()
    monkeypatch.setattr(logs, "keep_bounded", looked.set)

    class Idle:
        def speak(self) -> None:
            raise ValueError

    task = asyncio.ensure_future(serve._tick(Idle()))  # type: ignore[arg-type]
    await asyncio.wait_for(looked.wait(), 20)
    task.cancel()
