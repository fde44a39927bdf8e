"""The commands for the user's own data: forget, receipt, export, import, restore."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from plnd.errors import Invalid, PlndError
from plnd.terminal.commands.command import Command, ask, json_option, milliseconds, print_rows
from plnd.terminal.exit_codes import DONE, FAILED, USAGE
from plnd.terminal.screen import json_text, print_json, progress
from plnd.words.printable import one_line

LINES_AT_ONCE = 500
BYTES_AT_ONCE = 1024 * 1024


# -- forget ---------------------------------------------------------------------------


def _forget_options(parser: ArgumentParser) -> None:
    what = parser.add_argument_group("what", "several together: what fits all of them")
    what.add_argument("--last", metavar="TIME", help="the last 30m, 2h or 1d")
    what.add_argument("--day", metavar="DAY", help="a day, as 2026-11-23")
    what.add_argument("--network", metavar="ID", help="one network")
    what.add_argument(
        "--handle", metavar="HANDLE", help="whose pages and acts towards whom: ana, or x:ana"
    )
    what.add_argument(
        "--person",
        metavar="WHO",
        help="somebody as a whole, and nothing else: a name, an id, or NETWORK:HANDLE",
    )
    what.add_argument("--all", action="store_true", help="everything, settings included")
    parser.add_argument("--yes", action="store_true", help="do not ask before it is done")
    json_option(parser)


def _forget(args: Namespace) -> int:
    scope = _scope(args)
    would = ask("POST", "forget", {**scope, "dry_run": True})
    if not args.json:
        print(_forget_words(would))
    if not args.yes and not _confirm("Forget this, also in the backups? It cannot be undone."):
        if args.json:
            print_json(would)
        print("nothing was forgotten", file=sys.stderr)
        return _unconfirmed()
    done = ask("POST", "forget", scope)
    print_json(done) if args.json else print("forgotten")
    for name in done["unfinished"]:
        print(
            f"another program has {name} open; it goes from it as soon as that one closes it",
            file=sys.stderr,
        )
    return DONE


def _scope(args: Namespace) -> dict[str, Any]:
    """The scope of the API's `forget`."""
    import time

    scope: dict[str, Any] = {}
    if args.last is not None:
        scope["start"] = time.time_ns() // 1_000_000 - milliseconds(args.last, field="last")
    if args.handle is not None:
        network, colon, handle = args.handle.partition(":")
        scope["handle"] = handle if colon else args.handle
        if colon and args.network not in (None, network):
            raise Invalid("--handle and --network name two networks", field="network")
        if colon:
            scope["network"] = network
    if args.network is not None:
        scope["network"] = args.network
    if args.day is not None:
        scope["day"] = args.day
    if args.person is not None:
        scope["person"] = args.person
    if args.all:
        scope["everything"] = True
    return scope


def _forget_words(would: dict[str, Any]) -> str:
    lines = [
        f"{would['visits']} visits ({would['visit_seconds'] // 60} min)",
        f"{would['interactions']} interactions",
    ]
    if would["sums"]:
        lines.append(f"{would['sums']} sums of times whose visits are not kept any more")
    for name, count in would["documents"].items():
        stay = would["kept"].get(name)
        kept = f", of which {stay} stay without the mention" if stay else ""
        lines.append(f"{count} in {name}{kept}")
    if would["backups"]:
        lines.append(f"all of it in {would['backups']} backups as well")
    lines += [f"the damaged file {name}, as a whole" for name in would["remains"]]
    whom = f" of {would['person']}" if would["person"] else ""
    head = f"This{whom} would be forgotten:"
    return "\n".join(map(one_line, [head, *(f"  {line}" for line in lines)]))


def _confirm(question: str) -> bool:
    """Ask the user at the terminal. False without a terminal."""
    if not sys.stdin.isatty():
        print("nobody is there to ask: --yes says yes beforehand", file=sys.stderr)
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _unconfirmed() -> int:
    """The exit code when nothing was done: a program that calls plnd has to notice it."""
    return DONE if sys.stdin.isatty() else USAGE


