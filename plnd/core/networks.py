"""The networks in the API's shape, and which of them are counted."""

import logging
from collections.abc import Callable

from msgspec.structs import replace

from plnd.catalogue import rules
from plnd.catalogue.own_files import Effective
from plnd.core.context import new_id
from plnd.errors import PlndError
from plnd.measures.guards import is_in_future, moved_start
from plnd.model.networks import FileFault, NetworkEntry, NetworksAnswer
from plnd.model.pauses import Uncounted
from plnd.store.book.book import Book
from plnd.words.messages import ENGLISH, Words

log = logging.getLogger("plnd")


class CountedNetworks:
    """Which networks are counted: all but those that the user switched off.

    The times are kept, so that what a browser sends late is judged by when it was.
    """

    def __init__(self, book: Book, clock: Callable[[], int]) -> None:
        self._book = book
        self._clock = clock
        self.take_store()

    def take_store(self) -> None:
        """Take up what the book holds."""
        self.times: list[Uncounted] = self._book.uncounted.all()

    def is_counted(self, network: str) -> bool:
        return self._open(network) is None

    def switch(self, network: str, *, counted: bool) -> None:
        """Count a network from now on, or no more; does nothing where that is so already."""
        now = self._clock()
        self.hold(now)
        lasting = self._open(network)
        if counted == (lasting is None):
            return
        self._book.uncounted.put(
            Uncounted(id=new_id(), network=network, start=now)
            if lasting is None
            else Uncounted(id=lasting.id, network=network, start=lasting.start, end=now)
        )
        self.take_store()
        log.info("a network is %s", "counted again" if counted else "not counted any more")

    def hold(self, now: int) -> None:
        """Go on not counting, whatever the clock says (see `scope.is_in_future`)."""
        ahead = [one for one in self.times if is_in_future(one, now)]
        if ahead:
            self._book.uncounted.put_all([replace(one, start=moved_start(now)) for one in ahead])
            self.take_store()

    def _open(self, network: str) -> Uncounted | None:
        return next((one for one in self.times if one.network == network and one.end is None), None)


def networks_answer(
    found: Effective, is_counted: Callable[[str], bool], words: Words
) -> NetworksAnswer:
    """All networks by id: those in use, and those whose own file is not as it must be."""
    names = sorted({*found.networks, *found.faults})
    return NetworksAnswer([_entry(found, name, is_counted(name), words) for name in names])


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
        fault=fault(id, error, words) if error else None,
    )


def fault(id: str, error: PlndError, words: Words = ENGLISH) -> FileFault:
    """What is wrong with an own file."""
    said = words.of(error)
    return FileFault(file=f"networks/{id}.json", field=error.field or "", message=said)
