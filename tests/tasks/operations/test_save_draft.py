from tasks.errors import NotAllowed, Stale
from tasks.operations.save_draft import save_draft
from tests.tasks.operations.company import DAN, OLGA, TASK, a_company, on_leave


def test_what_was_typed_and_not_sent_is_kept() -> None:
    acme = a_company()
    acme.by("olga", save_draft, TASK, {"comment": "half"})
    acme.by("olga", save_draft, TASK, {"comment": "half a thought"})
    draft = acme.uow.answers.draft(TASK, OLGA.id)
    assert draft
    assert (draft.values, draft.saved_at) == ({"comment": "half a thought"}, acme.clock.now())


def test_everybody_has_a_draft_of_their_own() -> None:
    acme = a_company(on_leave(OLGA))
    acme.by("olga", save_draft, TASK, {"comment": "hers"})
    acme.by("dan", save_draft, TASK, {"comment": "his"})
    hers, his = acme.uow.answers.draft(TASK, OLGA.id), acme.uow.answers.draft(TASK, DAN.id)
    assert hers
    assert his
    assert (hers.values, his.values) == ({"comment": "hers"}, {"comment": "his"})


def test_only_whose_turn_it_is_drafts() -> None:
    a_company().refused(NotAllowed, "max", save_draft, TASK, {})


def test_an_answered_task_takes_no_draft() -> None:
    acme = a_company()
    acme.answers()
    acme.refused(Stale, "olga", save_draft, TASK, {"comment": "too late"})


def test_a_draft_is_nobody_elses_business_and_stands_in_no_audit_log() -> None:
    acme = a_company()
    acme.by("olga", save_draft, TASK, {"comment": "half"})
    assert (acme.entries, acme.task.version) == ([], 1)
