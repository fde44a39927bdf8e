"""Has strangers' texts parsed in a process apart, which ends when it has nothing to do."""

import asyncio
import contextlib
import os
import sys

import msgspec

from plnd.errors import Invalid
from plnd.reading.results import Article, PageReading
from plnd.system.paths import bare_environment
from plnd.words.messages import TranslatedError
from plnd.worker.jobs import LENGTH, MOST_ANSWER_BYTES, Answer, FileJob, Job

PATIENCE_SECONDS = 10.0
FILE_PATIENCE_SECONDS = 45.0
IDLE_SECONDS = 60.0
_children: set[asyncio.subprocess.Process] = set()


class Unreadable(TranslatedError):
    """A page or a feed that could not be read; it says why."""

    code = "unreadable"


class TooHard(TranslatedError):
    """A file that would cost more than it may."""

    code = "too_hard"


class Worker:
    """The process apart. It belongs to the running event loop; `close` ends it."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._end: asyncio.TimerHandle | None = None
        self._closed = False

    async def read(self, job: Job) -> PageReading:
        """The reading of a page or a feed.

        Raises:
            Unreadable: it is none, or would cost more than it may.
        """
        answer = await self._answer(job, PATIENCE_SECONDS)
        if answer.reading is None:
            raise Unreadable(answer.key, code=answer.code)
        return answer.reading

    async def article(self, job: Job) -> Article:
        """What an article's page says of itself.

        Raises:
            Unreadable: it would cost more than it may.
        """
        answer = await self._answer(job, PATIENCE_SECONDS)
        if answer.article is None:
            raise Unreadable(answer.key, code=answer.code)
        return answer.article

    async def file(self, job: FileJob) -> Answer:
        """What stands in a file to import.

        Raises:
            Invalid: it is not of that kind.
            TooHard: it would cost more than it may.
        """
        answer = await self._answer(job, FILE_PATIENCE_SECONDS)
        if answer.fault:
            fault = answer.fault
            raise Invalid(fault.message, fault.hint, field=fault.field)
        if answer.code:
            hint = "split the file, or remove the entry that is unlike the others, and try again"
            raise TooHard(answer.key, hint, field="content")
        return answer

    async def _answer(self, job: Job | FileJob, patience: float) -> Answer:
        async with self._turn:
            if self._end:
                self._end.cancel()
            try:
                if self._closed:
                    raise EOFError
                answer = await asyncio.wait_for(self._asked(job), patience)
            except (TimeoutError, OSError, EOFError, msgspec.MsgspecError):
                await self._drop()
                answer = Answer(code="too_hard", key=f"read_failed_{job.kind}")
            except BaseException:
                # Given up half-way, the next one's answer would be this one's.
                await self._drop()
                raise
            else:
                loop = asyncio.get_running_loop()
                self._end = loop.call_later(IDLE_SECONDS, self._kill)
        return answer

    async def _asked(self, job: Job | FileJob) -> Answer:
        child = self._child
        if child is None or child.returncode is not None:
            child = self._child = await _start()
        writing, reading = child.stdin, child.stdout
        assert writing and reading
        content = msgspec.msgpack.encode(job)
        writing.write(LENGTH.pack(len(content)))
        writing.write(content)
        await writing.drain()
        (length,) = LENGTH.unpack(await reading.readexactly(LENGTH.size))
        if length > MOST_ANSWER_BYTES:
            raise EOFError
        return msgspec.msgpack.decode(await reading.readexactly(length), type=Answer)

    def _kill(self) -> None:
        if self._child:
            _kill(self._child)

    async def close(self) -> None:
        """End the process, for good: whoever waits for it is answered."""
        self._closed = True
        await self._drop()

    async def _drop(self) -> None:
        if self._end:
            self._end.cancel()
        child, self._child = self._child, None
        if child:
            _kill(child)
            await child.wait()
            _children.discard(child)


async def _start() -> asyncio.subprocess.Process:
    _children.difference_update([one for one in _children if one.returncode is not None])
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "plnd.worker.main"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        env=bare_environment(),
    )
    _children.add(child)
    return child


def _kill(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()


def kill_all() -> None:
    """Kill every process of this kind at once, from any thread."""
    for child in list(_children):
        if child.returncode is None:
            with contextlib.suppress(OSError):
                os.kill(child.pid, 9)
