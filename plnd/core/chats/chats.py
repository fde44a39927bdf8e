"""Chats: the ones plnd comes with, and those that the user follows, changed or added."""

import logging
from collections.abc import Callable, Iterable, Mapping

import msgspec

from plnd.catalogue import chats
from plnd.core.chats.attendance import ChatAttendance, attendance_counts
from plnd.core.context import Context
from plnd.errors import Conflict, Invalid, NotFound
from plnd.measures.chats import breaks_in, running_or_next, slots, tag_key
from plnd.measures.document_validation import check
from plnd.measures.field_checks import check_tag
from plnd.model.chats import (
    MOST_BREAKS,
    Break,
    BreaksAnswer,
    BreaksRequest,
    Chat,
    ChatChange,
    ChatRequest,
    ChatView,
    FollowedTag,
    Slot,
)
from plnd.model.day import ChatSlot
from plnd.model.people import Problem
from plnd.system.files import set_aside_folder, write_atomic
from plnd.words.messages import ENGLISH, Words

log = logging.getLogger("plnd")

SCHEDULE_FIELDS = (
    "network",
    "weekday",
    "start",
    "minutes",
    "time_zone",
    "repeat",
    "nth",
    "anchor",
)
"""The fields that say when and where a chat takes place."""


class Chats:
    """`on_change` is called after a chat has changed."""

    def __init__(self, context: Context, on_change: Callable[[], None] = lambda: None) -> None:
        self._context = context
        self._on_change = on_change
        self._stored = context.book.chats
        self.attendance = ChatAttendance(context, self.followed)

    # -- lookup ------------------------------------------------------------------------

    def by_id(self) -> dict[str, Chat]:
        """All chats; what the user changed replaces the chat that plnd comes with."""
        return {**chats.load(), **{one.id: one for one in self._stored.all()}}

    def followed(self) -> list[Chat]:
        return [one for one in self._stored.all() if one.followed_at is not None]

    def confirmed(self) -> list[Chat]:
        """The followed chats that have not become unconfirmed."""
        return [one for one in self.followed() if self._is_confirmed(one)]

    def _is_confirmed(self, chat: Chat) -> bool:
        return self.attendance.history(chat).state == "confirmed"

    def tags(self) -> list[FollowedTag]:
        """The tags that browsers look for."""
        return [FollowedTag(one.network, tag_key(one.tag)) for one in self.followed()]

    def find(self, words: str) -> Chat:
        """The chat with this id or tag.

        Raises:
            NotFound: there is none.
        """
        found = self.by_id().get(tag_key(words))
        if found is None:
            raise NotFound(f"no chat {words!r}", "`plnd chat list --all` shows the known ones")
        return found

    def views(self, *, only_followed: bool = False, words: Words = ENGLISH) -> list[ChatView]:
        """The chats: followed ones first, then by how certain plnd is of them."""
        chosen = self.followed() if only_followed else list(self.by_id().values())
        return sorted((self.view(one, words) for one in chosen), key=_by_certainty)

    def view(self, chat: Chat, words: Words = ENGLISH) -> ChatView:
        followed = chat.followed_at is not None
        found = self.attendance.history(chat) if followed else None
        state = found.state if found else "unconfirmed" if chat.shipped else "confirmed"
        fields = {
            name: getattr(chat, name) for name in ChatView.__struct_fields__ if hasattr(chat, name)
        }
        fields["topic"] = chats.topic(chat, words.language)
        return ChatView(
            **fields,
            followed=followed,
            state=state,
            next_slot=running_or_next(chat, self._context.clock()),
            attendance=attendance_counts(found) if found else None,
        )

    # -- coming slots ------------------------------------------------------------------

    def next(self) -> ChatSlot | None:
        """The followed, confirmed chat that runs now or comes next."""
        found = [
            _chat_slot(chat, slot)
            for chat in self.confirmed()
            if (slot := running_or_next(chat, self._context.clock()))
        ]
        return min(found, key=lambda one: (one.starts_at, one.tag), default=None)

    def starting_within(self, ms: int) -> list[ChatSlot]:
        """The slots of followed, confirmed chats that begin in the next `ms` milliseconds."""
        now = self._context.clock()
        return [
            _chat_slot(chat, slot)
            for chat in self.followed()
            for slot in slots(chat, now + 1, now + ms + 1)
            if self._is_confirmed(chat)
        ]

    # -- changes -----------------------------------------------------------------------

    def add(self, wanted: ChatRequest) -> ChatView:
        """Add a chat of the user's own, and follow it.

        Raises:
            Invalid: the network or the zone is unknown, or days do not fit the repetition.
            Conflict: the tag is known already.
        """
        ident = check_tag(wanted.tag)
        if ident in self.by_id():
            raise Conflict(
                f"#{ident} is in the list already",
                f"`plnd chat change {ident}` changes it, `plnd chat follow {ident}` follows it",
                field="tag",
            )
        fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        fields["tag"] = wanted.tag.strip().lstrip("#")
        fields["time_zone"] = wanted.time_zone or self._context.zone().key
        chat = Chat(id=ident, followed_at=self._context.clock(), **fields)
        return self._save(chat)

    def change(self, id: str, wanted: ChatChange) -> ChatView:
        """Raises:
        NotFound: there is no such chat.
        Invalid: as `add`; or the chat has no known hour and cannot be followed.
        """
        before = self.find(id)
        changes = {
            name: value
            for name in wanted.__struct_fields__
            if (value := getattr(wanted, name)) is not msgspec.UNSET
        }
        follow, confirmed = changes.pop("followed", None), changes.pop("confirmed", None)
        changes |= self._new_moments(before, changes, follow=follow, confirmed=confirmed)
        chat = msgspec.structs.replace(before, **changes)
        if follow and chat.start is None:
            raise Invalid(
                f"nobody knows at what hour #{chat.tag} is",
                f"find out and say it: plnd chat follow {chat.id} --start 20:00",
                field="start",
            )
        if before.followed_at is not None and chat.followed_at != before.followed_at:
            check(chat)
            self.attendance.save_past(before)
        return self._save(chat)

    def _new_moments(
        self,
        chat: Chat,
        changes: Mapping[str, object],
        *,
        follow: bool | None,
        confirmed: bool | None,
    ) -> dict[str, int | None]:
        """Since when the changed chat is followed and confirmed, where that changes."""
        now = self._context.clock()
        found: dict[str, int | None] = {}
        if follow is not None:
            found["followed_at"] = (chat.followed_at or now) if follow else None
        moved = any(
            changes.get(name, getattr(chat, name)) != getattr(chat, name)
            for name in SCHEDULE_FIELDS
        )
        if moved and chat.followed_at is not None and follow is not False:
            # Attendance starts again: the new times say nothing about the past.
            found["followed_at"] = found["confirmed_at"] = now
        if confirmed or (follow and chat.followed_at is None):
            found["confirmed_at"] = now
        return found

    def remove(self, id: str) -> Chat:
        """Remove a chat of the user's own, or the user's changes to one that plnd comes with.

        Raises:
            NotFound: there is no such chat.
            Conflict: it is as plnd comes with it.
        """
        chat = self.find(id)
        if self._stored.get(chat.id) is None:
            raise Conflict(f"#{chat.tag} belongs to the list", "it is off unless you follow it")
        self.attendance.save_past(chat)
        self._stored.remove(chat.id)
        self._changed()
        return chat

    def set_breaks(
        self, wanted: BreaksRequest, dates: Iterable[Break], problems: list[Problem]
    ) -> BreaksAnswer:
        """Replace the chats' breaks by those among the dates of a calendar.

        Raises:
            Invalid: the dates contain neither terms nor breaks, or too many breaks.
        """
        chosen = [self.find(wanted.chat)] if wanted.chat else self.followed()
        breaks = breaks_in(dates)
        if not breaks:
            raise Invalid(
                "this calendar speaks of neither terms nor breaks",
                "its entries should be called term, holiday, break or half term",
                field="content",
            )
        if len(breaks) > MOST_BREAKS:
            raise Invalid(
                f"{len(breaks)} breaks in this calendar; a chat has at most {MOST_BREAKS}",
                "import a calendar of term dates only",
                field="content",
            )
        if not wanted.dry_run:
            for chat in chosen:
                self._save(msgspec.structs.replace(chat, breaks=breaks))
        return BreaksAnswer(
            dry_run=wanted.dry_run,
            breaks=breaks,
            chats=[one.tag for one in chosen],
            problems=problems,
        )

    def _save(self, chat: Chat) -> ChatView:
        # A chat plnd comes with may be on a network that this plnd does not know.
        if not chat.shipped or chat.network != chats.load()[chat.id].network:
            self._context.check_network(chat.network)
        check(chat)
        self._stored.put(chat)
        self._changed()
        return self.view(chat)

    def _changed(self) -> None:
        self.attendance.invalidate()
        self.write_calendar()
        self._on_change()

    # -- calendar ----------------------------------------------------------------------

    def calendar(self) -> bytes:
        """The followed chats as an .ics file."""
        from plnd.archives.calendars import chats_calendar

        return chats_calendar(self.followed(), self._context.clock())

    def write_calendar(self) -> None:
        """Update the file that calendar programs subscribe to."""
        path = self._context.home.data / "chats.ics"
        if moved := set_aside_folder(path):
            log.warning("what was no file was set aside as %s", moved)
        write_atomic(path, self.calendar())


def _chat_slot(chat: Chat, slot: Slot) -> ChatSlot:
    return ChatSlot(
        tag=chat.tag, network=chat.network, starts_at=slot.starts_at, ends_at=slot.ends_at
    )


def _by_certainty(one: ChatView) -> tuple[bool, int, str, str]:
    rank = {"high": 0, "medium": 1, "low": 2}[one.certainty]
    return not one.followed, rank, "" if one.evidence else "none", one.id
