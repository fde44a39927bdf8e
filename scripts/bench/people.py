"""How long a user waits for lists of people and the review: 5,000 people, 500 journal entries."""

import asyncio
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import table
from events import DAY_MS, HOUR_MS, SOURCE, fill_log, now_ms, uuid7

from plnd.core.plnd import Plnd
from plnd.model.chats import ChatRequest
from plnd.model.events import EventBatch, Source
from plnd.model.journal import Entry
from plnd.model.people import Cadence, Handle, Person, PersonChange
from plnd.system import files

PEOPLE = 5000
REPLY = {"kind": "interaction", "network": "x", "action": "reply", "handle": "h1"}


def measure(home: Path, events: int) -> None:
    fill_log(home, events, handles=10_000)
    os.environ["PLND_HOME"] = str(home)
    plnd = Plnd(files.home())
    book = plnd._book
    now = now_ms()
    book.people.put_all([_person(number, now) for number in range(PEOPLE)])
    book.journal.put_all(
        [
            Entry(id=f"{n:016x}", kind="learned", at=now - n * HOUR_MS, text="a thing " * 20)
            for n in range(500)
        ]
    )
    plnd.chats.add(ChatRequest(tag="own", network="x", weekday="wed", start="20:00"))
    plnd.people.relationships.summary()
    for what, look in (
        ("drift list", plnd.people.relationships.summary),
        ("weekly review", plnd.weekly_review.review),
    ):
        taken = statistics.median(_after_an_event_ms(plnd, look) for _ in range(15))
        table.milliseconds(f"{what}, 5,000 people, {events} events", taken, 50)
    some = book.people.all()[2500]
    change = PersonChange(note="met again")
    taken = table.median_ms(lambda: plnd.people.change(some.id, change), 15)
    table.milliseconds("a change to one of 5,000 people", taken, 15)
    plnd.close_stores()


def _person(number: int, now: int) -> Person:
    return Person(
        id=f"{number:016x}",
        name=f"Person {number}",
        added_at=now - 900 * DAY_MS,
        handles=[Handle(network=one, handle=f"h{number}") for one in ("x", "linkedin")],
        tags=["mentor"],
        how_met="at a conference",
        cadence=Cadence(ideal_days=1 + number % 60),
    )


def _after_an_event_ms(plnd: Plnd, look: Callable[[], object]) -> float:
    """The time of a look right after an event that changes its answer."""
    at = now_ms()
    event = msgspec.Raw(json.dumps({**REPLY, "id": uuid7(at), "at": at}).encode())
    asyncio.run(plnd.record(EventBatch(source=Source(**SOURCE), events=[event])))
    begin = time.perf_counter()
    msgspec.json.encode(look())
    return (time.perf_counter() - begin) * 1000
