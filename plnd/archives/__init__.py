"""Importers, one file per source: the text of a file in, what it says and what was broken out.

Each reads with a library that knows the format, is imported only when it is asked for, and
lets one broken entry cost that entry only.
"""
