"""The program of the worker: reads jobs and writes answers, as frames of msgpack.

Untrusted content can be made so that parsing it takes very long or much memory. Here it takes no
more than a job's limits, and delays only the request that asked for it.
"""

import contextlib
import os
import queue
import sys
import threading
from collections.abc import Iterator
from typing import BinaryIO, NoReturn
from zoneinfo import ZoneInfo

import msgspec

from plnd.errors import Invalid
from plnd.system import process_limits
from plnd.words.messages import CATALOGUES
from plnd.worker.jobs import LENGTH, MOST_ANSWER_BYTES, Answer, FileFault, FileJob, Job

MEMORY_BYTES = 1 << 30
CPU_SECONDS = {
    **{"page": 0.9, "feed": 4.0, "article": 0.9},
    **{"vcard": 20.0, "linkedin": 20.0, "meetings": 20.0, "dates": 20.0},
}
ENTRY_SECONDS = 0.5
"""For one contact, or one entry of a calendar: a bad one is left out, and the others are read."""


class _JobTimeUp(BaseException):
    """A job took longer than it may. Not an Exception, so that no parser catches it."""


class _EntryTimeUp(BaseException):
    """An entry of a file took longer than it may."""


def execute(job: Job | FileJob) -> Answer:
    """The answer to a job, without a limit of time."""
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
    """A limit of time for the block.

    Raises:
        TimeoutError: it took longer than an entry may.
    """
    process_limits.ENTRY_TIMER.start(ENTRY_SECONDS)
    try:
        yield
    except _EntryTimeUp:
        raise TimeoutError from None
    finally:
        process_limits.ENTRY_TIMER.stop()


def _execute_limited(job: Job | FileJob) -> Answer:
    seconds = CPU_SECONDS[job.kind]
    process_limits.limit_further_cpu(seconds)  # for a parser that the timer does not interrupt
    process_limits.JOB_TIMER.start(seconds)
    try:
        return execute(job)
    except (_JobTimeUp, _EntryTimeUp):
        return Answer(code="too_hard", key=f"read_slow_{job.kind}")
    except (MemoryError, RecursionError):
        return Answer(code="too_hard", key=f"read_large_{job.kind}")
    finally:
        process_limits.JOB_TIMER.stop()


def _job_time_up() -> NoReturn:
    raise _JobTimeUp


def _entry_time_up() -> NoReturn:
    raise _EntryTimeUp


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answer jobs until standard input ends, which also ends the process in the middle of a job."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(jobs, waiting), daemon=True).start()
    decode = msgspec.msgpack.Decoder(Job | FileJob).decode
    while True:
        answer = msgspec.msgpack.encode(_execute_limited(job := decode(waiting.get())))
        if len(answer) > MOST_ANSWER_BYTES:
            large = Answer(code="too_hard", key=f"read_large_{job.kind}")
            answer = msgspec.msgpack.encode(large)
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _receive(jobs: BinaryIO, waiting: "queue.SimpleQueue[bytes]") -> None:
    while len(head := jobs.read(LENGTH.size)) == LENGTH.size:
        waiting.put(jobs.read(LENGTH.unpack(head)[0]))
    os._exit(0)


def main() -> None:
    process_limits.lower_priority()
    process_limits.limit_memory(MEMORY_BYTES)
    process_limits.write_no_core_dump()
    process_limits.JOB_TIMER.call(_job_time_up)
    process_limits.ENTRY_TIMER.call(_entry_time_up)
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
