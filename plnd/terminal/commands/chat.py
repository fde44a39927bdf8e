"""The command for chats: the list, followed chats, breaks, the calendar."""

import sys
from argparse import ArgumentParser, Namespace
from typing import Any
from urllib.parse import quote

from plnd.errors import Invalid
from plnd.terminal.commands.command import Command, ask, json_option, print_rows, read_text, verb
from plnd.terminal.exit_codes import DONE
from plnd.terminal.screen import print_json

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
REPEATS = ("weekly", "fortnightly", "monthly")


def _chat_options(parser: ArgumentParser) -> None:
    json_option(parser)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    listed = verb(verbs, "list", "the chats, followed ones first (the default)")
    listed.add_argument("--followed", action="store_true", help="only those that you follow")
    verb(verbs, "show", "one chat with its past slots").add_argument("tag", metavar="TAG")
    followed = verb(verbs, "follow", "follow a chat of the list")
    followed.add_argument("tag", metavar="TAG")
    _details(followed)
    verb(verbs, "unfollow", "follow it no more").add_argument("tag", metavar="TAG")
    added = verb(verbs, "add", "add a chat of your own, and follow it")
    added.add_argument("tag", metavar="TAG")
    _details(added)
    changed = verb(verbs, "change", "change day, hour or network of a chat")
    changed.add_argument("tag", metavar="TAG")
    _details(changed)
    verb(verbs, "confirm", "say that a chat is alive").add_argument("tag", metavar="TAG")
    verb(verbs, "remove", "remove a chat of your own").add_argument("tag", metavar="TAG")
    broken = verb(verbs, "breaks", "take breaks from an .ics of term dates")
    broken.add_argument("file", metavar="FILE")
    broken.add_argument("--chat", metavar="TAG", help="for this chat only")
    broken.add_argument("--dry-run", action="store_true", help="say what would change")
    verb(verbs, "calendar", "where the calendar of followed chats lies (.ics)")


def _details(parser: ArgumentParser) -> None:
    parser.add_argument("--network", metavar="ID")
    parser.add_argument("--weekday", choices=WEEKDAYS)
    parser.add_argument("--start", metavar="HH:MM")
    parser.add_argument("--minutes", type=int)
    parser.add_argument("--zone", dest="time_zone", help="e.g. Europe/London (default: yours)")
    parser.add_argument("--repeat", choices=REPEATS)
    parser.add_argument(
        "--nth", help="weeks of the month for a monthly chat: 1 or 2,4 or -1 (last)"
    )
    parser.add_argument("--anchor", metavar="DAY", help="a day of a week that has it (fortnightly)")
    parser.add_argument("--topic")


def _chat(args: Namespace) -> int:
    return _VERBS[args.verb or "list"](args)


def _list(args: Namespace) -> int:
    only = "?followed=1" if getattr(args, "followed", False) else ""
    chats = ask("GET", f"chats{only}")["chats"]
    if args.json:
        print_json({"chats": chats})
    else:
        print_rows(
            *(map(_line, chats) if chats else ["you follow no chat: `plnd chat follow TAG`"])
        )
    return DONE


def _show(args: Namespace) -> int:
    page = ask("GET", f"chats/{_id(args.tag)}")
    if args.json:
        print_json(page)
        return DONE
    chat = page["chat"]
    print_rows(_line(chat))
    if chat["note"]:
        print_rows(f"  {chat['note']}")
    for one in page["slots"]:
        print(f"  {_when(one['starts_at'])}  {one['attended'].replace('_', ' ')}")
    return DONE


def _add(args: Namespace) -> int:
    wanted = _given_fields(args)
    for name in ("network", "weekday", "start"):
        if name not in wanted:
            raise Invalid(f"no {name} given", f"say it with --{name}", field=name)
    return _print_chat(args, ask("POST", "chats", {"tag": args.tag, **wanted}))


def _follow(args: Namespace) -> int:
    return _print_chat(args, _patch(args, {**_given_fields(args), "followed": True}))


def _unfollow(args: Namespace) -> int:
    return _print_chat(args, _patch(args, {"followed": False}))


def _change(args: Namespace) -> int:
    return _print_chat(args, _patch(args, _given_fields(args)))


def _confirm(args: Namespace) -> int:
    return _print_chat(args, _patch(args, {"confirmed": True}))


def _remove(args: Namespace) -> int:
    answer = ask("DELETE", f"chats/{_id(args.tag)}")
    print_json(answer) if args.json else print(f"removed #{answer['deleted']}")
    return DONE


def _breaks(args: Namespace) -> int:
    wanted = {"content": read_text(args.file), "chat": args.chat, "dry_run": args.dry_run}
    answer = ask("POST", "chat-breaks", wanted)
    for problem in answer["problems"]:
        print_rows(f"{problem['where']}: {problem['message']}", to=sys.stderr)
    if args.json:
        print_json(answer)
        return DONE
    for one in answer["breaks"]:
        print_rows(f"{one['first']} to {one['last']}  {one['name']}")
    would = "would hold" if args.dry_run else "hold"
    print_rows(
        f"these {would} for {', '.join('#' + tag for tag in answer['chats']) or 'no chat yet'}"
    )
    return DONE


def _calendar(args: Namespace) -> int:
    from pathlib import Path

    from plnd.system.paths import place

    path = Path(place().data, "chats.ics")
    if not path.exists():
        raise Invalid("there is no calendar yet", "follow a chat first: `plnd chat follow TAG`")
    print_json({"calendar": str(path)}) if args.json else print(path)
    return DONE


def _given_fields(args: Namespace) -> dict[str, Any]:
    names = ("network", "weekday", "start", "minutes", "time_zone", "repeat", "anchor", "topic")
    found = {name: value for name in names if (value := getattr(args, name)) is not None}
    if args.nth is not None:
        try:
            found["nth"] = [int(part) for part in args.nth.split(",")]
        except ValueError:
            raise Invalid(
                f"{args.nth!r} are not weeks", "write 1 or 2,4 or -1", field="nth"
            ) from None
    return found


def _patch(args: Namespace, wanted: dict[str, Any]) -> Any:
    return ask("PATCH", f"chats/{_id(args.tag)}", wanted)


def _id(tag: str) -> str:
    return quote(tag.lstrip("#"), safe="")


def _print_chat(args: Namespace, answer: dict[str, Any]) -> int:
    print_json(answer) if args.json else print_rows(_line(answer["chat"]))
    return DONE


def _line(one: dict[str, Any]) -> str:
    slot = one["next_slot"]
    when = f"next {_when(slot['starts_at'])}" if slot else "no known hour"
    parts = [f"#{one['tag']}", one["network"], when]
    if one["followed"]:
        counts = one["attendance"]
        parts.append(
            f"followed, {one['state']}: took part {counts['took_part']}, "
            f"listened {counts['listened']} of {counts['slots']}"
        )
    if one["shipped"]:
        seen = one["evidence"] or "unknown"
        parts.append(f"{one['status']}, last seen alive {seen}, certainty {one['certainty']}")
    return "  ".join(parts)


def _when(at: int) -> str:
    import time

    return time.strftime("%a %d %b %Y %H:%M", time.localtime(at / 1000))


_VERBS = {
    "list": _list,
    "show": _show,
    "add": _add,
    "follow": _follow,
    "unfollow": _unfollow,
    "change": _change,
    "confirm": _confirm,
    "remove": _remove,
    "breaks": _breaks,
    "calendar": _calendar,
}

COMMANDS = {
    "chat": Command("chats: when they are, and whether you took part", _chat_options, _chat),
}
