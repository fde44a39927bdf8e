"""What plnd makes of an address or a request: the networks and their rules.

The rules lie in extension/catalogue/*.json, the one source for this module and
for the extension's recogniser; both follow the same semantics, and a test holds
them to the same answers. Patterns are compiled when they are first tried.
"""

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from plnd.errors import PlndError
from plnd.resources import extension_dir

LONGEST_NAME = 256
TESTS = ("exists", "absent", "equals", "matches")
BODY_TYPES = ("json", "form", "any")
# What a browser leaves as it is in a path and in a query; anything else it percent-encodes.
_PATH_SAFE = "!$%&'()*+,-./:;=@[]_|~"
_QUERY_SAFE = "!$%&()*+,-./:;=?@[\\]^_`{|}~"


class PageRule(NamedTuple):
    """What kind of page an address is; `handle` and `tag` number groups of `path`."""

    page: str
    path: str
    handle: int | None
    tag: int | None


class BodyTest(NamedTuple):
    """The one thing that a rule wants of a request's body; no `path` means the whole text."""

    type: str
    path: str | None
    test: str
    value: object


class InteractionRule(NamedTuple):
    """What a request does; `undo` takes something back and makes no event."""

    action: str
    method: str
    url: str
    body: BodyTest | None


class Network(NamedTuple):
    """One network as its catalogue file describes it."""

    id: str
    name: str
    hosts: tuple[str, ...]
    write_hosts: tuple[str, ...]
    profile_url: str
    reserved: frozenset[str]
    pages: tuple[PageRule, ...]
    interactions: tuple[InteractionRule, ...]


class Recognised(NamedTuple):
    """What was made of an address or a request, and by which rule ("x#/pages/3")."""

    network: str
    page: str | None
    handle: str | None
    tag: str | None
    action: str | None
    rule: str


class Body(NamedTuple):
    """A request's body: its text, or the fields of a form that a browser has taken apart."""

    text: str | None
    form: Mapping[str, str] | None = None

    @classmethod
    def of(cls, value: object) -> "Body":
        """The body that `value` stands for; an object is JSON and a form's fields alike."""
        if isinstance(value, str):
            parsed = _json(value)
            return cls(value, _fields(parsed) if isinstance(parsed, dict) else None)
        return cls(_compact(value), _fields(value) if isinstance(value, dict) else None)


# ---- loading


@functools.cache
def load() -> dict[str, Network]:
    """Every network by id, in the catalogue's own order.

    Raises:
        PlndError: a file is missing or not as it must be; it names the file and the field.
    """
    return load_from(extension_dir() / "catalogue")


