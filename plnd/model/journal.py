"""The journal: what was learned and taught."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from plnd.model.base import Key, Moment, Name, RequiredNote, Strict, Text, WebLink

EntryMinutes = Annotated[int, Meta(ge=0, le=24 * 60)]
EntryKind = Literal["learned", "taught"]


class Entry(Strict, frozen=True):
    """Something learned from, or taught to, somebody: one of the people, or just a name."""

    id: Key
    kind: EntryKind
    at: Moment
    text: RequiredNote
    person: Key | None = None
    person_name: Text | None = None
    link: WebLink | None = None
    title: Text | None = None
    author: Text | None = None
    network: Name | None = None
    minutes: EntryMinutes | None = None


class EntryView(Struct, frozen=True, kw_only=True):
    """A journal entry; `person_name` is who it was, known or not."""

    id: str
    kind: EntryKind
    at: int
    text: str
    person: str | None
    person_name: str | None
    link: str | None
    title: str | None
    author: str | None
    network: str | None
    minutes: int | None


class JournalAnswer(Struct, frozen=True):
    entries: list[EntryView]


class EntryAnswer(Struct, frozen=True):
    entry: EntryView


class ArticleRequest(Strict, frozen=True):
    """A page whose title and author are wanted."""

    link: WebLink


class EntryRequest(Strict, frozen=True):
    """Something learned or taught. `person` is a name, an id or network:handle; `title` and
    `author` are those of what `link` leads to."""

    kind: EntryKind
    text: RequiredNote
    person: Name | None = None
    link: WebLink | None = None
    title: Text | None = None
    author: Text | None = None
    network: Name | None = None
    minutes: EntryMinutes | None = None
    at: Moment | None = None
    when: Text | None = None


class EntryChange(Strict, frozen=True):
    """What to change of an entry; what is not named stays."""

    kind: EntryKind | UnsetType = UNSET
    text: RequiredNote | UnsetType = UNSET
    person: Name | UnsetType | None = UNSET
    link: WebLink | UnsetType | None = UNSET
    title: Text | UnsetType | None = UNSET
    author: Text | UnsetType | None = UNSET
    minutes: EntryMinutes | UnsetType | None = UNSET
