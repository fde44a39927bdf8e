"""People and suggestions in the API's shape."""

from plnd.core.context import DAY_MS
from plnd.measures.people.ties import PersonStatus, Suggestion
from plnd.model.people import PersonView, SuggestionView
from plnd.words.messages import ENGLISH, Words


def person_view(one: PersonStatus) -> PersonView:
    person = one.person
    return PersonView(
        id=person.id,
        name=person.name,
        handles=person.handles,
        last_touch=one.last,
        days_since=one.elapsed_ms // DAY_MS,
        tie=one.tie,
        gap=one.gap,
        cadence=one.cadence,
        silent_days=None if one.silent_ms is None else one.silent_ms // DAY_MS,
        tags=person.tags,
        how_met=person.how_met,
        note=person.note,
        added_at=person.added_at,
    )


def suggestion_view(one: Suggestion, words: Words = ENGLISH) -> SuggestionView:
    """A suggestion in words: `you replied to @ana 6 times in four weeks`."""
    kind = max(one.kinds, key=lambda name: one.kinds[name])
    return SuggestionView(
        network=one.network,
        handle=one.handle,
        touches=one.touches,
        kinds=dict(one.kinds),
        says=words.count(f"dealt_{kind}", one.kinds[kind], handle=one.handle),
    )
