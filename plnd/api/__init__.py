"""The API: a module for each noun, and the one list of its routes."""

from plnd.api import day, notices, own, settings

ROUTES = (*day.ROUTES, *settings.ROUTES, *notices.ROUTES, *own.ROUTES)
"""What can be asked with or without a daemon; what only a daemon can answer is in `plnd.web`."""
