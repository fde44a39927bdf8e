"""The weekly review, the quarterly plan, the ledger of work and home."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from msgspec.structs import replace

from plnd.core.chats import Chats
from plnd.core.context import DAY_MS, Context
from plnd.core.journal import Journal
from plnd.core.people import People, person_view
from plnd.errors import Invalid
from plnd.measures.review import (
    TALKING,
    Week,
    advice,
    compare_plans,
    ledger_rows,
    lights,
    plan,
    quarter_name,
    reviewed_week,
    rung,
    week_begin,
)
from plnd.measures.upkeep import breadth
from plnd.model.day import ProfileToday
from plnd.model.journal import EntryView
from plnd.model.people import PersonView
from plnd.model.review import Ledger, LedgerRow, Plan, PlanDiff, Review, ReviewChat, Shared
from plnd.notices.rules import minute_of
from plnd.words.messages import ENGLISH, Words

MOST_DRIFTING = 10
ARTICLE_MS = 2 * 60_000
SHARED_WITHIN_MS = 10 * 60_000
MOST_ARTICLES = 5
FRIDAY = 4
FIRST_YEAR = 2000


class Reviews:
    """Sums of weeks and quarters. `profiles` gives the user's own, as today shows them,
    `profile_lines` what is to be said of them since a moment (ms), `unaffordable` the networks
    that do not fit into the budget, with the reason;
    `spent` and `budget_minutes` what of a day counts against the budget, and the budget."""

    def __init__(
        self,
        context: Context,
        people: People,
        chats: Chats,
        journal: Journal,
        profiles: Callable[[], list[ProfileToday]],
        profile_lines: Callable[[int, Words], list[str]],
        unaffordable: Callable[[Words], list[tuple[str, str]]],
        budget_minutes: Callable[[date], int | None],
    ) -> None:
        self._context = context
        self._people = people
        self._chats = chats
        self._journal = journal
        self._profiles = profiles
        self._profile_lines = profile_lines
        self._unaffordable = unaffordable
        self._budget_minutes = budget_minutes

    # -- the week ----------------------------------------------------------------------

    def current(self) -> tuple[str, date]:
        """The week that the last review was about, and the day of that review."""
        settings = self._context.settings()
        now = self._context.clock()
        return reviewed_week(
            self._context.day_of(now),
            self._context.minute_of_day(now),
            settings.review_day,
            minute_of(settings.review_time),
        )

    def week(self, name: str | None = None, words: Words = ENGLISH) -> Review:
        """The review of a week (2026-W48), else of the last that was due.

        Raises:
            Invalid: there is no such week.
        """
        name = name or self.current()[0]
        try:
            first = week_begin(name)
            if first.year < FIRST_YEAR:
                raise ValueError(name)
            last = first + timedelta(days=6)
            (start, _), (_, end) = self._context.day_bounds(first), self._context.day_bounds(last)
        except (ValueError, OverflowError):
            raise Invalid(f"{name!r} is not a week", "write it as 2026-W48", field="week") from None
        settings = self._context.settings()
        sums = self._sums(first, start, end)
        drifting = self._people.drifting()
        tie = self._people.weak_tie()
        held = self._held(start, min(end, self._context.clock()))
        next_chat = self._chats.next()
        return Review(
            week=name,
            first=first.isoformat(),
            last=last.isoformat(),
            days_known=sums.days_known,
            lights=lights(
                sums,
                interaction_days=settings.review_interaction_days,
                breadth=float(settings.review_breadth),
                words=words,
            ),
            interaction_days=sums.interaction_days,
            interaction_days_28=sums.interaction_days_28,
            spent_seconds=sums.spent_ms // 1000,
            budgeted_seconds=sums.budgeted_ms // 1000,
            taking_part_seconds=sums.taking_part_ms // 1000,
            scrolling_seconds=(sums.spent_ms - sums.taking_part_ms) // 1000,
            chat_seconds=sums.chat_ms // 1000,
            chats=held,
            new_people=self._new(start, end),
            drifting=[person_view(one) for one in drifting[:MOST_DRIFTING]],
            drifting_count=len(drifting),
            weak_tie=self._people.view(tie) if tie else None,
            stale_profiles=[one for one in self._profiles() if _stale(one)],
            profile_lines=self._silent(name, words),
            learned=self._learned(start, end),
            shared=self._shared(start, end),
            suggestion=advice(
                sums,
                drifting=drifting,
                tie=tie.name if tie else None,
                missed=[one.tag for one in held if one.attended == "missed"],
                next_chat=next_chat.tag if next_chat else None,
                words=words,
            ),
        )

    def _sums(self, first: date, start: int, end: int) -> Week:
        now = self._context.clock()
        until = min(end, now)
        begin = self._context.log.first_moment()
        spent, taking_part = self._context.log.spent(start, end)
        talked = [self._talked(first + timedelta(days=number)) for number in range(-21, 7)]
        chat = sum(tally.spent_ms for tally in self._chats.times(start, end).values())
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
            interaction_days=sum(talked[21:]),
            interaction_days_28=sum(talked),
            breadth=self._breadth(end - 28 * DAY_MS, end),
            freshness=self._freshness(),
        )

    def _talked(self, day: date) -> bool:
        """Whether anybody was spoken to on a day."""
        counts = self._context.log.act_counts(*self._context.day_bounds(day))
        return any(counts.get(action) for action in TALKING)

    def _breadth(self, start: int, end: int) -> float | None:
        """As if the user spoke equally with so many: over people, and handles that are nobody's."""
        counts: dict[str, int] = {}
        own = self._people.own()
        owners = self._people.directory.by_handle
        for network, handle, count in self._context.log.spoken(start, end):
            key = (network, handle)
            if key in own:
                continue
            owner = owners.get(key)
            name = owner.id if owner else f"{network}:{handle}"
            counts[name] = counts.get(name, 0) + count
        for meeting in self._context.book.meetings.all():
            if start <= meeting.at < end:
                who = self._people.directory.by_id.get(meeting.person)
                name = who.id if who else meeting.person
                counts[name] = counts.get(name, 0) + 1
        return breadth(counts.values())

    def _freshness(self) -> dict[str, str]:
        names = self._context.names
        return {
            f"{names.get(one.network, one.network)} (@{one.handle})": one.freshness
            for one in self._profiles()
            if one.mode == "active"
        }

    def _held(self, start: int, end: int) -> list[ReviewChat]:
        found = []
        for one in self._chats.held(start, end):
            if start <= one.slot.starts_at and one.slot.ends_at <= end:
                went = self._chats.went(one.chat, one.slot)
                found.append(
                    ReviewChat(
                        tag=one.chat.tag, starts_at=one.slot.starts_at, attended=went.attended
                    )
                )
        return found

    def _new(self, start: int, end: int) -> list[PersonView]:
        """People added in that time."""
        people = [one for one in self._context.book.people.all() if start <= one.added_at < end]
        return [person_view(one) for one in self._people.standings(people)]

    def _learned(self, start: int, end: int) -> list[EntryView]:
        return [self._journal.view(one) for one in self._journal.entries(start, end)]

    def _shared(self, start: int, end: int) -> Shared:
        """Give and take, the next rung, and on Fridays, if wanted, what was read and not shared."""
        acts = self._context.log.act_counts(start, end)
        listened = sum(one.attended == "listened" for one in self._held(start, end))
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
        """Networks and names of articles that were read for two minutes and not shared."""
        now = self._context.clock()
        settings = self._context.settings()
        if not settings.remind_unshared or self._context.day_of(now).weekday() != FRIDAY:
            return []
        shares = self._context.log.shares(start, end + SHARED_WITHIN_MS)
        found: dict[str, None] = {}
        for begin, close, network, handle in self._context.log.articles(start, end, ARTICLE_MS):
            if not any(
                network == where and begin <= at <= close + SHARED_WITHIN_MS for at, where in shares
            ):
                name = self._context.names.get(network, network)
                found[f"{name}: @{handle}" if handle else name] = None
        return list(found)[:MOST_ARTICLES]

    # -- the quarter -------------------------------------------------------------------------

    def plan(self, words: Words = ENGLISH) -> tuple[Plan, PlanDiff | None]:
        """This quarter's plan as things stand, beside the last one that was kept."""
        now = self._context.clock()
        quarter = quarter_name(self._context.day_of(now))
        made = plan(
            quarter=quarter,
            made_at=now,
            suggested=self._people.suggested(),
            drifting=self._people.drifting(),
            freshness=self._freshness(),
            unaffordable=self._unaffordable(words),
            unconfirmed=[
                one.tag
                for one in self._chats.followed()
                if self._chats.history(one).state == "unconfirmed"
            ],
            words=words,
        )
        last = max(
            (one for one in self._context.book.plans.all() if one.quarter < quarter),
            key=lambda one: one.quarter,
            default=None,
        )
        return made, compare_plans(made, last) if last else None

    def keep_plan(self, words: Words = ENGLISH) -> tuple[Plan, PlanDiff | None]:
        """Keep the plan, in place of one kept before in this quarter."""
        made, diff = self.plan(words)
        self._context.book.plans.put(made)
        return made, diff

    def _silent(self, week: str, words: Words) -> list[str]:
        """What the latest review says of silent profiles: nothing that the one before it said."""
        now = self._context.clock()
        if week != self.current()[0]:
            return []
        return self._profile_lines(now - 7 * DAY_MS, words)

    # -- work and home --------------------------------------------------------------------------

    def ledger(self, first: date, last: date, *, names: bool) -> Ledger:
        """Time and interactions in work hours and off them, from the first day to the last.

        With `names`, also whom it was with in work hours; off, only how many.
        """
        (start, _), (_, end) = self._context.day_bounds(first), self._context.day_bounds(last)
        zone, hours = self._context.zone(), self._context.work_hours()
        rows: list[dict[str, tuple[int, int, int, int]]] = []
        for begin, sums in self._context.log.quarters(start, end).items():
            working = hours.at(begin, zone)
            for (network, _), (spent, part) in sums.times.items():
                rows.append({network: (spent, spent if working else 0, part, 0)})
            for (network, _), count in sums.acts.items():
                rows.append({network: (0, 0, 0, count)})
        people = self._at_work(start, end)
        return Ledger(
            first=first.isoformat(),
            last=last.isoformat(),
            rows=_named(ledger_rows(rows), self._context.names),
            people=len(people),
            names=sorted(people) if names else None,
        )

    def _at_work(self, start: int, end: int) -> set[str]:
        """The people dealt with in work hours, by name."""
        zone, hours = self._context.zone(), self._context.work_hours()
        owners = self._people.directory.by_handle
        found = set()
        for key, at in self._context.log.touch_times(start, end):
            if (owner := owners.get(key)) and hours.at(at, zone):
                found.add(owner.name)
        return found


def _named(rows: list[LedgerRow], names: Mapping[str, str]) -> list[LedgerRow]:
    return [replace(row, network=names.get(row.network, row.network)) for row in rows]


def _stale(one: ProfileToday) -> bool:
    return one.mode == "active" and one.freshness == "stale"
