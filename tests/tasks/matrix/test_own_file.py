from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest

from tasks.catalogue.problems import CatalogueError
from tasks.control_text import known_criteria
from tasks.identifiers import PersonId
from tasks.matrix.own_file import Document, documents_of, plain, read_own
from tests.builders import a_control, a_control_text, an_item

DEPARTMENTS = {"it", "facilities"}
EMAILS = {PersonId("olga"): "olga@example.com"}


def read(*documents: object) -> Any:
    return read_own(documents, file="own.yaml", departments=DEPARTMENTS, criteria=known_criteria())


def a_document(**changes: object) -> Document:
    [document] = documents_of([a_control()], EMAILS)
    [entry] = cast("list[Document]", document["controls"])
    return {**document, "controls": [{**entry, **changes}]}


def refused(*documents: object) -> list[str]:
    with pytest.raises(CatalogueError) as refusal:
        read(*documents)
    return [str(problem) for problem in refusal.value.problems]


def test_a_control_comes_back_with_what_only_a_company_knows() -> None:
    control = a_control(starts_on=date(2026, 3, 1), retired=True)
    [own] = read(*documents_of([control], EMAILS))
    assert own.control.text == control.text
    assert (own.control.code, own.control.area, own.control.department) == ("IAM-03", "Access", "it")
    assert (own.extras.owner, own.extras.starts_on, own.extras.retired) == ("olga@example.com", date(2026, 3, 1), True)


def test_a_bare_control_of_ones_own_needs_neither_population_nor_tests_nor_criteria() -> None:
    bare = a_control(owner_id=None, text=a_control_text(evidence=(), refs={}))
    [own] = read(*documents_of([bare], EMAILS))
    assert own.control.text == bare.text
    assert own.extras.owner == ""


def test_there_is_one_document_for_each_area() -> None:
    controls = [a_control("A"), a_control("B", area="Change"), a_control("C")]
    documents = documents_of(controls, EMAILS)
    assert [document["area"] for document in documents] == ["Access", "Change"]
    assert [own.control.code for own in read(*documents)] == ["A", "C", "B"]


def test_spaces_around_words_are_no_difference() -> None:
    spaced = a_control_text(title=" Access ", evidence=(replace(an_item(), text="List "),), refs={"tsc": ()})
    [own] = read(*documents_of([a_control(text=spaced)], EMAILS))
    assert plain(own.control.text) == plain(spaced)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"owner": 7}, "own.yaml, IAM-03, owner: must be text, not 7"),
        ({"retired": "yes"}, "own.yaml, IAM-03, retired: must be true or false"),
        ({"starts_on": "soon"}, "own.yaml, IAM-03, starts_on: must be a day"),
        ({"department": "sales"}, "own.yaml, IAM-03, department: “sales” is not known"),
        ({"rrule": "FREQ=SECONDLY"}, "own.yaml, IAM-03, rrule: cannot be used"),
        ({"colour": "red"}, "own.yaml, IAM-03, colour: is not a field we know"),
        ({"refs": {"tsc": ["CC6.99"]}}, "own.yaml, IAM-03, refs.tsc: “CC6.99” is not a criterion we know"),
    ],
)
def test_every_problem_is_named_with_its_control_and_field(changes: dict[str, object], problem: str) -> None:
    [found] = refused(a_document(**changes))
    assert found.startswith(problem)


@pytest.mark.parametrize("document", ["words", ["a", "list"], {"area": "A"}, {"area": "A", "controls": "none"}, 7])
def test_a_document_of_another_shape_is_refused(document: object) -> None:
    assert refused(document)


def test_an_empty_file_and_a_control_that_is_none_are_refused() -> None:
    assert refused() == ["own.yaml: holds no controls."]
    assert refused({"area": "A", "controls": ["IAM-01", None, {}]})


def test_the_same_code_twice_is_refused_across_areas() -> None:
    twin = {**a_document(), "area": "Other"}
    assert "is taken by a control" in refused(a_document(), twin)[0]
