"""The command line: the fast `plnd status`, and all other commands."""
