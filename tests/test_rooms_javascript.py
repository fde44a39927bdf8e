"""The rooms of the JavaScript and TypeScript: imports go one way, in no circle; files are short."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import ROOT

LONGEST_FILE = 500  # lines

# The layers of each tree from the bottom to the top: a file imports from its own layer or from
# those below it. A name is a file without its ending, or a folder with all that is in it.
LAYERS = {
    "extension": [
        # Pure: values in, values out.
        "lib/badge lib/browser-name lib/deduplication lib/errors lib/recognise lib/spans lib/tags",
        "lib/serial-queue lib/url-filters lib/uuid",
        "lib/health lib/pattern-cost",
        "lib/network-validation",
        # What speaks to the browser, to its storage and to the native host.
        "lib/browser",
        "lib/catalogue lib/event-queue lib/i18n lib/native-port lib/own-hosts",
        "lib/daemon-state",
        "lib/sender",
        "lib/activity-monitor lib/interaction-recorder lib/own-files lib/request-listeners",
        "lib/message-handlers lib/page-reader",
        "lib/services",
        # What the browser loads.
        "background popup welcome look",
    ],
    "plnd/dashboard/src": [
        "look words api",
        "hooks",
        "parts lazy-page",
        "charts",
        "pages",
        "app",
        "main",
    ],
}

_STRING_OR_COMMENT = re.compile(
    r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|//[^\n]*|/\*.*?\*/""", re.DOTALL
)
_IMPORT = re.compile(
    r"""^\s*(?:import|export)\b(?:[^"'`;=(]*?\bfrom)?\s*["'](?P<static>[^"'\n]+)["']
      | \bimport\s*\(\s*["'`](?P<dynamic>[^"'`\n]+)["'`]""",
    re.VERBOSE | re.MULTILINE,
)
# One object of texts and nothing else, each text written as a T.
_CATALOGUE = re.compile(
    r"""\s*(?:import\ type\ [^;]+;\s*)*
        export\ const\ \w+(?:\ ?:\ [\w<>,\ ]+)?\ =\ \{(?:\s*\w+:\s*T(?:\s*\+\s*T)*,?)*\s*\}
        (?:\ as\ const)?(?:\ satisfies\ \w+)?;\s*""",
    re.VERBOSE,
)


def imports(source: str) -> list[str]:
    """The paths that a module imports, types among them, as they stand in its text."""
    code = _STRING_OR_COMMENT.sub(lambda found: found[1] or " ", source)
    return [found["static"] or found["dynamic"] for found in _IMPORT.finditer(code)]


def is_word_catalogue(path: Path) -> bool:
    """Whether a file has the texts of one language and nothing else: it may be long."""
    source = path.read_text(encoding="utf-8")
    code = _STRING_OR_COMMENT.sub(lambda found: "T" if found[1] else " ", source)
    return path.parent.name == "words" and _CATALOGUE.fullmatch(code) is not None


def files(tree: str, *endings: str) -> list[Path]:
    found = sorted(path for path in (ROOT / tree).rglob("*") if path.suffix in endings)
    assert found
    return found


def graph(tree: str) -> dict[Path, set[Path]]:
    """The files that each file of a tree imports; packages and pictures are left out."""
    return {path: set(_imported(path)) for path in files(tree, ".js", ".ts", ".tsx")}


def _imported(path: Path) -> Iterator[Path]:
    for name in imports(path.read_text(encoding="utf-8")):
        if name.startswith("."):
            target = (path.parent / name).resolve()
            assert target.is_file(), f"{path.relative_to(ROOT)} imports {name}, which is not there"
            if target.suffix in {".js", ".ts", ".tsx"}:
                yield target


def layer(tree: str, path: Path) -> int:
    """The number of a file's layer, counted from the bottom."""
    name = path.relative_to(ROOT / tree).with_suffix("").as_posix()
    found = [
        number
        for number, names in enumerate(LAYERS[tree])
        if {name, *(parent.as_posix() for parent in Path(name).parents)} & set(names.split())
    ]
    assert len(found) == 1, f"{name} is in no layer of {tree}, or in more than one"
    return found[0]


def circle(imported: dict[Path, set[Path]]) -> list[str]:
    """The files of a circle of imports, in order; an empty list when there is none."""
    left = dict(imported)
    while leaves := [path for path, targets in left.items() if not targets & left.keys()]:
        for path in leaves:
            del left[path]
    if not left:
        return []
    # All that is left leads into a circle: follow it until a file comes again.
    way = [next(iter(left))]
    while way[-1] not in way[:-1]:
        way.append(next(iter(sorted(left[way[-1]] & left.keys()))))
    return [path.name for path in way[way.index(way[-1]) :]]


def test_every_form_of_import_is_found() -> None:
    source = """
        import one, { type Two } from "./a.js";
        import type { Three } from '../b.ts';
        import {
          four,
        } from "./c.ts";
        import "./d.css";
        export * from "./e.ts";
        export { five } from "./f.ts";
        const six = () => import("./g.tsx");
        /* import "./no.js" */ const all = ["https://*/*"]; // import("./no.js")
        /** @type {import("./no.js").Seven} */
        const seven = await import("./h.js");
        export const eight = "from './no.js'";
    """
    assert imports(source) == [
        *("./a.js", "../b.ts", "./c.ts", "./d.css", "./e.ts", "./f.ts", "./g.tsx", "./h.js")
    ]


def test_a_circle_is_found() -> None:
    a, b, c, d = (Path(name) for name in "abcd")
    assert circle({a: {b}, b: {c}, c: {d}, d: {b}}) == ["b", "c", "d", "b"]
    assert not circle({a: {b, c}, b: {c}, c: {d}, d: set()})


@pytest.mark.parametrize("tree", LAYERS)
def test_imports_go_from_higher_layers_to_lower_ones(tree: str) -> None:
    up = [
        f"{path.name} imports {target.name}"
        for path, targets in graph(tree).items()
        for target in targets
        if layer(tree, target) > layer(tree, path)
    ]
    assert not up


@pytest.mark.parametrize("tree", LAYERS)
def test_no_imports_form_a_circle(tree: str) -> None:
    assert not circle(graph(tree))


@pytest.mark.parametrize("tree", LAYERS)
def test_every_name_of_a_layer_is_a_file_or_a_folder(tree: str) -> None:
    for name in " ".join(LAYERS[tree]).split():
        assert (ROOT / tree / name).is_dir() or list((ROOT / tree).glob(f"{name}.*")), name


@pytest.mark.parametrize("tree", LAYERS)
def test_no_file_is_long(tree: str) -> None:
    """But for the catalogues of words, which have as many lines as there are texts."""
    long = [
        path.name
        for path in files(tree, ".js", ".ts", ".tsx", ".css")
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
        if not is_word_catalogue(path)
    ]
    assert not long
