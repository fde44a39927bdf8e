"""What a command exits with."""

DONE, FAILED, USAGE, NOT_RUNNING = 0, 1, 2, 3
