"""The ledger: time and interactions in working hours and outside them."""

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from plnd.core.context import Context
from plnd.core.people.people import People
from plnd.measures.review import ledger_rows
from plnd.model.review import Ledger, LedgerRow


class WorkLedger:
    def __init__(self, context: Context, people: People) -> None:
        self._context = context
        self._people = people

    def between(self, first: date, last: date, *, names: bool) -> Ledger:
        """The ledger from the first day to the last.

        It counts the people dealt with in working hours; with `names` it also names them.
        """
        (start, _), (_, end) = self._context.day_bounds(first), self._context.day_bounds(last)
        zone, hours = self._context.zone(), self._context.work_hours()
        rows: list[dict[str, tuple[int, int, int, int]]] = []
        for begin, sums in self._context.log.queries.quarter_sums(start, end).items():
            working = hours.at(begin, zone)
            for (network, _), (spent, part) in sums.times.items():
                rows.append({network: (spent, spent if working else 0, part, 0)})
            for (network, _), count in sums.acts.items():
                rows.append({network: (0, 0, 0, count)})
        people = self._people_at_work(start, end)
        return Ledger(
            first=first.isoformat(),
            last=last.isoformat(),
            rows=_with_names(ledger_rows(rows), self._context.names),
            people=len(people),
            names=sorted(people) if names else None,
        )

    def _people_at_work(self, start: int, end: int) -> set[str]:
        """The names of the people dealt with in working hours."""
        zone, hours = self._context.zone(), self._context.work_hours()
        owners = self._people.register.directory.by_handle
        found = set()
        for key, at in self._context.log.queries.touch_times(start, end):
            if (owner := owners.get(key)) and hours.at(at, zone):
                found.add(owner.name)
        return found


def _with_names(rows: list[LedgerRow], names: Mapping[str, str]) -> list[LedgerRow]:
    return [replace(row, network=names.get(row.network, row.network)) for row in rows]
