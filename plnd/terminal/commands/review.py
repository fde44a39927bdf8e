"""The commands for the weekly review, the quarterly plan, the ledger and the development log."""

from argparse import ArgumentParser, Namespace
from typing import Any
from urllib.parse import quote

from plnd.terminal.commands.command import Command, ask, json_option, print_rows, verb
from plnd.terminal.exit_codes import DONE
from plnd.terminal.screen import print_json


def _review_options(parser: ArgumentParser) -> None:
    parser.add_argument("--week", metavar="WEEK", help="e.g. 2026-W48 (default: the last one due)")
    json_option(parser)


def _review(args: Namespace) -> int:
    found = ask("GET", "review" + (f"?week={quote(args.week)}" if args.week else ""))
    if args.json:
        print_json(found)
        return DONE
    from plnd.api import printed_pages

    print(printed_pages.review_markdown(found, ask("GET", "today")["time_zone"]))
    return DONE


def _plan_options(parser: ArgumentParser) -> None:
    parser.add_argument("--keep", action="store_true", help="keep it, to compare the next one with")
    json_option(parser)


def _plan(args: Namespace) -> int:
    found = ask("PUT" if args.keep else "GET", "plan")
    if args.json:
        print_json(found)
        return DONE
    plan, diff = found["plan"], found["compared"]
    print(plan["quarter"])
    for part in ("add", "tend", "close"):
        for one in plan[part]:
            known = diff and f"{part}/{one['key']}" in diff["still"]
            print_rows(
                f"  {part}: {one['text']} ({one['reason']}){', as last time' if known else ''}"
            )
    if not any(plan[part] for part in ("add", "tend", "close")):
        print("  nothing to add, tend or close")
    if diff and diff["gone"]:
        print(f"  done since {diff['since']}: {len(diff['gone'])}")
    return DONE


def _ledger_options(parser: ArgumentParser) -> None:
    parser.add_argument("--first", metavar="DAY", help="default: 28 days ago")
    parser.add_argument("--last", metavar="DAY", help="default: today")
    parser.add_argument("--names", action="store_true", help="also whom it was with")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--html", action="store_true", help="as a page to hand on")
    form.add_argument("--json", action="store_true", help="print JSON, in the API's shapes")


def _ledger(args: Namespace) -> int:
    query = {"first": args.first, "last": args.last, "names": "1" if args.names else None}
    found = ask("GET", _path("ledger", query))
    if args.json:
        print_json(found)
    elif args.html:
        from plnd.api import printed_pages

        print(printed_pages.ledger_page(found), end="")
    else:
        print(f"{found['first']} to {found['last']}, in touch with {found['people']} at work")
        for row in found["rows"]:
            work, off = row["work_seconds"] // 60, row["off_seconds"] // 60
            print_rows(f"  {row['network']}  work {work} min  off {off} min")
    return DONE


def _cpd_options(parser: ArgumentParser) -> None:
    parser.add_argument("--year", type=int, help="the year in which it begins (default: this one)")
    parser.add_argument("--body", choices=("free", "cilip", "alia"), help="by whose calendar")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="as CSV")
    form.add_argument("--html", action="store_true", help="as a page to print")
    form.add_argument("--json", action="store_true", help="print JSON, in the API's shapes")
    verbs = parser.add_subparsers(dest="verb", metavar="add | edit | strike | restore | undo")
    added = verb(verbs, "add", "a row of your own")
    added.add_argument("topic", metavar="TOPIC")
    added.add_argument("--day", required=True)
    added.add_argument("--hours", type=float, required=True)
    added.add_argument("--evidence")
    added.add_argument("--note")
    edited = verb(verbs, "edit", "add a sentence to a row, or mend it")
    edited.add_argument("id", metavar="ID")
    for name in ("--note", "--topic", "--evidence"):
        edited.add_argument(name)
    edited.add_argument("--hours", type=float)
    for name, what in (
        ("strike", "strike a row"),
        ("restore", "take a struck row back"),
        ("undo", "forget what you changed in a row"),
    ):
        verb(verbs, name, what).add_argument("id", metavar="ID")


def _cpd(args: Namespace) -> int:
    if args.verb:
        return _cpd_change(args)
    year = None if args.year is None else str(args.year)
    found = ask("GET", _path("cpd", {"year": year, "body": args.body}))
    if args.json:
        print_json(found)
        return DONE
    if args.csv or args.html:
        from plnd.api import printed_pages

        print(printed_pages.cpd_csv(found) if args.csv else printed_pages.cpd_page(found), end="")
        return DONE
    print(f"{found['name']} ({found['first']} to {found['last']}): {found['hours']:.2f} hours")
    for row in found["rows"]:
        print_rows(_row(row))
    return DONE


def _cpd_change(args: Namespace) -> int:
    names = ("day", "hours", "topic", "evidence", "note")
    wanted: dict[str, Any] = {
        name: value for name in names if (value := getattr(args, name, None)) is not None
    }
    if args.verb == "add":
        answer = ask("POST", "cpd", wanted)
    elif args.verb == "undo":
        answer = ask("DELETE", f"cpd/{quote(args.id, safe='')}")
    else:
        if args.verb != "edit":
            wanted = {"struck": args.verb == "strike"}
        answer = ask("PATCH", f"cpd/{quote(args.id, safe='')}", wanted)
    if args.json:
        print_json(answer)
    else:
        print_rows(_row(answer["row"]) if "row" in answer else f"as it was: {answer['deleted']}")
    return DONE


def _row(row: dict[str, Any]) -> str:
    struck = "  (struck)" if row["struck"] else ""
    note = f"  {row['note']}" if row["note"] else ""
    return f"{row['day']}  {row['hours']:.2f} h  {row['topic']}{note}  [{row['id']}]{struck}"


def _path(path: str, query: dict[str, str | None]) -> str:
    parts = [f"{name}={quote(value)}" for name, value in query.items() if value is not None]
    return f"{path}?{'&'.join(parts)}" if parts else path


COMMANDS = {
    "review": Command("the week: four lights and one suggestion", _review_options, _review),
    "plan": Command("what to add, tend and close this quarter", _plan_options, _plan),
    "ledger": Command("work and home", _ledger_options, _ledger),
    "cpd": Command("the log of professional development", _cpd_options, _cpd),
}
