"""All commands. Each noun has a module. Data goes to standard output, messages to standard error.

Only the parser of the named command is built, and a command imports what is slow to load when it
runs.
"""

import sys
from argparse import ArgumentParser

from plnd.terminal.commands import (
    budget,
    chat,
    daemon,
    day,
    explain,
    journal,
    network,
    own_data,
    person,
    profile,
    review,
    settings,
    setup,
)
from plnd.terminal.exit_codes import DONE, USAGE

COMMANDS = {
    **day.COMMANDS,
    **budget.COMMANDS,
    **profile.COMMANDS,
    **person.COMMANDS,
    **chat.COMMANDS,
    **journal.COMMANDS,
    **review.COMMANDS,
    **settings.COMMANDS,
    **explain.COMMANDS,
    **network.COMMANDS,
    **own_data.COMMANDS,
    **daemon.COMMANDS,
    **setup.COMMANDS,
}


def run(words: list[str]) -> int:
    """Run the command that `words` names, and return the exit code."""
    if words[:1] in (["-h"], ["--help"], ["help"]):
        print(_overview())
        return DONE
    if words[:1] == ["--version"]:
        from plnd import __version__

        print(f"plnd {__version__}")
        return DONE
    command = COMMANDS.get(words[0]) if words else None
    if command is None:
        print(_overview(), file=sys.stderr)
        if words:
            print(f"\nplnd: there is no command {words[0]!r}", file=sys.stderr)
        return USAGE
    parser = ArgumentParser(prog=f"plnd {words[0]}", description=command.help)
    command.options(parser)
    return command.run(parser.parse_args(words[1:]))


def _overview() -> str:
    width = max(len(name) for name in COMMANDS)
    lines = [f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items()]
    return "\n".join(
        ["usage: plnd COMMAND [OPTIONS]", "", *lines, "", "plnd COMMAND --help says more."]
    )
