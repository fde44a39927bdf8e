"""The command for budgets, in minutes a day."""

from argparse import ArgumentParser, Namespace
from typing import Any

from plnd.errors import Invalid, PlndError
from plnd.terminal.commands.command import Command, ask, json_option
from plnd.terminal.exit_codes import DONE
from plnd.terminal.screen import print_json

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _budget_options(parser: ArgumentParser) -> None:
    json_option(parser)
    verbs = parser.add_subparsers(dest="verb", metavar="set | remove | list")
    for verb, what in (
        ("list", "the budgets (the default)"),
        ("set", "set a budget"),
        ("remove", "remove a budget"),
    ):
        one = verbs.add_parser(verb, help=what)
        one.add_argument("--json", action="store_true", default=False, dest="json_too")
        if verb == "list":
            continue
        if verb == "set":
            one.add_argument("minutes", type=int, metavar="MINUTES", help="minutes a day")
        one.add_argument("--network", metavar="ID", help="for one network only, e.g. x")
        one.add_argument("--days", help="on some weekdays only: mon-fri or sat,sun")
        one.add_argument("--when", choices=("work", "off"), help="in work hours, or off them")


def _budget(args: Namespace) -> int:
    as_json = args.json or getattr(args, "json_too", False)
    if args.verb == "set":
        wanted = {"minutes": args.minutes, **_budget_scope(args)}
        answer = ask("PUT", "budgets", wanted)
        print_json(answer) if as_json else print(_budget_words(answer["budget"]))
        return DONE
    budgets = ask("GET", "budgets")["budgets"]
    if args.verb == "remove":
        answer = ask("DELETE", "budgets/" + _budget_id(budgets, _budget_scope(args)))
        print_json(answer) if as_json else print(f"removed {answer['deleted']}")
        return DONE
    if as_json:
        print_json({"budgets": budgets})
    else:
        print("\n".join(_budget_words(one) for one in budgets) or "no budget is set")
    return DONE


def _budget_scope(args: Namespace) -> dict[str, Any]:
    return {"network": args.network, "days": _days(args.days), "when": args.when}


def _budget_id(budgets: list[dict[str, Any]], scope: dict[str, Any]) -> str:
    for one in budgets:
        if all(one[key] == value for key, value in scope.items()):
            return str(one["id"])
    raise PlndError("there is no such budget", "`plnd budget` lists them", code="not_found")


def _budget_words(budget: dict[str, Any]) -> str:
    network = budget["network"] or "all networks"
    days = ", " + " ".join(budget["days"]) if budget["days"] else ""
    when = {"work": ", in work hours", "off": ", off work", None: ""}[budget["when"]]
    return f"{budget['minutes']:>4} min a day  {network}{days}{when}"


def _days(text: str | None) -> list[str] | None:
    """The weekdays of `mon-fri`, `sat,sun` or `mon-wed,fri`; None when they are all seven."""
    if text is None:
        return None
    found: set[str] = set()
    for part in text.lower().split(","):
        first, dash, last = part.strip().partition("-")
        try:
            low, high = WEEKDAYS.index(first), WEEKDAYS.index(last if dash else first)
        except ValueError:
            raise Invalid(f"{text!r} are not weekdays", "write mon-fri or sat,sun") from None
        steps = (high - low) % 7 + 1
        found |= {WEEKDAYS[(low + step) % 7] for step in range(steps)}
    return [day for day in WEEKDAYS if day in found] if len(found) < 7 else None


COMMANDS = {
    "budget": Command("the minutes a day that you give", _budget_options, _budget),
}
