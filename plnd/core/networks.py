"""The networks: the rules in use, the user's own files, and which networks are counted."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TypeVar

from msgspec.structs import replace

from plnd.catalogue import own_files, rules
from plnd.catalogue.own_files import Effective
from plnd.core.context import new_id
from plnd.errors import NotFound, PlndError
from plnd.measures.guards import is_in_future, moved_start
from plnd.model.networks import FileFault, NetworkEntry
from plnd.model.pauses import Uncounted
from plnd.store import network_files
from plnd.store.book.book import Book
from plnd.system.files import Home
from plnd.words.messages import ENGLISH, Words

log = logging.getLogger("plnd")
T = TypeVar("T")


class CountedNetworks:
    """Which networks are counted: all except those that the user switched off.

    The times are kept so that an event is judged by the switch at its own time, even if the
    browser sends it later.
    """

    def __init__(self, book: Book, clock: Callable[[], int]) -> None:
        self._book = book
        self._clock = clock
        self.reload()

    def reload(self) -> None:
        """Read the times from the book."""
        self.times: list[Uncounted] = self._book.uncounted.all()

    def is_counted(self, network: str) -> bool:
        return self._open(network) is None

    def switch(self, network: str, *, counted: bool) -> None:
        """Count a network from now on, or stop; does nothing if it is so already."""
        now = self._clock()
        self.correct_future_starts(now)
        current = self._open(network)
        if counted == (current is None):
            return
        self._book.uncounted.put(
            Uncounted(id=new_id(), network=network, start=now)
            if current is None
            else Uncounted(id=current.id, network=network, start=current.start, end=now)
        )
        self.reload()
        log.info("a network is %s", "counted again" if counted else "not counted any more")

    def correct_future_starts(self, now: int) -> None:
        """Keep networks switched off after the clock was set back (see `guards.is_in_future`)."""
        ahead = [one for one in self.times if is_in_future(one, now)]
        if ahead:
            self._book.uncounted.put_all([replace(one, start=moved_start(now)) for one in ahead])
            self.reload()

    def _open(self, network: str) -> Uncounted | None:
        return next((one for one in self.times if one.network == network and one.end is None), None)


class Networks:
    """The networks in use, with the user's own files as they were last read.

    Others keep a reference to `names`, and to `unsure_acts`: the actions of each network whose
    number may be too high. Both are updated in place.
    """

    def __init__(
        self, home: Home, counting: CountedNetworks, on_change: Callable[[], None]
    ) -> None:
        self._home = home
        self.counting = counting
        self._on_change = on_change
        self.names: dict[str, str] = {}
        self.unsure_acts: dict[str, frozenset[str]] = {}
        self.read_files()

    def read_files(self) -> None:
        """Read the user's own files; checking new ones in the worker may take seconds."""
        self._found = own_files.effective(network_files.folder(self._home))

    def apply(self) -> None:
        """Use the files that were read last."""
        networks = self._found.networks.values()
        _replace_all(self.names, {one.id: one.name for one in networks})
        _replace_all(self.unsure_acts, {one.id: rules.unsure_acts(one) for one in networks})
        self._on_change()

    async def reload(self) -> None:
        """Read the user's own files outside the event loop and use them."""
        await asyncio.to_thread(self.read_files)
        self.apply()

    async def entries(self, words: Words = ENGLISH) -> list[NetworkEntry]:
        """All networks by id: those in use, and those whose own file cannot be used."""
        await self.reload()
        found = self._found
        names = sorted({*found.networks, *found.faults})
        is_counted = self.counting.is_counted
        return [_entry(found, name, is_counted(name), words) for name in names]

    async def count(self, id: str, words: Words = ENGLISH, *, counted: bool) -> NetworkEntry:
        """Count a network from now on, or record nothing of it. Stored events stay.

        Raises:
            NotFound: there is no such network.
        """
        found = next((one for one in await self.entries(words) if one.id == id), None)
        if found is None:
            raise NotFound(f"there is no network {id!r}", "`plnd network` lists them")
        self.counting.switch(id, counted=counted)
        return replace(found, counted=counted)


def _replace_all(target: dict[str, T], content: Mapping[str, T]) -> None:
    target.clear()
    target.update(content)


def _entry(found: Effective, id: str, counted: bool, words: Words) -> NetworkEntry:
    network, file, error = found.networks.get(id), found.own.get(id), found.faults.get(id)
    return NetworkEntry(
        id=id,
        name=network.name if network else id,
        source="own" if file else "plnd" if network else None,
        counted=counted,
        certainty=rules.certainty(network) if network else {},
        about=sorted(rules.unsure_acts(network)) if network else [],
        file=file,
        fault=file_fault(id, error, words) if error else None,
    )


def file_fault(id: str, error: PlndError, words: Words = ENGLISH) -> FileFault:
    """Why a network's own file cannot be used."""
    message = words.of(error)
    return FileFault(file=f"networks/{id}.json", field=error.field or "", message=message)
