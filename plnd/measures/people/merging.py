"""Merging two people into one, and undoing it. Pure."""

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from plnd.measures.people.handles import handle_key
from plnd.model.people import Person


def merge_people(kept: Person, gone: Person) -> Person:
    """`kept` with everything that only `gone` has; where both differ, `kept` wins."""
    handles = {handle_key(one.network, one.handle): one for one in (*gone.handles, *kept.handles)}
    mine = [handle_key(one.network, one.handle) for one in kept.handles]
    order = [*mine, *(key for key in handles if key not in mine)]
    return replace(
        kept,
        added_at=min(kept.added_at, gone.added_at),
        handles=[handles[key] for key in order],
        tags=union(kept.tags, gone.tags),
        how_met=kept.how_met or gone.how_met,
        note="\n".join(dict.fromkeys(part for part in (kept.note, gone.note) if part)),
        cadence=kept.cadence or gone.cadence,
        merged=union(kept.merged, [gone.id, *gone.merged]),
        uids=union(kept.uids, gone.uids),
        posted_at=max((at for at in (kept.posted_at, gone.posted_at) if at), default=None),
    )


def undo_merge(current: Person, before: Person, gone: Person) -> Person:
    """`current` without what it got when `gone` was merged into `before`.

    What the user changed since the merge stays.
    """
    merged = merge_people(before, gone)
    mine = {handle_key(one.network, one.handle) for one in before.handles}
    given = {handle_key(one.network, one.handle) for one in gone.handles} - mine

    def restored(name: str) -> object:
        now, then = getattr(current, name), getattr(merged, name)
        return getattr(before, name) if now == then else now

    return replace(
        current,
        handles=[
            one for one in current.handles if handle_key(one.network, one.handle) not in given
        ],
        tags=_without(current.tags, gone.tags, before.tags),
        merged=_without(current.merged, [gone.id, *gone.merged], before.merged),
        uids=_without(current.uids, gone.uids, before.uids),
        **{
            name: restored(name) for name in ("added_at", "how_met", "note", "cadence", "posted_at")
        },
    )


def union(ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Both lists, each text once, ours first."""
    return list(dict.fromkeys((*ours, *theirs)))


def _without(current: Sequence[str], given: Collection[str], before: Collection[str]) -> list[str]:
    return [one for one in current if one in before or one not in given]
