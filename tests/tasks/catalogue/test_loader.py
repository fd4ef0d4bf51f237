"""A company's own folder: every mistake is named by file, control and field, all of them at once."""

from pathlib import Path
from textwrap import dedent

import pytest

from tasks.catalogue.loader import LARGEST_FILE, lint, load
from tasks.catalogue.problems import CatalogueError, Problem

CONTROL = """\
  - code: ACME-01
    title: Quarterly door check
    department: it
    rrule: FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5
    cadence: quarterly
    cadence_text: Each quarter
    event_driven: false
    due_days: 10
    limit_days: 90
    span: previous-quarter
    acceptance: true
    prompt: Please check the doors.
    statement: I confirm that doors were checked for {period}.
    evidence:
      - key: door-list
        item: List of doors
        required: true
        population: true
    population: Doors
    tested_attributes:
      - Every door listed
    sampling_frequency: quarterly
    refs:
      tsc: [CC6.4]
"""
FILE = f"area: Doors\ncontrols:\n{CONTROL}"


def write(folder: Path, content: str, name: str = "doors.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return folder


def edited(old: str, new: str) -> str:
    assert FILE.count(old) == 1, old
    return FILE.replace(old, new)


def only_problem(folder: Path) -> Problem:
    problems = lint(folder)
    assert len(problems) == 1, problems
    return problems[0]


def test_a_folder_with_control_files_only_uses_the_shipped_criteria(tmp_path: Path) -> None:
    catalogue = load(write(tmp_path, FILE))
    assert [control.code for control in catalogue.controls] == ["ACME-01"]
    assert len(catalogue.criteria) == 61


def test_a_folder_may_bring_criteria_of_its_own(tmp_path: Path) -> None:
    criteria = "criteria:\n  - {id: CC6.4, category: Security, series: CC6 Access, title: Doors}\n"
    write(tmp_path, criteria, "criteria.yaml")
    assert [criterion.id for criterion in load(write(tmp_path, FILE)).criteria] == ["CC6.4"]


def test_control_files_may_lie_in_a_folder_named_controls(tmp_path: Path) -> None:
    assert len(load(write(tmp_path, FILE, "controls/doors.yml")).controls) == 1


def test_population_and_restricted_are_no_unless_said(tmp_path: Path) -> None:
    folder = write(tmp_path, edited("        population: true\n", ""))
    item = load(folder).controls[0].text.evidence[0]
    assert (item.population, item.restricted) == (False, False)


def test_a_control_may_promise_no_limit(tmp_path: Path) -> None:
    folder = write(tmp_path, edited("    limit_days: 90\n", ""))
    assert load(folder).controls[0].text.limit_days is None


def test_a_company_may_add_departments(tmp_path: Path) -> None:
    folder = write(tmp_path, edited("department: it", "department: facilities"))
    assert load(folder, departments={"facilities"}).controls[0].department == "facilities"


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("[CC6.4]", "[CC6.9]", "refs.tsc", "“CC6.9” is not a criterion we know"),
        ("[CC6.4]", "[CC6.4, CC6.4]", "refs.tsc", "names “CC6.4” twice"),
        ("[CC6.4]", "[]", "refs.tsc", "is empty"),
        ("[CC6.4]", "[6.4]", "refs.tsc", "may hold text only, not 6.4"),
        ("tsc: [CC6.4]", "tsc: [CC6.4]\n      cobit: [X1]", "refs.cobit", "is not a field we know"),
        ("FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5", "EVERY=MONTH", "rrule", "cannot be used"),
        ("code: ACME-01", "code: ACME 01", "code", "may hold letters, digits"),
        ("department: it", "department: janitors", "department", "“janitors” is not known"),
        ("span: previous-quarter", "span: last-quarter", "span", "“last-quarter” is not known; choose one of previous"),
        ("cadence: quarterly", "cadence: often", "cadence", "“often” is not known; choose one of weekly"),
        ("due_days: 10", "due_days: 0", "due_days", "must be a whole number of 1 or more, not 0"),
        ("due_days: 10", "due_days: -3", "due_days", "must be a whole number of 1 or more, not -3"),
        ("due_days: 10", "due_days: true", "due_days", "must be a whole number of 1 or more, not true"),
        ("due_days: 10", "due_days: ten", "due_days", "must be a whole number of 1 or more, not “ten”"),
        ("limit_days: 90", "limit_days: 9", "limit_days", "is 9, before due_days (10)"),
        ("acceptance: true", "acceptance: often", "acceptance", "must be true or false, not “often”"),
        ("    acceptance: true\n", "", "acceptance", "is missing"),
        ("    prompt: Please check the doors.\n", "", "prompt", "is missing"),
        ("title: Quarterly door check", "title: ''", "title", "is empty"),
        ("title: Quarterly door check", "title: 7", "title", "must be text, not 7"),
        ("title: Quarterly door check", "title:", "title", "must be text, not nothing"),
        ("{period}", "{quarter}", "statement", "holds {quarter}, which nothing fills in"),
        ("{period}", "{period", "statement", "has a brace without its partner"),
        ("event_driven: false", "event_driven: false\n    due_day: 3", "due_day", "Did you mean “due_days”?"),
        ("required: true", "required: false", "evidence", "mark at least one item as required"),
        ("key: door-list", "key: Door List", "evidence.Door List.key", "lower-case letters"),
        (
            "key: door-list",
            "key: door-list\n        colour: red",
            "evidence.door-list.colour",
            "is not a field we know",
        ),
        ("        item: List of doors\n", "", "evidence.door-list.item", "is missing"),
        ("      - Every door listed\n", "      - {}\n", "tested_attributes", "not a group of fields"),
    ],
)
def test_a_mistake_is_named_by_file_control_and_field(
    tmp_path: Path, old: str, new: str, field: str, says: str
) -> None:
    problem = only_problem(write(tmp_path, edited(old, new)))
    name = "ACME 01" if field == "code" else "ACME-01"
    assert (problem.file, problem.control, problem.field) == ("doors.yaml", name, field)
    assert says in problem.message


