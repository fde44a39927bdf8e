"""The commands for people of the learning network, and for meetings with them."""

import sys
from argparse import ArgumentParser, Namespace
from typing import Any
from urllib.parse import quote

from plnd.errors import Invalid
from plnd.terminal.commands.command import Command, ask, json_option, print_rows, read_text, verb
from plnd.terminal.exit_codes import DONE
from plnd.terminal.screen import print_json

KINDS = {".vcf": "vcard", ".vcard": "vcard", ".csv": "linkedin", ".ics": "meetings"}


def _person_options(parser: ArgumentParser) -> None:
    json_option(parser)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    found = verb(verbs, "list", "your people (the default)")
    found.add_argument("words", nargs="*", metavar="WORD", help="only those in whom these occur")
    found.add_argument("--tag", help="only those with this tag")
    verb(verbs, "drift", "whom you are losing touch with, and this week's weak tie")
    added = verb(verbs, "add", "add a person")
    added.add_argument("name", metavar="NAME")
    _details(added)
    verb(verbs, "show", "one person: touches, meetings, journal").add_argument("who", metavar="WHO")
    changed = verb(verbs, "change", "change a person")
    changed.add_argument("who", metavar="WHO", help="a name, an id, or NETWORK:HANDLE")
    changed.add_argument("--name", help="another name")
    _details(changed)
    verb(verbs, "remove", "remove a person, not what was recorded").add_argument(
        "who", metavar="WHO"
    )
    merged = verb(verbs, "merge", "make two people one")
    merged.add_argument("kept", metavar="WHO")
    merged.add_argument("gone", metavar="OTHER", help="whose handles and touches go to WHO")
    verb(verbs, "merges", "the merges that can be undone")
    verb(verbs, "unmerge", "undo a merge").add_argument("merge", metavar="ID")
    verb(verbs, "suggest", "handles that you really deal with")
    for name, what in (("accept", "add a suggested handle"), ("refuse", "never suggest it again")):
        answer = verb(verbs, name, what)
        answer.add_argument("handle", metavar="NETWORK:HANDLE")
        if name == "accept":
            answer.add_argument("--name", help="the person's name (else the handle)")
    fed = verb(verbs, "feed", "ask a person's public feed once a day, or no more")
    fed.add_argument("handle", metavar="NETWORK:HANDLE", help="one of a person's handles")
    fed.add_argument("state", choices=("on", "off"))
    fed.add_argument("--url", help="where the feed is, if plnd cannot know")
    cadence = verb(verbs, "cadence", "how often, by tag; without words lists them")
    cadence.add_argument("tag", nargs="?", metavar="TAG")
    cadence.add_argument("days", nargs="?", type=int, metavar="DAYS", help="the ideal gap; 0: none")
    cadence.add_argument("--worst", type=int, metavar="DAYS", help="the worst gap")
    taken = verb(verbs, "import", "people from a vCard file or LinkedIn, meetings from an .ics")
    taken.add_argument("file", metavar="FILE")
    taken.add_argument("--kind", choices=sorted(set(KINDS.values())), help="else by its ending")
    taken.add_argument(
        "--dry-run", action="store_true", help="say what would change, write nothing"
    )


def _details(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--handle",
        action="append",
        metavar="NETWORK:HANDLE",
        dest="handles",
        help="may be given several times",
    )
    parser.add_argument("--tag", action="append", dest="tags", help="may be given several times")
    parser.add_argument("--met", dest="how_met", help="how you met")
    parser.add_argument("--note")
    parser.add_argument("--every", type=int, metavar="DAYS", help="the ideal gap between touches")
    parser.add_argument("--worst", type=int, metavar="DAYS", help="the worst gap")


def _person(args: Namespace) -> int:
    return _VERBS[args.verb or "list"](args)


def _list(args: Namespace) -> int:
    words = quote(" ".join(getattr(args, "words", [])))
    tag = quote(getattr(args, "tag", None) or "")
    people = ask("GET", f"people?q={words}&tag={tag}")["people"]
    if args.json:
        print_json({"people": people})
    else:
        print_rows(*(map(_line, people) if people else ["nobody yet: `plnd person add NAME`"]))
    return DONE


