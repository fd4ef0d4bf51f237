from dataclasses import replace

import pytest

from tasks.identifiers import PersonId
from tasks.operations.set_up import confirm, missing_to_start, progress, team_of, to_install
from tasks.people import Role
from tasks.setup import Setup, Step
from tests.builders import a_control, a_person
from tests.tasks.operations.company import ADA, LEE, OLGA, SUE, Company, a_company
from tests.tasks.operations.setting_up import a_prepared_company, an_empty_company, start


def sentences(company: Company) -> dict[Step, str]:
    return {step.step: step.sentence for step in company.run(progress).steps}


def test_a_new_workspace_has_every_step_before_it() -> None:
    found = an_empty_company().run(progress)
    assert [step.step for step in found.steps] == list(Step)
    assert (found.done, found.finished) == (0, False)
    assert all(step.sentence for step in found.steps)


def test_a_default_that_nobody_has_looked_at_is_not_done() -> None:
    said = sentences(an_empty_company())
    assert said[Step.LADDER].startswith("For now: The usual: reminders 5 and 1")
    assert said[Step.PLACE] == "For now: UTC, holidays of United States."


def test_a_step_left_as_it_stands_is_done_once_somebody_has_said_so() -> None:
    company = an_empty_company()
    company.by("lee", confirm, Step.CHANNEL)
    [step] = [one for one in company.run(progress).steps if one.done]
    assert step.sentence == "None: the week's closing line goes to the compliance lead."


def test_every_answer_is_on_record_with_what_was_there_before() -> None:
    company = an_empty_company()
    company.by("lee", confirm, Step.RHYTHM, Setup(starter=True))
    entry = company.last_entry
    assert (entry.what, entry.who, entry.message) == ("setup:change", "lee", "message-7")
    assert (dict(entry.before), dict(entry.after)) == ({"starter": False}, {"step": "rhythm", "starter": True})


def test_saying_the_same_again_is_not_recorded_again() -> None:
    company = an_empty_company()
    company.by("lee", confirm, Step.CHANNEL)
    company.by("lee", confirm, Step.CHANNEL)
    assert company.entries == ["setup:change"]


def test_a_company_that_runs_already_is_finished_without_any_of_this() -> None:
    assert a_company().run(progress).finished


def test_and_stays_so_when_it_changes_its_first_setting() -> None:
    company = a_company()
    company.by("lee", confirm, Step.CHANNEL)
    assert company.run(progress).finished
    assert not company.uow.setups.get().under_way


def test_what_is_missing_to_start_leaves_out_what_has_a_default_that_works() -> None:
    missing = {step.step for step in an_empty_company().run(missing_to_start)}
    assert missing == {Step.CONTROLS, Step.PLACE, Step.PEOPLE, Step.PERIOD, Step.RHYTHM}
    assert not a_prepared_company().run(missing_to_start)


def test_without_a_compliance_lead_it_says_whom_to_choose() -> None:
    company = an_empty_company()
    company.state.people[LEE.id] = replace(LEE, roles=frozenset())
    assert "Nobody is the compliance lead yet." in sentences(company)[Step.PEOPLE]


def test_a_lead_alone_needs_a_second_acceptor_and_a_sponsor() -> None:
    company = an_empty_company()
    company.state.people[LEE.id] = replace(LEE, roles=LEE.roles | {Role.EXECUTIVE_SPONSOR})
    company.state.people[SUE.id] = replace(SUE, roles=frozenset())
    said = sentences(company)[Step.PEOPLE]
    assert "Lee can't accept their own answers: name a second person who may" in said
    assert "name an executive sponsor" in said


@pytest.mark.parametrize("changes", [{"guest": True}, {"active": False}, {"department": ""}])
def test_nobody_counts_as_second_who_could_not_accept(changes: dict[str, object]) -> None:
    company = an_empty_company()
    second = replace(a_person("dan", Role.DEPARTMENT_LEAD), **changes)  # type: ignore[arg-type]
    company.state.people[second.id] = second
    assert "name a second person" in sentences(company)[Step.PEOPLE]


def test_of_two_leads_the_one_is_meant_who_leaves_the_other_parts_to_others() -> None:
    company = an_empty_company()
    company.state.people[ADA.id] = replace(ADA, roles=frozenset({Role.COMPLIANCE_LEAD, Role.EXECUTIVE_SPONSOR}))
    company.state.people[SUE.id] = replace(SUE, roles=frozenset())
    assert team_of(company.uow, Setup()).lead == LEE
    chosen = team_of(company.uow, Setup(lead_id=ADA.id))
    assert (chosen.lead and chosen.lead.id, chosen.sponsors) == (ADA.id, ())


def test_departments_without_an_owner_are_named() -> None:
    company = an_empty_company()
    company.state.people[OLGA.id] = replace(OLGA, roles=frozenset({Role.DEPARTMENT_LEAD}))
    said = sentences(company)[Step.OWNERS]
    assert "IT: Olga" in said
    assert "engineering, finance, HR, legal and security: nobody yet" in said


def test_who_was_chosen_for_a_department_and_left_since_does_not_own_it() -> None:
    company = an_empty_company()
    company.by("lee", confirm, Step.OWNERS, Setup(owners={"hr": PersonId("carl")}))
    assert "HR: Carl" in sentences(company)[Step.OWNERS]
    company.state.people[PersonId("carl")] = replace(company.person("carl"), active=False)
    assert "HR: Carl" not in sentences(company)[Step.OWNERS]


def test_an_own_matrix_is_missing_until_a_control_is_here() -> None:
    company = an_empty_company()
    company.by("lee", confirm, Step.CONTROLS, Setup(own_controls=True))
    assert "no control is here yet" in sentences(company)[Step.CONTROLS]
    company.uow.controls.add(a_control())
    assert sentences(company)[Step.CONTROLS] == "Your own matrix: 1 control."


def test_a_control_that_is_here_is_not_installed_again_though_it_was_retired() -> None:
    company = an_empty_company()
    company.uow.controls.add(a_control("IAM-03", retired=True))
    assert "IAM-03" not in {one.code for one in to_install(company.uow, Setup())}


def test_the_progress_of_a_running_company_says_how_much_more_could_start() -> None:
    company = a_prepared_company()
    installed = start(company)
    assert sentences(company)[Step.CONTROLS] == f"Security core. {installed} controls in use."
    company.state.controls.pop(next(iter(company.state.controls)))
    assert sentences(company)[Step.CONTROLS].endswith("1 more to start.")
