"""The weekly review."""

from collections.abc import Callable
from datetime import date, timedelta

from plnd.core.chats.chats import Chats
from plnd.core.context import DAY_MS, Context
from plnd.core.journal import Journal
from plnd.core.people.people import People
from plnd.core.people.views import person_view
from plnd.core.reviews.freshness import active_freshness
from plnd.errors import Invalid
from plnd.measures.people.ties import PersonStatus
from plnd.measures.review import TALKING, Week, advice, lights, reviewed_week, rung, week_begin
from plnd.measures.upkeep import breadth
from plnd.model.day import ProfileToday
from plnd.model.journal import EntryView
from plnd.model.people import Person, PersonView
from plnd.model.review import Advice, Light, Review, ReviewChat, Shared
from plnd.notices.rules import minute_of
from plnd.words.messages import ENGLISH, Words

MOST_DRIFTING = 10
ARTICLE_MS = 2 * 60_000
SHARED_WITHIN_MS = 10 * 60_000
MOST_ARTICLES = 5
FRIDAY = 4
FIRST_YEAR = 2000


class WeeklyReview:
    """`profiles` gives the user's own as today shows them, `profile_lines` what the review says
    about profiles since a moment (ms), and `budget_minutes` the budget of a day."""

    def __init__(
        self,
        context: Context,
        people: People,
        chats: Chats,
        journal: Journal,
        *,
        profiles: Callable[[], list[ProfileToday]],
        profile_lines: Callable[[int, Words], list[str]],
        budget_minutes: Callable[[date], int | None],
    ) -> None:
        self._context = context
        self._people = people
        self._chats = chats
        self._journal = journal
        self._profiles = profiles
        self._profile_lines = profile_lines
        self._budget_minutes = budget_minutes

    def current(self) -> tuple[str, date]:
        """The week of the latest review, and the day of that review."""
        settings = self._context.settings()
        now = self._context.clock()
        return reviewed_week(
            self._context.day_of(now),
            self._context.minute_of_day(now),
            settings.review_day,
            minute_of(settings.review_time),
        )

    def review(self, week: str | None = None, words: Words = ENGLISH) -> Review:
        """The review of a week (2026-W48); by default of the latest one due.

        Raises:
            Invalid: there is no such week.
        """
        week = week or self.current()[0]
        first, last, start, end = self._bounds(week)
        sums = self._sums(first, start, end)
        drifting = self._people.relationships.drifting()
        tie = self._people.weak_tie.person()
        chats = self._past_chats(start, min(end, self._context.clock()))
        return Review(
            week=week,
            first=first.isoformat(),
            last=last.isoformat(),
            days_known=sums.days_known,
            lights=self._lights(sums, words),
            interaction_days=sums.interaction_days,
            interaction_days_28=sums.interaction_days_28,
            spent_seconds=sums.spent_ms // 1000,
            budgeted_seconds=sums.budgeted_ms // 1000,
            taking_part_seconds=sums.taking_part_ms // 1000,
            scrolling_seconds=(sums.spent_ms - sums.taking_part_ms) // 1000,
            chat_seconds=sums.chat_ms // 1000,
            chats=chats,
            new_people=self._new_people(start, end),
            drifting=[person_view(one) for one in drifting[:MOST_DRIFTING]],
            drifting_count=len(drifting),
            weak_tie=self._people.relationships.view(tie) if tie else None,
            stale_profiles=[one for one in self._profiles() if _is_stale(one)],
            profile_lines=self._silent_profiles(week, words),
            learned=self._learned(start, end),
            shared=self._shared(start, end),
            suggestion=self._advice(sums, drifting, tie, chats, words),
        )

    def _bounds(self, week: str) -> tuple[date, date, int, int]:
        """The first and last day of a week, its first ms and that of the next week.

        Raises:
            Invalid: there is no such week.
        """
        try:
            first = week_begin(week)
            if first.year < FIRST_YEAR:
                raise ValueError(week)
            last = first + timedelta(days=6)
            (start, _), (_, end) = self._context.day_bounds(first), self._context.day_bounds(last)
        except (ValueError, OverflowError):
            raise Invalid(f"{week!r} is not a week", "write it as 2026-W48", field="week") from None
        return first, last, start, end

    def _lights(self, sums: Week, words: Words) -> list[Light]:
        settings = self._context.settings()
        return lights(
            sums,
            interaction_days=settings.review_interaction_days,
            breadth=float(settings.review_breadth),
            words=words,
        )

    def _advice(
        self,
        sums: Week,
        drifting: list[PersonStatus],
        tie: Person | None,
        chats: list[ReviewChat],
        words: Words,
    ) -> Advice:
        next_chat = self._chats.next()
        return advice(
            sums,
            drifting=drifting,
            tie=tie.name if tie else None,
            missed=[one.tag for one in chats if one.attended == "missed"],
            next_chat=next_chat.tag if next_chat else None,
            words=words,
        )

    def _sums(self, first: date, start: int, end: int) -> Week:
        now = self._context.clock()
        until = min(end, now)
        begin = self._context.log.queries.first_quarter()
        spent, taking_part = self._context.log.queries.total_time(start, end)
        interacted = [self._interacted(first + timedelta(days=number)) for number in range(-21, 7)]
        chat_times = self._chats.attendance.times(start, end).values()
        chat = sum(tally.spent_ms for tally in chat_times)
        outside = self._context.settings().chats_outside_budget
        minutes = [self._budget_minutes(first + timedelta(days=number)) for number in range(7)]
        given = [one for one in minutes if one is not None]
        return Week(
            days_known=0 if begin is None else max(0, -(-(until - begin) // DAY_MS)),
            spent_ms=spent,
            budgeted_ms=spent - chat if outside else spent,
            taking_part_ms=taking_part,
            chat_ms=chat,
            budget_minutes=sum(given) if given else None,
            interaction_days=sum(interacted[21:]),
            interaction_days_28=sum(interacted),
            breadth=self._breadth(end - 28 * DAY_MS, end),
            freshness=active_freshness(self._profiles(), self._context.names),
        )

    def _interacted(self, day: date) -> bool:
        """Whether the user talked to anybody on a day."""
        counts = self._context.log.queries.counts_by_action(*self._context.day_bounds(day))
        return any(counts.get(action) for action in TALKING)

    def _breadth(self, start: int, end: int) -> float | None:
        """With how many people the user talked as if equally often.

        A handle that belongs to nobody counts as a person.
        """
        counts: dict[str, int] = {}
        own = self._people.own_handles()
        directory = self._people.register.directory
        for network, handle, count in self._context.log.queries.touches_by_handle(start, end):
            key = (network, handle)
            if key in own:
                continue
            owner = directory.by_handle.get(key)
            name = owner.id if owner else f"{network}:{handle}"
            counts[name] = counts.get(name, 0) + count
        for meeting in self._context.book.meetings.all():
            if start <= meeting.at < end:
                who = directory.by_id.get(meeting.person)
                name = who.id if who else meeting.person
                counts[name] = counts.get(name, 0) + 1
        return breadth(counts.values())

    def _past_chats(self, start: int, end: int) -> list[ReviewChat]:
        """The slots of followed chats that lie within `start <= t <= end`."""
        found = []
        for one in self._chats.attendance.slots_between(start, end):
            if start <= one.slot.starts_at and one.slot.ends_at <= end:
                attendance = self._chats.attendance.of_slot(one.chat, one.slot)
                found.append(
                    ReviewChat(
                        tag=one.chat.tag,
                        starts_at=one.slot.starts_at,
                        attended=attendance.attended,
                    )
                )
        return found

    def _new_people(self, start: int, end: int) -> list[PersonView]:
        people = [one for one in self._context.book.people.all() if start <= one.added_at < end]
        return [person_view(one) for one in self._people.relationships.with_people(people)]

    def _learned(self, start: int, end: int) -> list[EntryView]:
        return [self._journal.view(one) for one in self._journal.entries(start, end)]

    def _silent_profiles(self, week: str, words: Words) -> list[str]:
        """The latest review's lines about silent profiles; other reviews have none."""
        if week != self.current()[0]:
            return []
        return self._profile_lines(self._context.clock() - 7 * DAY_MS, words)

    def _shared(self, start: int, end: int) -> Shared:
        """What the user posted and shared, the next rung, and articles read but not shared."""
        acts = self._context.log.queries.counts_by_action(start, end)
        listened = sum(one.attended == "listened" for one in self._past_chats(start, end))
        reached, following = rung(acts, listened)
        return Shared(
            own_posts=acts.get("post", 0),
            others_shared=acts.get("share", 0),
            replies=acts.get("reply", 0),
            rung=reached,
            next_rung=following,
            unshared=self._unshared(start, end),
        )

    def _unshared(self, start: int, end: int) -> list[str]:
        """Articles that were read for two minutes and not shared; on Fridays, if so set."""
        now = self._context.clock()
        settings = self._context.settings()
        if not settings.remind_unshared or self._context.day_of(now).weekday() != FRIDAY:
            return []
        shares = self._context.log.queries.shares(start, end + SHARED_WITHIN_MS)
        found: dict[str, None] = {}
        for begin, close, network, handle in self._context.log.queries.article_visits(
            start, end, ARTICLE_MS
        ):
            if not any(
                network == where and begin <= at <= close + SHARED_WITHIN_MS for at, where in shares
            ):
                name = self._context.names.get(network, network)
                found[f"{name}: @{handle}" if handle else name] = None
        return list(found)[:MOST_ARTICLES]


def _is_stale(one: ProfileToday) -> bool:
    return one.mode == "active" and one.freshness == "stale"
