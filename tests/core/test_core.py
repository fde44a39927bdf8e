"""`Plnd` as a whole: events, totals, notices and their files."""

import asyncio
import errno
import inspect
import json
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from support.builders import DAY, HOUR, MINUTE, NOON, act, batch, day_of_visits, typed, visit
from support.harness import Clock, Desktop

from plnd.core.plnd import Plnd
from plnd.core.totals import Totals
from plnd.errors import StorageError
from plnd.model.chats import ChatChange, ChatRequest
from plnd.model.own_data import ForgetRequest
from plnd.model.profiles import ProfileRequest
from plnd.model.settings import BudgetRequest, Settings
from plnd.system.files import Home


async def spend(plnd: Plnd, minutes: float, start: int = NOON - 4 * HOUR) -> None:
    """Record minutes on X, and let the notices be sent."""
    await plnd.record(typed(batch(*day_of_visits(start, minutes))))
    for _ in range(3):
        await asyncio.sleep(0)


def reopened(home: Home, clock: Clock, desktop: Desktop) -> Plnd:
    """The product opened again, as after a restart."""
    return Plnd(home, clock=clock, notify=desktop)


# -- notices ----------------------------------------------------------------------


async def test_each_step_is_told_once(plnd: Plnd, desktop: Desktop, clock: Clock) -> None:
    for minute in range(0, 95):
        clock.forward(MINUTE)
        await spend(plnd, 1, NOON + minute * MINUTE)
    assert [title for title, _ in desktop.shown] == [
        "12 minutes left for your networks",
        "60 minutes for your networks are used up",
        "15 minutes over for your networks",
        "30 minutes over for your networks",
    ]


async def test_a_restart_tells_nothing_again(
    plnd: Plnd, desktop: Desktop, home: Home, clock: Clock
) -> None:
    await spend(plnd, 50)
    assert len(desktop.shown) == 1
    await plnd.close()
    second = reopened(home, clock, desktop)
    await spend(second, 1, NOON - HOUR)
    assert len(desktop.shown) == 1
    await spend(second, 10, NOON - 30 * MINUTE)
    assert len(desktop.shown) == 2
    await second.close()
    plnd._log = reopened(home, clock, desktop)._log  # the fixture closes it


async def test_the_next_day_begins_anew(plnd: Plnd, desktop: Desktop, clock: Clock) -> None:
    await spend(plnd, 50)
    clock.forward(DAY)
    await spend(plnd, 50, NOON + DAY - 2 * HOUR)
    assert len(desktop.shown) == 2
    assert desktop.shown[0] == desktop.shown[1]


async def test_yesterdays_events_are_no_cause(plnd: Plnd, desktop: Desktop) -> None:
    """Events of yesterday that arrive today send no notice about today's budget."""
    await spend(plnd, 90, NOON - DAY)
    assert desktop.shown == []


async def test_quiet_hours_are_kept_and_made_up_for(
    plnd: Plnd, desktop: Desktop, clock: Clock
) -> None:
    plnd.settings.change({"quiet_start": "22:00", "quiet_end": "13:00"})
    await spend(plnd, 50)
    assert desktop.shown == []
    clock.forward(HOUR)
    await spend(plnd, 1, NOON)
    assert len(desktop.shown) == 1


async def test_notices_can_be_switched_off(plnd: Plnd, desktop: Desktop) -> None:
    plnd.settings.change({"notify_budget": False})
    await spend(plnd, 100)
    assert desktop.shown == []


async def test_a_grace_is_kept(plnd: Plnd, desktop: Desktop) -> None:
    plnd.settings.change({"grace_minutes": 30})
    await spend(plnd, 61)
    await spend(plnd, 20, NOON - 2 * HOUR)
    assert len(desktop.shown) == 1
    await spend(plnd, 10, NOON - HOUR)
    assert len(desktop.shown) == 2


async def test_each_network_has_its_own_notices(plnd: Plnd, desktop: Desktop) -> None:
    plnd.budgets.set(BudgetRequest(minutes=10, network="x"))
    await spend(plnd, 50)
    assert sorted(title for title, _ in desktop.shown) == [
        "10 minutes left for your networks",
        "40 minutes over for X",
    ]


