"""The commands for the journal of what the user learned and taught."""

from argparse import ArgumentParser, Namespace
from typing import Any
from urllib.parse import quote

from plnd.terminal.commands.command import Command, ask, json_option, print_rows, verb
from plnd.terminal.exit_codes import DONE
from plnd.terminal.screen import print_json


def _journal_options(parser: ArgumentParser) -> None:
    json_option(parser)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    listed = verb(verbs, "list", "the entries, the last first (the default)")
    listed.add_argument("words", nargs="*", metavar="WORD", help="only those in which these occur")
    listed.add_argument("--kind", choices=("learned", "taught"))
    listed.add_argument("--person", metavar="WHO")
    edited = verb(verbs, "edit", "change an entry")
    edited.add_argument("id", metavar="ID")
    edited.add_argument("--text")
    edited.add_argument("--kind", choices=("learned", "taught"))
    edited.add_argument("--from", "--to", dest="person", metavar="NAME")
    edited.add_argument("--link", metavar="URL")
    edited.add_argument("--title", help="of what the link leads to")
    edited.add_argument("--author", help="of what the link leads to")
    edited.add_argument("--minutes", type=int)
    verb(verbs, "delete", "delete an entry").add_argument("id", metavar="ID")


def _journal(args: Namespace) -> int:
    if args.verb == "edit":
        names = ("text", "kind", "person", "link", "title", "author", "minutes")
        wanted = {name: value for name in names if (value := getattr(args, name)) is not None}
        return _print_entry(args, ask("PATCH", f"journal/{quote(args.id, safe='')}", wanted))
    if args.verb == "delete":
        answer = ask("DELETE", f"journal/{quote(args.id, safe='')}")
        print_json(answer) if args.json else print(f"deleted {answer['deleted']}")
        return DONE
    query = {
        "q": " ".join(getattr(args, "words", [])),
        "kind": getattr(args, "kind", None) or "",
        "person": getattr(args, "person", None) or "",
    }
    path = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    entries = ask("GET", f"journal?{path}")["entries"]
    if args.json:
        print_json({"entries": entries})
    else:
        print_rows(
            *(map(_line, entries) if entries else ['nothing yet: `plnd learned "…" --from NAME`'])
        )
    return DONE


def _entry_options(parser: ArgumentParser) -> None:
    parser.add_argument("text", metavar="TEXT")
    parser.add_argument("--from", "--to", dest="person", metavar="NAME", help="whom from, or to")
    parser.add_argument("--link", metavar="URL", help="a page that belongs to it")
    parser.add_argument(
        "--read", action="store_true", help="ask the page for its title and author (one request)"
    )
    parser.add_argument("--title", help="the page's title")
    parser.add_argument("--author", help="the page's author")
    parser.add_argument("--minutes", type=int, help="how long it took, for the development log")
    parser.add_argument("--at", metavar="WHEN", help="2026-11-20, 2026-11-20 14:00, yesterday")
    json_option(parser)


def _learned(args: Namespace) -> int:
    return _write(args, "learned")


def _taught(args: Namespace) -> int:
    return _write(args, "taught")


def _write(args: Namespace, kind: str) -> int:
    names = ("text", "person", "link", "title", "author", "minutes")
    wanted = {name: value for name in names if (value := getattr(args, name)) is not None}
    if args.at:
        wanted["when"] = args.at
    if args.read and args.link:
        article = ask("POST", "journal/article", {"link": args.link})
        wanted = {**{name: value for name, value in article.items() if value}, **wanted}
    return _print_entry(args, ask("POST", "journal", {"kind": kind, **wanted}))


def _print_entry(args: Namespace, answer: dict[str, Any]) -> int:
    print_json(answer) if args.json else print_rows(_line(answer["entry"]))
    return DONE


def _line(one: dict[str, Any]) -> str:
    import time

    day = time.strftime("%Y-%m-%d", time.localtime(one["at"] / 1000))
    word = "from" if one["kind"] == "learned" else "to"
    who = f"{word} {one['person_name']}" if one["person_name"] else ""
    parts = (one["id"], day, one["kind"], one["text"], who, one["link"] or "")
    return "  ".join(part for part in parts if part)


COMMANDS = {
    "journal": Command("what you learned and taught", _journal_options, _journal),
    "learned": Command("note something that you learned", _entry_options, _learned),
    "taught": Command("note something that you taught", _entry_options, _taught),
}
