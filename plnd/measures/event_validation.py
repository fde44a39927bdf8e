"""Which events of a batch may be stored; each is checked on its own. Pure."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from plnd.measures.guards import covers
from plnd.model.events import EARLIEST_MS, FURTHEST_AHEAD_MS, Event, Rejection, Visit
from plnd.model.own_data import Forgotten
from plnd.model.pauses import Pause, Uncounted

LONGEST_VISIT_MS = 12 * 60 * 60 * 1000

_decode = msgspec.json.Decoder(Event).decode
_decode_any = msgspec.json.Decoder(dict[str, object]).decode


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """An event that may be stored; `key` is its id as 16 bytes."""

    index: int
    key: bytes
    event: Event


class Rejected(Exception):
    """Why an event is rejected: the message, the field it is about, a code."""

    def __init__(self, message: str, field: str | None, code: str = "invalid") -> None:
        super().__init__(message)
        self.field = field
        self.code = code


def validate(
    raws: Sequence[msgspec.Raw],
    *,
    now: int,
    networks: Collection[str],
    pauses: Iterable[Pause] = (),
    uncounted: Sequence[Uncounted] = (),
    forgotten: Sequence[Forgotten] = (),
    visits_from: int = 0,
) -> tuple[list[Accepted], list[Rejection]]:
    """Split the events of a batch into those to store and those rejected, with the reason.

    `networks` are the known ids, `pauses` the times in which nothing may be recorded: an event
    that began in one is rejected, a visit that ran into one ends where the pause began;
    `uncounted` are such times of single networks. A clock before the beginning of an open pause
    was set back, so all events are rejected. What was forgotten is rejected, or cut from the
    visit. Visits from before `visits_from` (ms) are stored only as sums, so none can be added.
    """
    accepted: list[Accepted] = []
    rejected: list[Rejection] = []
    pauses = list(pauses)
    latest = now + FURTHEST_AHEAD_MS
    for index, raw in enumerate(raws):
        try:
            event = _decode(raw)
            key = check_event(event, latest=latest, networks=networks)
            if visits_from and isinstance(event, Visit) and event.start < visits_from:
                raise Rejected("visits of that time are kept as sums only", "start")
            if pauses:
                event = _cut_by_pauses(event, pauses, now)
            if uncounted:
                of_network = [one for one in uncounted if one.network == event.network]
                event = _cut_by_pauses(event, of_network, now)
            if forgotten:
                event = _cut_forgotten(event, forgotten)
            accepted.append(Accepted(index, key, event))
        except (Rejected, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            rejected.append(_rejection(index, raw, error))
    return accepted, rejected


def check_event(event: Event, *, latest: int, networks: Collection[str]) -> bytes:
    """The event's id as 16 bytes. Nothing may be later than `latest` (ms).

    Raises:
        Rejected: with the reason and the field.
    """
    digits = event.id.replace("-", "")
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if len(key) != 16 or len(digits) != 32:
        raise Rejected("id is not a UUID", "id")
    if event.network not in networks:
        raise Rejected(f"unknown network {event.network!r}", "network")
    if isinstance(event, Visit):
        start, end = event.start, event.end
        # Nearly every visit is valid: one chain of comparisons, and the reason only if it fails.
        if not (EARLIEST_MS <= start <= end <= latest and end - start <= LONGEST_VISIT_MS):
            _reject_visit(event, latest)
    else:
        _check_moment(event.at, "at", latest)
    return key


def _reject_visit(visit: Visit, latest: int) -> None:
    _check_moment(visit.start, "start", latest)
    if visit.end < visit.start:
        raise Rejected("end is before start", "end")
    _check_moment(visit.end, "end", latest)
    raise Rejected("a visit is at most 12 hours long", "end")


def _check_moment(moment: int, field: str, latest: int) -> None:
    if moment < EARLIEST_MS:
        raise Rejected(f"{field} is before the year 2000", field)
    if moment > latest:
        raise Rejected(f"{field} is more than 5 minutes in the future", field)


def _cut_by_pauses(event: Event, pauses: Sequence[Pause | Uncounted], now: int) -> Event:
    """The part of the event before the pauses that it overlaps."""
    begin = event.start if isinstance(event, Visit) else event.at
    for pause in pauses:
        inside = now < pause.start or pause.start <= begin
        if inside if pause.end is None else pause.start <= begin < pause.end:
            field = "start" if isinstance(event, Visit) else "at"
            if isinstance(pause, Uncounted):
                raise Rejected(f"{event.network} is not counted", field, "not_counted")
            raise Rejected("plnd was paused at that time", field, "paused")
        if isinstance(event, Visit) and event.start < pause.start < event.end:
            event = msgspec.structs.replace(event, end=pause.start)
    return event


def _cut_forgotten(event: Event, forgotten: Sequence[Forgotten]) -> Event:
    """The part of the event outside what was forgotten: of two parts, the first."""
    for one in forgotten:
        if not covers(one, event.network, event.handle):
            continue
        if not isinstance(event, Visit):
            if one.start <= event.at < one.end:
                raise Rejected("this was forgotten", "at", "forgotten")
        elif event.start < one.start < event.end:
            event = msgspec.structs.replace(event, end=one.start)
        elif one.start <= event.start < one.end:
            if event.end <= one.end:
                raise Rejected("this was forgotten", "start", "forgotten")
            event = msgspec.structs.replace(event, start=one.end)
    return event


def _rejection(index: int, raw: msgspec.Raw, error: Exception) -> Rejection:
    if isinstance(error, Rejected):
        code, message, field = error.code, str(error), error.field
    else:
        code, (message, field) = "invalid", decoding_error(error)
    return Rejection(id=_id_of(raw), index=index, code=code, message=message, field=field)  # type: ignore[arg-type]


def decoding_error(error: Exception) -> tuple[str, str | None]:
    """A decoding error's message, and the field it is about."""
    message = str(error) or type(error).__name__
    text, _, path = message.partition(" - at `$")
    if path:
        inner = path.rstrip("`").lstrip(".")
        missing = _quoted(text) if text.startswith("Object ") else None
        return text, ".".join(part for part in (inner, missing) if part) or None
    return text, _quoted(text) if text.startswith("Object ") else None


def _quoted(text: str) -> str | None:
    parts = text.split("`")
    return parts[1] if len(parts) > 2 else None


def _id_of(raw: msgspec.Raw) -> str | None:
    try:
        found = _decode_any(raw).get("id")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found[:64] if isinstance(found, str) else None
