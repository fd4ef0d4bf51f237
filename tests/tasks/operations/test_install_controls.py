from datetime import date

from tasks.catalogue.model import CatalogueControl
from tasks.controls import ControlText
from tasks.errors import NotAllowed
from tasks.operations.install_controls import install_controls
from tests.builders import a_control_text, utc
from tests.tasks.operations.company import Company, a_company

START = date(2026, 11, 1)


def in_catalogue(code: str = "HR-01", text: ControlText | None = None) -> CatalogueControl:
    return CatalogueControl(code=code, area="People", department="hr", text=text or a_control_text())


def installs(acme: Company, *codes: str) -> list[str]:
    added = acme.by("lee", install_controls, [in_catalogue(code) for code in codes], starts_on=START)
    return [control.code for control in added]


def test_a_control_of_the_catalogue_becomes_the_workspaces_own() -> None:
    acme = a_company()
    assert installs(acme, "HR-01", "HR-02") == ["HR-01", "HR-02"]
    control = acme.uow.controls.by_code("HR-01")
    assert control
    assert (control.department, control.owner_id, control.starts_on, control.version) == ("hr", None, START, 1)
    assert control.text == a_control_text()


def test_installing_again_adds_what_is_new_and_edits_nothing() -> None:
    acme = a_company()
    installs(acme, "HR-01")
    edited = in_catalogue("HR-01", a_control_text(title="Another title"))
    added = acme.by("lee", install_controls, [edited, in_catalogue("HR-02")], starts_on=START)
    assert [control.code for control in added] == ["HR-02"]
    assert [one.text.title for one in acme.uow.controls.every() if one.code == "HR-01"] == ["Leaver access removal"]


def test_its_occurrences_are_planned_for_the_accountable_person() -> None:
    acme = a_company()
    installs(acme, "HR-01")
    planned = acme.uow.tasks.planned(until=utc(2027, 1, 1))
    assert [(one.occurrence, one.owner_id) for one in planned] == [("2026-10", "lee"), ("2026-11", "lee")]


def test_nothing_opens_before_the_day_it_starts_on() -> None:
    acme = a_company()
    acme.by("lee", install_controls, [in_catalogue()], starts_on=date(2026, 11, 3))
    assert [one.occurrence for one in acme.uow.tasks.planned(until=utc(2027, 1, 1))] == ["2026-11"]


def test_it_takes_a_compliance_lead_an_admin_or_the_command_line() -> None:
    acme = a_company()
    for who in ("olga", "max", "sue"):
        acme.refused(NotAllowed, who, install_controls, [in_catalogue()], starts_on=START)
    acme.by("cli", install_controls, [in_catalogue()], starts_on=START)


def test_each_control_installed_is_one_audit_entry() -> None:
    acme = a_company()
    installs(acme, "HR-01", "HR-02")
    assert acme.entries == ["control:add", "control:add"]
    assert acme.state.entries[0].after == {"code": "HR-01", "version": 1, "starts_on": "2026-11-01"}
