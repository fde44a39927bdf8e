"""The commands that run, start and stop the daemon, and open its dashboard."""

import sys
import time
from argparse import SUPPRESS, ArgumentParser, Namespace
from typing import Any

from plnd import client
from plnd.system.paths import place
from plnd.terminal.commands.command import Command, json_option, no_options
from plnd.terminal.exit_codes import DONE
from plnd.terminal.screen import print_json


def _run_options(parser: ArgumentParser) -> None:
    parser.add_argument("--port", help="the port on loopback; 0 picks a free one (default: 8765)")
    parser.add_argument("--ready-fd", type=int, dest="ready", help=SUPPRESS)


def _run(args: Namespace) -> int:
    from plnd.daemon import serve

    serve.run(args.port, args.ready)
    return DONE


def _start_options(parser: ArgumentParser) -> None:
    parser.add_argument("--port", help="the port on loopback; 0 picks a free one (default: 8765)")


def _start(args: Namespace) -> int:
    from plnd.daemon import background

    url, new = background.start(place(), args.port)
    print(f"plnd {'runs' if new else 'was running already'} at {url}")
    return DONE


def _stop(_: Namespace) -> int:
    from plnd.daemon import background

    pid = background.stop(place())
    print(f"plnd stopped (process {pid})" if pid else "plnd was not running")
    return DONE


def _open_options(parser: ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--print", action="store_true", help="print the link, open nothing")
    what.add_argument("--list", action="store_true", help="list the browsers that are signed in")
    what.add_argument(
        "--revoke", metavar="ID", nargs="?", const="", help="sign a browser out; without ID, all"
    )
    json_option(parser)


def _open(args: Namespace) -> int:
    from plnd.daemon import background

    where = place()
    background.start(where, None)
    daemon = client.daemon(where) or {}
    if args.list or args.revoke is not None:
        return _sessions(daemon, args)
    link = client.ask(daemon, "POST", "open")
    if args.json:
        print_json(link)
    elif args.print or sys.stdout.isatty():
        print(link["url"], flush=True)
    if not args.print:
        import webbrowser
        from pathlib import Path

        # Not the link: other users can read the command line of a program.
        if not webbrowser.open(Path(link["file"]).as_uri()):
            hint = "open the link yourself; `plnd open --print` prints one"
            print(f"no browser was found here: {hint}", file=sys.stderr)
    return DONE


def _sessions(daemon: dict[str, Any], args: Namespace) -> int:
    """List the browsers that are signed in, or sign them out."""
    if args.list:
        answer = client.ask(daemon, "GET", "sessions")
    else:
        answer = client.ask(daemon, "DELETE", f"sessions/{args.revoke}".rstrip("/"))
    if args.json:
        print_json(answer)
        return DONE
    if not args.list:
        left = len(answer["sessions"])
        print(f"signed out; {left} still signed in" if left else "no browser is signed in now")
        return DONE
    for one in answer["sessions"]:
        made, ends, used = (_day(one[moment]) for moment in ("made_at", "ends_at", "used_at"))
        print(f"{one['id']}  {one['browser']}, {made} to {ends}, last used {used}")
    if not answer["sessions"]:
        print("no browser is signed in; `plnd open` opens the dashboard")
    return DONE


def _day(moment: int) -> str:
    return time.strftime("%d %b %Y", time.localtime(moment / 1000))


COMMANDS = {
    "open": Command("open the dashboard", _open_options, _open),
    "run": Command("run the daemon in the foreground", _run_options, _run),
    "start": Command("start the daemon in the background", _start_options, _start),
    "stop": Command("stop the daemon", no_options, _stop),
}
