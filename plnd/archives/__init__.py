"""Importers, one module per source: from a file's text, its entries and the problems in it.

Each uses a library for the format, is imported only when needed, and skips broken entries.
"""
