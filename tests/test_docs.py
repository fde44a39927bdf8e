"""The documents say what the code says: tables row by row, links, paths and commands.

A table that differs is printed as it should be; copy it into the document.
"""

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from plnd.catalogue import rules, shipped
from plnd.catalogue.rules import ACTIONS
from plnd.model.settings import Settings
from plnd.system.paths import DEFAULT_PORT
from plnd.terminal.commands.index import COMMANDS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "native-host/*.md", "extension/*.md")
    for path in ROOT.glob(pattern)
)
GROUPS = {
    "talk": "conversation",
    "forum": "questions and forums",
    "writing": "blogs and newsletters",
    "media": "pictures, video, books",
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def table(document: str, header: str) -> list[str]:
    """The lines of the table in docs/ whose first column is called `header`, without its head."""
    text = (DOCS / document).read_text()
    found = re.search(
        rf"^\| {re.escape(header)} \|.*\n\| ?---.*\n((?:\|.*\n)+)", text, re.MULTILINE
    )
    assert found, f"docs/{document} has no table whose first column is {header!r}"
    return found[1].splitlines()


def row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def compare(document: str, header: str, wanted: list[str]) -> None:
    shown = "\n".join(wanted)
    assert table(document, header) == wanted, f"docs/{document} should have:\n{shown}"


# ---- the tables


def placeholder(action: argparse.Action) -> str:
    """How a command's positional argument is written in the table."""
    name = str(action.metavar or "|".join(action.choices or [action.dest]))
    return {"*": f"[{name} …]", "+": f"{name} …", "?": f"[{name}]"}.get(str(action.nargs), name)


def command_rows(
    name: str, what: str, parser: argparse.ArgumentParser, above: frozenset[str] = frozenset()
) -> Iterator[str]:
    """A row for a command, then one for each of its verbs; `above` are the noun's options."""
    words, options, verbs = [name], [], []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            verbs = [(one.dest, str(one.help)) for one in action._choices_actions]
            parsers = action.choices
        elif action.help == argparse.SUPPRESS or "--help" in action.option_strings:
            continue
        elif action.option_strings:
            options.append(next(one for one in action.option_strings if one.startswith("--")))
        else:
            words.append(placeholder(action))
    own = [one for one in options if one not in above]
    yield row(f"`{' '.join(words)}`", what, ", ".join(f"`{one}`" for one in own))
    for verb, help_text in verbs:
        yield from command_rows(f"{name} {verb}", help_text, parsers[verb], above | set(own))


def test_every_command_stands_in_the_table_with_its_help_and_options() -> None:
    wanted: list[str] = []
    for name, command in COMMANDS.items():
        parser = argparse.ArgumentParser(prog=f"plnd {name}")
        command.options(parser)
        wanted += command_rows(f"plnd {name}", command.help, parser)
    compare("commands.md", "command", wanted)


def values_of(kind: Any) -> str:
    """Which values a setting takes, in words."""
    match kind:
        case msgspec.inspect.Metadata(type=inner):
            return values_of(inner)
        case msgspec.inspect.UnionType(types=types):
            return " or ".join(values_of(one) for one in types)
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.NoneType():
            return "null"
        case msgspec.inspect.IntType(ge=least, le=most):
            return f"{least} to {most}" if most is not None else f"{least} or more"
        case msgspec.inspect.LiteralType(values=values) if set(values) == set(WEEKDAYS):
            return "`mon` … `sun`"
        case msgspec.inspect.LiteralType(values=values):
            return ", ".join(f"`{one}`" for one in sorted(values, key=str))
        case msgspec.inspect.ListType(item_type=item):
            return f"a list of any of {values_of(item)}"
        case msgspec.inspect.StrType(pattern=pattern) if pattern and ":" in pattern:
            return "`HH:MM`, in quarters of an hour"
        case msgspec.inspect.StrType(pattern=pattern) if pattern:
            return "`MM-DD`"
        case msgspec.inspect.StrType():
            return "text"
    raise AssertionError(f"no words for {kind!r}")


def test_every_setting_stands_in_the_table_with_its_default_and_values() -> None:
    found = msgspec.to_builtins(Settings())
    wanted = [
        row(
            f"`{one.name}`",
            f"`{json.dumps(found[one.name])}`",
            values_of(one.type),
            (getattr(one.type, "extra_json_schema", None) or {})["description"],
        )
        for one in msgspec.inspect.type_info(Settings).fields  # type: ignore[attr-defined]
    ]
    compare("settings.md", "setting", wanted)


def test_every_network_stands_in_the_table_with_its_acts() -> None:
    networks = shipped.load()
    wanted: list[str] = []
    for group, words in GROUPS.items():
        for one in sorted(networks.values(), key=lambda network: network.name.casefold()):
            if one.group != group:
                continue
            file = json.loads((ROOT / "extension" / "catalogue" / f"{one.id}.json").read_text())
            certain = rules.certainty(one)
            acts = [
                ", ".join(act for act in ACTIONS if certain.get(act) == level)
                for level in ("high", "medium", "low")
            ]
            own = "yes" if file.get("own_hosts") else "no"
            about = "yes" if one.refused_as_200 else "no"
            wanted.append(row(one.name, f"`{one.id}`", words, own, *acts, about))
    compare("networks.md", "network", wanted)
    assert len(wanted) == len(networks)


def test_the_readme_names_every_network() -> None:
    words = (ROOT / "README.md").read_text()
    missing = [one.name for one in shipped.load().values() if one.name not in words]
    assert not missing, f"README.md does not name these networks: {missing}"


def test_the_environment_is_described() -> None:
    words = (DOCS / "settings.md").read_text()
    missing = [name for name in ("PLND_HOME", "PLND_PORT", str(DEFAULT_PORT)) if name not in words]
    assert not missing, f"docs/settings.md does not name these: {missing}"


def test_every_decision_is_listed_and_short() -> None:
    folder = DOCS / "decisions"
    listed = re.findall(r"\]\((\d{3}-[a-z0-9-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))
    numbers = [name[:3] for name in listed]
    assert len(set(numbers)) == len(numbers), "two decisions have the same number"
    for name in listed:
        text = (folder / name).read_text()
        assert text.startswith(f"# {int(name[:3])}. "), f"{name} does not begin with its number"
        for heading in ("## Context", "## Decision", "## Consequences"):
            assert heading in text, f"{name} has no {heading!r}"
        assert len(text.splitlines()) < 40, f"{name} is too long for one decision"


# ---- what the documents point to


@pytest.mark.parametrize(
    "name", ["README.md", "LICENSE", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "PRIVACY.md"]
)
def test_the_usual_documents_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 200, f"{name} is empty"


def test_the_readme_stays_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) < 150


def without_code_blocks(path: Path) -> str:
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"^(?: {4}|\t).*$", "", text, flags=re.MULTILINE)


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as hosts of repositories make them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code_blocks(path)):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (path.parent / place) if place else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_file_that_is_named_exists(path: Path) -> None:
    """A word in backticks that starts in a folder of the repository is a file or folder there."""
    folders = re.compile(r"(?:plnd|extension|native-host|tests|scripts|docs)/")
    examples = re.compile(r"[*{<…]|/club\.json$")
    names = {
        word.partition("::")[0]
        for span in re.findall(r"`([^`]+)`", without_code_blocks(path))
        for word in span.split()
        if folders.match(word) and not examples.search(word)
    }
    missing = [one for one in sorted(names) if not (ROOT / one).exists()]
    assert not missing
