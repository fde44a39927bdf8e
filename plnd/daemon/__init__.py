"""The daemon: serving the API, one process for each home, started in the background."""
