"""Chats, their slots, breaks and calendar."""

from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.model.base import Deleted
from plnd.model.chats import (
    BreaksAnswer,
    BreaksRequest,
    ChatAnswer,
    ChatChange,
    ChatPage,
    ChatRequest,
    ChatsAnswer,
    FollowedTags,
)

MOST_CALENDAR_BYTES = 4 * 1024 * 1024


def get_chats(plnd: Plnd, request: ApiRequest) -> ChatsAnswer:
    """All chats, the followed first; with `followed=1` those only."""
    return ChatsAnswer(
        plnd.chats.views(only_followed=request.query.get("followed") == "1", words=request.words)
    )


def post_chat(plnd: Plnd, request: ApiRequest) -> ChatAnswer:
    """Add a chat of your own, and follow it."""
    return ChatAnswer(plnd.chats.add(request.body(ChatRequest)))


def get_chat(plnd: Plnd, request: ApiRequest) -> ChatPage:
    """One chat by its tag, with its past slots."""
    chat = plnd.chats.find(request.path["id"])
    slots = plnd.chats.attendance.attended_slots(chat) if chat.followed_at is not None else []
    return ChatPage(chat=plnd.chats.view(chat, request.words), slots=slots)


def patch_chat(plnd: Plnd, request: ApiRequest) -> ChatAnswer:
    """Change what is named of a chat: follow it, confirm it, mend its day and hour."""
    return ChatAnswer(plnd.chats.change(request.path["id"], request.body(ChatChange)))


def delete_chat(plnd: Plnd, request: ApiRequest) -> Deleted:
    """Remove an own chat; one of the list goes back to what it was there."""
    return Deleted(plnd.chats.remove(request.path["id"]).id)


async def post_breaks(plnd: Plnd, request: ApiRequest) -> BreaksAnswer:
    """Take breaks from a calendar of term dates, for one chat or all followed."""
    return await plnd.imports.breaks(request.body(BreaksRequest), request.words)


def get_tags(plnd: Plnd, _: ApiRequest) -> FollowedTags:
    """The tags of followed chats: what a browser looks out for."""
    return FollowedTags(plnd.chats.tags())


def get_calendar(plnd: Plnd, _: ApiRequest) -> str:
    """The followed chats as a calendar (.ics)."""
    return plnd.chats.calendar().decode()


ROUTES = (
    Route("GET", "/api/v1/chats", get_chats, query=("followed",)),
    Route("POST", "/api/v1/chats", post_chat, ChatRequest),
    Route("GET", "/api/v1/chats/{id}", get_chat),
    Route("PATCH", "/api/v1/chats/{id}", patch_chat, ChatChange),
    Route("DELETE", "/api/v1/chats/{id}", delete_chat),
    Route(
        "POST", "/api/v1/chat-breaks", post_breaks, BreaksRequest, most_bytes=MOST_CALENDAR_BYTES
    ),
    Route("GET", "/api/v1/tags", get_tags),
    Route("GET", "/api/v1/chats.ics", get_calendar, media="text/calendar"),
)
