"""The slots of followed chats, who attended them, and what time of a day belongs to them."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from plnd.core.context import DAY_MS, Context
from plnd.measures.chats import LATE_MS, Attendance, History, attendance, chat_times, history, slots
from plnd.measures.time import QUARTER_MS, TimeTotals
from plnd.model.chats import AttendanceCounts, AttendedChat, AttendedSlot, Chat, Slot

HISTORY_DAYS = 182
"""How far back attendance is counted."""


class FollowedSlot(Struct, frozen=True):
    """A followed chat and one of its slots."""

    chat: Chat
    slot: Slot


class ChatAttendance:
    """`followed` gives the chats that the user follows."""

    def __init__(self, context: Context, followed: Callable[[], list[Chat]]) -> None:
        self._context = context
        self._followed = followed
        self._stored = context.book.attended
        self._cache: dict[tuple[str, int, int], Attendance] = {}

    def after_commit(self, quarters: Iterable[int]) -> None:
        """Drop what is cached of slots in which something new was recorded."""
        begins = list(quarters)
        if begins and self._cache:
            low, high = min(begins), max(begins) + QUARTER_MS
            for key in [one for one in self._cache if one[1] < high and low < one[2] + LATE_MS]:
                del self._cache[key]

    def invalidate(self) -> None:
        """Drop everything that is cached: a chat has changed."""
        self._cache.clear()

    # -- slots -----------------------------------------------------------------------

    def slots_between(self, start: int, end: int) -> list[FollowedSlot]:
        """The slots of followed chats that overlap `start <= t < end`, since each was followed."""
        found = []
        for chat in self._followed():
            low = _earliest_begin(chat, max(start, chat.followed_at or 0))
            found += [FollowedSlot(chat, slot) for slot in slots(chat, low, end)]
        return sorted(found, key=lambda one: (one.slot.starts_at, one.chat.id))

    def of_slot(self, chat: Chat, slot: Slot) -> Attendance:
        """Whether and how the user attended a slot; cached until something new is recorded."""
        key = (chat.id, slot.starts_at, slot.ends_at)
        if key not in self._cache:
            events = self._context.log.queries
            visits = events.visits(slot.starts_at, slot.ends_at, tagged=True)
            acts = events.own_acts(slot.starts_at, slot.ends_at + LATE_MS)
            self._cache[key] = attendance(chat, slot, visits, acts)
        return self._cache[key]

    def history(self, chat: Chat) -> History:
        """A chat's past slots since it was followed, half a year at most."""
        now = self._context.clock()
        start = _earliest_begin(chat, max(now - HISTORY_DAYS * DAY_MS, chat.followed_at or now))
        past = [one for one in slots(chat, start, now) if one.ends_at <= now]
        return history(chat, [self.of_slot(chat, slot) for slot in past])

    def attended_slots(self, chat: Chat) -> list[AttendedSlot]:
        """The slots that attendance counts, latest first; with the running one once attended."""
        found = [*self.history(chat).counted]
        now = self._context.clock()
        found += [
            one
            for slot in slots(chat, _earliest_begin(chat, now), now + 1)
            if (one := self.of_slot(chat, slot)).attended != "missed"
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

    # -- attended chats ----------------------------------------------------------------

    def save_past(self, chat: Chat) -> None:
        """Store what was attended so far, before the chat's times change or it is removed."""
        since = None if chat.followed_at is None else _earliest_begin(chat, chat.followed_at)
        self._stored.put_all(self._attended_since(chat, since, None))

    def attended_between(self, start: int, end: int) -> list[AttendedChat]:
        """The attended slots that began in `start <= begin < end` and are over."""
        found = {one.id: one for one in self._stored.all() if start <= one.starts_at < end}
        for chat in self._followed():
            low = max(start, _earliest_begin(chat, chat.followed_at or 0))
            found |= {one.id: one for one in self._attended_since(chat, low, end)}
        return sorted(found.values(), key=lambda one: (one.starts_at, one.id))

    def _attended_since(self, chat: Chat, start: int | None, end: int | None) -> list[AttendedChat]:
        if start is None:
            return []
        now = self._context.clock()
        found = []
        for slot in slots(chat, start, min(end or now, now)):
            attended = self.of_slot(chat, slot).attended
            if slot.ends_at <= now and attended != "missed":
                found.append(
                    AttendedChat(
                        id=f"{chat.id}:{slot.starts_at}",
                        chat=chat.id,
                        starts_at=slot.starts_at,
                        attended=attended,
                        ms=self._slot_ms(FollowedSlot(chat, slot)),
                    )
                )
        return found

    # -- time ------------------------------------------------------------------------

    def times(self, start: int, end: int) -> dict[tuple[int, str], TimeTotals]:
        """The time of chats in `start <= t < end`, by quarter of an hour and network."""
        found: dict[tuple[int, str], TimeTotals] = {}
        seen = [one for one in self.slots_between(start, end) if self._was_seen(one)]
        for group in _overlapping_groups(seen):
            low = min(one.slot.starts_at for one in group)
            high = max(one.slot.ends_at for one in group)
            visits = self._context.log.queries.visits(low, high)
            acts = self._context.log.queries.own_acts(low - LATE_MS, high + LATE_MS)
            slots_of_networks = [(one.chat.network, one.slot) for one in group]
            for key, tally in chat_times(slots_of_networks, visits, acts).items():
                if start <= key[0] < end:
                    found[key] = tally
        return found

    def _slot_ms(self, one: FollowedSlot) -> int:
        slot = one.slot
        visits = self._context.log.queries.visits(slot.starts_at, slot.ends_at)
        return sum(
            tally.spent_ms for tally in chat_times([(one.chat.network, slot)], visits).values()
        )

    def _was_seen(self, one: FollowedSlot) -> bool:
        """Whether the chat's tag was visited or posted with in a slot that has begun."""
        if one.slot.starts_at > self._context.clock():
            return False
        found = self.of_slot(one.chat, one.slot)
        return bool(found.on_tag_ms) or found.tagged


def attendance_counts(found: History) -> AttendanceCounts:
    return AttendanceCounts(
        slots=len(found.counted),
        took_part=found.count("took_part"),
        listened=found.count("listened"),
        missed=found.count("missed"),
    )


def _earliest_begin(chat: Chat, moment: int) -> int:
    """The earliest begin of a slot that is still running at a moment (ms)."""
    return moment - chat.minutes * 60_000 + 1


def _overlapping_groups(ordered: Sequence[FollowedSlot]) -> list[list[FollowedSlot]]:
    """Slots that overlap in time, together."""
    groups: list[list[FollowedSlot]] = []
    end = 0
    for one in ordered:
        if groups and one.slot.starts_at < end:
            groups[-1].append(one)
        else:
            groups.append([one])
        end = max(end, one.slot.ends_at)
    return groups
