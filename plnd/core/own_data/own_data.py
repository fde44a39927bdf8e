"""The user's own data: looking through it, forgetting, export and import, backups.

What is asked for rarely is imported when it is: a start waits for every import.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Sequence

import msgspec

from plnd.core.context import Context
from plnd.core.networks import Networks
from plnd.core.own_data import forgetting
from plnd.core.own_data.exclusive_work import ExclusiveWork
from plnd.core.own_data.stores import Stores
from plnd.core.people.people import People
from plnd.measures.people.handles import HandleKey
from plnd.model.own_data import (
    BackupEntry,
    ExportAnswer,
    ForgetAnswer,
    ForgetRequest,
    Forgotten,
    ImportAnswer,
    ReceiptAnswer,
    RestoreAnswer,
)
from plnd.model.scope import PersonScope, Scope
from plnd.store import unfinished
from plnd.store.unfinished import Forgetting
from plnd.words.messages import ENGLISH, Words

log = logging.getLogger("plnd")


def utc_stamp(now: int) -> str:
    """A moment (ms) as it stands in the names of backups, in UTC."""
    return time.strftime("%Y-%m-%dT%H%M%S", time.gmtime(now / 1000))


class OwnData:
    """`reload` is called after long work, when much of both stores may have changed."""

    def __init__(
        self,
        context: Context,
        stores: Stores,
        work: ExclusiveWork,
        networks: Networks,
        people: Callable[[], People],
        own_handles: Callable[[], Collection[HandleKey]],
        reload: Callable[[], Awaitable[None]],
    ) -> None:
        self._context = context
        self._stores = stores
        self._work = work
        self._networks = networks
        self._people = people
        self._own_handles = own_handles
        self._reload = reload
        self.load_guards()

    def load_guards(self) -> None:
        """Read what was forgotten recently and is refused if a browser sends it again."""
        self.guards: list[Forgotten] = forgetting.guards(self._context.book, self._context.clock())

    def receipt(
        self,
        before: str | None = None,
        limit: int = 100,
        network: str | None = None,
        words: Words = ENGLISH,
    ) -> ReceiptAnswer:
        """Stored events in plain words, latest first.

        Raises:
            Invalid: `before` is not the `next` of an earlier receipt.
        """
        from plnd.core.own_data.receipt import receipt

        return receipt(
            self._context.log,
            names=self._context.names,
            zone=self._context.zone(),
            before=before,
            limit=limit,
            network=network,
            words=words,
        )

    # -- forgetting ----------------------------------------------------------------

    async def forget(self, wanted: ForgetRequest) -> ForgetAnswer:
        """Delete what the request names; with `dry_run` only count it.

        Raises:
            Invalid: the request names nothing, or contradicts itself.
            NotFound, Conflict: nobody has exactly that name, or several people have.
        """
        forgetting.check(wanted)
        async with self._work.exclusive_after_commit():
            scope, name = await self._scope(wanted)
            answer = await self._work.background.on_log(
                lambda own: forgetting.would_forget(scope, self._stores, own, name)
            )
            if wanted.dry_run:
                return answer
            try:
                intended = forgetting.begin(scope, self._stores, self._context.clock())
                busy = await self._forget(intended)
            finally:
                await self._reload()
        return msgspec.structs.replace(answer, dry_run=False, unfinished=busy)

    async def _scope(self, wanted: ForgetRequest) -> tuple[Scope | PersonScope, str | None]:
        """What to forget; for a person also the name."""
        if wanted.person is not None:
            person = self._people().register.find_exactly(wanted.person)
            own = self._own_handles()
            somebody = await self._work.background.run(
                lambda: forgetting.somebody(person, self._stores, own)
            )
            return somebody, person.name
        context = self._context
        scope = forgetting.scope_of(wanted, networks=context.names, day_bounds=context.day_bounds)
        return scope, None

    async def _forget(self, intended: Forgetting) -> list[str]:
        """Gives the files that keep the data until another program closes them."""
        self.load_guards()
        left = unfinished.load(self._context.home)
        left.forgetting.append(intended)
        background = self._work.background
        async with self._work.recoverable(left):
            await background.run(
                lambda: forgetting.forget_copies(intended, self._stores, background.stopped)
            )
            async with self._work.commits_paused(reread_log=True):
                busy = await background.on_log(lambda own: forgetting.forget_events(intended, own))
            for _ in forgetting.forget_documents(intended, self._context.book):
                await asyncio.sleep(0)
            left.busy = busy
        return busy

    async def erase_leftovers(self) -> None:
        """Try again to erase what another program kept open when it was forgotten."""
        if not unfinished.busy_files(self._context.home):
            return
        async with self._work.exclusive(), self._work.commits_paused():
            left = unfinished.load(self._context.home)
            left.busy = await self._work.background.on_log(forgetting.files_in_use)
            await self._work.save_note(left)

    # -- export and import -----------------------------------------------------------

    def export(self, after: str | None = None) -> ExportAnswer:
        """A part of everything that is stored, in the format of docs/export.md.

        Raises:
            Invalid: `after` is not the `next` of an earlier part.
        """
        from plnd.core.own_data import exporting

        context = self._context
        return exporting.export(context.home, context.book, context.log, after, context.clock())

    async def import_lines(
        self, lines: Sequence[str], *, dry_run: bool, coming: Sequence[str] = ()
    ) -> ImportAnswer:
        """Import lines of an export; what is stored already stays as it is.

        `coming` are networks that earlier lines of a dry run would have added.
        """
        from plnd.core.own_data.importing import LineImport

        context = self._context
        async with self._work.exclusive_after_commit():
            line_import = LineImport(
                context.home,
                context.book,
                context.log,
                self._work.write_log,
                networks={*context.names, *(coming if dry_run else ())},
                now=context.clock(),
                dry_run=dry_run,
            )
            try:
                return await line_import.run(lines)
            finally:
                if not dry_run:
                    await asyncio.to_thread(self._networks.read_files)
                    await self._reload()

    # -- backups ---------------------------------------------------------------------

    def backups(self) -> list[BackupEntry]:
        """The backups, oldest first."""
        return self._stores.backups.all()

    async def restore(self, name: str, *, dry_run: bool) -> RestoreAnswer:
        """Go back to a backup; with `dry_run` only say what would change.

        Raises:
            NotFound: there is no such backup.
        """
        from plnd.core.own_data import restoring

        async with self._work.exclusive_after_commit():
            answer = await self._work.background.on_log(
                lambda own: restoring.would_restore(name, self._stores, own)
            )
            if dry_run:
                return answer
            try:
                kept = await self._restore(name)
            finally:
                await self._reload()
        return msgspec.structs.replace(answer, dry_run=False, kept_aside=kept)

    async def _restore(self, name: str) -> str:
        """Go back to a backup; gives the name of the backup of the state until now.

        After a kill, what follows that backup is finished at the next start.
        """
        from plnd.core.own_data import restoring

        context, stores, background = self._context, self._stores, self._work.background
        now = context.clock()
        before = f"{utc_stamp(now)}-before-restore"
        async with self._work.commits_paused():
            kept = await background.run(
                lambda: stores.backups.make(
                    before, "before_restore", now, stopped=background.stopped, keep=name
                )
            )
            left = unfinished.load(context.home)
            left.restoring = name
            async with self._work.recoverable(left):
                try:
                    old = await background.on_log(lambda own: restoring.put_log(name, stores, own))
                finally:
                    self._work.reread_log()
                for _ in restoring.put_documents(context.book, old):
                    await asyncio.sleep(0)
        log.info("restored the backup %s; the state until then is %s", name, kept.name)
        return kept.name
