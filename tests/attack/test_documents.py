"""Documents from elsewhere: whatever comes in, every question has its answer."""

import asyncio
import itertools
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.bad_documents import (
    BOOK,
    GET_ROUTES,
    NAMES,
    TEXTS,
    USER_ERRORS,
    document_lines,
    documents,
    sum_lines,
)
from support.builders import MINUTE, NOON, act, batch, typed, visit
from support.harness import Clock, Desktop

from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.errors import PlndError
from plnd.model.profiles import ProfileRequest
from plnd.model.settings import BudgetRequest
from plnd.store.book import validation
from plnd.system.files import Home

several = st.lists(st.lists(documents(BOOK), max_size=8), min_size=1, max_size=3)


def opened(folder: Path) -> Plnd:
    where = Home(folder / "state", folder / "data", folder / "host", None)
    return Plnd(where, clock=Clock(), notify=Desktop())


async def answered(plnd: Plnd, route: Route, path: dict[str, str], query: dict[str, str]) -> None:
    """The route answers, or says what is wrong with the question; the answer can be sent."""
    try:
        answer = await route.answer(plnd, ApiRequest(path, query))
        answer.encode() if isinstance(answer, str) else msgspec.json.encode(answer)
    except PlndError as error:
        assert error.code in USER_ERRORS, (route.path, path, query, error)
        msgspec.json.encode(error.message)


async def all_answer(plnd: Plnd) -> None:
    for route in GET_ROUTES:
        names = re.findall(r"{(\w+)}", route.path)
        for name in NAMES if names else [""]:
            await answered(plnd, route, dict.fromkeys(names, name), {})
        if "after" in route.query:
            await answered(plnd, route, {}, {"after": "documents"})


async def stores(plnd: Plnd) -> list[Any]:
    """Send what a browser sends; the refusals."""
    answer = await plnd.record(typed(batch(visit(NOON - MINUTE, 30), act(NOON - MINUTE))))
    return answer.rejected


def feeds_on(plnd: Plnd) -> set[tuple[str, str]]:
    return {(one.network, one.handle) for one in plnd.feeds.views(plnd.settings.words()) if one.on}


def usable(name: str, row: dict[str, Any]) -> bool:
    try:
        validation.validate(row, BOOK.collections[name].kind)
    except PlndError:
        return False
    return True


def put_by_hand(folder: Path, found: list[tuple[str, Any]]) -> None:
    for name, plain in found:
        path = folder / f"{name}.json"
        content = json.loads(path.read_bytes()) if path.exists() else {"plnd": 1, name: {}}
        rows = content.setdefault(name, {})
        rows[str(max(map(int, rows), default=0) + 1)] = plain
        path.write_text(json.dumps(content))


async def imports_only(found: list[list[tuple[str, Any]]], more: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        plnd = opened(Path(name))
        for part in found:
            await plnd.own.import_lines([*document_lines(part), *more], dry_run=False)
            await all_answer(plnd)
            assert await stores(plnd) == []
            await plnd.maintenance.run()
        await plnd.close()
        again = opened(Path(name))
        assert again.faults() == []  # what is taken in is as what is here has to be
        await all_answer(again)
        assert await stores(again) == []
        assert feeds_on(again) == set()
        await again.close()


@given(
    st.lists(st.lists(documents(BOOK), max_size=8), min_size=1, max_size=3),
    st.lists(sum_lines, max_size=3),
)
def test_no_import_ends_an_answer_or_keeps_an_event_out(
    found: list[list[tuple[str, Any]]], more: list[str]
) -> None:
    asyncio.run(imports_only(found, more))


KEPT_OUT = {"paused", "not_counted", "forgotten"}


async def by_hand(edits: list[list[tuple[str, Any]]], *, back: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        plnd = opened(Path(name))
        await stores(plnd)
        await plnd.maintenance.run()
        for part in edits:
            await plnd.close()
            put_by_hand(data, part)
            if back:
                put_by_hand(next((data / "backups").iterdir()), part)
            before = {path: path.read_bytes() for path in data.glob("*.json")}
            plnd = opened(Path(name))
            await all_answer(plnd)
            unused = {one.file for one in plnd.faults()}
            # A guard that somebody wrote into the file is in force, and the refusal says so.
            assert {one.code for one in await stores(plnd)} <= KEPT_OUT
            plnd.budgets.set(BudgetRequest(minutes=5))
            plnd.profiles.suggestions.note_own_handle(
                ProfileRequest(network="x", handle="somebody")
            )
            for file in unused:  # left out, and still there as it was
                name_ = file.removesuffix(".json")
                was, there = (
                    json.loads(one)[name_].values()
                    for one in (before[data / file], (data / file).read_bytes())
                )
                assert [row for row in was if not usable(name_, row) and row not in there] == []
            if back:
                on = feeds_on(plnd)
                would = await plnd.own.restore(plnd.own.backups()[0].name, dry_run=True)
                done = await plnd.own.restore(would.backup.name, dry_run=False)
                assert done.switched_off == would.switched_off
                await all_answer(plnd)
                guards = {
                    f"{one}.json" for one, kept in BOOK.collections.items() if kept.role == "guard"
                }
                assert {one.file for one in plnd.faults()} <= guards  # no backup touches those
                assert feeds_on(plnd) <= on  # no backup has plnd go out
        await plnd.close()


@given(several, st.booleans())
def test_no_edit_and_no_backup_ends_an_answer(
    edits: list[list[tuple[str, Any]]], back: bool
) -> None:
    asyncio.run(by_hand(edits, back=back))


ENDS = [
    *("0001-01-01", "0001-01-02", "0002-01-01", "9999-12-31", "9999-12-30", "9998-12-31"),
    *("0001-W01", "9999-W52", "9999-W53", "2000-W01", "1", "0001", "9999", "2000", "2100"),
    *("9" * 5000, "²", "٣", "-1", "+1", "1e9", "0.0", "visits:", "visits:00", "sums:zz", "5.zz"),
    *(f"{10**30}.00", "\ud800", "2026-11-23"),
]


@given(st.data())
def test_no_question_is_too_far_out(data: st.DataObject) -> None:
    async def ask() -> None:
        with tempfile.TemporaryDirectory() as name:
            plnd = opened(Path(name))
            plnd.settings.change({"time_zone": data.draw(st.sampled_from(ZONES))})
            await stores(plnd)
            for route in GET_ROUTES:
                names = re.findall(r"{(\w+)}", route.path)
                words = st.sampled_from([*ENDS, *TEXTS])
                path = {one: data.draw(words) for one in names}
                query = {one: data.draw(words) for one in route.query if data.draw(st.booleans())}
                await answered(plnd, route, path, query)
            await plnd.close()

    asyncio.run(ask())


ZONES = ["Europe/London", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu"]


@pytest.mark.parametrize("zone", ZONES)
async def test_the_ends_of_the_calendar(plnd: Plnd, zone: str) -> None:
    """Each parameter of each question, at each end, by itself and in pairs."""
    plnd.settings.change({"time_zone": zone})
    await stores(plnd)
    for route in GET_ROUTES:
        if "{" in route.path:
            continue
        for count in (1, 2):
            for names in itertools.combinations(route.query, count):
                for values in itertools.product(ENDS, repeat=count):
                    await answered(plnd, route, {}, dict(zip(names, values, strict=True)))
