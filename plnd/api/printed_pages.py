"""The review, the ledger and the log as Markdown, CSV and HTML, from the API's answers.

Everything that a user or a page wrote is escaped.
"""

import csv
import html
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from plnd.words.messages import ENGLISH, Words
from plnd.words.printable import harmless

Plain = dict[str, Any]

_STYLE = """
body { font: 11pt/1.45 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem;
  color: #1d2430; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 1.6rem; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; padding: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0;
  border-bottom: 1px solid #c9ced6; }
th, td:first-child { white-space: nowrap; }
td { overflow-wrap: anywhere; min-width: 5rem; }
td.n { min-width: 0; }
.wide { overflow-x: auto; }
.n { text-align: right; white-space: nowrap; }
@media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
"""
_SYMBOLS = {"green": "●", "amber": "◐", "red": "○", "learning": "…", "off": "-"}


# -- the review -----------------------------------------------------------------------


def review_markdown(review: Plain, zone: str, words: Words = ENGLISH) -> str:
    """A review as Markdown, for a terminal, a file or a mail."""
    period = words.period(review["first"], review["last"])
    lines = [f"# {words.say('week', week=review['week'])}", "", period, ""]
    for heading, rows in _review_parts(review, ZoneInfo(zone), words):
        lines += [f"## {heading}", "", *(f"- {_markdown(row)}" for row in rows), ""]
    return "\n".join(lines)


def review_page(review: Plain, zone: str, words: Words = ENGLISH) -> str:
    """A review as a page to print."""
    parts = [f"<p>{words.period(review['first'], review['last'])}</p>"]
    for heading, rows in _review_parts(review, ZoneInfo(zone), words):
        items = "".join(f"<li>{_escape(row)}</li>" for row in rows)
        parts.append(f"<h2>{_escape(heading)}</h2><ul>{items}</ul>")
    return _page(words.say("week", week=review["week"]), "".join(parts), words)


def _review_parts(review: Plain, zone: ZoneInfo, words: Words) -> list[tuple[str, list[str]]]:
    advice, tie = review["suggestion"], review["weak_tie"]
    parts = [
        ("lights", [_light(one, words) for one in review["lights"]]),
        ("suggestion", [f"{advice['text']}: {advice['reason']}"]),
        ("done", _done(review, words)),
        ("chats", [_chat(one, zone, words) for one in review["chats"]]),
        ("new", [one["name"] for one in review["new_people"]]),
        ("drifting", [_drift(one, words) for one in review["drifting"]]),
        ("tie", [tie["name"]] if tie else []),
        ("silent", review["profile_lines"]),
        ("learned", [_entry(one, words) for one in review["learned"]]),
        ("unshared", review["shared"]["unshared"]),
    ]
    return [(words.say(f"part_{name}"), rows) for name, rows in parts if rows]


def _light(one: Plain, words: Words) -> str:
    name, colour = words.say(f"light_{one['name']}"), one["colour"]
    label = "" if colour == "learning" else f" ({words.say(f'colour_{colour}')})"
    return f"{_SYMBOLS[colour]} {name}{label}: {one['says']}"


def _done(review: Plain, words: Words) -> list[str]:
    shared = review["shared"]
    rung, following = shared["rung"], words.say(f"rung_{shared['next_rung']}")
    return [
        words.count("done_days", review["interaction_days"], days_28=review["interaction_days_28"]),
        words.say(
            "done_time",
            part=words.duration(review["taking_part_seconds"]),
            rest=words.duration(review["scrolling_seconds"]),
            chats=words.duration(review["chat_seconds"]),
        ),
        f"{words.count('done_posts', shared['own_posts'])}, "
        f"{words.count('done_shares', shared['others_shared'])}",
        words.say("done_rung_after", next=following, rung=words.say(f"rung_{rung}"))
        if rung
        else words.say("done_rung", next=following),
    ]


def _chat(one: Plain, zone: ZoneInfo, words: Words) -> str:
    when = words.weekday_and_clock(one["starts_at"], zone)
    return words.say("chat_went", tag=one["tag"], when=when, went=words.say(one["attended"]))


def _drift(one: Plain, words: Words) -> str:
    return words.count(
        "drift", one["days_since"], name=one["name"], gap=words.say(f"gap_{one['gap']}")
    )


def _entry(one: Plain, words: Words) -> str:
    key = "learned_from" if one["kind"] == "learned" else "taught_to"
    who = words.say(key, name=one["person_name"]) if one["person_name"] else ""
    about = ", ".join(part for part in (one["title"], one["author"], one["link"]) if part)
    parts = (f"{words.say(one['kind'])}: {one['text']}", who, f"({about})" if about else "")
    return " ".join(part for part in parts if part)


