"""The book: files that are readable, never half-written or lost, and may be edited by hand."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.builders import NOON

from plnd.errors import StorageError
from plnd.model.notices import Notice, Snooze
from plnd.model.pauses import Pause
from plnd.model.people import Person
from plnd.model.settings import Budget, Settings
from plnd.model.sources import SourceHeard
from plnd.store.book.book import MAX_NOTICES, Book

FILES = ("settings", "budgets", "pauses", "notices", "snooze", "sources")
HEARD = SourceHeard(
    profile="p", browser="firefox", extension="0.1.0", networks=["x"], heard_at=NOON
)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def notice(cause: str = "cause", **given: Any) -> Notice:
    return Notice(
        **{"cause": cause, "kind": "budget_near", "at": NOON, "title": "t", "body": "b", **given}
    )


def test_documents_are_there_after_opening_again(book: Book, tmp_path: Path) -> None:
    settings = Settings(day_start=4, time_zone="Asia/Kathmandu")
    book.settings.put(Settings())
    book.settings.put(settings)
    book.budgets.all()
    book.budgets.put(Budget(id="x", minutes=20, network="x", days=["mon"]))
    book.pauses.put(Pause(start=NOON))
    book.pauses.put(Pause(start=NOON, end=NOON + 5))
    book.notices.put(notice())
    book.notices.put(notice(shown=False, error="no desktop"))
    book.snooze.put(Snooze(snoozed_until=NOON + 9))
    book.sources.put(HEARD)
    for one in (book, Book(tmp_path)):
        assert one.settings.get() == settings
        assert [budget.minutes for budget in one.budgets.all()] == [60, 20]
        assert one.pauses.all() == [Pause(start=NOON, end=NOON + 5)]
        assert one.notices.all() == [notice(shown=False, error="no desktop")]
        assert one.snooze.get() == Snooze(snoozed_until=NOON + 9)
        assert one.sources.all() == [HEARD]


def test_the_default_budget_is_an_hour(book: Book, tmp_path: Path) -> None:
    assert [(one.id, one.minutes) for one in book.budgets.all()] == [("all", 60)]
    assert book.budgets.remove("all")
    assert not book.budgets.remove("all")
    assert book.budgets.all() == Book(tmp_path).budgets.all() == []


def test_only_the_latest_notices_are_kept(book: Book, tmp_path: Path) -> None:
    for number in range(MAX_NOTICES + 3):
        book.notices.put(notice(str(number)))
    kept = [one.cause for one in Book(tmp_path).notices.all()]
    assert kept == [str(number) for number in range(3, MAX_NOTICES + 3)]


def test_files_are_readable_and_private(book: Book, tmp_path: Path) -> None:
    book.budgets.all()
    path = tmp_path / "budgets.json"
    assert len(path.read_text().splitlines()) > 5
    assert json.loads(path.read_text())["plnd"] == 1
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_failed_write_changes_nothing_in_memory_either(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TinyDB changes its documents in place before it writes: the cache must be dropped."""
    book.budgets.put(Budget(id="x", minutes=20, network="x"))
    before = (tmp_path / "budgets.json").read_bytes()

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch, pytest.raises(StorageError) as caught:
        patch.setattr(os, "replace", full)
        book.budgets.put(Budget(id="x", minutes=99, network="x"))
    assert caught.value.code == "disk_full"
    assert [one.minutes for one in book.budgets.all()] == [60, 20]
    assert (tmp_path / "budgets.json").read_bytes() == before
    book.budgets.put(Budget(id="y", minutes=5))
    assert [one.minutes for one in Book(tmp_path).budgets.all()] == [60, 20, 5]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"plnd": 1, "settings": {"1": {"day_st',
        b"\x00\xff\xfe garbage",
        b"[]",
        b'{"settings": {}}',
        b'{"plnd": 1, "settings": 4}',
        b'{"plnd": 1, "settings": {"first": {}}}',
        b'{"plnd": 1, "settings": {"1": []}}',
        b"[" * 100_000,
    ],
    ids=["empty", "cut", "bytes", "list", "unmarked", "number", "key", "row", "deep"],
)
def test_a_damaged_file_is_set_aside_and_the_others_stay(
    tmp_path: Path, name: str, content: bytes
) -> None:
    first = Book(tmp_path)
    first.settings.put(Settings(day_start=5))
    first.budgets.put(Budget(id="x", minutes=20))
    first.pauses.put(Pause(start=NOON))
    first.notices.put(notice())
    first.snooze.put(Snooze(snoozed_until=NOON))
    first.sources.put(HEARD)
    others = {n: (tmp_path / f"{n}.json").read_bytes() for n in FILES if n != name}
    (tmp_path / f"{name}.json").write_bytes(content)
    book = Book(tmp_path)
    (moved,) = book.damaged
    assert Path(moved).name.startswith(f"{name}.json.damaged-")
    assert Path(moved).read_bytes() == content
    assert {n: (tmp_path / f"{n}.json").read_bytes() for n in others} == others
    book.settings.put(Settings(day_start=6))
    assert Book(tmp_path).settings.get().day_start == 6


def test_a_folder_in_place_of_a_file_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "settings.json").mkdir()
    book = Book(tmp_path)
    assert Path(book.damaged[0]).is_dir()
    assert book.settings.get() == Settings()


