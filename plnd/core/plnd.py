"""The product behind one object: the web, the command line and tests call nothing else.

`Plnd` connects the parts. Each part loads from the stores, asks a pure function, and saves.
"""

import logging
import time
from collections.abc import Callable

from plnd.core.background_work import BackgroundWork
from plnd.core.budgets import Budgets
from plnd.core.chats.chats import Chats
from plnd.core.context import Context
from plnd.core.cpd import Cpd
from plnd.core.due_notices import DueNotices
from plnd.core.file_imports import FileImports
from plnd.core.journal import Journal
from plnd.core.networks import CountedNetworks, Networks
from plnd.core.notifier import Notifier, Notify
from plnd.core.own_data import forgetting
from plnd.core.own_data.exclusive_work import ExclusiveWork
from plnd.core.own_data.interrupted import finish_interrupted
from plnd.core.own_data.maintenance import Maintenance
from plnd.core.own_data.own_data import OwnData, utc_stamp
from plnd.core.own_data.stores import Stores
from plnd.core.pauses import Pauses
from plnd.core.people.people import People
from plnd.core.profiles.profiles import Profiles, last_own_posts
from plnd.core.profiles.views import ProfileViews
from plnd.core.readings.articles import Articles
from plnd.core.readings.feeds import Feeds
from plnd.core.readings.pages import PageReadings
from plnd.core.readings.requests import MakeFetch, OutgoingRequests, make_fetch_on_demand
from plnd.core.reviews.plans import Plans
from plnd.core.reviews.weekly import WeeklyReview
from plnd.core.reviews.work_ledger import WorkLedger
from plnd.core.settings import UserSettings
from plnd.core.sources import Sources
from plnd.core.totals import Totals
from plnd.core.trends import Trends
from plnd.core.upkeep import Upkeep
from plnd.errors import PlndError
from plnd.measures.event_validation import Accepted, validate
from plnd.model.day import ProfileToday, Today
from plnd.model.events import EventBatch, EventsAnswer, Rejection
from plnd.model.networks import FileFault
from plnd.notices import desktop
from plnd.store import unfinished
from plnd.store.backups import Backups
from plnd.store.book.book import Book
from plnd.store.data_files import LOG
from plnd.store.group_commit import GroupCommit
from plnd.store.log.batches import TOO_MANY_EVENTS, Batch, StoreResult
from plnd.store.log.log import Log
from plnd.system.files import Home
from plnd.worker.process import Worker

log = logging.getLogger("plnd")


