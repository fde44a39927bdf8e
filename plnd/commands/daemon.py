"""Running, starting and stopping the daemon; opening its dashboard."""

import sys
from argparse import SUPPRESS, ArgumentParser, Namespace

from plnd import client
from plnd.cli import DONE
from plnd.commands.command import Command, no_options
from plnd.place import place


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


COMMANDS = {
    "open": Command("open the dashboard", _open_options, _open),
    "run": Command("run the daemon in the foreground", _run_options, _run),
    "start": Command("start the daemon in the background", _start_options, _start),
    "stop": Command("stop the daemon", no_options, _stop),
}
