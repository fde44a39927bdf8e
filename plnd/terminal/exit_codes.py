"""The exit codes of commands."""

DONE, FAILED, USAGE, NOT_RUNNING = 0, 1, 2, 3
