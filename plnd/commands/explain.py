"""What plnd makes of an address or a request."""

from argparse import ArgumentParser, Namespace

from plnd.cli import DONE, print_json
from plnd.commands.command import Command, json_option


def _explain_options(parser: ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL")
    parser.add_argument("--method", help="of a request (default: GET, or POST with a body)")
    parser.add_argument("--body", help="the body of a request, as JSON")
    json_option(parser)


def _explain(args: Namespace) -> int:
    from plnd import catalogue

    method = args.method or ("GET" if args.body is None else "POST")
    found = catalogue.explain(args.url, method, args.body)
    if args.json:
        print_json(found)
    else:
        print(_explain_words(found))
    return DONE


def _explain_words(found: dict[str, str | None]) -> str:
    if found["network"] is None:
        return "plnd makes nothing of this: nothing would be stored"
    lines = [f"{name:<8} {value}" for name, value in found.items() if value is not None]
    if found["action"] == "undo":
        lines.append("takes something back: nothing would be stored")
    return "\n".join(lines)


COMMANDS = {
    "explain": Command("what plnd makes of an address", _explain_options, _explain),
}
