"""The commands, a few lines each. Data on stdout, talk on stderr.

Only the parser of the command that was named is built, and nothing heavy is imported
until a command needs it.
"""

import functools
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any, NamedTuple

from plnd import client
from plnd.cli import DONE, FAILED, USAGE, print_json, status
from plnd.errors import Invalid, PlndError
from plnd.place import place

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Command(NamedTuple):
    help: str
    options: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


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


def _ask(method: str, path: str, body: Any = None) -> Any:
    """The daemon's answer, or the stores' own when no daemon runs."""
    found = client.daemon(place())
    if found:
        return client.ask(found, method, path, body)
    from plnd import offline

    return offline.ask(method, path, body)


def _json_option(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, in the API's shapes")


def _until(text: str | None) -> int | None:
    """The moment (ms) that lies `30m`, `2h` or `1d` ahead."""
    if text is None:
        return None
    import time

    units = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
    if not text[:-1].isdecimal() or text[-1:] not in units:
        raise Invalid(f"{text!r} is not a length of time", "write 30m, 2h or 1d", field="for")
    return time.time_ns() // 1_000_000 + int(text[:-1]) * units[text[-1]]


def _clock(moment: int | None) -> str:
    import time

    if moment is None:
        return ""
    return time.strftime(" until %H:%M on %d %b", time.localtime(moment / 1000))


# -- status ---------------------------------------------------------------------


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


# -- the daemon -------------------------------------------------------------------


def _run_options(parser: ArgumentParser) -> None:
    parser.add_argument("--port", help="the port on loopback; 0 picks a free one (default: 8765)")
    parser.add_argument("--ready-fd", type=int, dest="ready", help=SUPPRESS)


def _run(args: Namespace) -> int:
    from plnd import daemon

    daemon.run(args.port, args.ready)
    return DONE


def _start_options(parser: ArgumentParser) -> None:
    parser.add_argument("--port", help="the port on loopback; 0 picks a free one (default: 8765)")


def _start(args: Namespace) -> int:
    from plnd import background

    url, new = background.start(place(), args.port)
    print(f"plnd {'runs' if new else 'was running already'} at {url}")
    return DONE


def _stop(_: Namespace) -> int:
    from plnd import background

    pid = background.stop(place())
    print(f"plnd stopped (process {pid})" if pid else "plnd was not running")
    return DONE


def _open_options(parser: ArgumentParser) -> None:
    parser.add_argument("--print", action="store_true", help="print the link, open nothing")


def _open(args: Namespace) -> int:
    from plnd import background

    where = place()
    background.start(where, None)
    link = client.ask(client.daemon(where) or {}, "POST", "open")["url"]
    print(link, flush=True)
    if not args.print:
        import webbrowser

        if not webbrowser.open(link):
            print("no browser was found here: open the link yourself", file=sys.stderr)
    return DONE


# -- what the user keeps -------------------------------------------------------------


def _budget_options(parser: ArgumentParser) -> None:
    _json_option(parser)
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
        answer = _ask("PUT", "budgets", wanted)
        print_json(answer) if as_json else print(_budget_words(answer["budget"]))
        return DONE
    budgets = _ask("GET", "budgets")["budgets"]
    if args.verb == "remove":
        answer = _ask("DELETE", "budgets/" + _budget_id(budgets, _budget_scope(args)))
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
    """`mon-fri`, `sat,sun` or `mon-wed,fri` as a list of weekdays."""
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


def _settings_options(parser: ArgumentParser) -> None:
    _json_option(parser)
    parser.add_argument(
        "changes",
        nargs="*",
        metavar="NAME VALUE",
        help="a setting to change and its new value, as JSON or plain text; several go together",
    )


def _settings(args: Namespace) -> int:
    names, values = args.changes[::2], args.changes[1::2]
    if len(names) > len(values):
        raise Invalid(f"no value given for {names[-1]}", f"plnd settings {names[-1]} VALUE")
    if names:
        changes = {name: _value(value) for name, value in zip(names, values, strict=True)}
        found = _ask("PATCH", "settings", changes)["settings"]
    else:
        found = _ask("GET", "settings")["settings"]
    if args.json:
        print_json({"settings": found})
    else:
        print(_settings_words(found))
    return DONE


def _value(text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text


def _settings_words(found: dict[str, Any]) -> str:
    import json

    import msgspec

    from plnd.model import Settings

    helps = {
        one.name: getattr(one.type, "extra_json_schema", None) or {}
        for one in msgspec.inspect.type_info(Settings).fields  # type: ignore[attr-defined]
    }
    return "\n".join(
        f"{name} = {json.dumps(value)}\n    {helps[name].get('description', '')}"
        for name, value in found.items()
    )


def _for_option(parser: ArgumentParser) -> None:
    parser.add_argument("--for", dest="length", metavar="TIME", help="30m, 2h or 1d")
    _json_option(parser)


def _pause(args: Namespace) -> int:
    state = _ask("PUT", "pause", {"until": _until(args.length)})
    if args.json:
        print_json(state)
    else:
        print(f"paused{_clock(state['until'])}: nothing is recorded. `plnd resume` goes on")
    return DONE


def _resume(args: Namespace) -> int:
    state = _ask("DELETE", "pause")
    print_json(state) if args.json else print("plnd records again")
    return DONE


def _snooze(args: Namespace) -> int:
    state = _ask("PUT", "notices/snooze", {"until": _until(args.length or "1h")})
    if args.json:
        print_json(state)
    else:
        print(f"no notices{_clock(state['snoozed_until'])}")
    return DONE


# -- explaining and setting up ----------------------------------------------------------


def _explain_options(parser: ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL")
    parser.add_argument("--method", help="of a request (default: GET, or POST with a body)")
    parser.add_argument("--body", help="the body of a request, as JSON")
    _json_option(parser)


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


def _install_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--manifest-dir", metavar="DIR", help="this folder only, as a test profile needs"
    )
    _json_option(parser)


def _install(args: Namespace) -> int:
    from pathlib import Path

    from plnd.setup import browsers
    from plnd.store.files import home

    folder = Path(args.manifest_dir) if args.manifest_dir else None
    found = browsers.install(home(), manifest_dir=folder)
    if args.json:
        print_json(
            {"installed": [{"browser": b.browser, "manifest": str(b.manifest)} for b in found]}
        )
        return DONE
    for one in found:
        print(f"{one.browser}: {one.manifest}")
    if not found:
        print("no browser was found to set up", file=sys.stderr)
    return DONE


def _uninstall(args: Namespace) -> int:
    from pathlib import Path

    from plnd.setup import browsers
    from plnd.store.files import home

    folder = Path(args.manifest_dir) if args.manifest_dir else None
    removed = [str(path) for path in browsers.uninstall(home(), manifest_dir=folder)]
    if args.json:
        print_json({"removed": removed})
    else:
        print("".join(f"removed {path}\n" for path in removed), end="")
    return DONE


def _doctor(args: Namespace) -> int:
    from plnd import offline
    from plnd.setup import doctor
    from plnd.store.files import home

    found = client.daemon(place())
    asking = functools.partial(client.ask, found) if found else None
    checks = doctor.run_checks(home(), asking, open_stores=offline.open_stores)
    if args.json:
        print_json({"checks": [check.as_dict() for check in checks]})
    else:
        print("\n".join(check.line() for check in checks))
    return FAILED if any(check.status == "fail" for check in checks) else DONE


def _nothing(parser: ArgumentParser) -> None:
    """A command without options."""


COMMANDS = {
    "status": Command("today's time, in a screen", _status_options, _status),
    "open": Command("open the dashboard", _open_options, _open),
    "budget": Command("the minutes a day that you give", _budget_options, _budget),
    "settings": Command("time zone, hours and notices", _settings_options, _settings),
    "pause": Command("record nothing for a while", _for_option, _pause),
    "resume": Command("record again", _json_option, _resume),
    "snooze": Command("hold notices back for a while", _for_option, _snooze),
    "explain": Command("what plnd makes of an address", _explain_options, _explain),
    "run": Command("run the daemon in the foreground", _run_options, _run),
    "start": Command("start the daemon in the background", _start_options, _start),
    "stop": Command("stop the daemon", _nothing, _stop),
    "install": Command("let the browsers talk to plnd", _install_options, _install),
    "uninstall": Command("take away what install wrote", _install_options, _uninstall),
    "doctor": Command("find what is broken, and the fix", _json_option, _doctor),
}
