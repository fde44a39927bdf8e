"""Documents validated one by one: a bad one does not make its file unusable.

A document that is invalid is left out and reported, and stays in its file as it is: the user may
have written it by hand.
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


def validate(row: Row, kind: type[T], *, now: int | None = None, networks: Networks = None) -> T:
    """The document that a row of a file is (`now` and `networks`: see `documents.check`).

    Raises:
        Invalid: the row is no valid document; `field` names the part.
    """
    try:
        document = msgspec.convert(dict(row), kind)
    except msgspec.ValidationError as error:
        message, field = decoding_error(error)
        raise Invalid(message, field=field) from error
    check(document, now=now, networks=networks)
    return document


def valid_documents(
    path: Path, rows: Iterable[tuple[int, Row]], kind: type[T], key: str
) -> tuple[dict[Any, tuple[int, T]], list[FileFault]]:
    """Number and document by key of the rows that are valid, also beside each other; and the
    faults of the others."""
    found: dict[Any, tuple[int, T]] = {}
    faults = []
    people = UniquePeople()
    for number, row in rows:
        try:
            document = validate(row, kind)
            name = getattr(document, key)
            if name in found:
                raise Invalid(f"document {found[name][0]} has the same {key}", field=key)
            if isinstance(document, Person):
                people.add(document)
        except PlndError as error:
            faults.append(file_fault(path, number, error))
            log_fault(path, kind, faults[-1])
        else:
            found[name] = (number, document)
    return found, faults


def file_fault(path: Path, number: int, error: PlndError) -> FileFault:
    """What is wrong with a document of a file."""
    field = error.field or ""
    where = f"document {number}, {field}" if field else f"document {number}"
    return FileFault(
        file=path.name,
        document=number,
        field=field,
        message=f"{path.name}: {where}: {error.message}",
    )


def log_fault(path: Path, kind: type[Any], fault: FileFault) -> None:
    """Log that a document is left out, and because of which field.

    Its content and its number are private and stay out of the log.
    """
    field = fault.field if re.fullmatch(r"[a-z0-9_.\[\]]{1,80}", fault.field) else "form"
    log.warning("%s: %s is left out, because of its %s", path, _noun(kind), field)


def _noun(kind: type[Any]) -> str:
    """The name of a kind of documents in a sentence: a chat, an attended chat."""
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__).lower()
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def forget_in_row(row: Row, scopes: Sequence[Scope | PersonScope]) -> dict[str, Any] | None:
    """An invalid row without what lies in the scopes; None when nothing is left of it.

    A row that cannot be searched goes as a whole: it might hold anything.
    """
    left: dict[str, Any] | None = dict(row)
    try:
        for scope in scopes:
            left = None if left is None else redact(left, scope)
    except (TypeError, ValueError, AttributeError):
        return None
    return left


def to_row(document: msgspec.Struct) -> dict[str, Any]:
    """A document as it is written."""
    found: dict[str, Any] = msgspec.to_builtins(document)
    return found


def replace_with(document: msgspec.Struct) -> Callable[[Mapping[str, Any]], None]:
    """A TinyDB operation that replaces a row by a document, fields that it lacks included."""

    def replace(row: Mapping[str, Any]) -> None:
        row.clear()  # type: ignore[attr-defined]
        row.update(to_row(document))  # type: ignore[attr-defined]

    return replace
