"""The API: a module for each noun, and the one list of its routes."""

from plnd.api import chats, day, journal, notices, people, review, settings

ROUTES = (
    *day.ROUTES,
    *settings.ROUTES,
    *notices.ROUTES,
    *people.ROUTES,
    *chats.ROUTES,
    *journal.ROUTES,
    *review.ROUTES,
)
"""What can be asked with or without a daemon; what only a daemon can answer is in `plnd.web`."""