async def test_a_desktop_that_refuses_harms_nothing(plnd: Plnd, desktop: Desktop) -> None:
    """The event is stored, and the notice keeps the reason."""
    desktop.answer = "no desktop here"
    await spend(plnd, 50)
    (notice,) = plnd.notifier.notices()
    assert (notice.shown, notice.error) == (False, "no desktop here")
    assert plnd.today().spent_seconds == 3000


async def test_a_notice_that_cannot_be_noted_is_not_told(
    plnd: Plnd, desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notice that cannot be stored is not sent before the disk has room again."""
    real = os.replace

    def full(source: Any, target: Any) -> None:
        if str(target).endswith("notices.json"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        await spend(plnd, 50)
        assert desktop.shown == []
    await spend(plnd, 1, NOON - HOUR)
    assert len(desktop.shown) == 1


async def test_a_disk_that_fills_while_a_notice_is_shown_harms_nothing(
    home: Home, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def tell(*_: str) -> str | None:
        monkeypatch.setattr(os, "replace", full)
        return None

    plnd = Plnd(home, clock=clock, notify=tell)
    await spend(plnd, 50)
    monkeypatch.undo()
    assert len(plnd.notifier.notices()) == 1
    assert "disk is full" in caplog.text
    assert "never retrieved" not in caplog.text
    await plnd.close()


async def test_closing_does_not_wait_for_a_desktop_that_hangs(home: Home, clock: Clock) -> None:
    async def hangs(*_: str) -> str | None:
        await asyncio.Event().wait()
        return None

    plnd = Plnd(home, clock=clock, notify=hangs)
    await spend(plnd, 50)
    await asyncio.wait_for(plnd.close(), 1)


# -- totals -------------------------------------------------------------------------


async def test_another_day_does_not_disturb_today(plnd: Plnd) -> None:
    await spend(plnd, 10)
    before = plnd.today()
    assert plnd.today("2026-11-20").spent_seconds == 0
    assert plnd.today() == before
    plnd.today("2026-11-20")
    await spend(plnd, 5, NOON - HOUR)
    assert plnd.today().spent_seconds == 900


async def test_today_follows_the_clock_without_events(plnd: Plnd, clock: Clock) -> None:
    await spend(plnd, 10)
    clock.forward(12 * HOUR - 1)
    assert plnd.today().spent_seconds == 600
    clock.forward(1)
    assert plnd.today().day == "2026-11-24"
    assert plnd.today().spent_seconds == 0


async def test_a_changed_budget_shows_at_once(plnd: Plnd) -> None:
    await spend(plnd, 10)
    assert plnd.today().state == "under"
    plnd.budgets.set(BudgetRequest(minutes=5))
    assert plnd.today().state == "over"
    plnd.budgets.delete("all")
    assert plnd.today().state == "off"


async def test_changed_hours_show_at_once(plnd: Plnd) -> None:
    """Nine hours before noon is 03:00, which the start of the day moves to another day."""
    await spend(plnd, 10, NOON - 9 * HOUR)
    await spend(plnd, 5, NOON - 2 * HOUR)
    assert plnd.today().spent_seconds == 900
    plnd.settings.change({"day_start": 4})
    assert plnd.today().spent_seconds == 300
    plnd.settings.change({"day_start": 3})
    assert plnd.today().spent_seconds == 900
    plnd.budgets.set(BudgetRequest(minutes=60, when="work"))
    assert plnd.today().left_seconds == 45 * 60
    plnd.settings.change({"work_start": "11:00"})
    plnd.budgets.delete("all")
    assert plnd.today().left_seconds == 60 * 60


async def test_what_waits_is_written_at_the_close(home: Home, clock: Clock) -> None:
    plnd = Plnd(home, clock=clock, notify=Desktop())
    waiting = asyncio.ensure_future(plnd.record(typed(batch(visit(NOON - HOUR, 60)))))
    await asyncio.sleep(0)
    await plnd.close()
    assert len((await waiting).stored) == 1
    second = reopened(home, clock, Desktop())
    assert second.today().spent_seconds == 60
    await second.close()


async def test_figures_are_the_same_after_a_restart(
    plnd: Plnd, home: Home, clock: Clock, desktop: Desktop
) -> None:
    await spend(plnd, 25)
    plnd.settings.change({"day_start": 5})
    wanted = plnd.today()
    plnd._log.close()
    second = reopened(home, clock, desktop)
    assert second.today() == wanted
    assert second.settings.current().day_start == 5
    plnd._log = second._log  # the fixture closes it


async def test_what_is_kept_of_today_is_what_would_be_worked_out_now(
    plnd: Plnd, clock: Clock
) -> None:
    """The cached totals equal newly computed ones after any changes, and over time."""
    chance = random.Random(7)
    chat = ChatRequest(
        tag="own", network="x", weekday="mon", start="12:30", time_zone="Europe/London"
    )
    plnd.chats.add(chat)
    plnd.profiles.add(ProfileRequest(network="x", handle="me"))

    def recently() -> int:
        return clock() - chance.randrange(0, 20 * HOUR, 7000)

    async def see() -> None:
        tag = {"page": "tag", "tag": "own"} if chance.random() < 0.5 else {}
        await plnd.record(typed(batch(visit(recently(), chance.randrange(600), **tag))))

    async def do() -> None:
        await plnd.record(typed(batch(act(recently(), chance.choice(("post", "react"))))))

    async def forget() -> None:
        await plnd.own.forget(ForgetRequest(start=clock() - DAY, end=clock() - 10 * HOUR))

    changes: list[Callable[[], object]] = [
        see,
        do,
        forget,
        lambda: clock.forward(chance.choice((MINUTE, HOUR, 9 * HOUR))),
        lambda: plnd.settings.change({"day_start": chance.randrange(12)}),
        lambda: plnd.settings.change({"work_start": f"{chance.randrange(6, 14):02}:00"}),
        lambda: plnd.settings.change({"time_zone": chance.choice(("Asia/Tokyo", "Etc/UTC"))}),
        lambda: plnd.settings.change({"chats_outside_budget": chance.random() < 0.5}),
        lambda: plnd.budgets.set(BudgetRequest(minutes=9, when=chance.choice(("work", None)))),
        lambda: plnd.chats.change("own", ChatChange(followed=chance.random() < 0.7)),
        lambda: plnd.profiles.decide("x", "me", chance.choice(("reading", "active"))),
        lambda: plnd.today("2026-11-20"),
    ]
    for _ in range(400):
        done = chance.choice(changes)()
        if inspect.isawaitable(done):
            await done
        anew = Totals(
            plnd._context,
            unsure_acts=plnd.networks.unsure_acts,
            chats=plnd.chats,
            profiles=plnd.profiles.today,
        )
        assert plnd.today() == anew.today()
        assert plnd.totals.budget_statuses(clock()) == anew.budget_statuses(clock())


# -- files --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"time_zone": "Mars/Olympus"}, "time zone"),
        ({"work_start": "17:00", "work_end": "09:00"}, "work_end"),
        ({"day_start": 99}, "day_start"),
    ],
)
def test_settings_written_by_hand_that_cannot_be_are_named(
    home: Home, row: dict[str, Any], words: str
) -> None:
    home.make()
    (home.data / "settings.json").write_text(json.dumps({"plnd": 1, "settings": {"1": row}}))
    plnd = Plnd(home)  # it starts with the default settings
    assert plnd.settings.current() == Settings()
    (fault,) = plnd.faults()
    assert fault.file == "settings.json"
    assert words in fault.message
    plnd.close_stores()


async def test_what_is_damaged_is_named_and_the_rest_is_kept(
    plnd: Plnd, home: Home, clock: Clock, desktop: Desktop
) -> None:
    await spend(plnd, 10)
    plnd.settings.change({"day_start": 5})
    await plnd.close()
    (home.data / "settings.json").write_text("{")
    second = reopened(home, clock, desktop)
    assert ["settings.json" in one for one in second.damaged] == [True]
    assert second.settings.current().day_start == 0
    assert second.today().spent_seconds == 600
    plnd._log = second._log  # the fixture closes it


async def test_a_full_disk_refuses_the_batch_and_keeps_the_figures(plnd: Plnd) -> None:
    """The totals stay correct, and the batch is stored once the disk has room."""
    await spend(plnd, 10)
    plnd._log._db.execute("PRAGMA max_page_count = 1")
    wire = batch(*[visit(NOON - HOUR + n * 1000, 1, handle="h" * 256) for n in range(600)])
    with pytest.raises(StorageError) as caught:
        await plnd.record(typed(wire))
    assert caught.value.code == "disk_full"
    assert plnd.today().spent_seconds == 600
    plnd._log._db.execute("PRAGMA max_page_count = 100000")
    assert len((await plnd.record(typed(wire))).stored) == 600
    assert plnd.today().spent_seconds == 1200
