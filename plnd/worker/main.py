"""The process in which strangers' texts are parsed: jobs in, answers out, as frames of msgpack.

What a stranger wrote can be made to cost a parser dearly. Here it costs no more than the time
and the memory that a job is given, and nobody waits for it but who asked.
"""

import contextlib
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from typing import BinaryIO, NoReturn
from zoneinfo import ZoneInfo

import msgspec

from plnd.errors import Invalid
from plnd.words.messages import CATALOGUES
from plnd.worker.jobs import LENGTH, MOST_ANSWER_BYTES, Answer, FileFault, FileJob, Job

MEMORY_BYTES = 1 << 30
CPU_SECONDS = {
    **{"page": 0.9, "feed": 4.0, "article": 0.9},
    **{"vcard": 20.0, "linkedin": 20.0, "meetings": 20.0, "dates": 20.0},
}
ENTRY_SECONDS = 0.5
"""For one card, or one entry of a calendar: a bad one costs only itself."""


class _TimeUp(BaseException):
    """The job has had its time. Not an Exception, so that no parser swallows it."""


class _EntryTimeUp(BaseException):
    """An entry of a file has had its time."""


def done(job: Job | FileJob) -> Answer:
    """Do a job."""
    try:
        return _read_file(job) if isinstance(job, FileJob) else _read(job)
    except Invalid as error:
        return Answer(fault=FileFault(error.message, error.hint, error.field))


def _read(job: Job) -> Answer:
    if job.kind == "feed":
        from plnd.reading.feed import NotAFeed, read_feed

        try:
            return Answer(read_feed(job.content, handle=job.handle, now=job.now))
        except NotAFeed as error:
            return Answer(code=error.code, key=error.key)
    html = job.content.decode("utf-8", "replace")
    if job.kind == "article":
        from plnd.reading.article import read_article

        return Answer(article=read_article(html))
    from plnd.reading.page import read_page

    return Answer(read_page(html, network=job.network, handle=job.handle, url=job.url, now=job.now))


def _read_file(job: FileJob) -> Answer:
    words = CATALOGUES[job.language]
    if job.kind == "linkedin":
        from plnd.archives import linkedin

        people, problems = linkedin.read(job.content, words)
        return Answer(people=people, problems=problems)
    if job.kind == "vcard":
        from plnd.archives import vcard

        people, problems = vcard.read(job.content, words, time_limit=_entry_limit)
        return Answer(people=people, problems=problems)
    from plnd.archives import calendars

    period = (job.start, job.end, words)
    if job.kind == "dates":
        dates, problems = calendars.term_dates(job.content, *period, time_limit=_entry_limit)
        return Answer(dates=dates, problems=problems)
    found, problems = calendars.appointments(
        job.content, ZoneInfo(job.zone), *period, time_limit=_entry_limit
    )
    return Answer(
        meetings=calendars.with_known_people(found, frozenset(job.known)), problems=problems
    )


@contextlib.contextmanager
def _entry_limit() -> Iterator[None]:
    """Raises:
    TimeoutError: what was done inside took longer than an entry may.
    """
    _set_timer("ITIMER_PROF", ENTRY_SECONDS)
    try:
        yield
    except _EntryTimeUp:
        raise TimeoutError from None
    finally:
        _set_timer("ITIMER_PROF", 0)


def _timed(job: Job | FileJob) -> Answer:
    seconds = CPU_SECONDS[job.kind]
    _allow(seconds)
    _set_timer("ITIMER_VIRTUAL", seconds)
    try:
        return done(job)
    except (_TimeUp, _EntryTimeUp):
        return Answer(code="too_hard", key=f"read_slow_{job.kind}")
    except (MemoryError, RecursionError):
        return Answer(code="too_hard", key=f"read_large_{job.kind}")
    finally:
        _set_timer("ITIMER_VIRTUAL", 0)


def _set_timer(timer: str, seconds: float) -> None:
    """Where the system has no such timer, the patience of who asks is the only limit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(getattr(signal, timer), seconds)


def _allow(seconds: float) -> None:
    """Have the system kill this process when a parser does not heed the timer."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + 3, most))


def _time_up(*_: object) -> NoReturn:
    raise _TimeUp


def _entry_time_up(*_: object) -> NoReturn:
    raise _EntryTimeUp


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Do jobs until nobody is there any more to give them, even in the middle of one."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(jobs, waiting), daemon=True).start()
    decode = msgspec.msgpack.Decoder(Job | FileJob).decode
    while True:
        answer = msgspec.msgpack.encode(_timed(job := decode(waiting.get())))
        if len(answer) > MOST_ANSWER_BYTES:
            large = Answer(code="too_hard", key=f"read_large_{job.kind}")
            answer = msgspec.msgpack.encode(large)
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _receive(jobs: BinaryIO, waiting: "queue.SimpleQueue[bytes]") -> None:
    while len(head := jobs.read(LENGTH.size)) == LENGTH.size:
        waiting.put(jobs.read(LENGTH.unpack(head)[0]))
    os._exit(0)


def _bind() -> None:
    """Stand back for everybody else, and take no more memory than a page can need."""
    if hasattr(os, "nice"):
        os.nice(10)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGVTALRM, _time_up)
        signal.signal(signal.SIGPROF, _entry_time_up)


def main() -> None:
    _bind()
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