# Markdown renderers replace these after resolving escapes (a mail address, @somebody, #12,
# :smile:), except in code.
_REPLACED_LATER = re.compile(r"@|#[0-9]|:[\w+-]+:")
# Characters that format text, open a tag, link, table or entity, or make an address a link.
_MARKUP = re.compile(
    r"[\\`*_\[\]<>#~|&$!]"
    r"|:(?=/)|(?<=www)\.|\.(?=[^\W\d_])",
    re.IGNORECASE,
)
# Characters that at the beginning of a line make it a list or a rule.
_LINE_START = re.compile(r"^([0-9]*)([-+=.)])")


def _markdown(text: str) -> str:
    """A text as one line of Markdown (GitHub's and others') that renders as that text."""
    return _LINE_START.sub(r"\1\\\2", " ".join(map(_markdown_word, harmless(text).split())))


def _markdown_word(word: str) -> str:
    if not _REPLACED_LATER.search(word):
        return _MARKUP.sub(r"\\\g<0>", word)
    longest = max(map(len, re.findall("`+", word)), default=0)
    fence = "`" * (longest + 1)
    gap = " " if "`" in (word[0], word[-1]) else ""
    return f"{fence}{gap}{word}{gap}{fence}"


# -- the ledger ------------------------------------------------------------------------


def ledger_page(ledger: Plain, words: Words = ENGLISH) -> str:
    """A ledger as a page to print."""
    rows = [
        [
            row["network"],
            words.duration(row["work_seconds"]),
            words.duration(row["off_seconds"]),
            words.duration(row["taking_part_seconds"]),
            str(row["interactions"]),
        ]
        for row in ledger["rows"]
    ]
    lead = words.say(
        "ledger_lead",
        period=words.period(ledger["first"], ledger["last"]),
        time=words.duration(sum(row["work_seconds"] for row in ledger["rows"])),
        people=words.count("people", ledger["people"]),
        names=f": {', '.join(ledger['names'])}" if ledger["names"] else "",
    )
    heads = ("network", "in_work_hours", "off_work", "taking_part", "interactions")
    table = _table([words.say(key) for key in heads], rows, (1, 2, 3, 4))
    return _page(words.say("ledger"), f"<p>{_escape(lead)}</p>{table}", words)


# -- the development log -------------------------------------------------------------------

_COLUMNS = ("date", "hours", "topic", "evidence", "reflection")


def cpd_csv(log: Plain, words: Words = ENGLISH) -> str:
    """The log as CSV, for a spreadsheet; no cell can be taken for a formula.

    Days and hours are the same in every language, for programs.
    """
    rows = [[words.say(key) for key in _COLUMNS]]
    for row in _rows(log):
        texts = (row["topic"], row["evidence"], row["note"])
        rows.append([row["day"], f"{row['hours']:.2f}", *texts])
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([map(_cell, row) for row in rows])
    return out.getvalue()


def cpd_page(log: Plain, words: Words = ENGLISH) -> str:
    """The log as a page to print."""
    rows = [
        [
            words.day(row["day"]),
            words.number(row["hours"], 2),
            row["topic"],
            row["evidence"],
            row["note"],
        ]
        for row in _rows(log)
    ]
    period = words.period(log["first"], log["last"])
    lead = words.say("cpd_lead", period=period, hours=words.number(log["hours"], 2))
    table = _table([words.say(key) for key in _COLUMNS], rows, (1,))
    return _page(words.say("cpd", year=log["name"]), f"<p>{lead}</p>{table}", words)


def _rows(log: Plain) -> list[Plain]:
    return [row for row in log["rows"] if not row["struck"]]


# A formula begins with one of these; East Asian spreadsheets also accept the wide forms.
_FORMULA_SIGNS = (
    "=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a\u207c\u208a\u208c\u2212\ufb29-"
)
# Any of these may separate cells: spreadsheets take the separator from the system's locale.
_FORMULA = re.compile(rf'(^|[,;:|\n])([\s"]*)(?=[{_FORMULA_SIGNS}])')


def _cell(text: str) -> str:
    """A text in which a spreadsheet finds no formula, whatever its separator."""
    return _FORMULA.sub(r"\1\2'", harmless("\n".join(text.splitlines())).replace("\t", " "))


# -- parts ------------------------------------------------------------------------------------


def _page(title: str, body: str, words: Words) -> str:
    shown = _escape(title)
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{shown}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{shown}</h1>{body}</body></html>\n"
    )


def _escape(text: str) -> str:
    return html.escape(harmless(text))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int]) -> str:
    def line(cells: Sequence[str], kind: str) -> str:
        marks = [' class="n"' if number in numbers else "" for number in range(len(cells))]
        return "".join(
            f"<{kind}{mark}>{_escape(cell)}</{kind}>"
            for cell, mark in zip(cells, marks, strict=True)
        )

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{line(heads, "th")}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
