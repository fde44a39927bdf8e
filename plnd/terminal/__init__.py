"""The command line: `plnd status` and the commands."""
