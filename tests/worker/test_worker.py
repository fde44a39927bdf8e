"""Parsing apart: what a page costs, it costs the process that reads it, and nobody else."""

import os
import signal
from collections.abc import AsyncIterator
from typing import Literal

import pytest
from support.builders import DAY, NOON
from support.harness import alive, wait_until
from support.outside_web import rss
from support.profile_pages import Post, page

from plnd.worker import process
from plnd.worker.jobs import Job
from plnd.worker.process import Unreadable, Worker

PAGE = page("x", [Post(NOON - DAY)]).html.encode()


def job(content: bytes, kind: Literal["page", "feed"] = "page") -> Job:
    return Job(kind, content, "x", "me", "https://x.com/me", NOON)


@pytest.fixture
async def reader() -> AsyncIterator[Worker]:
    made = Worker()
    yield made
    await made.close()


def pid_of(reader: Worker) -> int:
    assert reader._child
    return reader._child.pid


async def test_pages_and_feeds_are_read_by_one_process(reader: Worker) -> None:
    assert (await reader.read(job(PAGE))).last_post_at == NOON - DAY
    first = pid_of(reader)
    feed = rss("Mon, 02 Nov 2026 10:00:00 GMT").encode()
    assert (await reader.read(job(feed, "feed"))).found_by == "feed"
    assert pid_of(reader) == first


async def test_a_job_that_takes_too_long_ends_and_the_next_is_done(reader: Worker) -> None:
    """A page of two million bytes that is slow to parse: a page may take a second."""
    with pytest.raises(Unreadable) as caught:
        await reader.read(job(b"<div>" * 400_000))
    assert caught.value.code == "too_hard"
    assert (await reader.read(job(PAGE))).last_post_at == NOON - DAY


async def test_a_worker_that_dies_or_hangs_is_replaced(
    reader: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reader.read(job(PAGE))
    killed = pid_of(reader)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not alive(killed), "the process to die")
    with pytest.raises(Unreadable):
        await reader.read(job(PAGE))
    await reader.read(job(PAGE))
    os.kill(pid_of(reader), signal.SIGSTOP)
    monkeypatch.setattr(process, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(Unreadable):
        await reader.read(job(PAGE))
    monkeypatch.undo()
    assert (await reader.read(job(PAGE))).posts_seen == 1


async def test_an_idle_worker_ends(reader: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "IDLE_SECONDS", 0.05)
    await reader.read(job(PAGE))
    child = reader._child
    assert child
    await child.wait()
    assert (await reader.read(job(PAGE))).posts_seen == 1


async def test_the_worker_ends_with_the_daemon(reader: Worker) -> None:
    """When the daemon ends, its pipe closes, and the worker ends."""
    await reader.read(job(PAGE))
    child = reader._child
    assert child
    assert child.stdin
    child.stdin.close()
    assert await child.wait() == 0
