"""Everything out in one open form, and in again: exact, once, and line by line."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from builders import DAY, HOUR, MINUTE, NETWORKS, NOON, act, batch, sample, typed, visit
from hypothesis import given, settings
from hypothesis import strategies as st
from kit import Api, Clock, Daemon, Desktop, RunPlnd

from plnd.core import Plnd, now_ms, portable
from plnd.model import BudgetRequest, ForgetRequest
from plnd.store.book import Collection
from plnd.store.files import Home

ROOT = Path(__file__).parents[2]


def exported(plnd: Plnd) -> list[dict[str, Any]]:
    """Everything that a plnd holds, but for the line that says when it was written."""
    lines: list[dict[str, Any]] = []
    after = None
    while True:
        part = plnd.export(after)
        lines += part.lines
        after = part.next
        if after is None:
            return lines[1:]


def texts(lines: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(line) for line in lines]


def opened(folder: Path, clock: Clock) -> Plnd:
    return Plnd(Home(folder / "state", folder / "data", folder / "host", None), clock=clock)


async def lived(plnd: Plnd, clock: Clock) -> None:
    """Something of every kind."""
    await plnd.record(
        typed(
            batch(
                visit(NOON - 30 * DAY, 600, handle="ana"),
                visit(NOON - HOUR, 600, network="mastodon", handle="ü@example.org", tag="edchat"),
                act(NOON - HOUR, "post"),
                act(NOON - 30 * DAY, "reply", handle="ana"),
            )
        )
    )
    await plnd.record(typed(batch(visit(NOON - 2 * HOUR, 60), browser="firefox", profile="q")))
    plnd.change_settings({"keep_visits_days": 7, "day_start": 4})
    plnd.delete_budget("all")
    plnd.set_budget(BudgetRequest(minutes=5, network="x", days=["mon"]))
    plnd.telling.snooze(NOON + 1)
    plnd.pause(NOON + HOUR)
    await plnd.forget(ForgetRequest(handle="somebody"))
    for kept in plnd._book.kept.values():
        if isinstance(kept, Collection) and kept.role == "memory":
            kept.put(sample(kept.kind, "ünal"))  # whatever else the book may have
    plnd._take_stores()
    await plnd.upkeep()


async def test_a_round_trip_is_exact(plnd: Plnd, clock: Clock, tmp_path: Path) -> None:
    await lived(plnd, clock)
    lines = exported(plnd)
    kinds = {line["type"] for line in lines}
    assert kinds == {"source", "sum", "visit", "interaction", "document", "removed"}
    other = opened(tmp_path / "other", clock)
    first = other.take_lines(texts(lines), dry_run=False)
    assert (first.rejected, first.taken) == ([], len(lines))
    assert exported(other) == lines
    for day in (None, "2026-10-24"):
        assert other.today(day) == plnd.today(day)
    other.close_stores()
    again = opened(tmp_path / "other", clock)
    assert exported(again) == lines
    assert again.pause_state().paused
    again.close_stores()


async def test_the_same_again_changes_nothing(plnd: Plnd, clock: Clock) -> None:
    await lived(plnd, clock)
    lines = exported(plnd)
    answer = plnd.take_lines(texts(lines), dry_run=False)
    assert (answer.taken, answer.known, answer.rejected) == (0, len(lines), [])
    assert exported(plnd) == lines


async def test_a_trial_says_what_would_be_and_changes_nothing(
    plnd: Plnd, clock: Clock, tmp_path: Path
) -> None:
    await lived(plnd, clock)
    lines = texts(exported(plnd))
    other = opened(tmp_path / "other", clock)
    empty = exported(other)
    would = other.take_lines(lines, dry_run=True)
    assert exported(other) == empty
    assert other.take_lines(lines, dry_run=False) == would
    other.close_stores()


@settings(max_examples=25)
@given(st.data())
def test_any_events_come_back_as_they_were(data: st.DataObject) -> None:
    """In any order, in any parts, beside others that are there."""
    clock = Clock()
    moments = st.integers(0, 200).map(lambda n: NOON - DAY + n * MINUTE)
    words = st.one_of(st.none(), st.text(max_size=20).filter(lambda t: t.isprintable()))
    networks = st.sampled_from(NETWORKS)
    seen = st.builds(
        lambda at, s, network, handle: visit(at, s, network=network, handle=handle),
        *(moments, st.integers(0, 3600), networks, words),
    )
    done = st.builds(
        lambda at, network, tag: act(at, network=network, tag=tag), moments, networks, words
    )
    events = data.draw(st.lists(st.one_of(seen, done), max_size=10))
    with tempfile.TemporaryDirectory() as name:
        one, other = opened(Path(name) / "one", clock), opened(Path(name) / "other", clock)
        asyncio.run(one.record(typed(batch(*events))))
        lines = texts(exported(one))
        data.draw(st.randoms(use_true_random=False)).shuffle(lines)
        size = data.draw(st.integers(1, 9))
        for number in range(0, len(lines), size):
            assert other.take_lines(lines[number : number + size], dry_run=False).rejected == []
        assert exported(other) == exported(one)
        assert other.today() == one.today()
        one.close_stores()
        other.close_stores()


def line(**given: Any) -> str:
    return json.dumps(
        {"type": "visit", "id": "0198c0de-0000-7000-8000-000000000001", "browser": "b"}
        | {"profile": "p", "network": "x", "page": "feed", "start": NOON - 9, "end": NOON}
        | given
    )


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("what is this?", None),
        ("[]", None),
        ('{"type": "visit"}', "id"),
        ('{"type": "treasure"}', "type"),
        (line(id="7"), "id"),
        (line(network="myspace"), "network"),
        (line(end=NOON - 10), "end"),
        (line(start=5), "start"),
        (line(start="noon"), "start"),
        (line(title="a title"), "title"),
        (line(page="bathroom"), "page"),
        (line(handle="h" * 257), "handle"),
        ('{"type": "plnd", "format": 2, "version": "9", "made_at": 1}', "format"),
        ('{"type": "document", "collection": "secrets", "document": {}}', "collection"),
        (
            '{"type": "document", "collection": "budgets", "document": {"id": "x"}}',
            "document.minutes",
        ),
        (
            '{"type": "document", "collection": "settings", "document": {"time_zone": "Mars"}}',
            "time_zone",
        ),
        ('{"type": "removed", "collection": "secrets", "name": "all"}', "collection"),
        ("[" * 100_000, None),
    ],
)
async def test_a_bad_line_is_named_and_costs_itself_only(
    api: Api, text: str, field: str | None
) -> None:
    answer = await api("POST", "import", {"lines": [line(), text, line(start=NOON - 10)]})
    assert answer["taken"] == 1
    assert [(one["index"], one["field"]) for one in answer["rejected"]] == [(1, field)]
    assert answer["rejected"][0]["message"]
    assert (await api("GET", "receipt"))["entries"][0]["event"]["start"] == NOON - 10


async def test_an_id_with_other_content_is_refused(api: Api) -> None:
    await api("POST", "import", {"lines": [line()]})
    answer = await api("POST", "import", {"lines": [line(page="post")]})
    assert (answer["taken"], answer["rejected"][0]["field"]) == (0, "id")


@pytest.mark.parametrize("place", ["nowhere", "visits:xyz", "documents:0"])
async def test_a_place_that_is_none_is_refused(api: Api, place: str) -> None:
    answer = await api("GET", f"export?after={place}", status=400)
    assert answer["error"]["field"] == "after"


# -- the commands ----------------------------------------------------------------------


@pytest.mark.parametrize("online", [True, False])
def test_the_commands_carry_everything_over(
    run_plnd: RunPlnd, daemon: Daemon, tmp_path: Path, online: bool
) -> None:
    daemon.ask("PATCH", "settings", {"notify_budget": False})
    start = now_ms() - 10 * HOUR
    events = [visit(start + n * 20_000, 15, handle="ü") for n in range(900)]
    for number in range(0, 900, 300):
        daemon.ask("POST", "events", batch(*events[number : number + 300]))
    daemon.ask("PUT", "budgets", {"minutes": 7})
    if not online:
        run_plnd("stop")
    file = tmp_path / "all.jsonl"
    assert "lines exported" in run_plnd("export", str(file)).err
    assert file.stat().st_mode & 0o777 == 0o600
    wanted = file.read_text().splitlines()
    assert json.loads(wanted[-1]) == {"type": "end", "lines": len(wanted) - 1}
    assert run_plnd("export").out.splitlines()[1:] == wanted[1:]
    there = {"PLND_HOME": str(tmp_path / "there")}
    if online:
        run_plnd("start", env=there)
    trial = run_plnd("import", str(file), "--dry-run", "--json", env=there).json
    done = run_plnd("import", str(file), "--json", env=there).json
    assert done == trial
    assert done["rejected"] == []
    assert run_plnd("import", str(file), env=there).out.startswith("0 taken, ")
    assert run_plnd("export", env=there).out.splitlines()[1:] == wanted[1:]
    run_plnd("stop", env=there)


def test_bad_lines_are_named_by_their_number(run_plnd: RunPlnd, tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    head = '{"type":"plnd","format":1,"version":"0.1.0","made_at":1}'
    ids = [f"0198c0de-0000-7000-8000-{number:012d}" for number in range(1200)]
    lines = [line(id=one, start=now_ms() - HOUR, end=now_ms() - 1) for one in ids]
    lines[700] = line(id=ids[700], network="myspace")
    lines[900] = "ÿ"
    file.write_text("\n".join([head, *lines]) + "\n")
    ran = run_plnd("import", str(file), code=1)
    assert ran.out == "1198 taken, 0 known before\n"
    assert "line 702: unknown network 'myspace' (network)\n" in ran.err
    assert "line 902: " in ran.err
    assert "the file ends early" in ran.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "ends early"),
        ("dear diary\n", "is no export of plnd"),
        ('{"type":"plnd","format":2}\n', "use a newer plnd"),
        ('{"type":"visit"}\n', "is no export of plnd"),
    ],
)
def test_what_is_no_export_is_refused(
    run_plnd: RunPlnd, tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "no.jsonl"
    file.write_text(content)
    assert said in run_plnd("import", str(file), code=1).err
    assert "cannot read" in run_plnd("import", str(tmp_path / "none"), code=1).err


def test_an_export_is_whole_or_not_there(run_plnd: RunPlnd, tmp_path: Path) -> None:
    assert "cannot write" in run_plnd("export", str(tmp_path / "none" / "x"), code=1).err
    file = tmp_path / "kept"
    file.mkdir()
    assert "cannot write" in run_plnd("export", str(file), code=1).err
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".new")] == []


# -- the document ------------------------------------------------------------------------


def test_every_line_and_field_stands_in_the_document() -> None:
    text = (ROOT / "docs" / "export.md").read_text()
    kinds: tuple[type[msgspec.Struct], ...] = portable.Line.__args__  # type: ignore[attr-defined]
    for kind in kinds:
        about: Any = msgspec.inspect.type_info(kind)
        section = text.partition(f"## `{about.tag}`")[2].partition("\n## ")[0]
        missing = [one.name for one in about.fields if f"`{one.name}`" not in section]
        assert section, about.tag
        assert not missing, about.tag


def test_an_import_is_no_reason_for_notices(plnd: Plnd, desktop: Desktop) -> None:
    lines = [
        line(
            id=f"0198c0de-0000-7000-8000-{n:012d}",
            start=NOON - n * MINUTE,
            end=NOON - n * MINUTE + 59_000,
        )
        for n in range(1, 90)
    ]
    assert plnd.take_lines(lines, dry_run=False).taken == 89
    assert plnd.today().state == "over"
    assert desktop.told == []
