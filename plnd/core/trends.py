"""Trends: the spans of one day, and many days side by side."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from plnd.core.context import Context
from plnd.errors import Invalid
from plnd.measures.days import Days, NetworkDay, join_pieces
from plnd.measures.field_checks import check_day
from plnd.measures.time import A_DAY, WEEKDAYS
from plnd.model.day import (
    DayRow,
    DaysAnswer,
    HourRow,
    Mark,
    NetworkName,
    NetworkOfDay,
    Span,
    SpansAnswer,
)

USUAL_DAYS = 28
MOST_DAYS = 1100


class Trends:
    """Past days as the log has them."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def spans(self, day: str | None = None) -> SpansAnswer:
        """The day (YYYY-MM-DD; None: today) as spans of time and marks of interactions.

        Raises:
            Invalid: the day is not a date.
        """
        context = self._context
        shown = self._today() if day is None else date_of(day)
        start, end = context.day_bounds(shown)
        spans = [
            Span(network=n, start=s, end=e)
            for s, e, n in join_pieces(context.log.queries.time_spans(start, end))
        ]
        marks = [
            Mark(network=n, action=a, at=at)
            for at, n, a in context.log.queries.interactions(start, end)
        ]
        return SpansAnswer(
            day=shown.isoformat(),
            time_zone=context.zone().key,
            start=start,
            end=end,
            networks=self._named({s.network for s in spans} | {m.network for m in marks}),
            spans=spans,
            interactions=marks,
        )

    def _today(self) -> date:
        return self._context.day_of(self._context.clock())

    def days(self, first: str | None = None, last: str | None = None) -> DaysAnswer:
        """The days from `first` to `last` (YYYY-MM-DD); by default the latest 28.

        Raises:
            Invalid: not a date, in the wrong order, or too many days.
        """
        context = self._context
        zone = context.zone()
        to = self._today() if last is None else date_of(last, "to")
        begin = _before(to) if first is None else date_of(first, "from")
        days = _range(begin, to)
        starts = [*(context.day_bounds(day)[0] for day in days), context.day_bounds(to)[1]]
        found = Days(days, starts, zone, context.work_hours())
        found.add_times(context.log.queries.network_times(starts[0], starts[-1]))
        found.add_acts(context.log.queries.interaction_counts(starts[0], starts[-1]))
        known = context.log.queries.first_quarter()
        return DaysAnswer(
            first=begin.isoformat(),
            last=to.isoformat(),
            time_zone=zone.key,
            known_since=None if known is None else context.day_of(known).isoformat(),
            networks=self._named({one for day in found.networks for one in day}),
            days=[
                DayRow(
                    day=day.isoformat(),
                    interaction_day=found.interaction_day(number),
                    networks=_networks(found.networks[number]),
                )
                for number, day in enumerate(days)
            ],
            hours=[
                HourRow(
                    weekday=WEEKDAYS[weekday],  # type: ignore[arg-type]
                    hour=hour,
                    spent_seconds=one.spent_ms // 1000,
                    taking_part_seconds=one.taking_part_ms // 1000,
                )
                for (weekday, hour), one in sorted(found.hours.items())
            ],
        )

    def _named(self, networks: Iterable[str]) -> list[NetworkName]:
        return [
            NetworkName(id=one, name=self._context.names.get(one, one)) for one in sorted(networks)
        ]


def _networks(totals: Mapping[str, NetworkDay]) -> list[NetworkOfDay]:
    return [
        NetworkOfDay(
            id=network,
            spent_seconds=one.spent_ms // 1000,
            work_seconds=one.work_ms // 1000,
            taking_part_seconds=one.taking_part_ms // 1000,
            interactions=one.acts,
        )
        for network, one in sorted(totals.items())
    ]


def _before(last: date) -> date:
    """The first of the 28 days up to a last one; fewer at the beginning of the calendar."""
    back = min(USUAL_DAYS - 1, (last - date.min - A_DAY).days)
    return last - timedelta(days=back)


def _range(first: date, last: date) -> list[date]:
    count = (last - first).days + 1
    if count < 1:
        raise Invalid("from is after to", "the first day comes first", field="from")
    if count > MOST_DAYS:
        raise Invalid(f"{count} days at once, at most {MOST_DAYS} are shown", field="from")
    return [first + timedelta(days=number) for number in range(count)]


def date_of(text: str, field: str = "day", room: timedelta = A_DAY) -> date:
    """Parse a date written as YYYY-MM-DD.

    Raises:
        Invalid: it is not a date; `field` is the field it came in.
    """
    check_day(text, field, room)
    return date.fromisoformat(text)