def load_from(folder: Path) -> dict[str, Network]:
    """The networks that the index.json of `folder` lists; raises as `load` does."""
    index = folder / "index.json"
    names = _read(index)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _bad(index, "", "must be a list of network ids")
    return {name: _network(folder / f"{name}.json", name) for name in names}


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise _bad(path, "", f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise _bad(path, "", f"is not JSON: {error}") from error


def _bad(path: Path, field: str, what: str) -> PlndError:
    where = f"{path}: {field}" if field else str(path)
    return PlndError(
        f"{where} {what}", "install plnd again, or mend the file", code="catalogue", field=field
    )


class _Part:
    """One object of a catalogue file, with where it stands for the sake of errors."""

    def __init__(self, path: Path, where: str, value: object) -> None:
        if not isinstance(value, dict):
            raise _bad(path, where, "must be an object")
        self._path, self._where, self._value = path, where, value

    def text(self, name: str) -> str:
        value = self._value.get(name)
        if not isinstance(value, str) or not value:
            raise self.bad(name, "must be text")
        return value

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in choices:
            raise self.bad(name, f"must be one of {' '.join(choices)}")
        return value

    def optional_text(self, name: str) -> str | None:
        return None if self._value.get(name) is None else self.text(name)

    def group(self, name: str) -> int | None:
        value = self._value.get(name)
        if value is not None and (type(value) is not int or value < 1):
            raise self.bad(name, "must be the number of a group")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._value.get(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.bad(name, "must be a list of texts")
        return tuple(value)

    def parts(self, name: str) -> "list[_Part]":
        value = self._value.get(name)
        if not isinstance(value, list):
            raise self.bad(name, "must be a list")
        where = self._at(name)
        return [_Part(self._path, f"{where}/{index}", one) for index, one in enumerate(value)]

    def part(self, name: str) -> "_Part | None":
        value = self._value.get(name)
        return None if value is None else _Part(self._path, self._at(name), value)

    def value(self, name: str) -> object:
        return self._value.get(name)

    def bad(self, name: str, what: str) -> PlndError:
        return _bad(self._path, self._at(name), what)

    def _at(self, name: str) -> str:
        return f"{self._where}/{name}"


def _network(path: Path, name: str) -> Network:
    file = _Part(path, "", _read(path))
    if file.text("id") != name:
        raise file.bad("id", f"must be {name}, as the file is called")
    return Network(
        id=name,
        name=file.text("name"),
        hosts=file.texts("hosts"),
        write_hosts=file.texts("write_hosts"),
        profile_url=file.text("profile_url"),
        reserved=frozenset(file.texts("reserved")),
        pages=tuple(
            PageRule(rule.text("page"), rule.text("path"), rule.group("handle"), rule.group("tag"))
            for rule in file.parts("pages")
        ),
        interactions=tuple(
            InteractionRule(
                rule.text("action"), rule.text("method"), rule.text("url"), _body_test(rule)
            )
            for rule in file.parts("interactions")
        ),
    )


def _body_test(rule: _Part) -> BodyTest | None:
    part = rule.part("body")
    if part is None:
        return None
    test = part.choice("test", TESTS)
    value = part.text("value") if test == "matches" else part.value("value")
    return BodyTest(part.choice("type", BODY_TYPES), part.optional_text("path"), test, value)


@functools.cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """A pattern with JavaScript's meaning: `$` is the very end, \\d and \\w are ASCII.

    Raises:
        PlndError: it is no regular expression; the message shows it.
    """
    try:
        return re.compile(_DOLLAR.sub(_to_end, pattern), re.ASCII)
    except re.error as error:
        raise PlndError(
            f"the catalogue's pattern {pattern} is broken: {error}",
            "install plnd again, or mend the file",
            code="catalogue",
        ) from error


# An escaped letter, a class, or the `$` that is left over.
_DOLLAR = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


def _to_end(found: re.Match[str]) -> str:
    return r"\Z" if found[0] == "$" else found[0]


# ---- recognising


def network_of(host: str) -> Network | None:
    """The network that a host name belongs to."""
    found = (network for network in load().values() if _host_in(host.lower(), network.hosts))
    return next(found, None)


def recognise_page(url: str) -> Recognised | None:
    """What kind of page an address is; None for a page that plnd makes nothing of."""
    place = _place(url)
    network = network_of(place[0]) if place else None
    if place is None or network is None:
        return None
    for index, rule in enumerate(network.pages):
        found = _pattern(rule.path).search(place[1])
        if not found:
            continue
        handle = _group(found, rule.handle)
        if handle is not None and handle.lower() in network.reserved:
            continue
        where = f"{network.id}#/pages/{index}"
        return Recognised(network.id, rule.page, handle, _group(found, rule.tag), None, where)
    return None


def recognise_request(method: str, url: str, body: Body | None = None) -> Recognised | None:
    """What a request does; None for one that plnd makes nothing of.

    A `body` of None is one that cannot be read: no rule that asks for a body matches.
    """
    for network, index, rule in _candidates(method, url):
        if rule.body is None or (body is not None and _holds(rule.body, body)):
            where = f"{network.id}#/interactions/{index}"
            return Recognised(network.id, None, None, None, rule.action, where)
    return None


def explain(url: str, method: str = "GET", body: str | None = None) -> dict[str, str | None]:
    """What plnd makes of an address, or (with another method or a body) of a request.

    Every value is None where it makes nothing of it. `body` is JSON, the fields of a
    form included, or any other text; an address without a scheme is taken for https.
    """
    address = url if _HAS_SCHEME.match(url) else f"https://{url}"
    found = (
        recognise_page(address)
        if method.upper() == "GET" and body is None
        else recognise_request(method.upper(), address, None if body is None else Body.of(body))
    )
    return dict.fromkeys(Recognised._fields) if found is None else found._asdict()


_HAS_SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")


def _candidates(method: str, url: str) -> Iterator[tuple[Network, int, InteractionRule]]:
    """The rules whose host, method and address fit, in order."""
    place = _place(url)
    if place is None:
        return
    for network in load().values():
        if not _host_in(place[0], network.write_hosts):
            continue
        for index, rule in enumerate(network.interactions):
            if rule.method == method and _pattern(rule.url).search(url):
                yield network, index, rule


def _host_in(host: str, names: tuple[str, ...]) -> bool:
    """Whether `host` is one of `names`; "*.example.com" is that domain and all below it."""
    return any(
        host == name[2:] or host.endswith(name[1:]) if name.startswith("*.") else host == name
        for name in names
    )


def _group(found: re.Match[str], number: int | None) -> str | None:
    """The text of a group, decoded; None when there is none, or it is no sensible name."""
    text = None if number is None else found[number]
    if text is None:
        return None
    name = unquote(text, errors="replace")
    return name if len(name) <= LONGEST_NAME else None


# ---- addresses


def _place(url: str) -> tuple[str, str] | None:
    """Host, and path with query, of a web address as a browser would write them."""
    cleaned = _CONTROL.sub("", url.strip(_C0_AND_SPACE))
    before, mark, after = cleaned.partition("?")
    try:
        parts = urlsplit(before.replace("\\", "/") + mark + after)
        host = (parts.hostname or "").encode("ascii" if cleaned.isascii() else "idna").decode()
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    path = _without_dots(quote(parts.path, safe=_PATH_SAFE)) or "/"
    query = quote(parts.query, safe=_QUERY_SAFE)
    return host, f"{path}?{query}" if query else path


_CONTROL = re.compile(r"[\t\n\r]")
_C0_AND_SPACE = "".join(map(chr, range(33)))
_HERE = re.compile(r"\.|%2e", re.IGNORECASE)


def _without_dots(path: str) -> str:
    """The path with its `.` and `..` steps walked."""
    steps: list[str] = []
    written = path.split("/")[1:]
    for number, step in enumerate(written, 1):
        plain = _HERE.sub(".", step) if len(step) <= 6 else step
        if plain == "..":
            del steps[-1:]
        if plain in (".", ".."):
            if number == len(written):
                steps.append("")
        else:
            steps.append(step)
    return "/" + "/".join(steps)


# ---- bodies


def _holds(test: BodyTest, body: Body) -> bool:
    """Whether a body passes a rule's test; one that cannot be read passes none."""
    whole = _read_as(test.type, body)
    if whole is None:
        return False
    value = _whole_text(body) if test.path is None else _at(whole, test.path)
    there = value is not None and value is not _ABSENT
    if test.test == "exists":
        return there
    if test.test == "absent":
        return not there
    if test.test == "equals":
        return value is not _ABSENT and _same(value, test.value)
    text = value if isinstance(value, str) else _compact(value) if there else None
    return text is not None and _pattern(str(test.value)).search(text) is not None


_ABSENT = object()


def _read_as(kind: str, body: Body) -> object:
    """The body as the kind of value that a rule speaks of; None when it is not of that kind."""
    readers: dict[str, tuple[Callable[[Body], object], ...]] = {
        "json": (_as_json,),
        "form": (_as_form,),
        "any": (_as_json, _as_form),
    }
    return next((value for read in readers[kind] if (value := read(body)) is not None), None)


def _as_json(body: Body) -> object:
    return None if body.text is None else _json(body.text)


def _as_form(body: Body) -> object:
    if body.form is not None:
        return body.form
    fields: dict[str, str] = {}
    for name, value in parse_qsl((body.text or "").removeprefix("?"), keep_blank_values=True):
        fields.setdefault(name, value)
    return fields


def _whole_text(body: Body) -> str:
    return body.text if body.text is not None else urlencode(body.form or {})


def _json(text: str) -> object:
    """The value of JSON text; None when it is none."""
    try:
        value: object = json.loads(text, parse_float=_number, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return value


def _number(text: str) -> int | float:
    """A number as JavaScript writes it again: 1.0 is 1."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _fields(value: dict[str, object]) -> dict[str, str]:
    """The values of an object as a form would carry them."""
    return {
        name: one if isinstance(one, str) else _compact(one)
        for name, one in value.items()
        if one is not None
    }


def _at(value: object, path: str) -> object:
    """What lies at a dotted path; _ABSENT when there is nothing."""
    for key in path.split("."):
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return _ABSENT
    return value


def _same(one: object, other: object) -> bool:
    """Equality of JSON values, where true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return one == other
