"""The command for networks and their rules, and for the user's own files of them."""

from argparse import ArgumentParser, Namespace
from typing import Any
from urllib.parse import quote

from plnd import client
from plnd.errors import Invalid, NotFound, PlndError
from plnd.system.paths import editor, place
from plnd.terminal.commands.command import Command, ask, json_option, print_rows
from plnd.terminal.exit_codes import DONE
from plnd.terminal.screen import print_json

WHEN_USED = "browsers take it when plnd's popup is opened, or within the hour"


def _network_options(parser: ArgumentParser) -> None:
    json_option(parser)
    verbs = parser.add_subparsers(dest="verb", metavar="list | show | off | on | edit | reset")
    for verb, what in (
        ("list", "the networks (the default)"),
        ("show", "a network's hosts and rules"),
        ("off", "record nothing of a network from now on; what is stored stays"),
        ("on", "count it again"),
        ("edit", "change a network's file in your editor"),
        ("reset", "go back to the file that plnd ships"),
    ):
        one = verbs.add_parser(verb, help=what)
        one.add_argument("--json", action="store_true", default=False, dest="json_too")
        if verb != "list":
            one.add_argument("id", metavar="ID", help="the network, e.g. x")


def _network(args: Namespace) -> int:
    as_json = args.json or getattr(args, "json_too", False)
    verbs = {"show": _show, "off": _off, "on": _on, "edit": _edit, "reset": _reset}
    if args.verb in verbs:
        return verbs[args.verb](args.id, as_json)
    answer = ask("GET", "networks")
    print_json(answer) if as_json else print_rows(*map(_line, answer["networks"]))
    return DONE


def _line(network: dict[str, Any]) -> str:
    words = f"{network['id']:<14} {network['name']:<16}"
    if not network["counted"]:
        words += " not counted"
    if network["source"] == "own":
        words += " your own file"
    if network["fault"]:
        words += f" not used: {network['fault']['message']}"
    return words.rstrip()


def _show(id: str, as_json: bool) -> int:
    from plnd.catalogue import own_files, shipped
    from plnd.store import network_files
    from plnd.system.files import home

    found = own_files.effective(network_files.folder(home()))
    if id not in found.networks:
        raise NotFound(f"there is no network {id!r}", "`plnd network` lists them")
    file = found.own.get(id) or shipped.read_json(shipped.shipped_folder() / f"{id}.json")
    print_json(file) if as_json else print_rows(*_words(file))
    return DONE


def _words(file: dict[str, Any]) -> list[str]:
    return [
        f"{file['name']}: {file.get('note', '')}".rstrip(": "),
        "hosts: " + " ".join(dict.fromkeys([*file["hosts"], *file["write_hosts"]])),
        "",
        *(
            f"  /pages/{index:<4} {rule['page']:<14} {rule['path']}"
            for index, rule in enumerate(file["pages"])
        ),
        "",
        *(
            f"  /interactions/{index:<4} {rule['action']:<8} {rule['certainty']:<7}"
            f" {rule['method']} {rule['url']}"
            for index, rule in enumerate(file["interactions"])
        ),
    ]


def _off(id: str, as_json: bool) -> int:
    return _switch(id, as_json, counted=False)


def _on(id: str, as_json: bool) -> int:
    return _switch(id, as_json, counted=True)


def _switch(id: str, as_json: bool, *, counted: bool) -> int:
    answer = ask("PUT", f"networks/{quote(id, safe='')}", {"counted": counted})
    if as_json:
        print_json(answer)
    else:
        says = "is counted" if counted else "is not counted; what is stored of it stays"
        print_rows(f"{answer['network']['name']} {says}")
    return DONE


def _edit(id: str, as_json: bool) -> int:
    import subprocess

    from plnd.store import network_files
    from plnd.system.files import home

    command = editor()
    if not command:
        raise Invalid("no editor is known", "set EDITOR, e.g. EDITOR=nano")
    path = network_files.open_draft(home(), id)
    try:
        code = subprocess.call([*command, str(path)])
    except OSError as error:
        raise PlndError(
            f"cannot start {command[0]}: {error.strerror}", "set EDITOR to an editor that is there"
        ) from error
    if code != 0:
        raise PlndError(f"{command[0]} ended with {code}: nothing was changed", f"see {path}")
    changed = network_files.apply_draft(home(), id)
    return _print_change(id, changed, f"{id}: checked and in use; {WHEN_USED}", as_json)


def _reset(id: str, as_json: bool) -> int:
    from plnd.store import network_files
    from plnd.system.files import home

    changed = network_files.reset(home(), id)
    return _print_change(id, changed, f"{id}: your own file is gone; {WHEN_USED}", as_json)


def _print_change(id: str, changed: bool, words: str, as_json: bool) -> int:
    found = client.daemon(place())
    if found and changed:
        client.ask(found, "GET", "networks")  # this makes the daemon read them again
    if as_json:
        print_json({"network": id, "changed": changed})
    else:
        print(words if changed else f"{id}: nothing changed")
    return DONE


COMMANDS = {
    "network": Command("the networks and their rules", _network_options, _network),
}
