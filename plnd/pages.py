"""What is read, printed or handed on: Markdown, CSV, HTML, from what the API gives.

Everything that a user or a page wrote is escaped.
"""

import csv
import html
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

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
_MARKS = {"green": "●", "amber": "◐", "red": "○", "learning": "…", "off": "-"}
_ATTENDED = {"took_part": "took part", "listened": "listened", "missed": "missed"}


# -- the review -----------------------------------------------------------------------


def review_markdown(review: Plain, zone: str) -> str:
    """A week as Markdown, for a terminal, a file or a mail."""
    lines = [f"# Week {review['week']}", "", f"{review['first']} to {review['last']}", ""]
    for heading, rows in _review_parts(review, ZoneInfo(zone)):
        lines += [f"## {heading}", "", *(f"- {_markdown(row)}" for row in rows), ""]
    return "\n".join(lines)


def review_page(review: Plain, zone: str) -> str:
    """A week as a page to print."""
    parts = [f"<p>{review['first']} to {review['last']}</p>"]
    for heading, rows in _review_parts(review, ZoneInfo(zone)):
        items = "".join(f"<li>{html.escape(row)}</li>" for row in rows)
        parts.append(f"<h2>{html.escape(heading)}</h2><ul>{items}</ul>")
    return _page(f"Week {review['week']}", "".join(parts))


def _review_parts(review: Plain, zone: ZoneInfo) -> list[tuple[str, list[str]]]:
    advice = review["suggestion"]
    parts = [
        ("The four lights", [_light(one) for one in review["lights"]]),
        ("One suggestion", [f"{advice['text']}: {advice['reason']}"]),
        ("What you did", _done(review)),
        ("Chats", [_chat(one, zone) for one in review["chats"]]),
        ("New people", [one["name"] for one in review["new_people"]]),
        ("Losing touch", [_drift(one) for one in review["drifting"]]),
        ("Weak tie of the week", [review["weak_tie"]["name"]] if review["weak_tie"] else []),
        ("Silent profiles", review["profile_lines"]),
        ("Learned and taught", [_entry(one) for one in review["learned"]]),
        ("Read and not shared", review["shared"]["unshared"]),
    ]
    return [(heading, rows) for heading, rows in parts if rows]


def _light(one: Plain) -> str:
    colour = "" if one["colour"] == "learning" else f" ({one['colour']})"
    return f"{_MARKS[one['colour']]} {one['name']}{colour}: {one['says']}"


def _done(review: Plain) -> list[str]:
    days, shared = review["interaction_days"], review["shared"]
    rung = shared["rung"]
    ladder = f"next rung: {shared['next_rung']}" + (f", after {rung}" if rung else "")
    return [
        f"{_count(days, 'day')} with an interaction this week, "
        f"{review['interaction_days_28']} in four weeks",
        f"{_minutes(review['taking_part_seconds'])} taking part, "
        f"{_minutes(review['scrolling_seconds'])} scrolling, "
        f"{_minutes(review['chat_seconds'])} in chats",
        f"{_count(shared['own_posts'], 'own post')}, "
        f"{_count(shared['others_shared'], 'post')} of others shared",
        ladder,
    ]


def _chat(one: Plain, zone: ZoneInfo) -> str:
    when = datetime.fromtimestamp(one["starts_at"] / 1000, zone)
    return f"#{one['tag']} on {when:%A at %H:%M}: {_ATTENDED[one['attended']]}"


def _drift(one: Plain) -> str:
    return f"{one['name']}: {_count(one['days_since'], 'day')} since the last touch ({one['gap']})"


def _profile(one: Plain) -> str:
    return f"{one['network']} (@{one['handle']}): {_count(one['days_silent'] or 0, 'day')} silent"


def _entry(one: Plain) -> str:
    who = f" ({'from' if one['kind'] == 'learned' else 'to'} {one['person_name']})"
    about = ", ".join(part for part in (one["title"], one["author"], one["link"]) if part)
    link = f" ({about})" if about else ""
    return f"{one['kind']}: {one['text']}{who if one['person_name'] else ''}{link}"


def _markdown(text: str) -> str:
    """One line of text that Markdown takes for text."""
    flat = " ".join(text.split())
    for letter in "\\`*_[]<>":
        flat = flat.replace(letter, "\\" + letter)
    return flat


# -- the ledger ------------------------------------------------------------------------


def ledger_page(ledger: Plain) -> str:
    """Work and home as a page to hand on."""
    rows = [
        [
            row["network"],
            _minutes(row["work_seconds"]),
            _minutes(row["off_seconds"]),
            _minutes(row["taking_part_seconds"]),
            str(row["interactions"]),
        ]
        for row in ledger["rows"]
    ]
    total = sum(row["work_seconds"] for row in ledger["rows"])
    people = _count(ledger["people"], "person", "people")
    names = f": {html.escape(', '.join(ledger['names']))}" if ledger["names"] else ""
    body = (
        f"<p>{ledger['first']} to {ledger['last']}. {_minutes(total)} in work hours, "
        f"in touch with {people} of the learning network{names}.</p>"
        + _table(
            ["network", "in work hours", "off work", "taking part", "interactions"],
            rows,
            (1, 2, 3, 4),
        )
    )
    return _page("Professional use of social networks", body)


# -- the development log -------------------------------------------------------------------


def cpd_csv(log: Plain) -> str:
    """The log as CSV, for a spreadsheet; no cell of it can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["date", "hours", "topic", "evidence", "reflection"])
    for row in _kept(log):
        texts = (row["topic"], row["evidence"], row["note"])
        writer.writerow([row["day"], f"{row['hours']:.2f}", *map(_cell, texts)])
    return out.getvalue()


def cpd_page(log: Plain) -> str:
    """The log as a page to print."""
    rows = [
        [row["day"], f"{row['hours']:.2f}", row["topic"], row["evidence"], row["note"]]
        for row in _kept(log)
    ]
    body = f"<p>{log['first']} to {log['last']}: {log['hours']:.2f} hours.</p>" + _table(
        ["date", "hours", "topic", "evidence", "reflection"], rows, (1,)
    )
    return _page(f"Professional development {log['name']}", body)


def _kept(log: Plain) -> list[Plain]:
    return [row for row in log["rows"] if not row["struck"]]


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


# -- parts ------------------------------------------------------------------------------------


def _page(title: str, body: str) -> str:
    shown = html.escape(title)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{shown}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{shown}</h1>{body}</body></html>\n"
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int]) -> str:
    def line(cells: Sequence[str], kind: str) -> str:
        marks = [' class="n"' if number in numbers else "" for number in range(len(cells))]
        return "".join(
            f"<{kind}{mark}>{html.escape(cell)}</{kind}>"
            for cell, mark in zip(cells, marks, strict=True)
        )

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{line(heads, "th")}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _minutes(seconds: int) -> str:
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _count(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
