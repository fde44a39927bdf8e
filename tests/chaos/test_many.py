"""Many senders: twenty browsers with five tabs each, and the queue of a week."""

import asyncio
import contextlib
import json
import random
import threading
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import psutil
from support.builders import DAY, HOUR, SECOND, act, batch, visit
from support.faults import HostProcess, Sender, assert_all_stored, install_host
from support.harness import Daemon, RunPlnd, running_daemon, wait_until

from plnd.core.plnd import now_ms
from plnd.system.files import Home

BROWSERS = 20
TABS = 5
QUEUE = 20_000


def test_a_hundred_tabs_send_at_once(daemon: Daemon, run_plnd: RunPlnd, home: Home) -> None:
    """Every second is counted once, and each sender gets its answers."""
    senders = [Sender(number, now_ms() - 20 * DAY) for number in range(BROWSERS * TABS)]

    async def tab(session: aiohttp.ClientSession, sender: Sender) -> None:
        for _ in range(10):
            async with session.post(
                f"{daemon.url}/api/v1/events", data=json.dumps(sender.next_batch())
            ) as response:
                assert response.status == 200
                sender.acknowledge(await response.json())

    async def every() -> None:
        headers = {"Authorization": f"Bearer {daemon.about['token']}"}
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(headers=headers, connector=connector) as session:
            await asyncio.gather(*(tab(session, one) for one in senders))

    asyncio.run(every())
    run_plnd("stop")
    assert sum(one.answers for one in senders) == BROWSERS * TABS * 10
    assert_all_stored(home, senders)


def test_twenty_hosts_start_one_daemon(tmp_path: Path, home: Home, run_plnd: RunPlnd) -> None:
    """Twenty browsers connect at once while no daemon runs: one is started and serves all."""
    path = install_host(tmp_path / "manifests")
    statuses: list[int] = []

    def browser(number: int) -> None:
        pipe = HostProcess(path)
        sender = Sender(number, now_ms() - DAY)
        answer = pipe.post(sender.next_batch())
        while answer["status"] == 503:  # as the extension does: try again
            answer = pipe.post(sender.next_batch())
        statuses.append(answer["status"])
        pipe.close()

    threads = [threading.Thread(target=browser, args=(number,)) for number in range(BROWSERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert statuses == [200] * BROWSERS
    # A host may still be starting a daemon although another host has started one.
    wait_until(lambda: not starting(home), "the last start to find that it is not needed")
    log = (home.state / "daemon.log").read_text()
    assert log.count(" runs at ") == 1
    run_plnd("stop")


def starting(home: Home) -> list[psutil.Process]:
    """The `plnd start` processes of this home."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if (process.info["cmdline"] or [])[-1:] == ["start"]:
            with contextlib.suppress(psutil.Error):
                if process.environ().get("PLND_HOME") == str(home.root):
                    found.append(process)
    return found


def test_the_queue_of_a_week_is_stored_once(tmp_path: Path, home: Home, run_plnd: RunPlnd) -> None:
    """20,000 events in the batches of the extension, sent twice."""
    chance = random.Random(5)
    at = now_ms() - 7 * DAY
    step = (7 * DAY - HOUR) // QUEUE
    events = []
    for number in range(QUEUE):
        start = at + number * step
        if number % 10 == 9:
            events.append(act(start, network=chance.choice(["x", "mastodon"])))
        else:
            events.append(
                visit(start, (step - SECOND) / SECOND, page=chance.choice(["feed", "post"]))
            )
    pipe = HostProcess(install_host(tmp_path / "manifests"))
    for _ in range(2):
        for number in range(0, QUEUE, 500):
            part = events[number : number + 500]
            answer = pipe.post(batch(*part))
            while answer["status"] == 503:
                answer = pipe.post(batch(*part))
            assert answer["status"] == 200
            assert answer["body"]["stored"] == [one["id"] for one in part]
    pipe.close()
    found = running_daemon()
    days = [(now_ms() - back * DAY) for back in range(-1, 9)]
    names = {_day(found, day) for day in days}
    spent = sum(found.ask("GET", f"today?day={name}")["spent_seconds"] for name in names)
    wanted = sum(one["end"] - one["start"] for one in events if one["kind"] == "visit") / 1000
    assert abs(spent - wanted) < len(names)
    run_plnd("stop")


def _day(found: Daemon, at: int) -> str:
    zone = found.ask("GET", "today")["time_zone"]
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).date().isoformat()
