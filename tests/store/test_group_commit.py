"""Group commit: batches of one turn share a commit, and none is answered before it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.builders import MINUTE, NOON, accepted, sender, visit

from plnd.errors import StorageError
from plnd.store.group_commit import COMMIT_AT_ONCE_AFTER, GroupCommit
from plnd.store.log.batches import Batch, StoreResult
from plnd.store.log.log import Log


class CountingLog(Log):
    """A log that notes the number of batches of each commit."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.commits: list[int] = []

    def store(self, batches: Sequence[Batch]) -> StoreResult:
        self.commits.append(len(batches))
        return super().store(batches)


def batch(number: int) -> Batch:
    return Batch(sender(), accepted([visit(NOON + number * MINUTE, 30)]))


def spent(path: Path) -> int:
    """The time spent, as another connection reads it at this moment."""
    log = Log(path)
    found = log.queries.quarter_sums(NOON, NOON + 1)
    log.close()
    return found[NOON].times["x", "feed"][0] if found else 0


async def test_batches_of_one_turn_share_a_commit(tmp_path: Path) -> None:
    log = CountingLog(tmp_path / "events.db")
    changed: list[StoreResult] = []
    commits = GroupCommit(log, changed.append)
    waiting = [commits.store(batch(number)) for number in range(10)]
    assert await asyncio.gather(*waiting) == [[]] * 10
    assert log.commits == [10]
    assert await commits.store(batch(11)) == []
    assert log.commits == [10, 1]
    assert len(changed) == 2
    log.close()


async def test_a_batch_after_several_single_ones_is_committed_at_once(tmp_path: Path) -> None:
    """Later batches of the same turn share the next commit."""
    log = CountingLog(tmp_path / "events.db")
    commits = GroupCommit(log, lambda _: None)
    for number in range(COMMIT_AT_ONCE_AFTER):
        await commits.store(batch(number))
    assert log.commits == [1] * COMMIT_AT_ONCE_AFTER
    alone, second = commits.store(batch(10)), commits.store(batch(11))
    with pytest.raises(StopIteration) as stored:  # it ends without being suspended
        alone.send(None)
    assert stored.value.value == []
    later = [asyncio.create_task(commits.store(batch(number))) for number in range(12, 15)]
    assert await second == []
    assert await asyncio.gather(*later) == [[]] * 3
    await asyncio.gather(*(commits.store(batch(number)) for number in range(15, 20)))
    assert log.commits == [1] * COMMIT_AT_ONCE_AFTER + [1, 1, 3, 5]
    log.close()


async def test_an_answer_never_precedes_its_commit(tmp_path: Path) -> None:
    """When `store` returns, another connection reads the batch from the file."""
    path = tmp_path / "events.db"
    log = Log(path)
    commits = GroupCommit(log, lambda _: None)
    seen: list[int] = []
    tasks = [asyncio.create_task(commits.store(batch(number))) for number in range(3)]
    tasks[0].add_done_callback(lambda _: seen.append(spent(path)))
    await asyncio.gather(*tasks)
    assert seen == [3 * 30_000]
    for number in range(3, 5 + COMMIT_AT_ONCE_AFTER):  # also when it is committed at once
        await commits.store(batch(number))
        assert spent(path) == (number + 1) * 30_000
    log.close()


async def test_waiting_batches_can_be_committed_now(tmp_path: Path) -> None:
    """As at a stop; and nothing is committed twice at the end of the turn."""
    log = CountingLog(tmp_path / "events.db")
    commits = GroupCommit(log, lambda _: None)
    waiting = [asyncio.create_task(commits.store(batch(number))) for number in range(5)]
    await asyncio.sleep(0)
    assert log.commits == []
    commits.commit()
    assert log.commits == [5]
    assert await asyncio.gather(*waiting) == [[]] * 5
    assert log.commits == [5]
    log.close()


async def test_an_error_reaches_each_batch_of_its_commit_only(tmp_path: Path) -> None:
    log = Log(tmp_path / "events.db")
    commits = GroupCommit(log, lambda _: None)
    log._db.execute("PRAGMA query_only = 1")
    failed = await asyncio.gather(
        *(commits.store(batch(number)) for number in range(3)), return_exceptions=True
    )
    assert all(isinstance(error, StorageError) for error in failed)
    log._db.execute("PRAGMA query_only = 0")
    for number in range(COMMIT_AT_ONCE_AFTER):
        assert await commits.store(batch(number)) == []
    log._db.execute("PRAGMA query_only = 1")
    with pytest.raises(StorageError):
        await commits.store(batch(10))
    log._db.execute("PRAGMA query_only = 0")
    assert await commits.store(batch(10)) == []
    log.close()


async def test_an_error_after_a_commit_does_not_reach_the_senders(tmp_path: Path) -> None:
    """The events are on disk, so they are answered as stored."""
    log = Log(tmp_path / "events.db")
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, found: reported.append(found))

    def fails(_: StoreResult) -> None:
        raise StorageError("no figures")

    commits = GroupCommit(log, fails)
    for number in range(COMMIT_AT_ONCE_AFTER + 2):
        assert await asyncio.wait_for(commits.store(batch(number)), 5) == []
        assert len(reported) == number + 1
    log.close()


async def test_a_cancelled_batch_harms_no_other(tmp_path: Path) -> None:
    log = Log(tmp_path / "events.db")
    commits = GroupCommit(log, lambda _: None)
    gone, stays = (asyncio.create_task(commits.store(batch(number))) for number in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await asyncio.wait_for(stays, 5) == []
    log.close()


@pytest.mark.parametrize("count", [1, 3])
async def test_each_batch_is_answered_with_its_own_conflicts(tmp_path: Path, count: int) -> None:
    log = Log(tmp_path / "events.db")
    commits = GroupCommit(log, lambda _: None)
    event = visit(NOON, 30)
    await commits.store(Batch(sender(), accepted([event])))
    wrong = Batch(sender(), accepted([visit(NOON)] * count + [{**event, "page": "post"}]))
    assert await asyncio.gather(commits.store(wrong), commits.store(batch(1))) == [
        [(count, "conflict")],
        [],
    ]
    log.close()
