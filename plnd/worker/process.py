"""The worker as its users see it: started when there is a job, ended when it is idle."""

import asyncio
import contextlib
import sys

import msgspec

from plnd.errors import Invalid
from plnd.reading.results import Article, PageReading
from plnd.system import processes
from plnd.system.paths import bare_environment
from plnd.words.messages import TranslatedError
from plnd.worker.jobs import LENGTH, MOST_ANSWER_BYTES, Answer, FileJob, Job

PATIENCE_SECONDS = 10.0
FILE_PATIENCE_SECONDS = 45.0
IDLE_SECONDS = 60.0
_children: set[asyncio.subprocess.Process] = set()


class Unreadable(TranslatedError):
    """A page or a feed that could not be read; the message says why."""

    code = "unreadable"


class TooHard(TranslatedError):
    """Reading a file would take more time or memory than a job may."""

    code = "too_hard"


class Worker:
    """The worker process. It belongs to the running event loop; `close` ends it."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._one_job = asyncio.Lock()
        self._idle_end: asyncio.TimerHandle | None = None
        self._closed = False

    async def read(self, job: Job) -> PageReading:
        """What a page or a feed says.

        Raises:
            Unreadable: it has not that form, or takes more time or memory than a job may.
        """
        answer = await self._answer(job, PATIENCE_SECONDS)
        if answer.reading is None:
            raise Unreadable(answer.key, code=answer.code)
        return answer.reading

    async def article(self, job: Job) -> Article:
        """What an article's page says about the article.

        Raises:
            Unreadable: reading it takes more time or memory than a job may.
        """
        answer = await self._answer(job, PATIENCE_SECONDS)
        if answer.article is None:
            raise Unreadable(answer.key, code=answer.code)
        return answer.article

    async def file(self, job: FileJob) -> Answer:
        """What a file to import holds.

        Raises:
            Invalid: it has not the form of its kind.
            TooHard: reading it takes more time or memory than a job may.
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
        async with self._one_job:
            if self._idle_end:
                self._idle_end.cancel()
            try:
                if self._closed:
                    raise EOFError
                answer = await asyncio.wait_for(self._exchange(job), patience)
            except (TimeoutError, OSError, EOFError, msgspec.MsgspecError):
                await self._end_process()
                answer = Answer(code="too_hard", key=f"read_failed_{job.kind}")
            except BaseException:
                # The worker would give this job's answer to the next one.
                await self._end_process()
                raise
            else:
                loop = asyncio.get_running_loop()
                self._idle_end = loop.call_later(IDLE_SECONDS, self._kill)
        return answer

    async def _exchange(self, job: Job | FileJob) -> Answer:
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
        """End the process for good; a request that waits for it fails with its error."""
        self._closed = True
        await self._end_process()

    async def _end_process(self) -> None:
        if self._idle_end:
            self._idle_end.cancel()
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
        env=bare_environment(),
        **processes.OWN_GROUP,
    )
    _children.add(child)
    return child


def _kill(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()


def kill_all() -> None:
    """End every worker at once; can be called from any thread."""
    for child in list(_children):
        if child.returncode is None:
            processes.kill(child.pid)
