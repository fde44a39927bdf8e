"""vCards: three versions, any script, and one broken card among good ones."""

import pytest

from plnd.archives.vcard import read
from plnd.errors import Invalid
from plnd.model.people import Handle

GOOD = """BEGIN:VCARD
VERSION:3.0
UID:abc-1
FN:Ana Öz
URL:https://x.com/anaoz
URL:https://example.org/ana
X-SOCIALPROFILE;TYPE=linkedin:https://www.linkedin.com/in/ana-oz/
CATEGORIES:mentors,library
END:VCARD
"""
OLD = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=9D=8E;=E9=9B=B7
END:VCARD
"""
NEW = """BEGIN:VCARD
VERSION:4.0
FN:محمد علي
END:VCARD
"""


def test_reads_names_handles_tags_and_ids() -> None:
    people, problems = read(GOOD + OLD + NEW)
    assert not problems
    assert [one.name for one in people] == ["Ana Öz", "雷 李", "محمد علي"]
    ana = people[0]
    assert ana.handles == [
        Handle(network="x", handle="anaoz"),
        Handle(network="linkedin", handle="ana-oz"),
    ]
    assert (ana.tags, ana.uids) == (["mentors", "library"], ["vcard:abc-1"])


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("BEGIN:VCARD\nVERSION:3.0\nFN:Cut off\n", "no END:VCARD"),
        ("BEGIN:VCARD\nVERSION:3.0\nno colon in this line\nEND:VCARD\n", "cannot be read"),
        ("BEGIN:VCARD\nVERSION:3.0\nNOTE:nobody\nEND:VCARD\n", "no name"),
    ],
)
def test_one_broken_card_costs_itself_only(broken: str, message: str) -> None:
    people, problems = read(GOOD + broken + NEW)
    assert [one.name for one in people] == ["Ana Öz", "محمد علي"]
    assert [one.where for one in problems] == ["card 2"]
    assert message in problems[0].message


def test_a_person_with_a_thousand_handles_is_said_and_the_rest_taken() -> None:
    many = "\n".join(f"URL:https://x.com/ana{number}" for number in range(1000))
    card = f"BEGIN:VCARD\nVERSION:3.0\nFN:Ana\n{many}\nEND:VCARD\n"
    people, problems = read(card + NEW)
    assert len(people) == 1
    assert problems[0].message == "Ana: 1000 handles; a person has at most 50"


def test_lines_may_be_folded_and_end_as_on_windows() -> None:
    folded = "BEGIN:VCARD\nVERSION:3.0\nFN:Ana Ma\n ria\nEND:VCARD\n".replace("\n", "\r\n")
    assert [one.name for one in read(folded)[0]] == ["Ana Maria"]


def test_a_file_without_cards_is_refused() -> None:
    with pytest.raises(Invalid, match="no vCard"):
        read("First Name,Last Name\n")
