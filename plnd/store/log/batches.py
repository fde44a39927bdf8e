"""What the log is given to store, and what it answers."""

from collections.abc import Sequence

from msgspec import Struct

from plnd.measures.event_validation import Accepted
from plnd.measures.people.handles import HandleKey
from plnd.measures.time import QUARTER_MS, quarters_of
from plnd.model.events import Source, Visit
from plnd.model.people import Touch
from plnd.store.log.quarters import QuarterSums

MAX_WORK = 4000
"""How many quarters all visits of one commit may overlap, each visit counted for itself."""
MAX_QUARTERS = 200
"""How many different quarters one commit may change."""

TOO_MANY_EVENTS = "there are more events at that time than anybody can make"


class Batch(Struct, frozen=True):
    """Events of one source, to be stored together."""

    source: Source
    events: Sequence[Accepted]


class StoreResult(Struct):
    """What a commit did.

    `conflicts` and `too_many` have, for each batch, the indexes of the events that were
    rejected: for an id that belongs to other content, or because their quarter is full.
    `quarters` are the new sums of the quarters that changed, by their begin; `last_event_at`
    is by browser; `written` is the number of events that were new or extended; `touches` are
    those of the events written.
    """

    conflicts: list[list[int]] = []
    too_many: list[list[int]] = []
    quarters: dict[int, QuarterSums] = {}
    last_event_at: dict[str, int] = {}
    written: int = 0
    touches: list[tuple[HandleKey, Touch]] = []


def split_batch(batch: Batch) -> list[Batch]:
    """Split a batch into batches of bounded work; nearly always it stays one.

    Long visits make it necessary: each changes the sums of many quarters.
    """
    batches: list[Batch] = []
    current: list[Accepted] = []
    begins: set[int] = set()
    work = 0
    for one in batch.events:
        event = one.event
        if isinstance(event, Visit):
            changed = quarters_of(event.start, event.end)
        else:
            changed = (event.at - event.at % QUARTER_MS,)
        if current and (work + len(changed) > MAX_WORK or len(begins) > MAX_QUARTERS):
            batches.append(Batch(batch.source, current))
            current, work, begins = [], 0, set()
        current.append(one)
        begins.update(changed)
        work += len(changed)
    return [*batches, Batch(batch.source, current)]
