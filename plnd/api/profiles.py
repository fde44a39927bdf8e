"""Profiles: kept, read, decided upon; what left this machine for them; what an hour affords."""

from plnd.api.route import Call, Route
from plnd.core.plnd import Plnd
from plnd.errors import TooLarge
from plnd.model.base import Deleted
from plnd.model.feeds import FeedChange, FeedsAnswer, RequestsAnswer
from plnd.model.profiles import (
    MOST_READING_BYTES,
    Affords,
    Profile,
    ProfileAnswer,
    ProfileChange,
    ProfileRequest,
    ProfilesAnswer,
    StepChange,
    SuggestedAnswer,
)
from plnd.model.readings import ReadingAnswer, ReadingRequest, WantedAnswer


def get_profiles(plnd: Plnd, call: Call) -> ProfilesAnswer:
    """All profiles, the one that most needs a word first."""
    return ProfilesAnswer(plnd.profile_views.all(call.words))


def post_profile(plnd: Plnd, call: Call) -> ProfileAnswer:
    """Keep a profile; the handle may be given as the profile's address."""
    return _answer(plnd, call, plnd.profiles.add(call.body(ProfileRequest)))


def get_profile(plnd: Plnd, call: Call) -> ProfileAnswer:
    """One profile, and how it stands."""
    return _answer(plnd, call, plnd.profiles.get(*_named(call)))


def put_decision(plnd: Plnd, call: Call) -> ProfileAnswer:
    """Decide: revive, reading, close, not_now, active or retired."""
    choice = call.body(ProfileChange).choice
    return _answer(plnd, call, plnd.profiles.decide(*_named(call), choice))


def delete_decision(plnd: Plnd, call: Call) -> ProfileAnswer:
    """Take the latest decision back; the one before it holds again."""
    return _answer(plnd, call, plnd.profiles.undo_decision(*_named(call)))


def put_step(plnd: Plnd, call: Call) -> ProfileAnswer:
    """Mark a step of closing; with the last one the profile is retired."""
    done = call.body(StepChange).done
    return _answer(plnd, call, plnd.profiles.mark_step(*_named(call), call.path["step"], done=done))


async def put_feed(plnd: Plnd, call: Call) -> ProfileAnswer:
    """Turn the profile's public feed on, which asks it at once, or off."""
    await plnd.feeds.switch(plnd.profiles.get(*_named(call)), call.body(FeedChange))
    return _answer(plnd, call, plnd.profiles.get(*_named(call)))


def get_profile_suggestions(plnd: Plnd, call: Call) -> SuggestedAnswer:
    """Profiles that seem to be the user's own."""
    return SuggestedAnswer(plnd.profiles.suggestions.all(call.words))


def post_own_handle(plnd: Plnd, call: Call) -> SuggestedAnswer:
    """The extension saw the user post under this handle: it may be suggested as a profile."""
    plnd.profiles.suggestions.note_own_handle(call.body(ProfileRequest))
    return SuggestedAnswer(plnd.profiles.suggestions.all(call.words))


def delete_suggestion(plnd: Plnd, call: Call) -> Deleted:
    """Suggest the profile `handle` no more; without it, none on that network."""
    return Deleted(plnd.profiles.suggestions.refuse(call.path["network"], call.query.get("handle")))


def get_affords(plnd: Plnd, _: Call) -> Affords:
    """What the user's hour affords, with the sums, from the last four weeks."""
    return plnd.upkeep.affords()


def get_readings(plnd: Plnd, call: Call) -> WantedAnswer:
    """Whose pages are worth reading when the user looks at them, on one network or on all."""
    return WantedAnswer(plnd.page_readings.wanted(call.query.get("network")))


async def post_reading(plnd: Plnd, call: Call) -> ReadingAnswer:
    """Read a profile's page for its last post; the page is dropped, never stored."""
    given = call.body(ReadingRequest)
    if len(given.html.encode("utf-8", "replace")) > MOST_READING_BYTES:
        raise TooLarge(
            f"the page is larger than {MOST_READING_BYTES >> 20} MiB", "send its main region only"
        )
    return await plnd.page_readings.read(given)


def get_feeds(plnd: Plnd, call: Call) -> FeedsAnswer:
    """The public feeds of own profiles and of people: where each is asked, and when it was."""
    return FeedsAnswer(plnd.feeds.views(call.words))


def get_requests(plnd: Plnd, _: Call) -> RequestsAnswer:
    """Every request that left this machine, the latest first."""
    return RequestsAnswer(plnd.requests.all())


def _named(call: Call) -> tuple[str, str]:
    return call.path["network"], call.path["handle"]


def _answer(plnd: Plnd, call: Call, profile: Profile) -> ProfileAnswer:
    return ProfileAnswer(plnd.profile_views.view(profile, call.words))


_ALL = "/api/v1/profiles"
_ONE = f"{_ALL}/{{network}}/{{handle}}"
_SUGGESTIONS = "/api/v1/suggestions/profiles"

ROUTES = (
    Route("GET", _ALL, get_profiles, ProfilesAnswer),
    Route("POST", _ALL, post_profile, ProfileAnswer, ProfileRequest),
    Route("GET", _ONE, get_profile, ProfileAnswer),
    Route("PUT", f"{_ONE}/decision", put_decision, ProfileAnswer, ProfileChange),
    Route("DELETE", f"{_ONE}/decision", delete_decision, ProfileAnswer),
    Route("PUT", f"{_ONE}/steps/{{step}}", put_step, ProfileAnswer, StepChange),
    Route("PUT", f"{_ONE}/feed", put_feed, ProfileAnswer, FeedChange),
    Route("GET", _SUGGESTIONS, get_profile_suggestions, SuggestedAnswer),
    Route("POST", _SUGGESTIONS, post_own_handle, SuggestedAnswer, ProfileRequest),
    Route("DELETE", f"{_SUGGESTIONS}/{{network}}", delete_suggestion, Deleted, query=("handle",)),
    Route("GET", "/api/v1/affords", get_affords, Affords),
    Route("GET", "/api/v1/readings", get_readings, WantedAnswer, query=("network",)),
    Route(
        "POST",
        "/api/v1/readings",
        post_reading,
        ReadingAnswer,
        ReadingRequest,
        most_bytes=MOST_READING_BYTES * 3 // 2,  # quotes are written as two signs in JSON
    ),
    Route("GET", "/api/v1/feeds", get_feeds, FeedsAnswer),
    Route("GET", "/api/v1/requests", get_requests, RequestsAnswer),
)
