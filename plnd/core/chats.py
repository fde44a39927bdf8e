"""Chats: followed, added, attended; when the next one is, and what of a day belongs to them."""

import logging
from collections.abc import Callable, Iterable, Sequence

import msgspec
from msgspec import Struct

from plnd.catalogue import chats
from plnd.core.context import DAY_MS, Context
from plnd.errors import Conflict, Invalid, NotFound
from plnd.measures.chats import (
    LATE_MS,
    Attendance,
    History,
    attendance,
    breaks_in,
    chat_times,
    history,
    running_or_next,
    slots,
    tag_key,
)
from plnd.measures.document_validation import check
from plnd.measures.field_checks import check_tag
from plnd.measures.time import TimeTotals
from plnd.model.chats import (
    MOST_BREAKS,
    AttendanceCounts,
    AttendedChat,
    AttendedSlot,
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
from plnd.system.files import make_way, write_atomic
from plnd.words.messages import ENGLISH, Words

log = logging.getLogger("plnd")

WHEN = ("network", "weekday", "start", "minutes", "time_zone", "repeat", "nth", "anchor")
"""What says when and where a chat takes place."""
HISTORY_DAYS = 182
"""How far back attendance looks."""


class Held(Struct, frozen=True):
    """A chat and one of its slots."""

    chat: Chat
    slot: Slot


class Chats:
    """The chats that plnd comes with, and those that the user follows, changed or added.

    `told` is called when one has changed.
    """

    def __init__(self, context: Context, told: Callable[[], None] = lambda: None) -> None:
        self._context = context
        self._told = told
        self._book = context.book
        self._went: dict[tuple[str, int, int], Attendance] = {}

    def changed(self, quarters: Iterable[int]) -> None:
        """Forget what was worked out of slots in which something was recorded since."""
        begins = list(quarters)
        if begins and self._went:
            low, high = min(begins), max(begins) + 15 * 60_000
            for key in [one for one in self._went if one[1] < high and low < one[2] + LATE_MS]:
                del self._went[key]

    # -- what there is -----------------------------------------------------------------

    def chats(self) -> dict[str, Chat]:
        """All chats by id; the user's word goes before the list that plnd comes with."""
        return {**chats.load(), **{one.id: one for one in self._book.chats.all()}}

    def followed(self) -> list[Chat]:
        return [one for one in self._book.chats.all() if one.followed_at is not None]

    def tags(self) -> list[FollowedTag]:
        """What browsers look out for."""
        return [FollowedTag(one.network, tag_key(one.tag)) for one in self.followed()]

    def find(self, words: str) -> Chat:
        """The chat of an id or a tag.

        Raises:
            NotFound: there is none.
        """
        found = self.chats().get(tag_key(words))
        if found is None:
            raise NotFound(f"no chat {words!r}", "`plnd chat list --all` shows the known ones")
        return found

    def all(self, *, only_followed: bool = False, words: Words = ENGLISH) -> list[ChatView]:
        """The chats: the followed first, then by how far they can be trusted."""
        chosen = self.followed() if only_followed else list(self.chats().values())
        return sorted((self.view(one, words) for one in chosen), key=_by_trust)

    def view(self, chat: Chat, words: Words = ENGLISH) -> ChatView:
        followed = chat.followed_at is not None
        found = self.history(chat) if followed else None
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
            attendance=_counts(found) if found else None,
        )

    # -- following, adding, changing ------------------------------------------------------

    def add(self, wanted: ChatRequest) -> ChatView:
        """Add a chat of the user's own, and follow it.

        Raises:
            Invalid: the network or the zone is unknown, or days do not fit the repetition.
            Conflict: the tag is known; then it can be changed and followed.
        """
        ident = check_tag(wanted.tag)
        if ident in self.chats():
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
        NotFound: there is no such chat. Invalid: as `add`; or it has no hour to follow it at.
        """
        chat = self.find(id)
        now = self._context.clock()
        changes = {
            name: value
            for name in wanted.__struct_fields__
            if (value := getattr(wanted, name)) is not msgspec.UNSET
        }
        follow, confirmed = changes.pop("followed", None), changes.pop("confirmed", None)
        if follow is not None:
            changes["followed_at"] = (chat.followed_at or now) if follow else None
        moved = any(changes.get(name, getattr(chat, name)) != getattr(chat, name) for name in WHEN)
        if moved and chat.followed_at is not None and follow is not False:
            # By its new times it begins anew: they say nothing of the past.
            changes["followed_at"] = changes["confirmed_at"] = now
        if confirmed or (follow and chat.followed_at is None):
            changes["confirmed_at"] = now
        before = chat
        chat = msgspec.structs.replace(chat, **changes)
        if follow and chat.start is None:
            raise Invalid(
                f"nobody knows at what hour #{chat.tag} is",
                f"find out and say it: plnd chat follow {chat.id} --start 20:00",
                field="start",
            )
        if before.followed_at is not None and chat.followed_at != before.followed_at:
            check(chat)
            self._keep_attended(before)
        return self._save(chat)

    def remove(self, id: str) -> Chat:
        """Remove a chat of the user's own; one of the list goes back to what it was there."""
        chat = self.find(id)
        if self._book.chats.get(chat.id) is None:
            raise Conflict(f"#{chat.tag} belongs to the list", "it is off unless you follow it")
        self._keep_attended(chat)
        self._book.chats.remove(chat.id)
        self._renew()
        return chat

    def _save(self, chat: Chat) -> ChatView:
        # One of the list keeps its network even where this plnd does not know it.
        if not chat.shipped or chat.network != chats.load()[chat.id].network:
            self._context.check_network(chat.network)
        check(chat)
        self._book.chats.put(chat)
        self._renew()
        return self.view(chat)

    def _renew(self) -> None:
        self._went.clear()
        self.write_calendar()
        self._told()

    def set_breaks(
        self, wanted: BreaksRequest, dates: Iterable[Break], problems: list[Problem]
    ) -> BreaksAnswer:
        """Take the breaks among the dates of a calendar, in place of those known before.

        Raises:
            Invalid: it speaks of neither terms nor breaks, or of too many.
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

    # -- slots --------------------------------------------------------------------------

    def calendar(self) -> bytes:
        """The followed chats as an .ics file."""
        from plnd.archives.calendars import chats_calendar

        return chats_calendar(self.followed(), self._context.clock())

    def write_calendar(self) -> None:
        """Keep the file that calendar programs subscribe to up to date."""
        path = self._context.home.data / "chats.ics"
        if moved := make_way(path):
            log.warning("what was no file was set aside as %s", moved)
        write_atomic(path, self.calendar())

    def next(self) -> ChatSlot | None:
        """The followed, confirmed chat that runs now or comes next."""
        found = [
            _slot(chat, slot)
            for chat in self.loud()
            if (slot := running_or_next(chat, self._context.clock()))
        ]
        return min(found, key=lambda one: (one.starts_at, one.tag), default=None)

    def beginning(self, within_ms: int) -> list[ChatSlot]:
        """The slots of followed, confirmed chats that begin so soon."""
        now = self._context.clock()
        return [
            _slot(chat, slot)
            for chat in self.followed()
            for slot in slots(chat, now + 1, now + within_ms + 1)
            if self.history(chat).state == "confirmed"
        ]

    def loud(self) -> list[Chat]:
        """The followed chats that have not turned unconfirmed."""
        return [one for one in self.followed() if self.history(one).state == "confirmed"]

    def held(self, start: int, end: int) -> list[Held]:
        """The slots of followed chats that touch `start <= t < end`, since each was followed."""
        found = []
        for chat in self.followed():
            low = _running(chat, max(start, chat.followed_at or 0))
            found += [Held(chat, slot) for slot in slots(chat, low, end)]
        return sorted(found, key=lambda one: (one.slot.starts_at, one.chat.id))

    def _keep_attended(self, chat: Chat) -> None:
        """Keep what was attended so far, before the chat's times are others or forgotten."""
        since = None if chat.followed_at is None else _running(chat, chat.followed_at)
        self._book.attended.put_all(self._attended_since(chat, since, None))

    def attended_in(self, start: int, end: int) -> list[AttendedChat]:
        """The slots of `start <= begin < end` that were attended and are over."""
        kept = {one.id: one for one in self._book.attended.all() if start <= one.starts_at < end}
        for chat in self.followed():
            low = max(start, _running(chat, chat.followed_at or 0))
            kept |= {one.id: one for one in self._attended_since(chat, low, end)}
        return sorted(kept.values(), key=lambda one: (one.starts_at, one.id))

    def _attended_since(self, chat: Chat, start: int | None, end: int | None) -> list[AttendedChat]:
        if start is None:
            return []
        now = self._context.clock()
        found = []
        for slot in slots(chat, start, min(end or now, now)):
            went = self.went(chat, slot)
            if slot.ends_at <= now and went.attended != "missed":
                found.append(
                    AttendedChat(
                        id=f"{chat.id}:{slot.starts_at}",
                        chat=chat.id,
                        starts_at=slot.starts_at,
                        attended=went.attended,
                        ms=self.times_of(Held(chat, slot)).spent_ms,
                    )
                )
        return found

    # -- attendance ------------------------------------------------------------------------

    def history(self, chat: Chat) -> History:
        """A chat's past slots since it was followed, half a year at most."""
        now = self._context.clock()
        start = _running(chat, max(now - HISTORY_DAYS * DAY_MS, chat.followed_at or now))
        past = [one for one in slots(chat, start, now) if one.ends_at <= now]
        return history(chat, [self.went(chat, slot) for slot in past])

    def went(self, chat: Chat, slot: Slot) -> Attendance:
        """How a slot went; worked out once, until something new is recorded of that time."""
        key = (chat.id, slot.starts_at, slot.ends_at)
        if key not in self._went:
            events = self._context.log
            visits = events.visits(slot.starts_at, slot.ends_at, tagged=True)
            self._went[key] = attendance(
                chat, slot, visits, events.acts(slot.starts_at, slot.ends_at + LATE_MS)
            )
        return self._went[key]

    def attended_slots(self, chat: Chat) -> list[AttendedSlot]:
        """The slots that attendance is over, the last first; the running one once attended."""
        found = [*self.history(chat).counted]
        now = self._context.clock()
        found += [
            went
            for slot in slots(chat, _running(chat, now), now + 1)
            if (went := self.went(chat, slot)).attended != "missed"
        ]
        return [
            AttendedSlot(
                starts_at=one.slot.starts_at,
                ends_at=one.slot.ends_at,
                attended=one.attended,
                on_tag_seconds=one.on_tag_ms // 1000,
            )
            for one in reversed(found)
        ]

    def times(self, start: int, end: int) -> dict[tuple[int, str], TimeTotals]:
        """What of `start <= t < end` belongs to chats, by quarter of an hour and network."""
        found: dict[tuple[int, str], TimeTotals] = {}
        for group in _apart([one for one in self.held(start, end) if self._seen(one)]):
            low = min(one.slot.starts_at for one in group)
            high = max(one.slot.ends_at for one in group)
            visits = self._context.log.visits(low, high)
            acts = self._context.log.acts(low - LATE_MS, high + LATE_MS)
            for key, tally in chat_times(
                [(one.chat.network, one.slot) for one in group], visits, acts
            ).items():
                if start <= key[0] < end:
                    found[key] = tally
        return found

    def times_of(self, one: Held) -> TimeTotals:
        """The time that belongs to one slot."""
        slot = one.slot
        visits = self._context.log.visits(slot.starts_at, slot.ends_at)
        found = chat_times([(one.chat.network, slot)], visits).values()
        return TimeTotals(sum(tally.spent_ms for tally in found), 0)

    def _seen(self, one: Held) -> bool:
        """Whether anything was seen of a chat in a slot that has begun."""
        if one.slot.starts_at > self._context.clock():
            return False
        went = self.went(one.chat, one.slot)
        return bool(went.on_tag_ms) or went.tagged


def _slot(chat: Chat, slot: Slot) -> ChatSlot:
    return ChatSlot(
        tag=chat.tag, network=chat.network, starts_at=slot.starts_at, ends_at=slot.ends_at
    )


def _running(chat: Chat, moment: int) -> int:
    """From when on a slot begins that a moment still finds running."""
    return moment - chat.minutes * 60_000 + 1


def _apart(held: Sequence[Held]) -> list[list[Held]]:
    """Slots in groups that do not overlap in time."""
    groups: list[list[Held]] = []
    reached = 0
    for one in held:
        if groups and one.slot.starts_at < reached:
            groups[-1].append(one)
        else:
            groups.append([one])
        reached = max(reached, one.slot.ends_at)
    return groups


def _counts(found: History) -> AttendanceCounts:
    return AttendanceCounts(
        slots=len(found.counted),
        took_part=found.count("took_part"),
        listened=found.count("listened"),
        missed=found.count("missed"),
    )


def _by_trust(one: ChatView) -> tuple[bool, int, str, str]:
    trust = {"high": 0, "medium": 1, "low": 2}[one.certainty]
    return not one.followed, trust, "" if one.evidence else "none", one.id
