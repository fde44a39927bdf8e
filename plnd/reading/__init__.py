"""Finds out when somebody last posted, from pages and feeds. Parsing runs in the worker process."""
