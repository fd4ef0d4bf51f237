import pytest

from tasks.control_text import known_criteria
from tasks.matrix.cells import criteria_in, department_in, evidence_in, is_population, lines_in, owner_in
from tests.builders import a_person

KNOWN = known_criteria()
CRITERIA = {
    "CC6.1": (("CC6.1",), ()),
    "cc 6.1; CC-6.2": (("CC6.1", "CC6.2"), ()),
    "SOC 2 - CC6.1, A1.2 and PI1.4": (("CC6.1", "A1.2", "PI1.4"), ()),
    "CC6.1.3 (point of focus)": (("CC6.1",), ()),
    "CC6.1\nCC6.1": (("CC6.1",), ()),
    "CC6.9": ((), ("CC6.9",)),
    "CC6": ((), ("CC6",)),
    "CC6.1, CC10.1": (("CC6.1",), ("CC10.1",)),
    "ISO 27001 A.5.15; HIPAA 164.308": ((), ()),
    "": ((), ()),
    "TBD": ((), ()),
}


@pytest.mark.parametrize("text", CRITERIA)
def test_criteria_are_read_as_people_write_them(text: str) -> None:
    found = criteria_in(text, KNOWN)
    assert (found.known, found.unknown) == CRITERIA[text]


def test_items_stand_one_a_line_or_between_semicolons() -> None:
    assert lines_in("1. User list\n- Decisions;  • Proof, with tickets\r\n\n(a) Proof") == (
        "User list",
        "Decisions",
        "Proof, with tickets",
        "Proof",
    )


def test_evidence_keeps_its_words_and_gets_a_key_of_its_own() -> None:
    items = evidence_in("User list export\nUser list (export)\nÜberblick")
    assert [(one.key, one.text) for one in items] == [
        ("user-list-export", "User list export"),
        ("user-list-export-2", "User list (export)"),
        ("berblick", "Überblick"),
    ]
    assert all(one.required for one in items)


def test_the_words_of_a_list_mark_a_population_and_a_checklist_is_none() -> None:
    yes = ("User list", "Export of tickets", "Vendor register", "Asset inventory", "Population of changes")
    no = ("Checklist", "Signed minutes", "Listening test")
    assert [is_population(words) for words in (*yes, *no)] == [True] * 5 + [False] * 3


@pytest.mark.parametrize(
    ("words", "department"),
    [
        ("Human Resources", "hr"),
        ("People Ops", "hr"),
        ("InfoSec", "security"),
        ("IT", "it"),
        ("R&D", "engineering"),
        ("Finance Department", "finance"),
        ("Facilities", "facilities"),
    ],
)
def test_a_department_is_ours_where_the_word_is_one_for_it(words: str, department: str) -> None:
    assert department_in(words) == department


OLGA = a_person("olga")
PEOPLE = (OLGA, a_person("hans"), a_person("ina", active=False), a_person("gus", guest=True))
TWINS = (*PEOPLE, a_person("olga-2", name="Olga"))


@pytest.mark.parametrize("words", ["olga@example.com", "OLGA@example.com", "Olga", "Olga <olga@example.com>", " olga "])
def test_an_owner_is_known_by_address_or_name(words: str) -> None:
    assert owner_in(words, PEOPLE) == (OLGA, "")


@pytest.mark.parametrize("words", ["Nora", "nobody@example.com", "Ina", "gus@example.com"])
def test_an_owner_who_is_unknown_gone_or_a_guest_is_named_and_nobody_owns(words: str) -> None:
    owner, told = owner_in(words, PEOPLE)
    assert owner is None
    assert words in told


def test_a_name_two_people_have_names_nobody() -> None:
    assert owner_in("Olga", TWINS)[0] is None


def test_of_several_owners_the_first_is_it_and_the_others_are_told() -> None:
    owner, told = owner_in("Olga; Hans", PEOPLE)
    assert owner == OLGA
    assert "Not taken over: Hans" in told
