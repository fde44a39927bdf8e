"""The commands for settings, pauses and snoozes."""

from argparse import ArgumentParser, Namespace
from typing import Any

from plnd.errors import Invalid
from plnd.terminal.commands.command import Command, ask, json_option, until, until_text
from plnd.terminal.exit_codes import DONE
from plnd.terminal.screen import print_json


def _settings_options(parser: ArgumentParser) -> None:
    json_option(parser)
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
        found = ask("PATCH", "settings", changes)["settings"]
    else:
        found = ask("GET", "settings")["settings"]
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

    from plnd.model.settings import Settings

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
    json_option(parser)


def _pause(args: Namespace) -> int:
    state = ask("PUT", "pause", {"until": until(args.length)})
    if args.json:
        print_json(state)
    else:
        print(f"paused{until_text(state['until'])}: nothing is recorded. `plnd resume` goes on")
    return DONE


def _resume(args: Namespace) -> int:
    state = ask("DELETE", "pause")
    print_json(state) if args.json else print("plnd records again")
    return DONE


def _snooze(args: Namespace) -> int:
    state = ask("PUT", "notices/snooze", {"until": until(args.length or "1h")})
    if args.json:
        print_json(state)
    else:
        print(f"no notices{until_text(state['snoozed_until'])}")
    return DONE


COMMANDS = {
    "settings": Command("time zone, hours and notices", _settings_options, _settings),
    "pause": Command("record nothing for a while", _for_option, _pause),
    "resume": Command("record again", json_option, _resume),
    "snooze": Command("hold notices back for a while", _for_option, _snooze),
}
