"""People from a vCard file (2.1, 3.0, 4.0)."""

import re
from collections.abc import Iterable, Iterator

import vobject

from plnd.archives.handles import handle_of
from plnd.archives.time_limit import TimeLimit, no_limit
from plnd.errors import Invalid
from plnd.model.people import MOST_HANDLES, Candidate, Handle, Problem
from plnd.words.messages import ENGLISH, Words

MOST_CARDS = 20_000
_CARD = re.compile(
    r"^BEGIN:VCARD[ \t]*$.*?(?:^END:VCARD[ \t]*$|(?=^BEGIN:VCARD)|\Z)", re.M | re.S | re.I
)
_FOLD = re.compile(r"\n[ \t]")


def read(
    text: str, words: Words = ENGLISH, *, time_limit: TimeLimit = no_limit
) -> tuple[list[Candidate], list[Problem]]:
    """The people of a vCard file, and the cards that are broken.

    Raises:
        Invalid: there is no card in it, or too many.
    """
    cards = _CARD.findall(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not cards:
        raise Invalid(
            "there is no vCard in this file",
            "a vCard file begins with BEGIN:VCARD",
            field="content",
        )
    if len(cards) > MOST_CARDS:
        raise Invalid(
            f"{len(cards)} cards; at most {MOST_CARDS} are read",
            "import it in parts",
            field="content",
        )
    people, problems = [], []
    for number, card in enumerate(cards, 1):
        where = words.say("import_card", n=number)
        try:
            with time_limit():
                people.append(_person(card, where, words))
        except TimeoutError:
            problems.append(Problem(where=where, message=words.say("import_too_hard")))
        except _BadCard as error:
            problems.append(Problem(where=where, message=str(error)))
    return people, problems


class _BadCard(Exception):
    """A card that cannot be used."""


def _person(card: str, where: str, words: Words) -> Candidate:
    if not re.search(r"^END:VCARD", card, re.M | re.I):
        raise _BadCard(words.say("import_card_open"))
    try:
        found = vobject.readOne(card, allowQP=True)
        name = _name(found)
        # vobject unfolds and unescapes addresses; any of these fields may have a profile.
        addresses = list(_values(found, "url", "x-socialprofile", "socialprofile", "impp"))
        uids = [f"vcard:{uid[:200]}" for uid in _values(found, "uid") if uid]
        tags = [
            tag.strip()[:256] for line in _values(found, "categories") for tag in line.split(",")
        ]
    # vobject raises errors of every kind for what it does not understand.
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _BadCard(words.say("import_card_unread", why=reason[:200])) from error
    if not name:
        raise _BadCard(words.say("import_card_nameless"))
    handles = list(dict.fromkeys(_handles(addresses)))
    if len(handles) > MOST_HANDLES:
        raise _BadCard(
            words.say("import_card_handles", name=name[:60], n=len(handles), most=MOST_HANDLES)
        )
    tags = list(dict.fromkeys(tag for tag in tags if tag))[:50]
    return Candidate(where=where, name=name[:256], handles=handles, tags=tags, uids=uids)


def _name(card: vobject.base.Component) -> str:
    for written in _values(card, "fn"):
        if written.strip():
            return " ".join(written.split())
    for part in card.contents.get("n", []):
        parts = (part.value.prefix, part.value.given, part.value.additional, part.value.family)
        flat = (word if isinstance(word, str) else " ".join(word) for word in parts)
        return " ".join(" ".join(flat).split())
    return ""


def _values(card: vobject.base.Component, *names: str) -> Iterator[str]:
    for name in names:
        for line in card.contents.get(name, []):
            value = line.value
            yield ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _handles(addresses: Iterable[str]) -> Iterator[Handle]:
    for address in addresses:
        if found := handle_of(address):
            yield found