def test_a_newer_file_is_refused_and_not_touched(tmp_path: Path) -> None:
    content = b'{"plnd": 2, "settings": {"1": {"moon": "full"}}}'
    (tmp_path / "settings.json").write_bytes(content)
    with pytest.raises(StorageError) as caught:
        Book(tmp_path)
    assert caught.value.code == "newer_store"
    assert str(tmp_path / "settings.json") in caught.value.message
    assert (tmp_path / "settings.json").read_bytes() == content
    assert os.listdir(tmp_path) == ["settings.json"]


@pytest.mark.parametrize(
    ("name", "row", "field"),
    [
        ("settings", {"day_start": 25}, "day_start"),
        ("settings", {"moon": "full"}, "moon"),
        ("settings", {"work_start": "9"}, "work_start"),
        ("budgets", {"id": "x", "minutes": "twenty"}, "minutes"),
        ("budgets", {"id": "x", "minutes": -5}, "minutes"),
        ("budgets", {"id": "x", "minutes": 5, "days": ["monday"]}, "days"),
        ("pauses", {"start": "yesterday"}, "start"),
        ("notices", {"cause": "x"}, "kind"),
    ],
)
def test_an_invalid_document_is_reported_and_stays_in_its_file(
    tmp_path: Path,
    name: str,
    row: dict[str, Any],
    field: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The other documents of the file are used."""
    content = json.dumps({"plnd": 1, name: {"1": row}}).encode()
    path = tmp_path / f"{name}.json"
    path.write_bytes(content)
    book = Book(tmp_path)
    kept = getattr(book, name)
    assert kept.all() == []
    (fault,) = book.faults()
    assert (fault.file, fault.document) == (path.name, 1)
    assert fault.field.startswith(field)
    assert f"{path.name}: document 1, {field}" in fault.message
    assert f"left out, because of its {field}" in caplog.text
    assert path.read_bytes() == content
    good = {"settings": Settings(day_start=4), "budgets": Budget(id="y", minutes=1)}
    good |= {"pauses": Pause(start=NOON, end=NOON), "notices": notice("y")}
    kept.put(good[name])
    kept.put_all([good[name]])
    again = getattr(Book(tmp_path), name)
    assert again.all() == [good[name]]
    assert row in json.loads(path.read_bytes())[name].values()
    kept.replace_all([good[name]])
    assert Book(tmp_path).faults() == []


def test_a_document_corrected_by_hand_is_used(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.settings.put(Settings())
    path = tmp_path / "settings.json"
    path.write_text(path.read_text().replace('"day_start": 0', '"day_start": 3'))
    assert Book(tmp_path).settings.get().day_start == 3


# -- edited by hand ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        '{"plnd":1,"people":{"1":' + '{"a":' * 3000 + "1" + "}" * 3000 + "}}",
        "[" * 100_000,
        '{"plnd":1,"people":{"x":{}}}',
        '{"plnd":1,"people":{"1":1}}',
        '{"plnd":1,"people":[]}',
        '{"plnd":"1","people":{}}',
        "null",
        "",
        "\0",
    ],
    ids=lambda content: content[:30],
)
def test_a_file_of_another_form_is_set_aside(tmp_path: Path, content: str) -> None:
    (tmp_path / "people.json").write_text(content)
    book = Book(tmp_path)
    (moved,) = book.damaged
    assert Path(moved).read_text() == content
    assert book.people.all() == []
    book.people.put(Person(id="a", name="Ana", added_at=1))
    assert [one.name for one in Book(tmp_path).people.all()] == ["Ana"]


numbers = st.sampled_from(
    ["0", "1", "01", "001", "9" * 15, "9" * 18, "9" * 5000, "\u0663", "1" + "0" * 4299]
) | st.from_regex(r"[0-9]{1,30}", fullmatch=True)


@given(st.lists(numbers, unique=True, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_documents_may_have_any_numbers(tmp_path: Path, keys: list[str]) -> None:
    """Also long ones, or the same in other digits: none is lost, and new ones can be added."""
    rows = {key: {"id": f"p{n}", "name": "n", "added_at": n} for n, key in enumerate(keys)}
    (tmp_path / "people.json").write_text(json.dumps({"plnd": 1, "people": rows}))
    for more in (1, 2):
        book = Book(tmp_path)
        assert book.damaged == []
        book.people.put(Person(id=f"more{more}", name="n", added_at=1))
        book.people.put(Person(id="p0", name="changed", added_at=0))
        book.people.remove("p1")
        expected = {"p0", *(f"p{n}" for n in range(2, len(keys)))} | {
            f"more{n + 1}" for n in range(more)
        }
        for one in (book, Book(tmp_path)):
            assert {person.id for person in one.people.all()} == expected


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["plnd", "people", "1", "2"]) | st.text(max_size=3),
                inner,
                max_size=3,
            )
        ),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_opened_or_set_aside(tmp_path: Path, content: Any) -> None:
    """Opening fails only for a newer format, and never deletes anything."""
    path = tmp_path / "people.json"
    path.write_text(json.dumps(content))
    try:
        damaged = Book(tmp_path).damaged
    except StorageError as error:
        assert error.code == "newer_store"
        assert content["plnd"] > 1
    else:
        left = Path(damaged[0]) if damaged else path
        assert json.loads(left.read_text()) == content
    for one in tmp_path.iterdir():
        one.unlink()
