"""Notices: when to speak (pure), and how to show it on a desktop."""