@pytest.mark.parametrize(("evidence", "says"), [("", "must be a list, not nothing"), (" []", "is empty")])
def test_a_control_that_asks_for_no_evidence_is_refused(tmp_path: Path, evidence: str, says: str) -> None:
    start, end = FILE.index("    evidence:"), FILE.index("    population: Doors")
    problem = only_problem(write(tmp_path, f"{FILE[:start]}    evidence:{evidence}\n{FILE[end:]}"))
    assert (problem.control, problem.field) == ("ACME-01", "evidence")
    assert says in problem.message


def test_an_evidence_key_used_twice_in_a_control_is_refused(tmp_path: Path) -> None:
    twin = "      - {key: door-list, item: The same list, required: false}\n    population: Doors\n"
    problem = only_problem(write(tmp_path, edited("    population: Doors\n", twin)))
    assert (problem.field, problem.message) == (
        "evidence.door-list.key",
        "“door-list” is used twice in this control; choose another.",
    )


def test_a_code_taken_in_another_file_is_refused_whatever_its_case(tmp_path: Path) -> None:
    write(tmp_path, FILE, "a.yaml")
    write(tmp_path, FILE.replace("ACME-01", "acme-01"), "b.yaml")
    problem = only_problem(tmp_path)
    assert (problem.file, problem.control, problem.field) == ("b.yaml", "acme-01", "code")
    assert "taken by a control in a.yaml" in problem.message


def test_a_control_without_a_code_is_known_by_its_place(tmp_path: Path) -> None:
    problem = only_problem(write(tmp_path, edited("code: ACME-01\n    title", "title")))
    assert (problem.control, problem.field) == ("control 1", "code")


def test_an_entry_that_is_no_control_at_all_is_refused(tmp_path: Path) -> None:
    problems = lint(write(tmp_path, "area: Doors\ncontrols: [just words]\n"))
    assert str(problems[0]) == "doors.yaml, control 1: must be a group of named fields, not “just words”."


@pytest.mark.parametrize("content", ["", "- a list", "area: Doors\ncontrols: none\n", "area: Doors\ncontrols: []\n"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, content: str) -> None:
    assert lint(write(tmp_path, content))[0].file == "doors.yaml"


def test_a_key_given_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    problem = only_problem(write(tmp_path, edited("    due_days: 10\n", "    due_days: 10\n    due_days: 20\n")))
    assert problem.message == "line 11: “due_days” is given twice."


@pytest.mark.parametrize(
    "content",
    [
        "area: [unclosed",
        "area: Doors\ncontrols: !!python/object/apply:os.getcwd []\n",
        "area: 2024-13-45\n",
        "area: \x07bell\n",
        "&a [*b]",
    ],
)
def test_a_file_that_is_not_plain_yaml_is_a_problem_not_a_crash(tmp_path: Path, content: str) -> None:
    assert only_problem(write(tmp_path, content)).file == "doors.yaml"


def test_nesting_deep_enough_to_end_the_process_is_refused(tmp_path: Path) -> None:
    assert "nested too deeply" in only_problem(write(tmp_path, "[" * 200_000)).message


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "doors.yaml").write_bytes("area: Türen".encode("latin-1"))
    assert "UTF-8" in only_problem(tmp_path).message


def test_a_file_too_large_to_be_a_catalogue_is_refused(tmp_path: Path) -> None:
    assert "larger than 4 MB" in only_problem(write(tmp_path, "#" * (LARGEST_FILE + 1))).message


def test_a_folder_that_cannot_be_read_as_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "doors.yaml").mkdir()
    assert "cannot be read" in only_problem(tmp_path).message


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "holds no control files" in only_problem(tmp_path).message


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert "there is no folder" in only_problem(tmp_path / "nowhere").message


def test_a_criterion_with_a_foreign_id_or_given_twice_is_refused(tmp_path: Path) -> None:
    row = "  - {{id: {}, category: Security, series: CC6 Access, title: Doors}}\n"
    write(tmp_path, "criteria:\n" + "".join(row.format(id_) for id_ in ("CC6.4", "CC6.4", "X1")), "criteria.yaml")
    problems = lint(write(tmp_path, FILE))
    assert [(problem.file, problem.field) for problem in problems] == [
        ("criteria.yaml", "criteria.CC6.4.id"),
        ("criteria.yaml", "criteria.X1.id"),
    ]


def test_all_problems_are_reported_together(tmp_path: Path) -> None:
    write(tmp_path, edited("due_days: 10", "due_days: 0").replace("[CC6.4]", "[CC6.9]"), "a.yaml")
    write(tmp_path, edited("ACME-01", "ACME-02").replace("department: it", "department: janitors"), "b.yaml")
    with pytest.raises(CatalogueError) as refused:
        load(tmp_path)
    found = [(problem.file, problem.control, problem.field) for problem in refused.value.problems]
    assert found == [
        ("a.yaml", "ACME-01", "due_days"),
        ("a.yaml", "ACME-01", "refs.tsc"),
        ("b.yaml", "ACME-02", "department"),
    ]


def test_the_error_reads_as_a_list_of_sentences(tmp_path: Path) -> None:
    write(tmp_path, edited("due_days: 10", "due_days: 0"))
    with pytest.raises(CatalogueError) as refused:
        load(tmp_path)
    assert str(refused.value) == dedent("""\
        The catalogue was not loaded: 1 problem to mend first.
        - doors.yaml, ACME-01, due_days: must be a whole number of 1 or more, not 0.""")
