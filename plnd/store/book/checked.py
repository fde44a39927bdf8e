"""Documents judged one by one: a bad one costs itself only, and is named.

What is in a file stays in it, whether it can be used or not: somebody wrote it there.
"""

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from plnd.errors import Invalid, PlndError
from plnd.measures.document_validation import check
from plnd.measures.event_validation import decoding_error
from plnd.measures.field_checks import Networks
from plnd.measures.people.uniqueness import UniquePeople
from plnd.measures.redaction import redact
from plnd.model.networks import FileFault
from plnd.model.people import Person
from plnd.model.scope import PersonScope, Scope

log = logging.getLogger("plnd")

T = TypeVar("T", bound=msgspec.Struct)
Row = Mapping[str, Any]


def read(plain: Row, kind: type[T], *, now: int | None = None, networks: Networks = None) -> T:
    """A document as it is written, as `kind` (see `document_validation.check`).

    Raises:
        Invalid: it is not as it must be; `field` names the part.
    """
    try:
        document = msgspec.convert(dict(plain), kind)
    except msgspec.ValidationError as error:
        message, field = decoding_error(error)
        raise Invalid(message, field=field) from error
    check(document, now=now, networks=networks)
    return document


def sifted(
    path: Path, rows: Iterable[tuple[int, Row]], kind: type[T], key: str
) -> tuple[dict[Any, tuple[int, T]], list[FileFault]]:
    """Number and document by key, of those rows of a file that can be used beside each other; and
    what is wrong with the others."""
    found: dict[Any, tuple[int, T]] = {}
    faults = []
    people = UniquePeople()
    for number, row in rows:
        try:
            document = read(row, kind)
            name = getattr(document, key)
            if name in found:
                raise Invalid(f"document {found[name][0]} has the same {key}", field=key)
            if isinstance(document, Person):
                people.add(document)
        except PlndError as error:
            faults.append(fault(path, number, error))
            report(path, noun(kind), faults[-1])
        else:
            found[name] = (number, document)
    return found, faults


def report(path: Path, what: str, fault: FileFault) -> None:
    """Write into the log that something is left out, and because of which field.

    Which document it is, and what stands in it, is nobody's business in a log.
    """
    field = fault.field if re.fullmatch(r"[a-z0-9_.\[\]]{1,80}", fault.field) else "form"
    log.warning("%s: %s is left out, because of its %s", path, what, field)


def noun(kind: type[Any]) -> str:
    """What a document of a kind is called: a chat, an attended chat."""
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__).lower()
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def fault(path: Path, number: int, error: PlndError) -> FileFault:
    """What is wrong with a document of a file."""
    field = error.field or ""
    where = f"document {number}, {field}" if field else f"document {number}"
    return FileFault(
        file=path.name,
        document=number,
        field=field,
        message=f"{path.name}: {where}: {error.message}",
    )


def rest(row: Row, scopes: Sequence[Scope | PersonScope]) -> dict[str, Any] | None:
    """What is left of a row that cannot be used, once the scopes are forgotten; None for nothing.

    One that cannot even be searched goes as a whole: nobody knows what is in it.
    """
    left: dict[str, Any] | None = dict(row)
    try:
        for scope in scopes:
            left = None if left is None else redact(left, scope)
    except (TypeError, ValueError, AttributeError):
        return None
    return left


def plain(value: msgspec.Struct) -> dict[str, Any]:
    """A document as it is written."""
    found: dict[str, Any] = msgspec.to_builtins(value)
    return found


def becoming(value: msgspec.Struct) -> Callable[[Mapping[str, Any]], None]:
    """Makes a row of a table this document: what it leaves out does not stay."""

    def become(row: Mapping[str, Any]) -> None:
        row.clear()  # type: ignore[attr-defined]
        row.update(plain(value))  # type: ignore[attr-defined]

    return become
