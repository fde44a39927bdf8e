"""The API: a module for each noun, and the list of all routes."""

from plnd.api import (
    chats,
    day,
    journal,
    networks,
    notices,
    own_data,
    people,
    profiles,
    review,
    settings,
    sources,
    trends,
)

ROUTES = (
    *day.ROUTES,
    *trends.ROUTES,
    *settings.ROUTES,
    *notices.ROUTES,
    *networks.ROUTES,
    *profiles.ROUTES,
    *sources.ROUTES,
    *people.ROUTES,
    *chats.ROUTES,
    *journal.ROUTES,
    *review.ROUTES,
    *own_data.ROUTES,
)
"""Answered with or without a daemon; what only a daemon can answer is in `plnd.web`."""
