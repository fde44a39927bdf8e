"""Measure what plnd promises about speed, each figure beside its floor from the same run.

    .venv/bin/python scripts/bench [--events 1000000]
    .venv/bin/python scripts/bench --pages [--rounds 15]            the cost to a page
    .venv/bin/python scripts/bench --extension [--seconds 180]      the cost of an hour
    .venv/bin/python scripts/bench --dashboard [--rounds 9] [--beats 240]

The floors of the first form: a bare aiohttp handler that reads a JSON body and answers {}
("bare"), plain sqlite3 upserts with synchronous=FULL, the interpreter alone. The other forms
measure in Chromium: what the extension costs a page, what it costs an hour of browsing and an
idle one, and how fast the dashboard and the popup are. The exit code is 1 when a promise is
broken. Run it on a quiet machine: the ratios hold anywhere, the milliseconds are the machine's.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = {
    "events": (1_000_000, "events in the large log"),
    "rounds": (None, "loads of the page in each browser, or openings of dashboard and popup"),
    "seconds": (180, "how long an hour of browsing and an idle one are watched"),
    "beats": (240, "live events for the dashboard, four a minute"),
}
"""Each option with its default, where it has only one, and its help."""
FORMS = {
    "daemon": ("events",),
    "pages": ("rounds",),
    "extension": ("seconds",),
    "dashboard": ("rounds", "beats"),
}
"""The options of each form."""


def main() -> int:
    form, args = arguments()
    # The browser forms use the tests' browsers and desktop.
    sys.path.append(str(ROOT / "tests"))
    try:
        if form == "pages":
            import pages

            return pages.main(args.rounds or 15)
        if form == "extension":
            import extension

            return extension.main(args.seconds)
        if form == "dashboard":
            import dashboard

            return dashboard.main(args.rounds or 9, args.beats)
        return daemon(args.events)
    except ModuleNotFoundError as missing:
        return lacking(missing.name, browser=form != "daemon")


def arguments() -> tuple[str, argparse.Namespace]:
    """The form that was asked for, and its options."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description=(__doc__ or "").partition("\n")[0]
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--pages", action="store_true", help="what the extension costs a page")
    which.add_argument("--extension", action="store_true", help="what the extension costs an hour")
    which.add_argument("--dashboard", action="store_true", help="how fast dashboard and popup are")
    for name, (default, words) in OPTIONS.items():
        told = f"{words} ({default:,})" if default else words
        parser.add_argument(f"--{name}", type=int, help=told)
    args = parser.parse_args()
    form = next((name for name in FORMS if getattr(args, name, False) is True), "daemon")
    for name, (default, _) in OPTIONS.items():
        if getattr(args, name) is None:
            setattr(args, name, default)
        elif name not in FORMS[form]:
            others = [f"--{one}" for one in FORMS if name in FORMS[one] and one != "daemon"]
            parser.error(f"--{name} needs {' or '.join(others) or 'no other form'}")
    return form, args


def lacking(module: str | None, *, browser: bool) -> int:
    """Say what to run before a bench that needs more than plnd itself does."""
    first = (
        "scripts/test --version"
        if browser
        else ".venv/bin/python -m pip install -r requirements-dev.lock"
    )
    print(f"scripts/bench needs the module {module}; run first: {first}", file=sys.stderr)
    return 2


def daemon(events: int) -> int:
    """Everything that needs no browser."""
    import growth
    import people
    import reading
    import starts
    import table
    import usage
    import waits
    import writing

    os.environ["PLND_PORT"] = "0"
    # Keep compiled code, as it is kept wherever plnd is installed.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sync = writing.sync_ms()
    print(f"this disk makes 4 kB safe in {sync:.2f} ms: a stored event cannot take less")
    print(table.HEAD)
    with tempfile.TemporaryDirectory(prefix="plnd-bench-") as name:
        folder = Path(name)
        starts.measure(folder / "starts")
        usage.idle(folder / "idle")
        usage.idle_hour(folder / "idle-hour")
        usage.month(folder / "month")
        writing.measure(folder)
        reading.measure(folder)
        growth.measure(folder, events)
        people.measure(folder / "people", events)
        waits.measure(folder / "waits", events)
    return table.summary()


if __name__ == "__main__":
    sys.exit(main())
