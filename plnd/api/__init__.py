"""The API: a module for each noun, and the one list of its routes."""

from plnd.api import day, notices, profiles, settings

ROUTES = (*day.ROUTES, *settings.ROUTES, *notices.ROUTES, *profiles.ROUTES)
"""What can be asked with or without a daemon; what only a daemon can answer is in `plnd.web`."""