def now_ms() -> int:
    """The clock: milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000


class Plnd:
    """The plnd of one home.

    `clock` gives the time in ms. `notify(title, body)` shows a notice and returns None, or why
    it was not shown. `make_fetch` gives what fetches from the web.

    Raises:
        StorageError: from any method, when a store cannot be read or written.
    """

    def __init__(
        self,
        home: Home,
        *,
        clock: Callable[[], int] = now_ms,
        notify: Notify = desktop.notify,
        make_fetch: MakeFetch = make_fetch_on_demand,
    ) -> None:
        home.make()
        self.home = home
        self.clock = clock
        self._book = Book(home.data)
        self._backups = Backups(home.data)
        self._log = Log(home.data / LOG, before_upgrade=self._back_up_before_upgrade)
        stores = Stores(self._log, self._book, self._backups, home.data)
        finish_interrupted(home, stores)
        self._commits = GroupCommit(self._log, self._after_commit)
        self.settings = UserSettings(self._book, clock, self._invalidate_totals)
        self.pauses = Pauses(self._book, clock)
        self._counting = CountedNetworks(self._book, clock)
        self.networks = Networks(home, self._counting, self._invalidate_totals)
        self.notifier = Notifier(self._book, clock, notify)
        self._context = Context(
            home,
            self._book,
            self._log,
            clock,
            self.settings.current,
            self.settings.zone,
            self.networks.names,
        )
        self.budgets = Budgets(self._context, self._invalidate_totals)
        self.upkeep = Upkeep(self._context, self.budgets.all)
        self.trends = Trends(self._context)
        self.sources = Sources(self._book, clock)
        self.profiles = Profiles(self._context, self._is_recording, self._invalidate_totals)
        self.profile_views = ProfileViews(self._context, self.profiles)
        self._connect_readings(make_fetch)
        self._work = ExclusiveWork(home, self._log, self._commits, BackgroundWork(home.data / LOG))
        self.own = OwnData(
            self._context,
            stores,
            self._work,
            self.networks,
            lambda: self.people,
            self.profiles.handle_keys,
            self._reload,
        )
        self.maintenance = Maintenance(self._context, self._backups, self.own, self._work)
        self._load()

    def _connect_readings(self, make_fetch: MakeFetch) -> None:
        """The parts that read pages, feeds and files, each file and page in a worker process."""
        context, profiles = self._context, self.profiles
        self._page_worker = Worker()
        self.requests = OutgoingRequests(context, make_fetch)
        self.page_readings = PageReadings(
            context,
            profiles,
            lambda: self.people,
            self._page_worker,
            is_counted=self._counting.is_counted,
            is_recording=self._is_recording,
        )
        self.feeds = Feeds(context, profiles, lambda: self.people, self._page_worker, self.requests)
        self.articles = Articles(self._page_worker, self.requests, self.clock)
        self.imports = FileImports(context, lambda: self.people, lambda: self.chats)

    def _load(self, own_posts: dict[str, int] | None = None) -> None:
        """Read what both stores hold: at the start, and after much of it has changed at once.

        `own_posts` is the result of `last_own_posts`, if it was read already.
        """
        self.settings.reload()
        self.pauses.reload()
        self._counting.reload()
        self.own.load_guards()
        self._log.repair_visits_from(self.clock())
        self.notifier.reload()
        context, networks, profiles = self._context, self.networks, self.profiles
        self.chats = Chats(context, self._invalidate_totals)
        self.totals = Totals(
            context, unsure_acts=networks.unsure_acts, chats=self.chats, profiles=profiles.today
        )
        networks.apply()
        profiles.reload(own_posts)
        self.people = People(context, profiles.handle_keys)
        self.journal = Journal(context, self.people)
        self.cpd = Cpd(context, self.chats, self.journal)
        self._connect_reviews()
        self.due_notices = DueNotices(
            context,
            self.settings,
            self.notifier,
            self.totals,
            self.chats,
            self.weekly_review,
            profiles,
        )

    def _connect_reviews(self) -> None:
        def profiles_today() -> list[ProfileToday]:
            return self.today().profiles

        self.weekly_review = WeeklyReview(
            self._context,
            self.people,
            self.chats,
            self.journal,
            profiles=profiles_today,
            profile_lines=self.profiles.review_lines,
            budget_minutes=self.totals.budget_minutes,
        )
        self.plans = Plans(
            self._context,
            self.people,
            self.chats,
            profiles=profiles_today,
            unaffordable=self.upkeep.unaffordable,
        )
        self.work_ledger = WorkLedger(self._context, self.people)

    async def _reload(self) -> None:
        """Load again after long work; the slow query runs in the background."""
        async with self._work.commits_paused():
            try:
                own_posts = await self._work.background.on_log(last_own_posts)
            except PlndError:
                own_posts = None
            self._load(own_posts)

    def _back_up_before_upgrade(self, version: int) -> None:
        """Back up the log of an older plnd before its schema is upgraded."""
        now = self.clock()
        made = self._backups.make(f"{utc_stamp(now)}-before-upgrade", "before_upgrade", now)
        log.info("a store of version %d is brought up to date; backup %s", version, made.name)

    @property
    def damaged(self) -> list[str]:
        """Where damaged files were moved to when the stores were opened."""
        return [*self._log.damaged, *self._book.damaged]

    def faults(self) -> list[FileFault]:
        """The documents that cannot be used; they stay in their files."""
        return self._book.faults()

    # -- events ----------------------------------------------------------------------

    async def record(self, batch: EventBatch) -> EventsAnswer:
        """Store a batch of events. The events that the answer calls stored are on disk."""
        now = self.clock()
        self._correct_future_guards(now)
        accepted, rejected = validate(
            batch.events,
            now=now,
            networks=self.networks.names,
            pauses=self.pauses.all,
            uncounted=self._counting.times,
            forgotten=self.own.guards,
            visits_from=self._log.visits_from,
        )
        if accepted:
            refused = dict(await self._commits.store(Batch(batch.source, accepted)))
            if refused:
                rejected += [
                    _rejection(one, refused[one.index]) for one in accepted if one.index in refused
                ]
                accepted = [one for one in accepted if one.index not in refused]
        return EventsAnswer(
            stored=[one.event.id for one in accepted], rejected=rejected, today=self.today()
        )

    def _after_commit(self, outcome: StoreResult) -> None:
        """Update what is cached, then send the notices about budgets that are due."""
        self.totals.after_commit(outcome)
        self.profiles.after_commit(outcome.quarters)
        self.people.after_commit(outcome.touches)
        self.chats.attendance.after_commit(outcome.quarters)
        self.due_notices.send_budget_notices()

    def _is_recording(self, network: str) -> bool:
        """Whether anything may be recorded of a network now."""
        return self._counting.is_counted(network) and not self.pauses.state().paused

    def _correct_future_guards(self, now: int) -> None:
        """Keep pauses and switched-off networks in force after the clock was set back."""
        self._counting.correct_future_starts(now)
        self.pauses.correct_future_starts(now)

    def today(self, day: str | None = None) -> Today:
        """The totals of today, or of another day (YYYY-MM-DD).

        Raises:
            Invalid: the day is not a date.
        """
        return self.totals.today(day)

    def _invalidate_totals(self) -> None:
        self.totals.invalidate()

    def send_due_notices(self) -> None:
        """Send every notice that is due; called once a minute."""
        self._correct_future_guards(self.clock())
        self.due_notices.send()

    # -- the end ---------------------------------------------------------------------

    async def close(self) -> None:
        """Stop long work, write what is waiting, and close both stores."""
        await self.stop_work()
        async with self._work.exclusive_after_commit():
            pass
        self.close_stores()

    async def stop_work(self) -> None:
        """Stop long work, the notices that are being shown, and the worker processes."""
        self._work.background.stop()
        await self.notifier.close()
        await self._page_worker.close()
        await self.imports.close()

    def close_stores(self) -> None:
        """Close the log; enough if nothing was recorded."""
        left = unfinished.load(self.home)
        if left.busy:
            left.busy = forgetting.files_in_use(self._log)
            unfinished.save(self.home, left)
        self._log.close()


def _rejection(one: Accepted, reason: str) -> Rejection:
    if reason == "too_many":
        return Rejection(
            id=one.event.id, index=one.index, code="invalid", message=TOO_MANY_EVENTS, field=None
        )
    return Rejection(
        id=one.event.id,
        index=one.index,
        code="conflict",
        message="this id came with other content before",
        field="id",
    )
