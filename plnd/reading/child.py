"""The process in which pages and feeds are parsed: jobs in, readings out, as frames of msgpack.

What a stranger wrote can be made to cost a parser dearly. Here it costs no more than the time
and the memory that a job is given, and nobody waits for it but who asked.
"""

import contextlib
import os
import signal
import sys
from typing import BinaryIO, NoReturn

import msgspec

from plnd.reading.article import read_article
from plnd.reading.feed import NoFeed, read_feed
from plnd.reading.jobs import LENGTH, Answer, Job
from plnd.reading.page import read_page

MEMORY_BYTES = 1 << 30
CPU_SECONDS = {"page": 0.9, "feed": 4.0, "article": 0.9}


class _TimeUp(BaseException):
    """The job has had its time. Not an Exception, so that no parser swallows it."""


def done(job: Job) -> Answer:
    """Do a job."""
    try:
        if job.kind == "feed":
            return Answer(read_feed(job.content, handle=job.handle, now=job.now))
        html = job.content.decode("utf-8", "replace")
        if job.kind == "article":
            return Answer(article=read_article(html))
        return Answer(
            read_page(html, network=job.network, handle=job.handle, url=job.url, now=job.now)
        )
    except NoFeed as error:
        return Answer(code=error.code, key=error.key)


def _timed(job: Job) -> Answer:
    _set_timer(CPU_SECONDS[job.kind])
    try:
        return done(job)
    except _TimeUp:
        return Answer(code="too_hard", key=f"read_slow_{job.kind}")
    except (MemoryError, RecursionError):
        return Answer(code="too_hard", key=f"read_large_{job.kind}")
    finally:
        _set_timer(0)


def _set_timer(seconds: float) -> None:
    """Where the system has no such timer, the patience of who asks is the only limit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


def _time_up(*_: object) -> NoReturn:
    raise _TimeUp


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Do jobs until there are no more."""
    decode = msgspec.msgpack.Decoder(Job).decode
    while len(head := jobs.read(LENGTH.size)) == LENGTH.size:
        content = jobs.read(LENGTH.unpack(head)[0])
        answer = msgspec.msgpack.encode(_timed(decode(content)))
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _bind() -> None:
    """Stand back for everybody else, and take no more memory than a page can need."""
    if hasattr(os, "nice"):
        os.nice(10)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGVTALRM, _time_up)


def main() -> None:
    _bind()
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
