"""Export and import: exact, without duplicates, line by line."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.builders import DAY, HOUR, MINUTE, NETWORKS, NOON, act, batch, sample, typed, visit
from support.harness import Api, Clock, Daemon, Desktop, RunPlnd

from plnd.core.own_data import exporting
from plnd.core.plnd import Plnd, now_ms
from plnd.measures.feed_consent import drop_feed_consent
from plnd.model.own_data import ForgetRequest
from plnd.model.pauses import Pause
from plnd.model.settings import BudgetRequest
from plnd.store.book.collection import Collection
from plnd.system.files import Home

ROOT = Path(__file__).parents[2]


def exported(plnd: Plnd) -> list[dict[str, Any]]:
    """Every line of the export except the first, which has the time."""
    lines: list[dict[str, Any]] = []
    after = None
    while True:
        part = plnd.own.export(after)
        lines += part.lines
        after = part.next
        if after is None:
            return lines[1:]


def texts(lines: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(line) for line in lines]


def opened(folder: Path, clock: Clock) -> Plnd:
    return Plnd(Home(folder / "state", folder / "data", folder / "host", None), clock=clock)


CLUB = {
    "id": "club",
    "name": "The Club",
    "group": "forum",
    "reason": {"en": "To count minutes.", "de": "Um Minuten zu zählen."},
    "hosts": ["club.example.org"],
    "write_hosts": ["club.example.org"],
    "profile_url": "https://club.example.org/u/{handle}",
    "reserved": [],
    "pages": [{"page": "feed", "path": "^/"}],
    "interactions": [],
}


async def own_file(plnd: Plnd, name: str, text: str) -> Path:
    """Write a network file of the user's own."""
    path = plnd.home.data / "networks" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    await plnd.networks.entries()
    return path


async def lived(plnd: Plnd, clock: Clock) -> None:
    """A home with something of every kind."""
    await own_file(plnd, "club", json.dumps(CLUB, indent=3, ensure_ascii=False) + "\n\n")
    await plnd.record(typed(batch(visit(NOON - HOUR, 60, network="club"))))
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
    plnd.settings.change({"keep_visits_days": 7, "day_start": 4})
    plnd.budgets.delete("all")
    plnd.budgets.set(BudgetRequest(minutes=5, network="x", days=["mon"]))
    plnd.notifier.snooze(NOON + 1)
    plnd.pauses.begin(NOON + HOUR)
    clock.forward(1)
    plnd.pauses.end()  # an open pause is not exported
    await plnd.own.forget(ForgetRequest(handle="somebody"))
    for kept in plnd._book.collections.values():
        if isinstance(kept, Collection) and kept.role == "memory":
            # Every other collection; an imported feed would be turned off.
            kept.put(drop_feed_consent(sample(kept.kind, "ünal"), None))
    plnd._load()
    await plnd.maintenance.run()


async def test_a_round_trip_is_exact(plnd: Plnd, clock: Clock, tmp_path: Path) -> None:
    await lived(plnd, clock)
    lines = exported(plnd)
    kinds = {line["type"] for line in lines}
    assert kinds == {"network", "source", "sum", "visit", "interaction", "document", "removed"}
    other = opened(tmp_path / "other", clock)
    first = await other.own.import_lines(texts(lines), dry_run=False)
    assert (first.rejected, first.taken) == ([], len(lines))
    assert exported(other) == lines
    club = Path("networks") / "club.json"
    assert (other.home.data / club).read_bytes() == (plnd.home.data / club).read_bytes()
    for day in (None, "2026-10-24"):
        assert other.today(day) == plnd.today(day)
    other.close_stores()
    again = opened(tmp_path / "other", clock)
    assert exported(again) == lines
    assert again._book.pauses.all() == [Pause(start=NOON, end=NOON + 1)]
    again.close_stores()


async def test_the_same_again_changes_nothing(plnd: Plnd, clock: Clock) -> None:
    await lived(plnd, clock)
    lines = exported(plnd)
    answer = await plnd.own.import_lines(texts(lines), dry_run=False)
    assert (answer.taken, answer.known, answer.rejected) == (0, len(lines), [])
    assert exported(plnd) == lines


async def test_a_trial_says_what_would_be_and_changes_nothing(
    plnd: Plnd, clock: Clock, tmp_path: Path
) -> None:
    await lived(plnd, clock)
    lines = texts(exported(plnd))
    other = opened(tmp_path / "other", clock)
    empty = exported(other)
    would = await other.own.import_lines(lines, dry_run=True)
    assert exported(other) == empty
    assert await other.own.import_lines(lines, dry_run=False) == would
    other.close_stores()


# -- files of networks -----------------------------------------------------------------


def of_network(name: str = "club", **given: Any) -> str:
    return json.dumps({"type": "network", "id": name, "text": json.dumps({**CLUB, **given})})


