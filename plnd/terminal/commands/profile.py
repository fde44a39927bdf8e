"""The command for the user's own profiles and the decisions about them."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any

from plnd.terminal.commands.command import Command, ask, json_option, print_rows
from plnd.terminal.exit_codes import DONE
from plnd.terminal.screen import print_json

CHOICES = ("revive", "reading", "close", "not_now", "active", "retired")
STEPS = ("export", "note", "delete")


def _options(parser: ArgumentParser) -> None:
    json_option(parser)
    verbs = parser.add_subparsers(
        dest="verb", metavar="add | list | show | set | retire | undo | step | feed | suggest | …"
    )
    for verb, (what, names, _) in _VERBS.items():
        one = verbs.add_parser(verb, help=what, description=what)
        one.add_argument("--json", action="store_true", dest="json_too")
        if names:
            one.add_argument("network", metavar="NETWORK", help="its id, e.g. x")
            one.add_argument("handle", metavar="HANDLE", help="e.g. me, or me@mastodon.social")
        if verb == "set":
            one.add_argument("choice", choices=CHOICES, help="what you decide")
        elif verb == "step":
            one.add_argument("step", choices=STEPS)
            one.add_argument("--not-done", action="store_true", help="it is not done after all")
        elif verb == "feed":
            one.add_argument("state", choices=("on", "off"))
            one.add_argument("--url", help="where the feed is, if plnd cannot know")


def _profile(args: Namespace) -> int:
    verb = args.verb or "list"
    answer, words = _VERBS[verb][2](args)
    if args.json or getattr(args, "json_too", False):
        print_json(answer)
    else:
        print_rows(*words)
    return DONE


Result = tuple[Any, list[str]]


def _list(_: Namespace) -> Result:
    answer = ask("GET", "profiles")
    lines = [_line(one) for one in answer["profiles"]]
    nothing = "no profile is kept; `plnd profile add NETWORK HANDLE`, `plnd profile suggest`"
    return answer, lines or [nothing]


def _add(args: Namespace) -> Result:
    wanted = {"network": args.network, "handle": args.handle}
    return _one(ask("POST", "profiles", wanted))


def _show(args: Namespace) -> Result:
    return _one(ask("GET", _path(args)))


def _set(args: Namespace) -> Result:
    return _one(ask("PUT", f"{_path(args)}/decision", {"choice": args.choice}))


def _retire(args: Namespace) -> Result:
    return _one(ask("PUT", f"{_path(args)}/decision", {"choice": "retired"}))


def _undo(args: Namespace) -> Result:
    return _one(ask("DELETE", f"{_path(args)}/decision"))


def _step(args: Namespace) -> Result:
    return _one(ask("PUT", f"{_path(args)}/steps/{args.step}", {"done": not args.not_done}))


def _feed(args: Namespace) -> Result:
    change = {"on": args.state == "on", "url": args.url}
    return _one(ask("PUT", f"{_path(args)}/feed", change))


def _suggest(_: Namespace) -> Result:
    answer = ask("GET", "suggestions/profiles")
    lines = []
    for one in answer["suggestions"]:
        guess = "; the handle is a guess" if one["handle"] and not one["sure"] else ""
        lines += [f"{one['reason']}{guess}:", f"  {_add_command(one)}"]
    return answer, lines or ["nothing to suggest"]


def _add_command(one: dict[str, Any]) -> str:
    """The shell command that adds a suggested profile, with the handle quoted."""
    import shlex

    words = ["plnd", "profile", "add", one["network"], one["handle"] or "HANDLE"]
    return shlex.join(words)


def _afford(_: Namespace) -> Result:
    answer = ask("GET", "affords")
    return answer, affords_words(answer)


def _requests(_: Namespace) -> Result:
    answer = ask("GET", "requests")
    lines = [
        f"{_moment(one['at'])}  {one['host']:<28} {one['outcome']:>9} {one['bytes']:>8} bytes"
        + (f"  for {one['network']} @{one['handle']}" if one["network"] else "  for an article")
        for one in answer["requests"]
    ]
    return answer, lines or ["plnd has made no request"]


def _path(args: Namespace) -> str:
    from urllib.parse import quote

    handle = args.handle.strip().removeprefix("@")
    return f"profiles/{quote(args.network, safe='')}/{quote(handle, safe='')}"


# ---- texts


def _one(answer: Any) -> Result:
    return answer, _details(answer["profile"])


def _line(one: dict[str, Any]) -> str:
    return f"{one['name']:<14} @{one['handle']:<24} {_last(one):<28} {_state(one)}"


def _last(one: dict[str, Any]) -> str:
    days = one["days_silent"]
    if days is None:
        return "last post not known yet"
    about = "about " if one["rough"] else ""
    when = "today" if days == 0 else "yesterday" if days == 1 else f"{about}{days} days ago"
    return f"last post {when}"


def _state(one: dict[str, Any]) -> str:
    if one["mode"] != "active":
        return {"reading": "a reading account", "retired": "retired"}[one["mode"]]
    parts = [one["freshness"]]
    if one["silence"]:
        parts.append({"listening": "silent, but visited", "abandoned": "left"}[one["silence"]])
    if one["out_of_rhythm"]:
        parts.append(f"four times its usual gap of {one['usual_gap_days']:g} days")
    return ", ".join(parts)


def _details(one: dict[str, Any]) -> list[str]:
    lines = [_line(one)]
    if one["origin"]:
        origins = {"acts": "your own posts", "page": "the profile's page", "feed": "its feed"}
        lines.append(f"  known from {origins[one['origin']]}")
    if one["url"]:
        lines.append(f"  {one['url']}")
    if one["feed"] and one["feed"]["on"]:
        error = one["feed"].get("error")
        lines.append("  its feed is asked once a day" + (f": {error}" if error else ""))
    decided = [one for one in one["decisions"] if one.get("undone_at") is None][-1:]
    for choice in decided:
        lines.append(f"  decided: {choice['choice']} on {_moment(choice['at'])[:10]}")
    if decided and decided[0]["choice"] == "revive" and one["compose_url"]:
        lines.append(f"  write here: {one['compose_url']}")
    for step in one["closing"]:
        mark = "x" if step["done_at"] else " "
        lines.append(f"  [{mark}] {step['step']:<7} {step['title']}")
        if step["url"] and not step["done_at"]:
            lines.append(f"              {step['url']}")
    return lines


def affords_words(answer: dict[str, Any]) -> list[str]:
    """The lines about what each network takes of the budget."""
    budget, rows = answer["weekly_budget_minutes"], answer["networks"]
    if answer["state"] == "learning":
        head = "learning: a network is ranked once there are three hours of it in four weeks"
    elif budget is None:
        head = "no budget over all networks is set; `plnd budget set 60`"
    else:
        head = f"{answer['used_minutes']} of {budget} minutes a week are spoken for"
    lines = [head]
    for row in rows:
        name = f"  {row['name']:<14} {row['state']:<8}"
        if row["state"] == "learning":
            lines.append(f"{name} {row['hours']:g} h so far")
            continue
        weekly = row["weekly_minutes"]
        takes = f"{weekly} min a week" if weekly is not None else "no week with an interaction"
        lines.append(f"{name} {takes}, {row['interactions_an_hour']:g} interactions an hour")
    return lines


def _moment(at: int) -> str:
    import time

    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at / 1000))


_VERBS: dict[str, tuple[str, bool, Callable[[Namespace], Result]]] = {
    "list": ("the profiles that are kept (the default)", False, _list),
    "add": ("keep one of your profiles", True, _add),
    "show": ("one profile, and how it stands", True, _show),
    "set": ("decide upon a profile", True, _set),
    "retire": ("let a profile rest for good; its history is kept", True, _retire),
    "undo": ("take the latest decision back", True, _undo),
    "step": ("mark a step of closing", True, _step),
    "feed": ("ask the profile's public feed once a day, or no more", True, _feed),
    "suggest": ("profiles that seem to be yours", False, _suggest),
    "afford": ("which networks your hour affords", False, _afford),
    "requests": ("every request that plnd has made to anywhere", False, _requests),
}

COMMANDS = {"profile": Command("your own profiles", _options, _profile)}
