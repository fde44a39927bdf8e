"""Every kind of notice in every language, as a notification server receives it."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from support.builders import DAY, MINUTE, NOON, act, batch, typed, visit
from support.harness import Clock
from support.session_bus import Bus

from plnd.core.plnd import Plnd
from plnd.measures.budget import BudgetStatus
from plnd.model.chats import ChatRequest
from plnd.model.notices import NoticeKind
from plnd.model.profiles import ProfileRequest
from plnd.model.settings import Budget, BudgetRequest
from plnd.notices import desktop
from plnd.notices.rules import budget_notices
from plnd.system.files import Home
from plnd.words.messages import CATALOGUES

ENGLISH_WORDS = re.compile(r"\b(the|your|you|is|are|and|of|was|this|for|on|minutes?|days?|ago)\b")


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    """A session bus with a notification server that this process uses."""
    with Bus(tmp_path) as started:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", started.address)
        started.serve_notifications(says="pass")
        yield started


async def lived(home: Home, clock: Clock, language: str | None) -> list[Any]:
    """Make each kind of notice due; gives the notices sent."""
    plnd = Plnd(home, clock=clock, notify=desktop.notify)
    try:
        if language:
            plnd.settings.change({"language": language})
        plnd.settings.change({"review_day": "mon", "review_time": "12:00"})
        clock.now = NOON - 10 * DAY
        for handle in ("me", "my_other"):
            plnd.profiles.add(ProfileRequest(network="x", handle=handle))
        plnd.profiles.add(ProfileRequest(network="linkedin", handle="me"))
        await plnd.record(typed(batch(act(NOON - 95 * DAY, "post"))))
        await plnd.record(typed(batch(act(NOON - 61 * DAY, "post", network="linkedin"))))
        # Several profiles on one day, a single one on the next.
        for day in (2, 1):
            clock.now = NOON - day * DAY
            plnd.send_due_notices()
        plnd.budgets.set(BudgetRequest(minutes=60))
        chat = {"tag": "EdChat2", "network": "x", "weekday": "mon", "start": "12:00"}
        plnd.chats.add(ChatRequest(**chat, time_zone="Europe/London"))
        clock.now = NOON - 5 * MINUTE
        for begin, minutes in ((75, 50), (25, 10), (15, 15)):
            start = clock.now - begin * MINUTE
            await plnd.record(typed(batch(visit(start, minutes * 60, network="facebook"))))
        plnd.send_due_notices()
        clock.now = NOON
        plnd.send_due_notices()
        await told(plnd)
        return plnd.notifier.notices()
    finally:
        await plnd.close()


async def told(plnd: Plnd) -> None:
    """Wait until the desktop has answered each notice."""
    await asyncio.gather(*plnd.notifier._tasks)


@pytest.mark.parametrize("language", ["en", "de"])
async def test_every_kind_arrives_in_the_language_of_the_settings(
    bus: Bus, home: Home, clock: Clock, language: str
) -> None:
    notices = await lived(home, clock, language)
    assert {one.kind for one in notices} == set(get_args(NoticeKind))
    assert all(one.shown for one in notices), [one.error for one in notices]
    arrived = bus.notifications()
    assert sorted(arrived) == sorted((one.title, one.body) for one in notices)
    for title, body in arrived:
        in_english = bool(ENGLISH_WORDS.search(f"{title} {body}"))
        assert in_english == (language == "en"), (title, body)


async def test_without_a_setting_the_system_says_it(
    bus: Bus, home: Home, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    plnd = Plnd(home, clock=clock, notify=desktop.notify)
    assert await plnd.notifier.test(plnd.settings.words()) is None
    await plnd.close()
    assert bus.notifications() == [("plnd erreicht Sie hier", "Das war nur eine Probe.")]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("network", [None, "stackexchange"])
@pytest.mark.parametrize("when", [None, "work", "off"])
@pytest.mark.parametrize("spent", [96, 120, 255])
def test_no_notice_is_cut_short(language: str, network: str | None, when: Any, spent: int) -> None:
    """With a long name and three digits, every notice fits the limits of Windows."""
    budget = Budget(id="one", minutes=120, network=network, when=when)
    (notice,) = budget_notices(
        [BudgetStatus(budget, spent * MINUTE)],
        day="d",
        now=NOON,
        sent=(),
        names={"stackexchange": "Stack Exchange"},
        words=CATALOGUES[language],
    )
    assert desktop._fit(notice.title, desktop.LONGEST_TITLE) == notice.title
    assert desktop._fit(notice.body, desktop.LONGEST_BODY) == notice.body