# -- receipt ---------------------------------------------------------------------------


def _receipt_options(parser: ArgumentParser) -> None:
    parser.add_argument("--network", metavar="ID", help="of one network only")
    parser.add_argument("--limit", type=int, default=100, help="how many lines (default: 100)")
    parser.add_argument("--before", metavar="PLACE", help="what comes before an earlier receipt")
    json_option(parser)


def _receipt(args: Namespace) -> int:
    from urllib.parse import urlencode

    query = {"limit": args.limit, "before": args.before, "network": args.network}
    given = {name: value for name, value in query.items() if value is not None}
    found = ask("GET", f"receipt?{urlencode(given)}")
    if args.json:
        print_json(found)
        return DONE
    for entry in found["entries"]:
        print_rows(f"{entry['words']} [{entry['browser']}]")
    if args.before is None:
        _print_requests(ask("GET", "requests")["requests"])
    if found["next"]:
        print(f"more: plnd receipt --before {found['next']}", file=sys.stderr)
    return DONE


def _print_requests(requests: list[dict[str, Any]]) -> None:
    """Print the requests that plnd made to other machines, for feeds and articles."""
    import time

    if not requests:
        print("no request has left this machine", file=sys.stderr)
    for one in requests:
        when = time.strftime("%a %d %b %Y, %H:%M", time.localtime(one["at"] / 1000))
        what = (
            f"the feed of {one['handle']} on {one['network']}" if one["network"] else "an article"
        )
        print_rows(f"{when}: plnd asked {one['host']} for {what}: {one['outcome']}.")


# -- export and import ------------------------------------------------------------------


