"""People: suggestions, meetings, merges, cadences, imports."""

from plnd.api.route import ApiRequest, Route
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


def get_people(plnd: Plnd, request: ApiRequest) -> PeopleAnswer:
    """The people by name; those in whom all words of `q` occur, those with the tag `tag`."""
    return PeopleAnswer(plnd.people.views(request.query.get("q", ""), request.query.get("tag", "")))


def post_person(plnd: Plnd, request: ApiRequest) -> PersonAnswer:
    """Add a person."""
    return PersonAnswer(plnd.people.add(request.body(PersonRequest)))


def get_person(plnd: Plnd, request: ApiRequest) -> PersonPage:
    """One person, by id, name or network:handle, with touches, meetings and journal entries."""
    return _page(plnd, plnd.people.register.find(request.path["id"]), request.words)


async def put_person_feed(plnd: Plnd, request: ApiRequest) -> PersonPage:
    """Turn the public feed of one of a person's handles on, which asks it at once, or off."""
    person = plnd.people.register.find(request.path["id"])
    feed = plnd.people.feeds.get(person, request.path["network"], request.path["handle"])
    await plnd.feeds.switch(feed, request.body(FeedChange))
    return _page(plnd, plnd.people.register.find(person.id), request.words)


def _page(plnd: Plnd, person: Person, words: Words) -> PersonPage:
    return PersonPage(
        person=plnd.people.relationships.view(person),
        touches=plnd.people.contact_histories.latest_touches(person),
        meetings=plnd.people.meetings.with_person(person),
        entries=plnd.journal.all(person=person.id),
        feeds=plnd.people.feeds.views(person, words),
    )


def patch_person(plnd: Plnd, request: ApiRequest) -> PersonAnswer:
    """Change what is named of a person; the rest stays."""
    return PersonAnswer(plnd.people.change(request.path["id"], request.body(PersonChange)))


def delete_person(plnd: Plnd, request: ApiRequest) -> Deleted:
    """Remove a person and the meetings with them; what the browser recorded stays."""
    return Deleted(plnd.people.remove(request.path["id"]).id)


def get_ties(plnd: Plnd, _: ApiRequest) -> Ties:
    """Whom contact is being lost with, ties by kind, the weak tie of the week, who went silent."""
    return plnd.people.relationships.summary()


def get_people_suggestions(plnd: Plnd, request: ApiRequest) -> SuggestionsAnswer:
    """Handles that you really deal with and that are nobody's yet."""
    found = plnd.people.suggestions.all()
    return SuggestionsAnswer([suggestion_view(one, request.words) for one in found])


def post_suggestion(plnd: Plnd, request: ApiRequest) -> SuggestionDone:
    """Answer a suggestion: yes adds the person, no is remembered."""
    return SuggestionDone(plnd.people.suggestions.answer(request.body(SuggestionReply)))


def post_meeting(plnd: Plnd, request: ApiRequest) -> MeetingAnswer:
    """Note a meeting face to face; somebody of a name not known yet is added."""
    meeting, person, added = plnd.people.meetings.add(request.body(MeetingRequest))
    return MeetingAnswer(
        meeting=meeting, person=plnd.people.relationships.view(person), added=added
    )


def delete_meeting(plnd: Plnd, request: ApiRequest) -> Deleted:
    """Forget a meeting."""
    plnd.people.meetings.remove(request.path["id"])
    return Deleted(request.path["id"])


async def post_import(plnd: Plnd, request: ApiRequest) -> PeopleImportAnswer:
    """Take in people from a vCard file or LinkedIn's Connections.csv, meetings from a calendar."""
    return await plnd.imports.people(request.body(PeopleImportRequest), request.words)


def get_merges(plnd: Plnd, _: ApiRequest) -> MergesAnswer:
    """The merges that can be undone, the last first."""
    return MergesAnswer(plnd.people.merges.all())


def post_merge(plnd: Plnd, request: ApiRequest) -> MergeAnswer:
    """Make two people one."""
    wanted = request.body(MergeRequest)
    merge, person = plnd.people.merges.merge(wanted.kept, wanted.gone)
    return MergeAnswer(merge=merge.id, person=plnd.people.relationships.view(person))


def delete_merge(plnd: Plnd, request: ApiRequest) -> PersonAnswer:
    """Undo a merge; what was changed since stays."""
    person = plnd.people.merges.undo(request.path["id"])
    return PersonAnswer(plnd.people.relationships.view(person))


def get_cadences(plnd: Plnd, _: ApiRequest) -> CadencesAnswer:
    """The cadences by tag."""
    return CadencesAnswer(plnd.people.cadences.all())


def put_cadence(plnd: Plnd, request: ApiRequest) -> CadencesAnswer:
    """Set the cadence of a tag."""
    plnd.people.cadences.set(request.body(TagCadence))
    return CadencesAnswer(plnd.people.cadences.all())


def delete_cadence(plnd: Plnd, request: ApiRequest) -> Deleted:
    """Remove the cadence of a tag."""
    plnd.people.cadences.remove(request.path["id"])
    return Deleted(request.path["id"])


ROUTES = (
    Route("GET", "/api/v1/people", get_people, query=("q", "tag")),
    Route("POST", "/api/v1/people", post_person, PersonRequest),
    Route("GET", "/api/v1/people/{id}", get_person),
    Route("PATCH", "/api/v1/people/{id}", patch_person, PersonChange),
    Route("DELETE", "/api/v1/people/{id}", delete_person),
    Route("PUT", "/api/v1/people/{id}/feeds/{network}/{handle}", put_person_feed, FeedChange),
    Route("GET", "/api/v1/ties", get_ties),
    Route("GET", "/api/v1/suggestions", get_people_suggestions),
    Route("POST", "/api/v1/suggestions", post_suggestion, SuggestionReply),
    Route("POST", "/api/v1/meetings", post_meeting, MeetingRequest),
    Route("DELETE", "/api/v1/meetings/{id}", delete_meeting),
    Route(
        "POST",
        "/api/v1/people-import",
        post_import,
        PeopleImportRequest,
        most_bytes=MOST_IMPORT_BYTES,
    ),
    Route("GET", "/api/v1/merges", get_merges),
    Route("POST", "/api/v1/merges", post_merge, MergeRequest),
    Route("DELETE", "/api/v1/merges/{id}", delete_merge),
    Route("GET", "/api/v1/cadences", get_cadences),
    Route("PUT", "/api/v1/cadences", put_cadence, TagCadence),
    Route("DELETE", "/api/v1/cadences/{id}", delete_cadence),
)
