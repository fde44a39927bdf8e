"""Notices: which are due (pure), and showing them on the desktop."""
