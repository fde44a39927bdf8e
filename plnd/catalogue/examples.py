"""Checks the examples in a network's file against its rules."""

import json
from pathlib import Path
from typing import Any

from plnd.catalogue.recognise import recognise
from plnd.catalogue.rules import Network, file_error, parse_network


def check_network(path: Path, file: Any) -> Network:
    """The network of a file, after checking its form, its patterns and its examples.

    Raises:
        PlndError: something in the file is wrong; it names the file and the field.
    """
    found = parse_network(path, file, compile_patterns=True)
    for index, example in enumerate(file.get("examples") or ()):
        _check_example(path, f"/examples/{index}", found, example)
    return found


def _check_example(path: Path, where: str, found: Network, example: dict[str, Any]) -> None:
    kind = "url" if "url" in example else "request"
    address, method = example.get(kind), example.get("method", "POST")
    if not isinstance(address, str) or not isinstance(method, str):
        raise file_error(path, f"{where}/{kind}", "file_text")
    body = None if example.get("body") is None else json.dumps(example["body"])
    networks = {found.id: found}
    is_page = kind == "url"
    recognised = recognise(
        address, "GET" if is_page else method, None if is_page else body, networks=networks
    )
    for field in ("page", "handle", "tag") if is_page else ("action",):
        wanted, got = example.get(field), getattr(recognised, field, None)
        if field in example and wanted != got:
            values = {"wanted": json.dumps(wanted), "got": json.dumps(got)}
            raise file_error(path, f"{where}/{field}", "file_example", **values)
