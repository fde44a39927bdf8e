"""The user's profiles: decisions, readings, feeds, requests sent; what the budget affords."""

from plnd.api.route import ApiRequest, Route
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


def get_profiles(plnd: Plnd, request: ApiRequest) -> ProfilesAnswer:
    """All profiles, the one that most needs a word first."""
    return ProfilesAnswer(plnd.profile_views.all(request.words))


def post_profile(plnd: Plnd, request: ApiRequest) -> ProfileAnswer:
    """Keep a profile; the handle may be given as the profile's address."""
    return _answer(plnd, request, plnd.profiles.add(request.body(ProfileRequest)))


def get_profile(plnd: Plnd, request: ApiRequest) -> ProfileAnswer:
    """One profile, and how it stands."""
    return _answer(plnd, request, plnd.profiles.get(*_profile_key(request)))


def put_decision(plnd: Plnd, request: ApiRequest) -> ProfileAnswer:
    """Decide: revive, reading, close, not_now, active or retired."""
    choice = request.body(ProfileChange).choice
    return _answer(plnd, request, plnd.profiles.decide(*_profile_key(request), choice))


def delete_decision(plnd: Plnd, request: ApiRequest) -> ProfileAnswer:
    """Take the latest decision back; the one before it holds again."""
    return _answer(plnd, request, plnd.profiles.undo_decision(*_profile_key(request)))


def put_step(plnd: Plnd, request: ApiRequest) -> ProfileAnswer:
    """Mark a step of closing; with the last one the profile is retired."""
    done = request.body(StepChange).done
    return _answer(
        plnd,
        request,
        plnd.profiles.mark_step(*_profile_key(request), request.path["step"], done=done),
    )


async def put_feed(plnd: Plnd, request: ApiRequest) -> ProfileAnswer:
    """Turn the profile's public feed on, which asks it at once, or off."""
    await plnd.feeds.switch(plnd.profiles.get(*_profile_key(request)), request.body(FeedChange))
    return _answer(plnd, request, plnd.profiles.get(*_profile_key(request)))


def get_profile_suggestions(plnd: Plnd, request: ApiRequest) -> SuggestedAnswer:
    """Profiles that seem to be the user's own."""
    return SuggestedAnswer(plnd.profiles.suggestions.all(request.words))


def post_own_handle(plnd: Plnd, request: ApiRequest) -> SuggestedAnswer:
    """The extension saw the user post under this handle: it may be suggested as a profile."""
    plnd.profiles.suggestions.note_own_handle(request.body(ProfileRequest))
    return SuggestedAnswer(plnd.profiles.suggestions.all(request.words))


def delete_suggestion(plnd: Plnd, request: ApiRequest) -> Deleted:
    """Suggest the profile `handle` no more; without it, none on that network."""
    return Deleted(
        plnd.profiles.suggestions.refuse(request.path["network"], request.query.get("handle"))
    )


def get_affords(plnd: Plnd, _: ApiRequest) -> Affords:
    """What the user's hour affords, with the sums, from the last four weeks."""
    return plnd.upkeep.affords()


def get_readings(plnd: Plnd, request: ApiRequest) -> WantedAnswer:
    """Whose pages are worth reading when the user looks at them, on one network or on all."""
    return WantedAnswer(plnd.page_readings.wanted(request.query.get("network")))


async def post_reading(plnd: Plnd, request: ApiRequest) -> ReadingAnswer:
    """Read a profile's page for its last post; the page is dropped, never stored."""
    given = request.body(ReadingRequest)
    if len(given.html.encode("utf-8", "replace")) > MOST_READING_BYTES:
        raise TooLarge(
            f"the page is larger than {MOST_READING_BYTES >> 20} MiB", "send its main region only"
        )
    return await plnd.page_readings.read(given)


def get_feeds(plnd: Plnd, request: ApiRequest) -> FeedsAnswer:
    """The public feeds of own profiles and of people: where each is asked, and when it was."""
    return FeedsAnswer(plnd.feeds.views(request.words))


def get_requests(plnd: Plnd, _: ApiRequest) -> RequestsAnswer:
    """Every request that left this machine, the latest first."""
    return RequestsAnswer(plnd.requests.all())


def _profile_key(request: ApiRequest) -> tuple[str, str]:
    return request.path["network"], request.path["handle"]


def _answer(plnd: Plnd, request: ApiRequest, profile: Profile) -> ProfileAnswer:
    return ProfileAnswer(plnd.profile_views.view(profile, request.words))


_ALL = "/api/v1/profiles"
_ONE = f"{_ALL}/{{network}}/{{handle}}"
_SUGGESTIONS = "/api/v1/suggestions/profiles"

ROUTES = (
    Route("GET", _ALL, get_profiles),
    Route("POST", _ALL, post_profile, ProfileRequest),
    Route("GET", _ONE, get_profile),
    Route("PUT", f"{_ONE}/decision", put_decision, ProfileChange),
    Route("DELETE", f"{_ONE}/decision", delete_decision),
    Route("PUT", f"{_ONE}/steps/{{step}}", put_step, StepChange),
    Route("PUT", f"{_ONE}/feed", put_feed, FeedChange),
    Route("GET", _SUGGESTIONS, get_profile_suggestions),
    Route("POST", _SUGGESTIONS, post_own_handle, ProfileRequest),
    Route("DELETE", f"{_SUGGESTIONS}/{{network}}", delete_suggestion, query=("handle",)),
    Route("GET", "/api/v1/affords", get_affords),
    Route("GET", "/api/v1/readings", get_readings, query=("network",)),
    Route(
        "POST",
        "/api/v1/readings",
        post_reading,
        ReadingRequest,
        most_bytes=MOST_READING_BYTES * 3 // 2,
    ),
    Route("GET", "/api/v1/feeds", get_feeds),
    Route("GET", "/api/v1/requests", get_requests),
)
