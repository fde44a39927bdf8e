"""The documents in TinyDB."""