def _export_options(parser: ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", metavar="FILE", help="default, and -: standard output")


def _export(args: Namespace) -> int:
    from plnd.system.files import atomic_text_file

    if args.file in (None, "-", "/dev/stdout"):
        number = _write_lines(sys.stdout)
    else:
        with atomic_text_file(Path(args.file)) as stream:
            number = _write_lines(stream)
    if args.file not in (None, "-") or sys.stderr.isatty():
        print(f"{number} lines exported", file=sys.stderr)
    return DONE


def _write_lines(stream: IO[str]) -> int:
    """Write all data as lines of JSON, and a last line with their number; the number of lines."""
    number, after = 0, None
    while True:
        part = ask("GET", "export" if after is None else f"export?after={after}")
        for line in part["lines"]:
            stream.write(json_text(line, stream, separators=(",", ":")) + "\n")
        number += len(part["lines"])
        progress(f"{number} lines")
        for one in part["left_out"]:
            print_rows(f"left out, as it is in no use: {one['message']}", to=sys.stderr)
        after = part["next"]
        if after is None:
            end = {"type": "end", "lines": number}
            stream.write(json_text(end, stream, separators=(",", ":")) + "\n")
            return number + 1


def _import_options(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="what `plnd export` wrote; - for stdin")
    parser.add_argument("--dry-run", action="store_true", help="only say what it would do")
    json_option(parser)


def _import(args: Namespace) -> int:
    counts: dict[str, Any] = {"taken": 0, "known": 0, "rejected": [], "switched_off": []}
    networks: list[str] = []
    complete = False
    with _open(args.file) as stream:
        for number, lines in _parts(stream):
            if number == 0:
                _check_first(lines[0], args.file)
            part = {"lines": lines, "dry_run": args.dry_run, "networks": networks}
            answer = ask("POST", "import", part)
            networks += answer["networks"]
            counts["taken"] += answer["taken"]
            counts["known"] += answer["known"]
            counts["switched_off"] += answer["switched_off"]
            for one in answer["rejected"]:
                row = {"line": number + one["index"] + 1, **one}
                del row["index"]
                counts["rejected"].append(row)
            complete = lines[-1].startswith('{"type":"end"')
            progress(f"{number + len(lines)} lines")
    if args.json:
        print_json({**counts, "complete": complete})
    else:
        print(f"{counts['taken']} taken, {counts['known']} known before")
        _print_switched_off(counts["switched_off"])
    for one in counts["rejected"]:
        field = f" ({one['field']})" if one["field"] else ""
        print_rows(f"line {one['line']}: {one['message']}{field}", to=sys.stderr)
    if not complete:
        print("the file ends early: its last line is missing", file=sys.stderr)
    return FAILED if counts["rejected"] or not complete else DONE


def _print_switched_off(feeds: list[str]) -> None:
    """Print the feeds that the import switched off: only the user may turn on requests."""
    for one in feeds:
        print(f"the feed of {one} is switched off: turn it on if you want it", file=sys.stderr)


def _open(name: str) -> IO[bytes]:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise PlndError(f"cannot read {name}: {error.strerror}", "name a readable file") from error


def _parts(stream: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """The lines, in parts that fit into one request, each with the number of lines before it."""
    number, size = 0, 0
    lines: list[str] = []
    while line := stream.readline(BYTES_AT_ONCE):
        if lines and (len(lines) == LINES_AT_ONCE or size + len(line) > BYTES_AT_ONCE):
            yield number, lines
            number, size, lines = number + len(lines), 0, []
        lines.append(line.decode(errors="replace").rstrip("\n"))
        size += len(line)
    if lines:
        yield number, lines


def _check_first(line: str, name: str) -> None:
    """Raises PlndError when a file is not an export, or of a newer format."""
    import json

    from plnd.core.own_data.exporting import FORMAT

    try:
        head = json.loads(line)
        form = head["format"] if head["type"] == "plnd" else None
    except (ValueError, KeyError, TypeError):
        form = None
    if not isinstance(form, int):
        raise PlndError(f"{name} is no export of plnd", "`plnd export FILE` makes one")
    if form > FORMAT:
        raise PlndError(f"{name} is of format {form}; this plnd knows {FORMAT}", "use a newer plnd")


# -- restore -----------------------------------------------------------------------------


def _restore_options(parser: ArgumentParser) -> None:
    parser.add_argument("backup", nargs="?", metavar="NAME", help="default: list the backups")
    parser.add_argument("--yes", action="store_true", help="do not ask before it is done")
    json_option(parser)


def _restore(args: Namespace) -> int:
    if args.backup is None:
        found = ask("GET", "backups")
        print_json(found) if args.json else print(_backups_words(found["backups"]))
        return DONE
    would = ask("POST", "restore", {"backup": args.backup, "dry_run": True})
    if not args.json:
        print(_restore_words(would))
    if not args.yes and not _confirm("Go back to this? The present state is kept as a backup."):
        if args.json:
            print_json(would)
        print("nothing was changed", file=sys.stderr)
        return _unconfirmed()
    done = ask("POST", "restore", {"backup": args.backup})
    if args.json:
        print_json(done)
    else:
        print(f"restored; the state until now is the backup {done['kept_aside']}")
        _print_switched_off(done["switched_off"])
    return DONE


def _backups_words(backups: list[dict[str, Any]]) -> str:
    if not backups:
        return "no backups yet: one is made each day while plnd runs"
    whys = {
        "daily": "of the day",
        "before_upgrade": "before an upgrade",
        "before_restore": "before a restore",
    }
    return "\n".join(f"{one['name']}  {whys[one['why']]}" for one in backups)


def _restore_words(would: dict[str, Any]) -> str:
    lines = [
        f"  {name}: {one['back']} would come back, {one['gone']} would go, "
        f"{one['changed']} would be as they were"
        for name, one in would["changes"].items()
    ]
    lines += [f"  the feed of {one} would be switched off" for one in would["switched_off"]]
    lines += [f"  left out, as it cannot be used: {one['message']}" for one in would["left_out"]]
    return "\n".join([f"Going back to {would['backup']['name']}:", *(lines or ["  no change"])])


COMMANDS = {
    "receipt": Command("everything that is stored, in plain words", _receipt_options, _receipt),
    "forget": Command("forget a time, a network, a person, all", _forget_options, _forget),
    "export": Command("write everything to one open file", _export_options, _export),
    "import": Command("read what export wrote", _import_options, _import),
    "restore": Command("list the backups, go back to one", _restore_options, _restore),
}
