"""People: kept, found, merged, suggested, met, taken in from elsewhere."""

from plnd.api.route import Call, Route
from plnd.core.people.views import suggestion_view
from plnd.core.plnd import Plnd
from plnd.model.base import Deleted
from plnd.model.feeds import FeedChange
from plnd.model.people import (
    CadencesAnswer,
    MeetingAnswer,
    MeetingRequest,
    MergeAnswer,
    MergeRequest,
    MergesAnswer,
    PeopleAnswer,
    PeopleImportAnswer,
    PeopleImportRequest,
    Person,
    PersonAnswer,
    PersonChange,
    PersonPage,
    PersonRequest,
    SuggestionDone,
    SuggestionReply,
    SuggestionsAnswer,
    TagCadence,
    Ties,
)
from plnd.words.messages import Words

MOST_IMPORT_BYTES = 16 * 1024 * 1024


def get_people(plnd: Plnd, call: Call) -> PeopleAnswer:
    """The people by name; those in whom all words of `q` occur, those with the tag `tag`."""
    return PeopleAnswer(plnd.people.views(call.query.get("q", ""), call.query.get("tag", "")))


def post_person(plnd: Plnd, call: Call) -> PersonAnswer:
    """Add a person."""
    return PersonAnswer(plnd.people.add(call.body(PersonRequest)))


def get_person(plnd: Plnd, call: Call) -> PersonPage:
    """One person, by id, name or network:handle, with touches, meetings and journal entries."""
    return _page(plnd, plnd.people.register.find(call.path["id"]), call.words)


async def put_person_feed(plnd: Plnd, call: Call) -> PersonPage:
    """Turn the public feed of one of a person's handles on, which asks it at once, or off."""
    person = plnd.people.register.find(call.path["id"])
    feed = plnd.people.feeds.get(person, call.path["network"], call.path["handle"])
    await plnd.feeds.switch(feed, call.body(FeedChange))
    return _page(plnd, plnd.people.register.find(person.id), call.words)


def _page(plnd: Plnd, person: Person, words: Words) -> PersonPage:
    return PersonPage(
        person=plnd.people.relationships.view(person),
        touches=plnd.people.contact_histories.latest_touches(person),
        meetings=plnd.people.meetings.with_person(person),
        entries=plnd.journal.all(person=person.id),
        feeds=plnd.people.feeds.views(person, words),
    )


def patch_person(plnd: Plnd, call: Call) -> PersonAnswer:
    """Change what is named of a person; the rest stays."""
    return PersonAnswer(plnd.people.change(call.path["id"], call.body(PersonChange)))


def delete_person(plnd: Plnd, call: Call) -> Deleted:
    """Remove a person and the meetings with them; what the browser recorded stays."""
    return Deleted(plnd.people.remove(call.path["id"]).id)


def get_ties(plnd: Plnd, _: Call) -> Ties:
    """Whom contact is being lost with, ties by kind, the weak tie of the week, who went silent."""
    return plnd.people.relationships.summary()


def get_people_suggestions(plnd: Plnd, call: Call) -> SuggestionsAnswer:
    """Handles that you really deal with and that are nobody's yet."""
    found = plnd.people.suggestions.all()
    return SuggestionsAnswer([suggestion_view(one, call.words) for one in found])


def post_suggestion(plnd: Plnd, call: Call) -> SuggestionDone:
    """Answer a suggestion: yes adds the person, no is remembered."""
    return SuggestionDone(plnd.people.suggestions.answer(call.body(SuggestionReply)))


def post_meeting(plnd: Plnd, call: Call) -> MeetingAnswer:
    """Note a meeting face to face; somebody of a name not known yet is added."""
    meeting, person, added = plnd.people.meetings.add(call.body(MeetingRequest))
    return MeetingAnswer(
        meeting=meeting, person=plnd.people.relationships.view(person), added=added
    )


def delete_meeting(plnd: Plnd, call: Call) -> Deleted:
    """Forget a meeting."""
    plnd.people.meetings.remove(call.path["id"])
    return Deleted(call.path["id"])


async def post_import(plnd: Plnd, call: Call) -> PeopleImportAnswer:
    """Take in people from a vCard file or LinkedIn's Connections.csv, meetings from a calendar."""
    return await plnd.imports.people(call.body(PeopleImportRequest), call.words)


def get_merges(plnd: Plnd, _: Call) -> MergesAnswer:
    """The merges that can be undone, the last first."""
    return MergesAnswer(plnd.people.merges.all())


def post_merge(plnd: Plnd, call: Call) -> MergeAnswer:
    """Make two people one."""
    wanted = call.body(MergeRequest)
    merge, person = plnd.people.merges.merge(wanted.kept, wanted.gone)
    return MergeAnswer(merge=merge.id, person=plnd.people.relationships.view(person))


def delete_merge(plnd: Plnd, call: Call) -> PersonAnswer:
    """Undo a merge; what was changed since stays."""
    person = plnd.people.merges.undo(call.path["id"])
    return PersonAnswer(plnd.people.relationships.view(person))


def get_cadences(plnd: Plnd, _: Call) -> CadencesAnswer:
    """The cadences by tag."""
    return CadencesAnswer(plnd.people.cadences.all())


def put_cadence(plnd: Plnd, call: Call) -> CadencesAnswer:
    """Set the cadence of a tag."""
    plnd.people.cadences.set(call.body(TagCadence))
    return CadencesAnswer(plnd.people.cadences.all())


def delete_cadence(plnd: Plnd, call: Call) -> Deleted:
    """Remove the cadence of a tag."""
    plnd.people.cadences.remove(call.path["id"])
    return Deleted(call.path["id"])


ROUTES = (
    Route("GET", "/api/v1/people", get_people, PeopleAnswer, query=("q", "tag")),
    Route("POST", "/api/v1/people", post_person, PersonAnswer, PersonRequest),
    Route("GET", "/api/v1/people/{id}", get_person, PersonPage),
    Route("PATCH", "/api/v1/people/{id}", patch_person, PersonAnswer, PersonChange),
    Route("DELETE", "/api/v1/people/{id}", delete_person, Deleted),
    Route(
        "PUT",
        "/api/v1/people/{id}/feeds/{network}/{handle}",
        put_person_feed,
        PersonPage,
        FeedChange,
    ),
    Route("GET", "/api/v1/ties", get_ties, Ties),
    Route("GET", "/api/v1/suggestions", get_people_suggestions, SuggestionsAnswer),
    Route("POST", "/api/v1/suggestions", post_suggestion, SuggestionDone, SuggestionReply),
    Route("POST", "/api/v1/meetings", post_meeting, MeetingAnswer, MeetingRequest),
    Route("DELETE", "/api/v1/meetings/{id}", delete_meeting, Deleted),
    Route(
        "POST",
        "/api/v1/people-import",
        post_import,
        PeopleImportAnswer,
        PeopleImportRequest,
        most_bytes=MOST_IMPORT_BYTES,
    ),
    Route("GET", "/api/v1/merges", get_merges, MergesAnswer),
    Route("POST", "/api/v1/merges", post_merge, MergeAnswer, MergeRequest),
    Route("DELETE", "/api/v1/merges/{id}", delete_merge, PersonAnswer),
    Route("GET", "/api/v1/cadences", get_cadences, CadencesAnswer),
    Route("PUT", "/api/v1/cadences", put_cadence, CadencesAnswer, TagCadence),
    Route("DELETE", "/api/v1/cadences/{id}", delete_cadence, Deleted),
)
