"""The command for today's figures."""

from argparse import ArgumentParser, Namespace

from plnd.terminal.commands.command import Command
from plnd.terminal.quick_status import status


def _status_options(parser: ArgumentParser) -> None:
    form = parser.add_mutually_exclusive_group()
    for name, what in (
        ("--json", "print JSON, as GET /api/v1/today"),
        ("--short", "a few letters, for a prompt"),
        ("--waybar", "JSON for waybar's custom module"),
    ):
        form.add_argument(name, action="store_const", const=name, dest="form", help=what)
    parser.add_argument(
        "--check",
        action="store_true",
        help="exit with 150 over budget, 151 when a profile is stale",
    )


def _status(args: Namespace) -> int:
    return status(args.form or "", check=args.check)


COMMANDS = {
    "status": Command("today's time, in a screen", _status_options, _status),
}
