"""A network's file as data, and the checks that it must pass.

extension/lib/check.js makes the same checks in the same order: a test holds both to the same
answer about the same file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from plnd.catalogue.pattern_automaton import fault_of
from plnd.catalogue.patterns import MEND, pattern
from plnd.words.messages import TranslatedError

if TYPE_CHECKING:
    from plnd.model.networks import Certainty

TESTS = ("exists", "absent", "equals", "matches")
BODY_TYPES = ("json", "form", "any")
GROUPS = ("talk", "forum", "writing", "media")
CERTAINTIES = ("high", "medium", "low")
LANGUAGES = ("en", "de")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PAGES = (
    *("feed", "profile", "post", "group", "tag", "search", "messages", "notifications"),
    *("compose", "article", "settings", "other"),
)
ACTIONS = ("post", "reply", "share", "react", "follow", "message", "save")

_ID = re.compile(r"[a-z][a-z0-9]{0,31}\Z")
# At least two words after a star: nobody can take a whole top-level domain.
_HOST = re.compile(r"(\*\.[a-z0-9-]+|[a-z0-9-]+)(\.[a-z0-9-]+)+\Z")


class PageRule(NamedTuple):
    """What kind of page an address is; `handle` and `tag` number groups of `path`.

    With a `host`, a pattern, the rule holds on hosts that match it only.
    """

    page: str
    path: str
    handle: int | None
    tag: int | None
    host: str | None


class BodyTest(NamedTuple):
    """The one thing that a rule wants of a request's body; no `path` means the whole text."""

    type: str
    path: str | None
    test: str
    value: object


class InteractionRule(NamedTuple):
    """What a request does; `undo` takes back one of the acts in `of` and makes no event.

    `once`: one act may send several such requests, which differ. `own_handle` numbers the group of
    `url` that holds the user's own handle.
    """

    action: str
    of: tuple[str, ...]
    method: str
    url: str
    own_handle: int | None
    body: BodyTest | None
    once: bool
    certainty: str


class Network(NamedTuple):
    """One network as its catalogue file describes it.

    `refused_as_200`: a refused write may be answered like one that succeeded, so counts of acts
    can be too high.
    """

    id: str
    name: str
    group: str
    hosts: tuple[str, ...]
    write_hosts: tuple[str, ...]
    profile_url: str
    reserved: frozenset[str]
    handle_from_host: str | None
    refused_as_200: bool
    pages: tuple[PageRule, ...]
    interactions: tuple[InteractionRule, ...]


def unsure_acts(network: Network) -> frozenset[str]:
    """The kinds of act whose counts may be too high: guessed, or refused without our knowing."""
    if network.refused_as_200:
        return frozenset(ACTIONS)
    return frozenset(rule.action for rule in network.interactions if rule.certainty == "low")


def certainty(network: Network) -> dict[str, Certainty]:
    """How well each kind of act is known: as its least certain rule."""
    found: dict[str, Certainty] = {}
    for rule in network.interactions:
        if rule.action in ACTIONS:
            worst = max(rule.certainty, found.get(rule.action, "high"), key=CERTAINTIES.index)
            found[rule.action] = cast("Certainty", worst)
    return found


def network(path: Path, file: Any, *, patterns: bool = False) -> Network:
    """The network that `file`, the parsed content of `path`, describes.

    `patterns`: compile every pattern as well, which costs more than all the rest.

    Raises:
        PlndError: something is not as it must be; it names the file and the field.
    """
    part = _Part(path, "", file, patterns)
    part.knows(
        *(
            "id",
            "name",
            "group",
            "reason",
            "note",
            "hosts",
            "write_hosts",
            "profile_url",
            "reserved",
        ),
        *("handle_from_host", "own_hosts", "refused_as_200", "pages", "interactions", "examples"),
    )
    if part.text("id") != path.stem or not _ID.match(path.stem):
        raise part.bad("id", "file_id", id=path.stem)
    name = part.text("name")
    group = part.choice("group", GROUPS)
    _check_reason(part)
    part.optional_text("note")
    hosts, write_hosts = part.hosts("hosts"), part.hosts("write_hosts")
    profile_url, reserved = part.text("profile_url"), frozenset(part.texts("reserved"))
    handle_from_host = part.pattern("handle_from_host", groups=1, optional=True)
    if part.value("own_hosts") is not None:
        for look in part.parts("own_hosts"):
            _check_look(look)
    refused_as_200 = part.yes("refused_as_200")
    pages = tuple(_page_rule(rule) for rule in part.parts("pages"))
    interactions = tuple(_interaction_rule(rule) for rule in part.parts("interactions"))
    if part.value("examples") is not None:
        part.parts("examples")
    return Network(
        *(path.stem, name, group, hosts, write_hosts, profile_url, reserved),
        *(handle_from_host, refused_as_200, pages, interactions),
    )


def _check_reason(part: _Part) -> None:
    """Why the browser is asked for the hosts, in the extension's languages."""
    reason = part.part("reason")
    if reason is None:
        raise part.bad("reason", "file_object")
    reason.knows(*LANGUAGES)
    for language in LANGUAGES:
        reason.text(language)