def _drift(args: Namespace) -> int:
    ties = ask("GET", "ties")
    if args.json:
        print_json(ties)
        return DONE
    if not ties["drifting"]:
        print("you are in touch with all whom you follow up")
    print_rows(*map(_line, ties["drifting"]))
    if ties["weak_tie"]:
        print_rows(f"weak tie of the week: {ties['weak_tie']['name']}")
    for one in ties["gone_silent"]:
        print_rows(f"gone silent: {one['name']}, last post {one['silent_days']} days ago")
    return DONE


def _add(args: Namespace) -> int:
    wanted = {"name": args.name, **_given_fields(args)}
    return _print_person(args, ask("POST", "people", wanted), "added")


def _change(args: Namespace) -> int:
    wanted = _given_fields(args)
    if args.name:
        wanted["name"] = args.name
    return _print_person(
        args, ask("PATCH", f"people/{quote(args.who, safe='')}", wanted), "changed"
    )


def _show(args: Namespace) -> int:
    return _print_person_page(args, ask("GET", f"people/{quote(args.who, safe='')}"))


def _feed(args: Namespace) -> int:
    one = _handle(args.handle)
    who, network, handle = (
        quote(part, safe="")
        for part in (f"{one['network']}:{one['handle']}", one["network"], one["handle"])
    )
    change = {"on": args.state == "on", "url": args.url}
    return _print_person_page(args, ask("PUT", f"people/{who}/feeds/{network}/{handle}", change))


def _print_person_page(args: Namespace, page: dict[str, Any]) -> int:
    if args.json:
        print_json(page)
        return DONE
    person = page["person"]
    print_rows(_line(person))
    if person["silent_days"] is not None:
        print(f"  last post of their own: {_ago(person['silent_days'])}")
    for one in page["feeds"]:
        if one["feed"]["on"]:
            error = one["feed"].get("error")
            says = "its feed is asked once a day" + (f": {error}" if error else "")
            print_rows(f"  {one['network']}:{one['handle']}  {says}")
    if person["how_met"]:
        print_rows(f"  met: {person['how_met']}")
    if person["note"]:
        print_rows(f"  {person['note']}")
    for touch in page["touches"][:10]:
        print_rows(f"  {_day(touch['at'])}  {touch['kind']}  {touch['network'] or ''}".rstrip())
    for entry in page["entries"][:10]:
        print_rows(f"  {_day(entry['at'])}  {entry['kind']}  {entry['text']}")
    return DONE


def _remove(args: Namespace) -> int:
    answer = ask("DELETE", f"people/{quote(args.who, safe='')}")
    print_json(answer) if args.json else print(f"removed {answer['deleted']}")
    return DONE


def _merge(args: Namespace) -> int:
    answer = ask("POST", "merges", {"kept": args.kept, "gone": args.gone})
    if args.json:
        print_json(answer)
    else:
        print_rows(_line(answer["person"]), f"undo: plnd person unmerge {answer['merge']}")
    return DONE


def _merges(args: Namespace) -> int:
    merges = ask("GET", "merges")["merges"]
    if args.json:
        print_json({"merges": merges})
    else:
        lines = [f"{one['id']}  {one['gone']['name']} into {one['kept']['name']}" for one in merges]
        print_rows(*(lines or ["nothing was merged"]))
    return DONE


def _unmerge(args: Namespace) -> int:
    return _print_person(args, ask("DELETE", f"merges/{quote(args.merge, safe='')}"), "parted:")


def _suggest(args: Namespace) -> int:
    found = ask("GET", "suggestions")["suggestions"]
    if args.json:
        print_json({"suggestions": found})
    else:
        lines = [f"{one['network']}:{one['handle']}  {one['says']}" for one in found]
        print_rows(*(lines or ["nobody to suggest"]))
    return DONE


def _answer_suggestion(args: Namespace) -> int:
    handle = _handle(args.handle)
    yes = args.verb == "accept"
    wanted = {**handle, "answer": "yes" if yes else "no", "name": args.name if yes else None}
    answer = ask("POST", "suggestions", wanted)
    if args.json:
        print_json(answer)
    else:
        print_rows(_line(answer["person"]) if yes else f"{args.handle} is not suggested again")
    return DONE


def _cadence(args: Namespace) -> int:
    if args.tag and args.days == 0:
        ask("DELETE", f"cadences/{quote(args.tag, safe='')}")
    elif args.tag:
        if args.days is None:
            raise Invalid("no days given", "plnd person cadence TAG DAYS", field="days")
        ask(
            "PUT",
            "cadences",
            {"tag": args.tag, "ideal_days": args.days, "worst_days": args.worst},
        )
    found = ask("GET", "cadences")["cadences"]
    if args.json:
        print_json({"cadences": found})
    else:
        lines = [f"{one['tag']}: {one['ideal_days']} days" for one in found]
        print_rows(*(lines or ["none is set"]))
    return DONE


