"""A file's own examples, held against its rules."""

import json
from pathlib import Path
from typing import Any

from plnd.catalogue.recognise import recognise
from plnd.catalogue.rules import Network, bad, network


def checked(path: Path, file: Any) -> Network:
    """The network of a file that is checked whole: form, patterns, and what it gives as examples.

    Raises:
        PlndError: something is not as it must be; it names the file and the field.
    """
    found = network(path, file, patterns=True)
    for index, example in enumerate(file.get("examples") or ()):
        _check(path, f"/examples/{index}", found, example)
    return found


def _check(path: Path, where: str, found: Network, example: dict[str, Any]) -> None:
    kind = "url" if "url" in example else "request"
    address, method = example.get(kind), example.get("method", "POST")
    if not isinstance(address, str) or not isinstance(method, str):
        raise bad(path, f"{where}/{kind}", "file_text")
    body = None if example.get("body") is None else json.dumps(example["body"])
    networks = {found.id: found}
    is_page = kind == "url"
    made = recognise(
        address, "GET" if is_page else method, None if is_page else body, networks=networks
    )
    for field in ("page", "handle", "tag") if is_page else ("action",):
        wanted, got = example.get(field), getattr(made, field, None)
        if field in example and wanted != got:
            said = {"wanted": json.dumps(wanted), "got": json.dumps(got)}
            raise bad(path, f"{where}/{field}", "file_example", **said)
