"""Has pages and feeds parsed in a process apart, which ends when it has nothing to do."""

import asyncio
import contextlib
import sys

import msgspec

from plnd.reading.jobs import LENGTH, Answer, Article, Job, PageReading
from plnd.words import Worded

PATIENCE_SECONDS = 10.0
IDLE_SECONDS = 60.0


class Unreadable(Worded):
    """A page or a feed that could not be read; it says why."""

    code = "unreadable"


class Apart:
    """The process apart. It belongs to the running event loop; `close` ends it."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._end: asyncio.TimerHandle | None = None

    async def read(self, job: Job) -> PageReading:
        """The reading of a page or a feed.

        Raises:
            Unreadable: it is none, or would cost more than it may.
        """
        answer = await self._answer(job)
        if answer.reading is None:
            raise Unreadable(answer.key, code=answer.code)
        return answer.reading

    async def article(self, job: Job) -> Article:
        """What an article's page says of itself.

        Raises:
            Unreadable: it would cost more than it may.
        """
        answer = await self._answer(job)
        if answer.article is None:
            raise Unreadable(answer.key, code=answer.code)
        return answer.article

    async def _answer(self, job: Job) -> Answer:
        async with self._turn:
            if self._end:
                self._end.cancel()
            try:
                answer = await asyncio.wait_for(self._asked(job), PATIENCE_SECONDS)
            except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
                await self.close()
                raise Unreadable(f"read_failed_{job.kind}", code="too_hard") from error
            except BaseException:
                # Given up half-way, the next one's answer would be this one's.
                await self.close()
                raise
            loop = asyncio.get_running_loop()
            self._end = loop.call_later(IDLE_SECONDS, self._kill)
        return answer

    async def _asked(self, job: Job) -> Answer:
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "plnd.reading.child"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        writing, reading = self._child.stdin, self._child.stdout
        assert writing and reading
        content = msgspec.msgpack.encode(job)
        writing.write(LENGTH.pack(len(content)) + content)
        await writing.drain()
        (length,) = LENGTH.unpack(await reading.readexactly(LENGTH.size))
        return msgspec.msgpack.decode(await reading.readexactly(length), type=Answer)

    def _kill(self) -> None:
        if self._child and self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()

    async def close(self) -> None:
        """End the process."""
        if self._end:
            self._end.cancel()
        child, self._child = self._child, None
        if child and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
