"""What plnd can do, one method each. The only object that the web, the command line and tests call.

It loads, asks a pure function, saves; it knows both stores, and nobody else does. What is
asked for once in a long while is imported when it is: a start waits for every import.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from plnd.catalogue import own_files, rules
from plnd.core import forgetting
from plnd.core.background_work import BackgroundWork
from plnd.core.chats import Chats
from plnd.core.context import Context
from plnd.core.cpd import Cpd
from plnd.core.file_imports import FileImports
from plnd.core.journal import Journal
from plnd.core.networks import CountedNetworks, networks_answer
from plnd.core.notifier import Notifier, Notify
from plnd.core.people import People
from plnd.core.profiles import Profiles, last_posts
from plnd.core.readings import MakeFetch, Readings, way_out
from plnd.core.review import Reviews
from plnd.core.settings import changed_settings, system_zone
from plnd.core.sources import Sources
from plnd.core.totals import Totals
from plnd.core.trends import Trends
from plnd.errors import Invalid, NotFound, PlndError
from plnd.measures import upkeep
from plnd.measures.budget import budget_id, sorted_days
from plnd.measures.event_validation import Accepted, validate
from plnd.measures.guards import is_in_future, moved_start
from plnd.measures.people.handles import HandleKey, handle_key
from plnd.measures.time import QUARTER_MS, day_bounds, day_of
from plnd.model.base import LAST_MOMENT
from plnd.model.day import Today
from plnd.model.events import EventBatch, EventsAnswer, Rejection
from plnd.model.networks import FileFault, NetworkEntry, NetworksAnswer
from plnd.model.notices import Notice
from plnd.model.own import (
    BackupEntry,
    ExportAnswer,
    ForgetAnswer,
    ForgetRequest,
    ImportAnswer,
    ReceiptAnswer,
    RestoreAnswer,
)
from plnd.model.pauses import Pause, PauseState
from plnd.model.profiles import Affords, ProfileRequest
from plnd.model.readings import ReadingAnswer, ReadingRequest, Wanted
from plnd.model.scope import PersonScope, Scope
from plnd.model.settings import Budget, BudgetRequest, Settings
from plnd.notices import desktop
from plnd.notices.learning import (
    AHEAD_MS,
    browser_in_use,
    chat_notices,
    review_notices,
    room,
    within_a_day,
)
from plnd.notices.rules import budget_notices
from plnd.store import network_files, unfinished
from plnd.store.backups import LOG, Backups
from plnd.store.book.book import Book
from plnd.store.commits import Commits
from plnd.store.log.log import CROWDED, Batch, Log, Outcome, Sums
from plnd.store.unfinished import Forgetting
from plnd.system import paths
from plnd.system.files import Home
from plnd.words.messages import CATALOGUES, ENGLISH, Words, language_of_locale

log = logging.getLogger("plnd")

DAY_MS = 86_400_000
UPKEEP_WEEKS = 4


def now_ms() -> int:
    """The clock: milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000


