"""People from LinkedIn's archive: Connections.csv."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from plnd.archives.handles import handle_of
from plnd.errors import Invalid
from plnd.model.people import Candidate, Problem
from plnd.words.messages import ENGLISH, Words

MOST_ROWS = 40_000
REQUIRED_COLUMNS = ("First Name", "Last Name", "URL")


def read(text: str, words: Words = ENGLISH) -> tuple[list[Candidate], list[Problem]]:
    """The connections, and the lines without a usable one.

    Raises:
        Invalid: there is no header with the columns that LinkedIn writes.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    start = next((n for n, line in enumerate(lines) if _is_header(line)), None)
    if start is None:
        first = next((line for line in lines if line.strip()), "")
        raise Invalid(
            f"no header with {', '.join(REQUIRED_COLUMNS)}; the file begins with {first[:80]!r}",
            "take Connections.csv as it stands in LinkedIn's archive, in English",
            field="content",
        )
    people, problems = [], []
    rows = csv.DictReader(io.StringIO("\n".join(lines[start:])))
    try:
        for number, row in enumerate(rows):
            if number >= MOST_ROWS:
                raise Invalid(f"more than {MOST_ROWS} lines", "import it in parts", field="content")
            where = words.say("import_line", n=start + rows.line_num)
            person = _person(row, where, words)
            if person is None:
                problems.append(Problem(where=where, message=words.say("import_nobody")))
            else:
                people.append(person)
    except csv.Error as error:
        where = words.say("import_line", n=start + rows.line_num)
        problems.append(Problem(where=where, message=words.say("import_breaks_off", why=error)))
    return people, problems


def _is_header(line: str) -> bool:
    names = [name.strip() for name in next(csv.reader([line]), [])]
    return all(name in names for name in REQUIRED_COLUMNS)


def _person(row: Mapping[str, object], where: str, words: Words) -> Candidate | None:
    name = " ".join(_texts(row, "First Name", "Last Name"))
    handle = handle_of(next(iter(_texts(row, "URL")), ""))
    if not name and handle is None:
        return None
    return Candidate(
        where=where,
        name=(name or (handle.handle if handle else ""))[:256],
        handles=[handle] if handle else [],
        how_met=_since(row, words),
    )


def _since(row: Mapping[str, object], words: Words) -> str:
    for text in _texts(row, "Connected On"):
        try:
            day = datetime.strptime(text, "%d %b %Y").replace(tzinfo=UTC).date()
        except ValueError:
            break
        return words.say("linkedin_since", day=words.day(day.isoformat()))
    return words.say("linkedin")


def _texts(row: Mapping[str, object], *names: str) -> Iterable[str]:
    found = (row.get(name) for name in names)
    return [" ".join(text.split()) for text in found if isinstance(text, str) and text.strip()]
