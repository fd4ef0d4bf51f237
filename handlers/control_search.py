"""Which controls are meant by some words: filters by their names, everything else looked for in the text."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from tasks import duties
from tasks.controls import Cadence, Control
from tasks.whole_company import WholeCompany

UNASSIGNED, RETIRED = "unassigned", "retired"
CADENCES = {
    **{cadence.value: cadence for cadence in Cadence},
    "yearly": Cadence.ANNUAL,
    "annually": Cadence.ANNUAL,
    "half-yearly": Cadence.SEMI_ANNUAL,
}
MOST_WORDS = 12

Test = Callable[[Control], bool]


def with_code(controls: Sequence[Control], words: str) -> Control | None:
    wanted = words.strip().casefold()
    return next((control for control in controls if control.code.casefold() == wanted), None)


def matching(controls: Sequence[Control], company: WholeCompany, words: str) -> list[Control]:
    """All of the words have to fit. Retired ones only where they are asked for."""
    wanted = " ".join(words.casefold().split())
    tests: list[Test] = [_retired if RETIRED in wanted.split() else _alive]
    for department in sorted({control.department for control in controls if " " in control.department}):
        if department in wanted:
            wanted = wanted.replace(department, "")
            tests.append(_in_department(department))
    departments = {control.department for control in controls}
    tests += [_test(word, departments, controls, company) for word in wanted.split()[:MOST_WORDS] if word != RETIRED]
    return [control for control in controls if all(test(control) for test in tests)]


def nearest(controls: Sequence[Control], words: str) -> Control | None:
    """To a mistyped code, or to a title."""
    by_name = {control.code.casefold(): control for control in controls}
    by_title = {control.text.title.casefold(): control for control in controls}
    wanted = words.strip().casefold()
    for names, cutoff in ((by_name, 0.7), (by_title, 0.5)):
        near = get_close_matches(wanted, list(names), n=1, cutoff=cutoff)
        if near:
            return names[near[0]]
    return None


def supports(control: Control, wanted: str) -> bool:
    """cc6 and cc6.1 are criteria; hipaa is a whole framework."""
    if wanted != "tsc" and wanted in control.text.refs:
        return True
    criteria = [ref.casefold() for ref in control.text.refs.get("tsc", ())]
    return any(wanted in (criterion, criterion.partition(".")[0]) for criterion in criteria)


def _test(word: str, departments: set[str], controls: Sequence[Control], company: WholeCompany) -> Test:
    if word == UNASSIGNED:
        return lambda control: duties.owner_for(control, company)[1]
    if word in CADENCES:
        return lambda control: control.text.cadence is CADENCES[word]
    if word in departments:
        return _in_department(word)
    if any(supports(control, word) for control in controls):
        return lambda control: supports(control, word)
    return lambda control: word in _words_of(control, company)


def _in_department(department: str) -> Test:
    return lambda control: control.department == department


def _retired(control: Control) -> bool:
    return control.retired


def _alive(control: Control) -> bool:
    return not control.retired


def _words_of(control: Control, company: WholeCompany) -> str:
    owner = company.find(control.owner_id)
    parts = (control.code, control.text.title, control.text.prompt, control.area, owner.name if owner else "")
    return " ".join(parts).casefold()
