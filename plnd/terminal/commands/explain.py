"""The command that shows which rule recognises an address or a request."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from plnd.terminal.commands.command import Command, json_option, print_rows
from plnd.terminal.exit_codes import DONE
from plnd.terminal.screen import print_json

TYPE_CHECKING = False  # what type checkers look for; `typing` itself costs too much
if TYPE_CHECKING:
    from plnd.catalogue.own_files import Effective
    from plnd.catalogue.recognise import Recognised


def _explain_options(parser: ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL")
    parser.add_argument("--method", help="of a request (default: GET, or POST with a body)")
    parser.add_argument("--body", help="the body of a request, as JSON")
    json_option(parser)


def _explain(args: Namespace) -> int:
    from plnd.catalogue import own_files
    from plnd.catalogue.recognise import explain, recognise
    from plnd.store import network_files
    from plnd.system.files import home

    method = args.method or ("GET" if args.body is None else "POST")
    used = own_files.effective(network_files.folder(home()))
    for fault in used.faults.values():
        print_rows(f"not used: {fault.message}", to=sys.stderr)
    if args.json:
        print_json(explain(args.url, method, args.body, used.networks))
    else:
        print_rows(*_words(recognise(args.url, method, args.body, used.networks), used))
    return DONE


def _words(found: Recognised | None, used: Effective) -> list[str]:
    if found is None:
        return ["plnd makes nothing of this: nothing would be stored"]
    network = used.networks[found.network]
    values = {
        "network": found.network,
        "page": found.page,
        "handle": found.handle,
        "tag": found.tag,
        "action": found.action,
        "rule": found.rule + (" (your own file)" if found.network in used.own else ""),
        "certainty": found.certainty,
        "stored": _stored(found),
    }
    lines = [f"{name:<9} {value}" for name, value in values.items() if value is not None]
    if found.certainty == "low":
        lines.append("          such acts can be switched off on the extension's welcome page")
    if found.action not in (None, "undo") and network.refused_as_200:
        lines.append(f"          {network.name} may refuse it unseen: counts are “about”")
    return lines


def _stored(found: Recognised) -> str:
    if found.action == "undo":
        kinds = " or ".join([", ".join(found.of[:-1]), found.of[-1]] if found.of[1:] else found.of)
        return f"nothing; a {kinds} just before, if not sent yet, is taken back"
    if found.action:
        return f"an interaction: {found.network}, {found.action}, the page's handle, when"
    parts = [found.network, found.page, found.handle, "begin and end"]
    return "a visit: " + ", ".join(part for part in parts if part)


COMMANDS = {
    "explain": Command("what plnd makes of an address", _explain_options, _explain),
}