def _import(args: Namespace) -> int:
    kind = args.kind or KINDS.get(args.file[args.file.rfind(".") :].lower())
    if kind is None:
        raise Invalid(f"what is {args.file}?", "say it with --kind vcard, linkedin or meetings")
    wanted = {"kind": kind, "content": read_text(args.file), "dry_run": args.dry_run}
    answer = ask("POST", "people-import", wanted)
    for problem in answer["problems"]:
        print_rows(f"{problem['where']}: {problem['message']}", to=sys.stderr)
    if args.json:
        print_json(answer)
        return DONE
    would = "would be " if args.dry_run else ""
    for word in ("added", "changed"):
        for name in answer[word]:
            print_rows(f"{would}{word}: {name}")
    print(
        f"{len(answer['added'])} {would}added, {len(answer['changed'])} {would}changed, "
        f"{answer['same']} known already, {len(answer['problems'])} not read"
    )
    return DONE


def _given_fields(args: Namespace) -> dict[str, Any]:
    """The fields of a person that the user gave."""
    found: dict[str, Any] = {}
    if args.handles:
        found["handles"] = [_handle(one) for one in args.handles]
    for name in ("tags", "how_met", "note"):
        if getattr(args, name) is not None:
            found[name] = getattr(args, name)
    if args.every is not None:
        found["cadence"] = {"ideal_days": args.every, "worst_days": args.worst}
    elif args.worst is not None:
        raise Invalid("a worst gap needs an ideal one", "give --every DAYS too", field="cadence")
    return found


def _handle(text: str) -> dict[str, str]:
    network, colon, handle = text.partition(":")
    if not colon or not network or not handle:
        raise Invalid(
            f"{text!r} is not a handle", "write NETWORK:HANDLE, as x:ana", field="handles"
        )
    return {"network": network, "handle": handle.lstrip("@")}


def _print_person(args: Namespace, answer: dict[str, Any], word: str) -> int:
    print_json(answer) if args.json else print_rows(f"{word} {_line(answer['person'])}")
    return DONE


def _line(one: dict[str, Any]) -> str:
    handles = " ".join(f"{h['network']}:{h['handle']}" for h in one["handles"])
    last = one["last_touch"]
    when = f"{last['kind']} {_ago(one['days_since'], last['at'])}" if last else "no touch yet"
    gap = f", {one['gap']}" if one["gap"] else ""
    return "  ".join(part for part in (one["name"], handles, f"{one['tie']}{gap}, {when}") if part)


def _ago(days: int, at: int | None = None) -> str:
    """The text of so many days ago; by calendar days if that is recent and `at` (ms) is given."""
    if days < 2 and at is not None:
        from datetime import date

        days = (date.today() - date.fromtimestamp(at / 1000)).days
    return "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"


def _day(at: int) -> str:
    import time

    return time.strftime("%Y-%m-%d", time.localtime(at / 1000))


# -- face to face -----------------------------------------------------------------------


def _met_options(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--at", metavar="WHEN", help="2026-11-20, 2026-11-20 14:00, yesterday")
    parser.add_argument("--note")
    json_option(parser)


def _met(args: Namespace) -> int:
    wanted = {"person": args.name, "when": args.at, "note": args.note or ""}
    answer = ask("POST", "meetings", wanted)
    if args.json:
        print_json(answer)
        return DONE
    meeting, name = answer["meeting"], answer["person"]["name"]
    print_rows(f"met {name} on {_day(meeting['at'])}")
    if answer["added"]:
        print_rows(f"{name} is new among your people")
    return DONE


_VERBS = {
    "list": _list,
    "drift": _drift,
    "add": _add,
    "show": _show,
    "change": _change,
    "remove": _remove,
    "merge": _merge,
    "merges": _merges,
    "unmerge": _unmerge,
    "suggest": _suggest,
    "accept": _answer_suggestion,
    "refuse": _answer_suggestion,
    "feed": _feed,
    "cadence": _cadence,
    "import": _import,
}

COMMANDS = {
    "person": Command("the people of your learning network", _person_options, _person),
    "met": Command("note that you met somebody face to face", _met_options, _met),
}
