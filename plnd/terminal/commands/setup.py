"""The commands that register plnd with browsers, remove it, and find what is broken."""

import contextlib
import functools
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from plnd import client
from plnd.errors import Invalid
from plnd.system.paths import place
from plnd.terminal.commands.command import Command, json_option
from plnd.terminal.exit_codes import DONE, FAILED
from plnd.terminal.screen import print_json

if TYPE_CHECKING:
    from plnd.setup.doctor import Check


def _folder_option(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--manifest-dir", metavar="DIR", help="this folder only, as a test profile needs"
    )


def _install_options(parser: ArgumentParser) -> None:
    _folder_option(parser)
    parser.add_argument("--service", action="store_true", help="start plnd at login as well")
    json_option(parser)


def _uninstall_options(parser: ArgumentParser) -> None:
    _folder_option(parser)
    parser.add_argument("--data", action="store_true", help="remove everything that is kept, too")
    json_option(parser)


def _install(args: Namespace) -> int:
    from pathlib import Path

    from plnd.setup import manifests
    from plnd.system.files import home

    if args.service:
        _install_service()
    folder = Path(args.manifest_dir) if args.manifest_dir else None
    found = [] if folder else manifests.installed_browsers(home())
    done = manifests.install(home(), manifest_dir=folder, browsers=found)
    if args.json:
        print_json(
            {"installed": [{"browser": b.browser, "manifest": str(b.manifest)} for b in done]}
        )
    else:
        print("".join(f"{one.browser}: {one.manifest}\n" for one in done), end="")
    for one in found:
        if remark := one.why_unusable() or one.requirement():
            print(f"{one.name} {remark}", file=sys.stderr)
    if not done:
        print("no browser was found to set up", file=sys.stderr)
    return DONE


def _install_service() -> None:
    """Have the system start plnd at login; the service replaces the running daemon."""
    from plnd.daemon import background
    from plnd.setup import service
    from plnd.system.files import home

    home().make()
    one = service.service(home())
    background.stop(place())
    failures = service.install(one)
    print(f"starts at login: {one.path}", file=sys.stderr)
    for failure in failures:
        print(f"but {failure}", file=sys.stderr)


def _uninstall(args: Namespace) -> int:
    from pathlib import Path

    from plnd.daemon import background
    from plnd.setup import manifests, service, uninstall
    from plnd.setup.launcher import UnusablePath
    from plnd.system.files import home

    folder = Path(args.manifest_dir) if args.manifest_dir else None
    if folder and args.data:
        raise Invalid("--data goes without --manifest-dir", field="data")
    gone = manifests.uninstall(home(), manifest_dir=folder)
    if folder is None:
        with contextlib.suppress(UnusablePath):  # then no service was ever installed
            gone += service.uninstall(service.service(home()))
        background.stop(place())
        gone += uninstall.uninstall(home(), data=args.data)
    removed = [str(path) for path in gone]
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
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON, in the API's shapes")
    form.add_argument(
        "--report", action="store_true", help="a text fit for a bug report, nothing of your life"
    )


def _doctor(args: Namespace) -> int:
    import msgspec

    from plnd.model.health import DoctorAnswer
    from plnd.setup import doctor

    mended = doctor.mend(_checks()) if args.fix else []
    checks = _checks()
    if args.json:
        answer = DoctorAnswer(
            checks=[check.health_link() for check in checks],
            mended=[check.health_link() for check in mended],
        )
        print_json(msgspec.to_builtins(answer))
    elif args.report:
        from plnd.setup.report import report
        from plnd.system.files import home

        found = client.daemon(place())
        health = client.ask(found, "GET", "health") if found else None
        print(report(home(), [check.line() for check in [*mended, *checks]], health))
    else:
        print("\n".join(check.line() for check in [*mended, *checks]))
    return FAILED if any(check.status == "fail" for check in checks) else DONE


def _checks() -> "list[Check]":
    from plnd.daemon import background
    from plnd.setup import doctor
    from plnd.system.files import home
    from plnd.terminal import offline

    found = client.daemon(place())
    asking = functools.partial(client.ask, found) if found else None
    start = functools.partial(background.start, place(), None)
    return doctor.run_checks(
        home(), asking, open_stores=offline.open_stores, left_out=offline.left_out, start=start
    )


COMMANDS = {
    "install": Command("let the browsers talk to plnd", _install_options, _install),
    "uninstall": Command("remove plnd's traces, but the data", _uninstall_options, _uninstall),
    "doctor": Command("find what is broken, and the fix", _doctor_options, _doctor),
}
