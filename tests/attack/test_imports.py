"""Files to import that cost a parser dearly: they cost whoever made them their own entry, and
nobody else anything. The real daemon answers meanwhile, does not grow, and stops when told."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.harness import Daemon, RunPlnd, alive, wait_until

from plnd.errors import Invalid, PlndError
from plnd.system.files import Home
from plnd.worker.jobs import FileJob
from plnd.worker.process import TooHard, Worker

HOURS, SIXTY = (",".join(map(str, range(n))) for n in (24, 60))
RULES = [
    f"FREQ=DAILY;BYHOUR={HOURS};BYMINUTE={SIXTY};BYSECOND={SIXTY}",
    f"FREQ=DAILY;BYHOUR={HOURS};BYMINUTE={SIXTY}",
    f"FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR={HOURS};BYMINUTE={SIXTY}",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2",
]


def calendar(*rules: str, start: str = ":20261120T100000Z") -> str:
    events = (
        f"BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART{start}\r\nSUMMARY:Coffee with Ana Oz\r\n"
        f"RRULE:{rule}\r\nEND:VEVENT\r\n"
        for n, rule in enumerate(rules)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}END:VCALENDAR\r\n"


def card(inside: str = "", name: str = "Ana") -> str:
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\n{inside}END:VCARD\r\n"


CARDS = {
    "no colon": "a;b" * 100_000 + "\r\n",
    "folds": "NOTE:" + "a\r\n " * 2_000_000 + "\r\n",
    "properties": "X-A:1\r\n" * 600_000,
    "quotes": 'TEL;A="' + '"' * 200_000 + ":1\r\n",
    "soft breaks": "NOTE;ENCODING=QUOTED-PRINTABLE:" + "a=\r\n" * 300_000 + "\r\n",
    "parameters": "TEL" + ";A=b" * 200_000 + ":1\r\n",
}
# So many that all together have no chance, though each costs itself only.
HOPELESS = calendar(*RULES[3:5] * 100)


def meetings(content: str) -> FileJob:
    two_years = {"start": 1_733_000_000_000, "end": 1_796_000_000_000}
    return FileJob(kind="meetings", content=content, known=["ana oz"], **two_years)


def memory_mib(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4 // 1024


def children_of(pid: int) -> set[int]:
    """The processes that read files for a daemon."""
    found = set()
    for one in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((one / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid and b"plnd.worker.main" in (one / "cmdline").read_bytes():
                found.add(int(one.name))
        except (OSError, ValueError):
            continue
    return found


@contextmanager
def importing(daemon: Daemon, path: str, body: dict[str, Any]) -> Iterator[list[Any]]:
    """While the daemon is busy with a file; what came of it is in the list afterwards."""
    answers: list[Any] = []

    def send() -> None:
        try:
            answers.append(daemon.ask("POST", path, body))
        except PlndError as error:
            answers.append(error)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    wait_until(lambda: children_of(daemon.pid), "the process that reads")
    yield answers
    thread.join(timeout=120)
    assert answers


def test_the_daemon_answers_while_a_file_is_read_and_does_not_grow(daemon: Daemon) -> None:
    """Each kind of file, too hard as a whole: it is refused with what to do about it."""
    daemon.ask("GET", "today")
    before = memory_mib(daemon.pid)
    waits = []
    body = {"kind": "meetings", "content": HOPELESS, "dry_run": True}
    with importing(daemon, "people-import", body) as answers:
        while not answers:
            start = time.monotonic()
            daemon.ask("GET", "today")
            waits.append(time.monotonic() - start)
            time.sleep(0.01)
    (error,) = answers
    assert isinstance(error, PlndError)
    assert (error.code, error.field) == ("too_hard", "content")
    assert "calendar" in error.message
    assert "split the file" in error.hint
    waits.sort()
    assert len(waits) > 50
    assert waits[len(waits) // 2] < 0.5  # a hang would be seconds, for all of them
    assert memory_mib(daemon.pid) < before + 50
    assert daemon.ask("POST", "people-import", {**body, "content": calendar()})["problems"] == []


@pytest.mark.parametrize("path", ["people-import", "chat-breaks"])
def test_a_stop_ends_the_daemon_and_what_reads_for_it(daemon: Daemon, path: str) -> None:
    body: dict[str, Any] = {"content": HOPELESS, "dry_run": True}
    if path == "people-import":
        body["kind"] = "meetings"
    with importing(daemon, path, body):
        children = children_of(daemon.pid)
        os.kill(daemon.pid, signal.SIGTERM)
        start = time.monotonic()
        daemon.gone()
        assert time.monotonic() - start < 4  # two seconds, and a loaded machine
        wait_until(lambda: not any(map(alive, children)), "the reading process to end")


def test_a_killed_daemon_leaves_no_process_behind(daemon: Daemon) -> None:
    body = {"kind": "meetings", "content": HOPELESS, "dry_run": True}
    with importing(daemon, "people-import", body):
        children = children_of(daemon.pid)
        os.kill(daemon.pid, signal.SIGKILL)
        wait_until(lambda: not any(map(alive, children)), "the reading process to end")


def test_without_a_daemon_a_file_is_read_apart_as_well(
    run_plnd: RunPlnd, tmp_path: Path, home: Home
) -> None:
    file = tmp_path / "hard.ics"
    file.write_text(HOPELESS)
    ran = run_plnd("person", "import", str(file), "--kind", "meetings", code=1)
    assert "the calendar" in ran.err
    assert "split the file" in ran.err


@pytest.fixture
async def worker() -> Any:
    made = Worker()
    yield made
    await made.close()


@pytest.mark.parametrize("start", [":20261120T100000Z", ":00010101T000000", ";VALUE=DATE:20261120"])
async def test_a_poisonous_entry_costs_itself_only(worker: Worker, start: str) -> None:
    """Among 400 good ones: those are read, and it is named."""
    events = calendar(*["FREQ=WEEKLY;COUNT=1"] * 400)
    bad = calendar(*RULES, start=start).partition("BEGIN:VEVENT")[2].rpartition("END:VCAL")[0]
    bad = "BEGIN:VEVENT" + bad.replace("UID:", "UID:bad")
    found = await worker.file(meetings(events.replace("END:VCALENDAR", f"{bad}END:VCALENDAR")))
    assert len({one.uid for one in found.meetings if not one.uid.startswith("bad")}) == 400
    assert all(one.where.startswith("entry 40") for one in found.problems)
    assert found.problems


@pytest.mark.parametrize("name", CARDS)
async def test_a_poisonous_card_costs_itself_at_most(worker: Worker, name: str) -> None:
    content = card(name="Ben") + card(CARDS[name]) + card(name="Cem")
    found = await worker.file(FileJob(kind="vcard", content=content))
    assert {one.name for one in found.people} >= {"Ben", "Cem"}
    assert len(found.people) + len(found.problems) == 3


async def test_twenty_thousand_cards_are_read(worker: Worker) -> None:
    cards = (
        card(f"UID:{n}\r\nURL:https://x.com/ana{n}\r\nTEL:+49{n}\r\nNOTE:hello\r\n", f"Ana {n}")
        for n in range(20_000)
    )
    found = await worker.file(FileJob(kind="vcard", content="".join(cards)))
    assert (len(found.people), found.problems) == (20_000, [])


TOO_MANY = {
    "linkedin": "First Name,Last Name,URL\n" + ",,\n" * 50_000,
    "vcard": "BEGIN:VCARD\r\n" * 20_001,
    "meetings": calendar().replace("END:", "BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 20_001 + "END:"),
}


@pytest.mark.parametrize("kind", TOO_MANY)
async def test_what_comes_back_has_a_bounded_size(
    worker: Worker, kind: Literal["linkedin", "vcard", "meetings"]
) -> None:
    """Many entries with nothing in them are many problems to tell of."""
    with pytest.raises(Invalid, match=r"more than|cards") as caught:
        await worker.file(FileJob(kind=kind, content=TOO_MANY[kind], end=1))
    assert "part" in caught.value.hint


async def test_what_reads_knows_nothing_of_ours(worker: Worker) -> None:
    """No descriptor but its pipes, no variable of the environment but those of Python."""
    await worker.file(FileJob(kind="vcard", content=card()))
    assert worker._child
    place = Path(f"/proc/{worker._child.pid}")
    assert os.getsid(worker._child.pid) == worker._child.pid
    assert {one.name for one in (place / "fd").iterdir()} == {"0", "1", "2"}
    names = {
        one.partition(b"=")[0].decode() for one in (place / "environ").read_bytes().split(b"\0")
    }
    assert not names & {"HOME", "PLND_HOME", "PLND_PORT", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS"}


# -- the whole kind ----------------------------------------------------------------------

numbers = st.integers(-5, 400).map(str) | st.just(SIXTY) | st.just(HOURS)
parts = st.one_of(
    st.builds("{}={}".format, st.sampled_from(
        ["BYHOUR", "BYMINUTE", "BYSECOND", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO",
         "BYSETPOS", "INTERVAL", "COUNT", "BYEASTER"]), numbers),
    st.sampled_from(["BYDAY=5MO", "BYDAY=MO,TU,WE,TH,FR,SA,SU", "UNTIL=99991231T000000Z", "X=1"]),
)  # fmt: skip
rules = st.builds(
    lambda often, rest: ";".join([f"FREQ={often}", *rest]),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "SECONDLY", "HOURLY", "", "NEVER"]),
    st.lists(parts, max_size=5),
)
starts = st.sampled_from(
    [":20261120T100000Z", ":00010101T000000", ";VALUE=DATE:99991231", ";TZID=Nowhere/Else:2026", ""]
)
lines = st.builds(
    lambda name, mark, value, times: f"{name}{mark}{value * times}\r\n",
    st.sampled_from(
        ["NOTE", "TEL", "item1.URL", "N", "PHOTO;ENCODING=b", "BEGIN", "END", "", "\t"]
    ),
    st.sampled_from([":", ";", "", ":=", ';A="', ";ENCODING=QUOTED-PRINTABLE:"]),
    st.sampled_from(["a", "a;b", "\\,", "=\r\n", "\r\n ", '"', ",", "VCARD", "\0", "é"]),
    st.sampled_from([0, 1, 7, 3000, 200_000]),
)
files = st.one_of(
    st.builds(lambda some, at: meetings(calendar(*some, start=at)), st.lists(rules, max_size=4),
              starts),
    st.builds(lambda some: FileJob(kind="vcard", content="".join(map(card, some))),
              st.lists(st.lists(lines, max_size=4).map("".join), max_size=3)),
    st.builds(lambda some: FileJob(kind="linkedin",
                                   content="First Name,Last Name,URL\n" + "".join(some)),
              st.lists(lines, max_size=5)),
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(files, min_size=3, max_size=3))
async def test_any_file_is_read_or_refused_and_the_next_one_is_read(jobs: list[FileJob]) -> None:
    worker = Worker()
    try:
        for job in jobs:
            try:
                await worker.file(job)
            except TooHard:
                pass
            except PlndError as error:
                assert error.hint
        ok = await worker.file(FileJob(kind="vcard", content=card()))
        assert [one.name for one in ok.people] == ["Ana"]
    finally:
        await worker.close()