SLOW = {
    "pages": [{"page": "feed", "path": "^/(a+)+$"}],
    "examples": [{"url": "https://club.example.org/a", "page": "feed"}],
}


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        (of_network(hosts=[]), "text/hosts", "networks/club.json: /hosts"),
        (of_network(secret=1), "text/secret", "club.json"),
        (of_network("x"), "text/id", "networks/x.json: /id"),
        (of_network("../../club"), "text/id", "/id"),
        (of_network("/tmp/club"), "text/id", "/id"),
        (of_network("Club", id="Club"), "text/id", "/id"),
        (of_network(note="n" * 300_000), "text", "is larger than 256 KiB"),
        ('{"type": "network", "id": "club", "text": "{"}', "text", "is not JSON"),
        (
            json.dumps({"type": "network", "id": "club", "text": "[" * 100_000}),
            "text",
            "nested too deep",
        ),
        (of_network(**SLOW), "text/pages/0/path", "can take very long: ^/(a+)+$"),
        ('{"type": "network", "id": "club"}', "text", "text"),
    ],
)
async def test_a_bad_file_of_a_network_is_named_and_costs_itself_only(
    plnd: Plnd, api: Api, text: str, field: str, says: str
) -> None:
    """The bad file comes first, where a hanging check would block the others."""
    good = of_network("guild", id="guild")
    answer = await api("POST", "import", {"lines": [good, text, line(network="guild")]})
    assert (answer["taken"], answer["networks"]) == (2, ["guild"])
    assert [(one["index"], one["field"]) for one in answer["rejected"]] == [(1, field)]
    assert says in answer["rejected"][0]["message"]
    found = [path.relative_to(plnd.home.data) for path in plnd.home.data.rglob("guild.json")]
    assert found == [Path("networks/guild.json")]
    assert not list(plnd.home.data.parent.parent.rglob("*lub.json"))


async def test_a_file_that_is_in_no_use_is_left_out_and_named(plnd: Plnd, api: Api) -> None:
    broken = (await own_file(plnd, "club", "{")).read_text()
    await own_file(plnd, "guild", json.dumps({**CLUB, "id": "guild"}))
    (plnd.home.data / "networks" / "hall.json").write_bytes(
        json.dumps({**CLUB, "id": "hall"}).encode("utf-16")
    )
    part = await api("GET", f"export?after={(await api('GET', 'export'))['next']}")
    assert [one["id"] for one in part["lines"]] == ["guild"]
    assert [one["file"] for one in part["left_out"]] == ["networks/club.json", "networks/hall.json"]
    assert "is not JSON" in part["left_out"][0]["message"]
    assert "is not in UTF-8" in part["left_out"][1]["message"]
    assert (plnd.home.data / "networks" / "club.json").read_text() == broken


async def test_a_file_takes_the_place_of_one_that_is_there(plnd: Plnd, api: Api) -> None:
    path = await own_file(plnd, "club", "{")
    for taken, known in ((1, 0), (0, 1)):
        answer = await api("POST", "import", {"lines": [of_network()]})
        assert (answer["taken"], answer["known"]) == (taken, known)
    assert json.loads(path.read_text()) == CLUB
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_command_says_what_it_leaves_out(run_plnd: RunPlnd, home: Home) -> None:
    folder = home.data / "networks"
    folder.mkdir(parents=True)
    (folder / "x.json").write_text("{")
    ran = run_plnd("export")
    assert f"left out, as it is in no use: {folder / 'x.json'} is not JSON" in ran.err
    assert '"type":"network"' not in ran.out


def test_a_trial_in_parts_knows_the_networks_of_the_parts_before(
    run_plnd: RunPlnd, tmp_path: Path
) -> None:
    """A network's file and its events may come in different requests."""
    head = '{"type":"plnd","format":1,"version":"0.1.0","made_at":1}'
    start = now_ms() - 20 * HOUR
    lines = [
        line(id=f"0198c0de-0000-7000-8000-{n:012d}", network="club", start=start + n, end=start + n)
        for n in range(600)
    ]
    file = tmp_path / "all.jsonl"
    file.write_text("\n".join([head, of_network(), *lines, '{"type":"end","lines":602}']) + "\n")
    trial = run_plnd("import", str(file), "--dry-run", "--json").json
    assert trial == {"taken": 601, "known": 0, "rejected": [], "switched_off": [], "complete": True}
    assert not (Path(tmp_path) / "home" / "data" / "networks").exists()
    assert run_plnd("import", str(file), "--json").json == trial
    own = [one["id"] for one in run_plnd("network", "--json").json["networks"] if one["file"]]
    assert own == ["club"]


@settings(max_examples=25)
@given(st.data())
def test_any_events_come_back_as_they_were(data: st.DataObject) -> None:
    """Imported in any order and in any parts, beside other events."""
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
            assert (
                asyncio.run(
                    other.own.import_lines(lines[number : number + size], dry_run=False)
                ).rejected
                == []
            )
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
    kinds: tuple[type[msgspec.Struct], ...] = exporting.Line.__args__  # type: ignore[attr-defined]
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
    assert asyncio.run(plnd.own.import_lines(lines, dry_run=False)).taken == 89
    assert plnd.today().state == "over"
    assert desktop.shown == []
