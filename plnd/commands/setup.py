"""Telling the browsers where plnd is, and finding what is broken."""

import functools
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from plnd import client
from plnd.cli import DONE, FAILED, print_json
from plnd.commands.command import Command, json_option
from plnd.place import place

if TYPE_CHECKING:
    from plnd.setup.doctor import Check


def _install_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--manifest-dir", metavar="DIR", help="this folder only, as a test profile needs"
    )
    json_option(parser)


def _install(args: Namespace) -> int:
    from pathlib import Path

    from plnd.setup import browsers
    from plnd.store.files import home

    folder = Path(args.manifest_dir) if args.manifest_dir else None
    found = [] if folder else browsers.found_browsers(home())
    done = browsers.install(home(), manifest_dir=folder, browsers=found)
    if args.json:
        print_json(
            {"installed": [{"browser": b.browser, "manifest": str(b.manifest)} for b in done]}
        )
    else:
        print("".join(f"{one.browser}: {one.manifest}\n" for one in done), end="")
    for one in found:
        if said := one.hindrance or one.condition:
            print(f"{one.name} {said}", file=sys.stderr)
    if not done:
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


def _doctor_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--fix",
        action="store_true",
        help="mend what is safe to: modes, manifests, the launcher, left-over files, the daemon",
    )
    json_option(parser)


def _doctor(args: Namespace) -> int:
    from plnd.setup import doctor

    mended = doctor.mend(_checks()) if args.fix else []
    checks = _checks()
    if args.json:
        print_json({"checks": [check.as_dict() for check in checks],
                    "mended": [check.as_dict() for check in mended]})  # fmt: skip
    else:
        print("\n".join(check.line() for check in [*mended, *checks]))
    return FAILED if any(check.status == "fail" for check in checks) else DONE


def _checks() -> "list[Check]":
    from plnd import background, offline
    from plnd.setup import doctor
    from plnd.store.files import home

    found = client.daemon(place())
    asking = functools.partial(client.ask, found) if found else None
    start = functools.partial(background.start, place(), None)
    return doctor.run_checks(home(), asking, open_stores=offline.open_stores, start=start)


COMMANDS = {
    "install": Command("let the browsers talk to plnd", _install_options, _install),
    "uninstall": Command("take away what install wrote", _install_options, _uninstall),
    "doctor": Command("find what is broken, and the fix", _doctor_options, _doctor),
}
