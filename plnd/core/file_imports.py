"""Files from elsewhere: address books, calendars. They are read in a process apart."""

import asyncio
import functools
from collections.abc import Callable, Iterable

from plnd.core.chats import Chats
from plnd.core.context import DAY_MS, Context, new_id
from plnd.core.people import People
from plnd.measures.people.importing import ImportResult, import_candidates
from plnd.model.base import LONGEST_KEY, LONGEST_NOTE
from plnd.model.chats import BreaksAnswer, BreaksRequest
from plnd.model.people import Candidate, Meeting, PeopleImportAnswer, PeopleImportRequest, Person
from plnd.words.messages import ENGLISH, Words
from plnd.worker.jobs import Answer, FileJob
from plnd.worker.process import Worker

MEETING_DAYS = 730


class FileImports:
    """Takes files in. `people` and `chats` give them as they are by now: reading takes a while.

    The process is its own: a file may take long, and no page waits for it.
    """

    def __init__(
        self, context: Context, people: Callable[[], People], chats: Callable[[], Chats]
    ) -> None:
        self._context = context
        self._people = people
        self._chats = chats
        self._worker = Worker()

    async def close(self) -> None:
        """End the process that reads."""
        await self._worker.close()

    async def people(
        self, wanted: PeopleImportRequest, words: Words = ENGLISH
    ) -> PeopleImportAnswer:
        """Take in an address book or a calendar; with `dry_run` say what would come of it.

        Raises:
            Invalid: the file is not of that kind.
            TooHard: to read it would cost more than it may.
        """
        if wanted.kind == "meetings":
            return await self._meetings(wanted, words)
        job = FileJob(kind=wanted.kind, content=wanted.content, language=words.language)
        read = await self._worker.file(job)
        found = await self._taken_in(read.people, words)
        self._people().check_room(len(found.added))
        if not wanted.dry_run:
            self._people().take_in(found)
        return PeopleImportAnswer(
            dry_run=wanted.dry_run,
            added=[one.name for one in found.added],
            changed=[one.name for one in found.changed],
            same=found.same,
            problems=[*read.problems, *found.problems],
        )

    async def _taken_in(self, candidates: list[Candidate], words: Words) -> ImportResult:
        """What these candidates come to, by the people as they are when this returns."""
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
        """Past appointments with people: invited by name, or named in the title."""
        now = self._context.clock()
        by_name = self._people().directory.by_name
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
            self._people().take_in_meetings(new)
        return PeopleImportAnswer(
            dry_run=wanted.dry_run, added=names, changed=[], same=same, problems=read.problems
        )

    def _new_meetings(self, read: Answer) -> tuple[list[Meeting], list[str], int]:
        """The meetings that are not known yet, with whom, and how many are known."""
        known = {(one.person, one.uid) for one in self._context.book.meetings.all()}
        new: list[Meeting] = []
        names = []
        same = 0
        for one in read.meetings:
            for person in self._called(one.names):
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

    def _called(self, names: Iterable[str]) -> list[Person]:
        """Those of these names, without the ones that were renamed or removed meanwhile."""
        by_name = self._people().directory.by_name
        found = (by_name.get(name, []) for name in names)
        return list({people[0].id: people[0] for people in found if len(people) == 1}.values())

    async def breaks(self, wanted: BreaksRequest, words: Words = ENGLISH) -> BreaksAnswer:
        """Take the breaks of a calendar of term dates, in place of those known before.

        Raises:
            Invalid: it is no calendar, speaks of neither terms nor breaks, or of too many.
            TooHard: to read it would cost more than it may.
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