def _check_look(look: _Part) -> None:
    look.knows("path", "then", "test")
    if not look.text("path").startswith("/"):
        raise look.bad("path", "file_slash")
    look.optional_text("then")
    if _body_test(look, "test") is None:
        raise look.bad("test", "file_object")


def _page_rule(rule: _Part) -> PageRule:
    rule.knows("page", "path", "handle", "tag", "host", "note")
    page = rule.choice("page", PAGES)
    handle, tag = rule.group("handle"), rule.group("tag")
    path = rule.pattern("path", groups=max(handle or 0, tag or 0)) or ""
    host = rule.pattern("host", optional=True)
    rule.optional_text("note")
    return PageRule(page, path, handle, tag, host)


def _interaction_rule(rule: _Part) -> InteractionRule:
    rule.knows(
        *("action", "of", "method", "url", "own_handle", "body", "once", "certainty", "as_of"),
        "note",
    )
    action = rule.choice("action", (*ACTIONS, "undo"))
    of = rule.texts("of") if action == "undo" else ()
    if action != "undo" and rule.value("of") is not None:
        raise rule.bad("of", "file_undo")
    if any(one not in ACTIONS for one in of):
        raise rule.bad("of", "file_choices", choices=" ".join(ACTIONS))
    method = rule.choice("method", METHODS)
    own_handle = rule.group("own_handle")
    url = rule.pattern("url", groups=own_handle or 0) or ""
    body, once = _body_test(rule, "body"), rule.yes("once")
    certainty = rule.choice("certainty", CERTAINTIES)
    rule.optional_text("as_of")
    rule.optional_text("note")
    return InteractionRule(action, of, method, url, own_handle, body, once, certainty)


def _body_test(rule: _Part, name: str) -> BodyTest | None:
    part = rule.part(name)
    if part is None:
        return None
    part.knows("type", "path", "test", "value")
    kind, path = part.choice("type", BODY_TYPES), part.optional_text("path")
    test = part.choice("test", TESTS)
    value = part.pattern("value") if test == "matches" else part.value("value")
    return BodyTest(kind, path, test, value)


def bad(path: Path, field: str, key: str, **values: str | int) -> TranslatedError:
    """The error for a file, and a field of it, that is not as it must be; `key` is of its words."""
    where = f"{path}: {field}" if field else str(path)
    return TranslatedError(key, MEND, code="catalogue", field=field, where=where, **values)


class _Part:
    """One object of a catalogue file, with where it stands for the sake of errors."""

    def __init__(self, path: Path, where: str, value: object, patterns: bool) -> None:
        if not isinstance(value, dict):
            raise bad(path, where, "file_object")
        self._path, self._where, self._value, self._patterns = path, where, value, patterns

    def knows(self, *names: str) -> None:
        """Refuses a field that is none of these: a slip of the pen would be passed over."""
        for name in self._value:
            if name not in names:
                raise self.bad(name, "file_unknown", names=" ".join(names))

    def text(self, name: str) -> str:
        value = self._value.get(name)
        if not isinstance(value, str) or not value:
            raise self.bad(name, "file_text")
        return value

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in choices:
            raise self.bad(name, "file_choice", choices=" ".join(choices))
        return value

    def optional_text(self, name: str) -> str | None:
        return None if self._value.get(name) is None else self.text(name)

    def yes(self, name: str) -> bool:
        value = self._value.get(name, False)
        if not isinstance(value, bool):
            raise self.bad(name, "file_yes")
        return value

    def group(self, name: str) -> int | None:
        value = self._value.get(name)
        if value is not None and (type(value) is not int or value < 1):
            raise self.bad(name, "file_group")
        return value

    def pattern(self, name: str, *, groups: int = 0, optional: bool = False) -> str | None:
        """A regular expression with at least so many groups; compiled only where asked for."""
        text = self.optional_text(name) if optional else self.text(name)
        if text is None or not self._patterns:
            return text
        try:
            found = pattern(text)
        except TranslatedError as error:
            raise self.bad(name, f"file_{error.key}", **error.values) from error
        if refused := fault_of(text):
            raise self.bad(name, f"file_pattern_{refused}", pattern=text)
        if found.groups < groups:
            raise self.bad(name, "file_groups", groups=groups)
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._value.get(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.bad(name, "file_texts")
        return tuple(value)

    def hosts(self, name: str) -> tuple[str, ...]:
        value = self.texts(name)
        if not value or not all(_HOST.match(one) for one in value):
            raise self.bad(name, "file_hosts")
        return value

    def parts(self, name: str) -> list[_Part]:
        value = self._value.get(name)
        if not isinstance(value, list):
            raise self.bad(name, "file_list")
        return [self._inner(f"{name}/{index}", one) for index, one in enumerate(value)]

    def part(self, name: str) -> _Part | None:
        value = self._value.get(name)
        return None if value is None else self._inner(name, value)

    def _inner(self, name: str, value: object) -> _Part:
        return _Part(self._path, f"{self._where}/{name}", value, self._patterns)

    def value(self, name: str) -> object:
        return self._value.get(name)

    def bad(self, name: str, key: str, **values: str | int) -> TranslatedError:
        return bad(self._path, f"{self._where}/{name}", key, **values)