class Plnd:
    """One home's plnd.

    `clock` gives the time in ms; `notify(title, body)` shows a notice and returns None, or why
    it was not shown; `make_fetch` gives the way to the feeds outside.

    Raises:
        StorageError: from any method, when a store refuses.
    """

    def __init__(
        self,
        home: Home,
        *,
        clock: Callable[[], int] = now_ms,
        notify: Notify = desktop.notify,
        make_fetch: MakeFetch = way_out,
    ) -> None:
        home.make()
        self.home = home
        self.clock = clock
        self._names: dict[str, str] = {}
        self._unsure: dict[str, frozenset[str]] = {}
        self._book = Book(home.data)
        self._backups = Backups(home.data)
        self._copying = asyncio.Lock()
        self._system_zone: tuple[int, ZoneInfo] | None = None
        self.notifier = Notifier(self._book, clock, notify)
        self._log = Log(home.data / LOG, before_upgrade=self._before_upgrade)
        self._finish_begun()
        self._commits = Commits(self._log, self._changed)
        self._work = BackgroundWork(home.data / LOG)
        self._context = Context(
            home, self._book, self._log, clock, lambda: self._settings, self.zone, self._names
        )
        self.trends = Trends(self._context)
        self.sources = Sources(self._book, clock)
        self._counting = CountedNetworks(self._book, clock)
        self.profiles = Profiles(self._context, self._drop_figures)
        self.readings = Readings(self._context, self.profiles, make_fetch, lambda: self.people)
        self.imports = FileImports(self._context, lambda: self.people, lambda: self.chats)
        self.look_at_networks()
        self._take_stores()

    def _take_stores(self, acts: dict[str, int] | None = None) -> None:
        """Take up what both stores hold: at the start, and when much of it was changed at once.

        `acts` is what `last_posts` gives, where it was asked already.
        """
        self._settings = self._book.settings.get()
        self._pauses = self._book.pauses.all()
        self._counting.take_store()
        self._forgotten = forgetting.guards(self._book, self.clock())
        self._log.mend_visits_from(self.clock())
        self.notifier.take_store()
        self.chats = Chats(self._context, self._drop_figures)
        self.figures = Totals(
            self._context, unsure=self._unsure, chats=self.chats, profiles=self.profiles.today
        )
        self._take_networks(self._catalogue)
        self.profiles.take_store(acts)
        context = self._context
        self.people = People(context, self._own_handles)
        self.journal = Journal(context, self.people)
        self.development = Cpd(context, self.chats, self.journal)
        self.reviews = Reviews(
            context,
            self.people,
            self.chats,
            self.journal,
            profiles=lambda: self.today().profiles,
            profile_lines=self.profiles.review_lines,
            unaffordable=self._unaffordable,
            budget_minutes=self.figures.budget_minutes,
        )

    def _finish_begun(self) -> None:
        """Finish what a kill has left half done, before anybody sees it."""
        left = unfinished.load(self.home)
        if left == unfinished.Unfinished():
            return
        from plnd.core import restoring

        stores = self._stores()
        try:
            for one in left.forgetting:
                forgetting.finish(one, stores)
            if left.restoring is not None:
                restoring.finish(
                    left.restoring, self._backups, self._log, self._book, self.home.data
                )
            left.busy = self._busy(self._log)
        except PlndError as error:
            log.warning("what was begun could not be finished: %s; ask for it again", error.message)
        unfinished.save(self.home, unfinished.Unfinished(busy=left.busy))

    def _stores(self) -> forgetting.Stores:
        return forgetting.Stores(self._log, self._book, self._backups, self.home.data)

    @staticmethod
    def _busy(opened: Log) -> list[str]:
        """The files that hold on to what was deleted, as another program reads them."""
        return [] if opened.emptied() else [opened.path.name]

    def _before_upgrade(self, version: int) -> None:
        """Keep the log of an older plnd, before it is brought up to date."""
        name = f"{self._stamp()}-before-upgrade"
        made = self._backups.make(name, "before_upgrade", self.clock())
        log.info("a store of version %d is brought up to date; backup %s", version, made.name)

    def _stamp(self) -> str:
        """The moment as it stands in the names of backups, in UTC."""
        return time.strftime("%Y-%m-%dT%H%M%S", time.gmtime(self.clock() / 1000))

    @property
    def damaged(self) -> list[str]:
        """Where damaged files were moved to when this plnd opened its stores."""
        return [*self._log.damaged, *self._book.damaged]

    def faults(self) -> list[FileFault]:
        """The documents that cannot be used: each is left out, and stays in its file."""
        return self._book.faults()

    async def close(self) -> None:
        """End long work, write what waits, end the notices that are being shown, close all."""
        await self.stop_work()
        async with self._copying:
            self._commits.commit()
        self.close_stores()

    async def stop_work(self) -> None:
        """End long work, the notices that are being shown, and the processes that read."""
        self._work.stop()
        await self.notifier.close()
        await self.readings.close()
        await self.imports.close()

    def close_stores(self) -> None:
        """Close the log; enough where nothing was recorded."""
        left = unfinished.load(self.home)
        if left.busy:
            left.busy = self._busy(self._log)
            unfinished.save(self.home, left)
        self._log.close()

    # -- networks --------------------------------------------------------------

    def look_at_networks(self) -> None:
        """Take up the own files as they are now. What is new in them is tried apart, which may
        take seconds."""
        self._catalogue = own_files.effective(network_files.folder(self.home))

    def _take_networks(self, found: own_files.Effective) -> None:
        every = found.networks.values()
        self._names.clear()  # the parts hold on to this one
        self._names.update({one.id: one.name for one in every})
        self._unsure.clear()
        self._unsure.update({one.id: rules.unsure_acts(one) for one in every})
        self.figures.drop()

    async def networks(self, words: Words = ENGLISH) -> NetworksAnswer:
        """The networks in use, with the user's own files as they are on disk now."""
        await asyncio.to_thread(self.look_at_networks)
        self._take_networks(self._catalogue)
        return networks_answer(self._catalogue, self._counting.is_counted, words)

    async def count_network(
        self, id: str, words: Words = ENGLISH, *, counted: bool
    ) -> NetworkEntry:
        """Count a network from now on, or record nothing of it. What is stored stays.

        Raises:
            NotFound: there is no such network.
        """
        every = (await self.networks(words)).networks
        found = next((one for one in every if one.id == id), None)
        if found is None:
            raise NotFound(f"there is no network {id!r}", "`plnd network` lists them")
        self._counting.switch(id, counted=counted)
        return msgspec.structs.replace(found, counted=counted)

    # -- events ----------------------------------------------------------------

    async def record(self, batch: EventBatch) -> EventsAnswer:
        """Store a batch. What the answer calls stored is on disk."""
        now = self.clock()
        self._hold(now)
        taken, rejected = validate(
            batch.events,
            now=now,
            networks=self._names,
            pauses=self._pauses,
            uncounted=self._counting.times,
            forgotten=self._forgotten,
            visits_from=self._log.visits_from,
        )
        if taken:
            refused = dict(await self._commits.store(Batch(batch.source, taken)))
            if refused:
                rejected += [
                    _rejection(one, refused[one.index]) for one in taken if one.index in refused
                ]
                taken = [one for one in taken if one.index not in refused]
        return EventsAnswer(
            stored=[one.event.id for one in taken], rejected=rejected, today=self.today()
        )

    def _changed(self, outcome: Outcome) -> None:
        """After a commit: bring what is kept of the day up to date, then tell what is due."""
        self.figures.committed(outcome)
        self.profiles.acts_changed(outcome.quarters)
        self.people.touched(outcome.touches)
        self.chats.changed(outcome.quarters)
        self._speak_of_budgets()

    def _own_handles(self) -> set[HandleKey]:
        return {handle_key(one.network, one.handle) for one in self.profiles.all()}

    def _drop_figures(self) -> None:
        self.figures.drop()

    # -- today -----------------------------------------------------------------

    def today(self, day: str | None = None) -> Today:
        """The figures of today, or of another day (YYYY-MM-DD).

        Raises:
            Invalid: the day is not a date.
        """
        return self.figures.today(day)

    def zone(self) -> ZoneInfo:
        """The user's time zone: the setting, else the system's of this minute, else UTC."""
        if self._settings.time_zone:
            return ZoneInfo(self._settings.time_zone)
        minute = self.clock() // 60_000
        if self._system_zone is None or self._system_zone[0] != minute:
            self._system_zone = (minute, ZoneInfo(system_zone()))
        return self._system_zone[1]

    def words(self) -> Words:
        """What notices are told in: the language of the settings, else the system's."""
        language = self._settings.language
        return CATALOGUES[language] if language else language_of_locale(paths.locale())

    # -- settings and budgets ----------------------------------------------------

    def settings(self) -> Settings:
        return self._settings

    def change_settings(self, changes: Mapping[str, Any]) -> Settings:
        """Change the settings that are named.

        Raises:
            Invalid: a setting is unknown or its value does not fit; nothing is changed.
        """
        settings = changed_settings(self._settings, changes)
        self._book.settings.put(settings)
        self._settings = settings
        self.figures.drop()
        log.info("settings changed: %s", ", ".join(sorted(changes)))
        return settings

    def budgets(self) -> list[Budget]:
        return list(self.figures.budgets)

    def set_budget(self, wanted: BudgetRequest) -> Budget:
        """Set a budget, in place of the one for the same network, days and hours.

        Raises:
            Invalid: the network is unknown.
        """
        if wanted.network is not None:
            self._context.check_network(wanted.network)
        budget = Budget(
            id=budget_id(wanted.network, wanted.days, wanted.when),
            minutes=wanted.minutes,
            network=wanted.network,
            days=sorted_days(wanted.days),
            when=wanted.when,
        )
        self._book.budgets.put(budget)
        self.figures.drop()
        log.info("a budget of %d minutes a day is set", budget.minutes)
        return budget

    def delete_budget(self, id: str) -> None:
        """Raises:
        NotFound: there is no such budget.
        """
        if not self._book.budgets.remove(id):
            raise NotFound(f"no budget {id!r}", "`plnd budget` lists them")
        self.figures.drop()
        log.info("a budget is removed")

    # -- profiles ----------------------------------------------------------------

    async def read_page(self, given: ReadingRequest) -> ReadingAnswer:
        """What a profile's page says of its last post.

        While plnd is paused nothing is kept, and of a network that is not counted nothing ever.
        """
        counted = self._counting.is_counted(given.network)
        return await self.readings.take(given, keep=counted and not self.pause_state().paused)

    def seem_mine(self, seen: ProfileRequest) -> None:
        """Remember under which handle the user posted, where anything may be recorded now.

        Raises:
            Invalid: as `Profiles.seem_mine`.
        """
        if self._counting.is_counted(seen.network) and not self.pause_state().paused:
            self.profiles.seem_mine(seen)

    def wanted_readings(self, network: str | None = None) -> list[Wanted]:
        """Whose pages are worth reading when the user looks at them: own profiles and people."""
        people = [
            Wanted(network=one, handle=handle) for one, handle in self.people.directory.by_handle
        ]
        wanted = dict.fromkeys([*self.profiles.wanted(), *people])
        return [
            one
            for one in wanted
            if network in (None, one.network) and self._counting.is_counted(one.network)
        ]

    def _unaffordable(self, words: Words) -> list[tuple[str, str]]:
        """The networks beyond the week's budget, with the reason."""
        return [
            (
                one.name,
                words.say("plan_close_silent", hours=words.number(one.hours, 0))
                if one.weekly_minutes is None
                else words.say("plan_close_beyond", minutes=one.weekly_minutes),
            )
            for one in self.affords().networks
            if one.state == "rest"
        ]

    def affords(self) -> Affords:
        """What the user's hour affords, from the last four weeks."""
        zone, settings, now = self.zone(), self._settings, self.clock()
        today = day_of(now, zone, settings.day_start)
        found: dict[str, list[upkeep.Week]] = {}
        for number in range(UPKEEP_WEEKS):
            last = today - timedelta(days=7 * number)
            start = day_bounds(last - timedelta(days=6), zone, settings.day_start)[0]
            end = day_bounds(last, zone, settings.day_start)[1]
            for network, week in _week(self._log.quarters(start, end)).items():
                weeks = found.setdefault(network, [upkeep.Week()] * UPKEEP_WEEKS)
                weeks[number] = week
        return upkeep.affords(found, upkeep.budget_minutes(self.figures.budgets), self._names)

    # -- pause -------------------------------------------------------------------

    def pause_state(self) -> PauseState:
        now = self.clock()
        for pause in self._pauses:
            if pause.end is None or pause.start <= now < pause.end:
                return PauseState(paused=True, since=pause.start, until=pause.end)
        return PauseState(paused=False)

    def pause(self, until: int | None = None) -> PauseState:
        """Record nothing from now until `until` (ms), or until `resume`.

        Raises:
            Invalid: `until` is not in the future.
        """
        now = self.clock()
        if until is not None and until <= now:
            raise Invalid("until is not in the future", field="until")
        self._hold(now)
        since = self.pause_state().since
        self._save_pause(Pause(start=since if since is not None else now, end=until))
        log.info("paused")
        return self.pause_state()

    def resume(self) -> PauseState:
        """Record again; does nothing when plnd is not paused."""
        now = self.clock()
        self._hold(now)
        while (state := self.pause_state()).paused and state.since is not None:
            self._save_pause(Pause(start=state.since, end=now))
            log.info("resumed")
        return state

    def _hold(self, now: int) -> None:
        """Go on with what is open, whatever the clock says (see `scope.is_in_future`)."""
        self._counting.hold(now)
        for one in [one for one in self._pauses if is_in_future(one, now)]:
            self._save_pause(Pause(start=moved_start(now)))
            self._book.pauses.remove(one.start)
            self._pauses = self._book.pauses.all()

    def _save_pause(self, pause: Pause) -> None:
        self._book.pauses.put(pause)
        self._pauses = self._book.pauses.all()

    # -- the user's own ------------------------------------------------------------

    def receipt(
        self,
        before: str | None = None,
        limit: int = 100,
        network: str | None = None,
        words: Words = ENGLISH,
    ) -> ReceiptAnswer:
        """Stored events in plain words, latest first.

        Raises:
            Invalid: `before` is not what an earlier receipt gave as `next`.
        """
        from plnd.core.receipt import receipt

        return receipt(
            self._log,
            names=self._names,
            zone=self.zone(),
            before=before,
            limit=limit,
            network=network,
            words=words,
        )

    async def forget(self, wanted: ForgetRequest) -> ForgetAnswer:
        """Forget what the request names; with `dry_run` only say what that is.

        Raises:
            Invalid: it names nothing, or what cannot be.
            NotFound, Conflict: nobody has exactly that name, or several have.
        """
        forgetting.check(wanted)
        async with self._copying:
            self._commits.commit()
            stores = self._stores()
            what, name = await self._to_forget(wanted, stores)
            answer = await self._work.on_log(
                lambda own: forgetting.would_forget(what, stores, own, name)
            )
            if wanted.dry_run:
                return answer
            try:
                busy = await self._forget(forgetting.begin(what, stores, self.clock()), stores)
            finally:
                await self._take_anew()
        return msgspec.structs.replace(answer, dry_run=False, unfinished=busy)

    async def _forget(self, intended: Forgetting, stores: forgetting.Stores) -> list[str]:
        """Forget; gives the files that hold on to it until another program closes them."""
        self._forgotten = forgetting.guards(self._book, self.clock())
        left = unfinished.load(self.home)
        left.forgetting.append(intended)
        async with self._noted(left):
            await self._work.run(
                lambda: forgetting.forget_copies(intended, stores, self._work.stopped)
            )

            def from_log(own: Log) -> list[str]:
                own.forget(*intended.scopes)
                return self._busy(own)

            async with self._log_given():
                busy = await self._work.on_log(from_log)
            for _ in forgetting.forget_documents(intended, self._book):
                await asyncio.sleep(0)
            left.busy = busy
        return busy

    @contextlib.asynccontextmanager
    async def _noted(self, left: unfinished.Unfinished) -> AsyncIterator[None]:
        """Note what is begun, until it is done; what fails is to be asked for again.

        What is ended by a stop, or by a kill, is finished at the next start.
        """
        await self._note(left)
        try:
            yield
        except PlndError:
            if not self._work.stopped():
                await self._note(unfinished.Unfinished(busy=left.busy))
            raise
        await self._note(unfinished.Unfinished(busy=left.busy))

    async def _note(self, left: unfinished.Unfinished) -> None:
        """Not in the loop: a disk on which much is written takes long to make a file safe."""
        await self._work.run(lambda: unfinished.save(self.home, left))

    @contextlib.asynccontextmanager
    async def _log_given(self) -> AsyncIterator[None]:
        """The log is given to somebody else, to be written; the commits wait."""
        async with self._commits.held():
            try:
                yield
            finally:
                self._log.look_anew()

    async def _write_log(self, what: Callable[[Log], None]) -> None:
        async with self._log_given():
            await self._work.on_log(what)

    async def _take_anew(self) -> None:
        """Take up the stores after long work; what takes long there as well is read beside."""
        async with self._commits.held():
            try:
                acts = await self._work.on_log(last_posts)
            except PlndError:
                acts = None
            self._take_stores(acts)

    async def empty_journal(self) -> None:
        """Try again to get off the disk what another program held on to when it was forgotten."""
        if not unfinished.busy(self.home):
            return
        async with self._copying, self._commits.held():
            left = unfinished.load(self.home)
            left.busy = await self._work.on_log(self._busy)
            await self._note(left)

    async def _to_forget(
        self, wanted: ForgetRequest, stores: forgetting.Stores
    ) -> tuple[Scope | PersonScope, str | None]:
        """What a request is about; of a person the name as well."""
        if wanted.person is not None:
            person, own = self.people.exactly(wanted.person), self._own_handles()
            whole = await self._work.run(lambda: forgetting.somebody(person, stores, own))
            return whole, person.name
        scope = forgetting.scope_of(
            wanted,
            networks=self._names,
            day_bounds=lambda day: day_bounds(day, self.zone(), self._settings.day_start),
        )
        return scope, None

    def export(self, after: str | None = None) -> ExportAnswer:
        """A part of everything that is kept, in the form of docs/export.md.

        Raises:
            Invalid: `after` is not what an earlier part gave as `next`.
        """
        from plnd.core import exporting

        return exporting.export(self.home, self._book, self._log, after, self.clock())

    async def take_lines(
        self, lines: Sequence[str], *, dry_run: bool, coming: Sequence[str] = ()
    ) -> ImportAnswer:
        """Take lines of an export; what is there already stays as it is.

        `coming` are networks that earlier lines would have brought, had they not been a trial.
        """
        from plnd.core.importing import Importing

        async with self._copying:
            self._commits.commit()
            importing = Importing(
                self.home,
                self._book,
                self._log,
                self._write_log,
                networks={*self._names, *(coming if dry_run else ())},
                now=self.clock(),
                dry_run=dry_run,
            )
            try:
                return await importing.take(lines)
            finally:
                if not dry_run:
                    await asyncio.to_thread(self.look_at_networks)
                    await self._take_anew()

    def backups(self) -> list[BackupEntry]:
        """The backups, oldest first."""
        return self._backups.all()

    async def restore(self, name: str, *, dry_run: bool) -> RestoreAnswer:
        """Go back to a backup; with `dry_run` only say what would change.

        Raises:
            NotFound: there is no such backup.
        """
        from plnd.core import restoring

        async with self._copying:
            self._commits.commit()
            answer = await self._work.on_log(
                lambda own: restoring.would_restore(
                    name, self._backups, own, self._book, self.home.data
                )
            )
            if dry_run:
                return answer
            try:
                kept = await self._restore(name)
            finally:
                await self._take_anew()
        return msgspec.structs.replace(answer, dry_run=False, kept_aside=kept)

    async def _restore(self, name: str) -> str:
        """Go back to a backup; gives the name of the one that the state until now is kept in.

        Killed after that one was made, the rest is finished at the next start.
        """
        from plnd.core import restoring

        aside = f"{self._stamp()}-before-restore"
        async with self._commits.held():
            kept = await self._work.run(
                lambda: self._backups.make(
                    aside, "before_restore", self.clock(), stopped=self._work.stopped, spare=name
                )
            )
            left = unfinished.load(self.home)
            left.restoring = name
            async with self._noted(left):
                try:
                    old = await self._work.on_log(
                        lambda own: restoring.put_log(name, self._backups, own, self.home.data)
                    )
                finally:
                    self._log.look_anew()
                for _ in restoring.put_documents(self._book, old):
                    await asyncio.sleep(0)
        log.info("restored the backup %s; the state until then is %s", name, kept.name)
        return kept.name

    async def upkeep(self) -> None:
        """What is due once a day: letting go of old visits, and a backup."""
        now = self.clock()
        today = day_of(now, self.zone(), self._settings.day_start)
        self._forgotten = forgetting.guards(self._book, now)
        if days := self._settings.keep_visits_days:
            first = self._context.day_of(self._believed(now) - days * DAY_MS)
            begin, _ = self._context.day_bounds(first)
            if begin - begin % QUARTER_MS > self._log.visits_from:
                async with self._copying, self._log_given():
                    await self._work.on_log(lambda own: own.keep_visits_from(begin))
        async with self._copying:
            # One of a later day is of a clock that was ahead: no reason for none of today.
            if any(one.why == "daily" and one.name == today.isoformat() for one in self.backups()):
                return
            await self._work.run(
                lambda: self._backups.make(
                    today.isoformat(), "daily", now, stopped=self._work.stopped
                )
            )

    def _believed(self, now: int) -> int:
        """The clock, as far as what was recorded bears it out: what deletes by age goes by this."""
        latest = self._log.latest((LAST_MOMENT, b""), 1)
        return min(now, latest[0].place[0] + DAY_MS) if latest else now

    # -- notices -----------------------------------------------------------------

    def speak(self) -> None:
        """Tell what is due; the daemon calls it once a minute.

        It is noted on disk first, so that no restart tells it twice. Budgets speak after each
        commit as well: an event is what uses them up.
        """
        self._hold(self.clock())
        self._speak_of_budgets()
        now, zone = self.clock(), self.zone()
        if self.notifier.allowed(now, zone, self._settings):
            self.notifier.notify(self._other_notices(self.figures.day(now), now, zone))

    def _speak_of_budgets(self) -> None:
        if not self._settings.notify_budget:
            return
        now, zone = self.clock(), self.zone()
        due = budget_notices(
            self.figures.standings(now),
            day=self.figures.day(now).isoformat(),
            now=now,
            told=self.notifier.sent,
            names=self._names,
            grace_ms=self._settings.grace_minutes * 60_000,
            words=self.words(),
        )
        if due and self.notifier.allowed(now, zone, self._settings):
            self.notifier.notify(due)

    def _other_notices(self, day: date, now: int, zone: ZoneInfo) -> list[Notice]:
        """What is not about budgets: two a day at most."""
        settings = self._settings
        due = []
        if settings.notify_chats and browser_in_use(self.figures.seen.values(), now):
            beginning = self.chats.beginning(AHEAD_MS)
            due += chat_notices(
                beginning, now=now, zone=zone, names=self._names, words=self.words()
            )
        if settings.notify_review:
            week, held = self.reviews.current()
            due += review_notices(week, today=held == day, now=now, words=self.words())
        told = self.notifier.sent.values()
        start = self._context.day_bounds(day)[0]
        new = within_a_day(due, told, start)
        # A profile's notice is noted as told when it is made: only while there is room for it.
        if settings.notify_profiles and room(told, start) > len(new):
            new += self._profile_notices(day)
        return new

    def _profile_notices(self, day: date) -> list[Notice]:
        """What is to be said of profiles: one notice a day."""
        if f"profiles/{day.isoformat()}" in self.notifier.sent:
            return []
        notice = self.profiles.notice(day.isoformat(), self.words())
        return [notice] if notice else []


def _week(quarters: Mapping[int, Sums]) -> dict[str, upkeep.Week]:
    """A week's figures by network."""
    spent: dict[str, int] = {}
    acts: dict[str, int] = {}
    for sums in quarters.values():
        for (network, _), (ms, _) in sums.times.items():
            spent[network] = spent.get(network, 0) + ms
        for (network, _), count in sums.acts.items():
            acts[network] = acts.get(network, 0) + count
    return {
        network: upkeep.Week(spent.get(network, 0), acts.get(network, 0))
        for network in spent.keys() | acts.keys()
    }


def _rejection(one: Accepted, reason: str) -> Rejection:
    if reason == "crowded":
        return Rejection(
            id=one.event.id, index=one.index, code="invalid", message=CROWDED, field=None
        )
    return Rejection(
        id=one.event.id,
        index=one.index,
        code="conflict",
        message="this id came with other content before",
        field="id",
    )
