"""Importing files of other programs: address books and calendars."""

import asyncio
import functools
from collections.abc import Callable, Iterable

from plnd.core.chats.chats import Chats
from plnd.core.context import DAY_MS, Context, new_id
from plnd.core.people.people import People
from plnd.measures.people.importing import ImportResult, import_candidates
from plnd.model.base import LONGEST_KEY, LONGEST_NOTE
from plnd.model.chats import BreaksAnswer, BreaksRequest
from plnd.model.people import Candidate, Meeting, PeopleImportAnswer, PeopleImportRequest, Person
from plnd.words.messages import ENGLISH, Words
from plnd.worker.jobs import Answer, FileJob
from plnd.worker.process import Worker

MEETING_DAYS = 730


class FileImports:
    """`people` and `chats` give the current ones, as reading a file takes a while.

    Files have their own worker process, so that no page waits for a large file.
    """

    def __init__(
        self, context: Context, people: Callable[[], People], chats: Callable[[], Chats]
    ) -> None:
        self._context = context
        self._people = people
        self._chats = chats
        self._worker = Worker()

    async def close(self) -> None:
        """End the worker process."""
        await self._worker.close()

    async def people(
        self, wanted: PeopleImportRequest, words: Words = ENGLISH
    ) -> PeopleImportAnswer:
        """Import an address book or a calendar; with `dry_run` only say what would change.

        Raises:
            Invalid: the file is not of that kind.
            TooHard: reading the file takes too much time or memory.
        """
        if wanted.kind == "meetings":
            return await self._meetings(wanted, words)
        job = FileJob(kind=wanted.kind, content=wanted.content, language=words.language)
        read = await self._worker.file(job)
        found = await self._merge(read.people, words)
        self._people().register.check_room(len(found.added))
        if not wanted.dry_run:
            self._people().save_imported(found)
        return PeopleImportAnswer(
            dry_run=wanted.dry_run,
            added=[one.name for one in found.added],
            changed=[one.name for one in found.changed],
            same=found.same,
            problems=[*read.problems, *found.problems],
        )

    async def _merge(self, candidates: list[Candidate], words: Words) -> ImportResult:
        """What to store for these candidates, given the people stored when this returns."""
        book = self._context.book
        while True:
            people = book.people.all()
            now = self._context.clock()
            work = functools.partial(
                import_candidates, candidates, people, now=now, new_id=new_id, words=words
            )
            found = await asyncio.to_thread(work)  # thousands of them take a while
            if book.people.all() == people:
                return found

    async def _meetings(self, wanted: PeopleImportRequest, words: Words) -> PeopleImportAnswer:
        """Import past appointments with people who are invited or named in the title."""
        now = self._context.clock()
        by_name = self._people().register.directory.by_name
        job = FileJob(
            kind="meetings",
            content=wanted.content,
            language=words.language,
            zone=self._context.zone().key,
            start=now - MEETING_DAYS * DAY_MS,
            end=now,
            known=[key for key, people in by_name.items() if len(people) == 1],
        )
        read = await self._worker.file(job)
        new, names, same = self._new_meetings(read)
        if not wanted.dry_run:
            self._people().meetings.save_imported(new)
        return PeopleImportAnswer(
            dry_run=wanted.dry_run, added=names, changed=[], same=same, problems=read.problems
        )

    def _new_meetings(self, read: Answer) -> tuple[list[Meeting], list[str], int]:
        """The meetings not stored yet, the names of their people, and how many are stored."""
        known = {(one.person, one.uid) for one in self._context.book.meetings.all()}
        new: list[Meeting] = []
        names = []
        same = 0
        for one in read.meetings:
            for person in self._people_named(one.names):
                if (person.id, one.uid) in known:
                    same += 1
                    continue
                known.add((person.id, one.uid))
                names.append(person.name)
                new.append(
                    Meeting(
                        id=new_id(),
                        person=person.id,
                        at=one.at,
                        note=one.summary[:LONGEST_NOTE],
                        uid=one.uid[:LONGEST_KEY],
                    )
                )
        return new, names, same

    def _people_named(self, names: Iterable[str]) -> list[Person]:
        """The people with these names, without those renamed or removed meanwhile."""
        by_name = self._people().register.directory.by_name
        found = (by_name.get(name, []) for name in names)
        return list({people[0].id: people[0] for people in found if len(people) == 1}.values())

    async def breaks(self, wanted: BreaksRequest, words: Words = ENGLISH) -> BreaksAnswer:
        """Replace the chats' breaks by those in a calendar of term dates.

        Raises:
            Invalid: it is not a calendar, or has neither terms nor breaks, or too many.
            TooHard: reading the file takes too much time or memory.
        """
        now = self._context.clock()
        job = FileJob(
            kind="dates",
            content=wanted.content,
            language=words.language,
            start=now - 366 * DAY_MS,
            end=now + 3 * 366 * DAY_MS,
        )
        read = await self._worker.file(job)
        return self._chats().set_breaks(wanted, read.dates, read.problems)
