"""Importing people from address books. Pure."""

from collections.abc import Callable, Iterable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from plnd.measures.people.directory import Directory
from plnd.measures.people.handles import handle_key
from plnd.measures.people.merging import union
from plnd.model.people import MOST_HANDLES, Candidate, Person, Problem
from plnd.words.messages import ENGLISH, Words


class ImportResult(Struct, frozen=True):
    """What an import would write: new people, and known ones with something new.

    `same` counts those who were known just as they are.
    """

    added: list[Person]
    changed: list[Person]
    same: int
    problems: list[Problem]


def import_candidates(
    candidates: Iterable[Candidate],
    people: Iterable[Person],
    *,
    now: int,
    new_id: Callable[[], str],
    words: Words = ENGLISH,
) -> ImportResult:
    """What to write for these candidates; a second import of them writes nothing.

    A candidate is matched by the id of an address book, by a handle, or by the same name; then
    what is new about them is added, and nothing that the user wrote is replaced.
    """
    directory = Directory(people)
    before = set(directory.by_id)
    written: dict[str, Person] = {}
    problems: list[Problem] = []
    same = 0
    for one in candidates:
        known = directory.find_match(one.name, one.handles, one.uids)
        if known is None:
            person = Person(
                id=new_id(),
                name=one.name,
                added_at=now,
                handles=list({handle_key(h.network, h.handle): h for h in one.handles}.values()),
                tags=one.tags,
                how_met=one.how_met,
                uids=one.uids,
            )
        else:
            person = _add_new(known, one, directory)
        if len(person.handles) > MOST_HANDLES:
            message = words.say("import_handles", name=one.name, most=MOST_HANDLES)
            problems.append(Problem(where=one.where, message=message))
        elif why := _limit_error(person):
            message = words.say("import_card_unread", why=why)
            problems.append(Problem(where=one.where, message=message))
        elif person == known:
            same += 1
        else:
            directory.add(person)
            written[person.id] = person
    changed = [one for one in written.values() if one.id in before]
    added = [one for one in written.values() if one.id not in before]
    return ImportResult(added, changed, same, problems)


def _limit_error(person: Person) -> str:
    """Why a person exceeds a limit, "" when they do not: lists grow when they are joined."""
    try:
        msgspec.convert(msgspec.to_builtins(person), Person)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _add_new(known: Person, one: Candidate, directory: Directory) -> Person:
    """`known` with the candidate's tags, ids, and handles that belong to nobody yet."""
    keys = {handle_key(h.network, h.handle): h for h in one.handles}
    new = [handle for key, handle in keys.items() if key not in directory.by_handle]
    return replace(
        known,
        handles=[*known.handles, *new],
        tags=union(known.tags, one.tags),
        how_met=known.how_met or one.how_met,
        uids=union(known.uids, one.uids),
    )
