"""The daemon: serving, one for each home, in the background."""
