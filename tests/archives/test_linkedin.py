"""LinkedIn's Connections.csv, with notes above the header, and other files."""

import pytest

from plnd.archives.linkedin import read
from plnd.errors import Invalid
from plnd.model.people import Handle

FILE = """\ufeffNotes:
"When exporting your connection data, you may notice that some addresses are missing."

First Name,Last Name,URL,Email Address,Company,Position,Connected On
Ana,Öz,https://www.linkedin.com/in/ana-oz,,"Library, Town",Librarian,05 Mar 2024
,,,,,,07 Mar 2024
李,雷,https://www.linkedin.com/in/lei-li,a@example.org,,,not a date
"Quo""te",O'Neil,,,,,01 Jan 2020
"""


def test_reads_names_profiles_and_the_day() -> None:
    people, problems = read(FILE)
    assert [one.name for one in people] == ["Ana Öz", "李 雷", "Quo\"te O'Neil"]
    assert people[0].handles == [Handle(network="linkedin", handle="ana-oz")]
    assert people[0].how_met == "connected on LinkedIn on 2024-03-05"
    assert people[1].how_met == "connected on LinkedIn"
    assert [(one.where, one.message) for one in problems] == [
        ("line 6", "neither a name nor a profile")
    ]


def test_another_header_is_said_with_what_was_found() -> None:
    with pytest.raises(Invalid, match=r"no header with First Name.*Vorname") as caught:
        read("Vorname,Nachname\nAna,Öz\n")
    assert "Connections.csv" in caught.value.hint


@pytest.mark.parametrize("text", ["", "\n\n", "\0\0", '"'])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read(text)


def test_a_cell_beyond_all_bounds_ends_the_reading_with_a_word() -> None:
    big = FILE + f'Ben,"{"x" * 200_000}",,,,,\n'
    people, problems = read(big)
    assert len(people) == 3
    assert "breaks off" in problems[-1].message
