"""Who is in Slack becomes who may be asked: page by page, through rate limits and restarts, leavers and guests told."""

from dataclasses import replace
from pathlib import Path

from bot.slack.directory import PAGE
from tasks.operations.import_people import import_people
from tasks.operations.sync_people import REST
from tasks.people import Actor
from tasks.ports import SyncPlace
from tests.bot.a_company import StepClock
from tests.fake_slack import FakeSlack
from tests.scenarios.company import START, Company, a_slack, email, serving, shown, user_id


def cursors(slack: FakeSlack) -> list[str]:
    return [str(call.args.get("cursor", "")) for call in slack.calls if call.method == "users.list"]


def imports(company: Company, *names: str) -> None:
    rows = [{"email": email(name), "name": name.title()} for name in names]
    company.write(lambda uow: import_people(uow, Actor(person=None, platform="cli", at=uow.now), rows))


def linked(company: Company, handle: str) -> str:
    """The Slack user who speaks for this person."""
    person = company.person(handle)
    found = company.read(lambda uow: uow.people.identities(person.id))
    return found[0].external_id if found else ""


def many_join(slack: FakeSlack) -> None:
    """More than two pages of them."""
    for number in range(2 * PAGE):
        slack.add_user(f"newcomer {number}")


LAST = f"newcomer.{2 * PAGE - 1}"


def test_a_pass_goes_on_where_a_rate_limit_stopped_it_and_not_before(company: Company) -> None:
    many_join(company.slack)
    company.slack.rate_limit("users.list", after=1, retry_after=40)
    before = len(cursors(company.slack))

    company.sync_people()
    company.wait(39)
    assert cursors(company.slack)[before:] == [""]
    company.wait(1)

    assert cursors(company.slack)[before:] == ["", f"row:{PAGE}", f"row:{2 * PAGE}"]
    assert company.person(LAST).active


def test_a_pass_that_was_broken_off_is_finished_by_the_next_process(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack:
        many_join(slack)
        slack.rate_limit("users.list", after=1, retry_after=40)
        with serving(home, slack, clock) as company:
            company.run_due_jobs()
        clock.step(seconds=41)
        with serving(home, slack, clock) as restarted:
            slack.wait_until(lambda: len(cursors(slack)) >= 3)
            restarted.sync_people()
            assert restarted.person(LAST).active
        assert cursors(slack)[:3] == ["", f"row:{PAGE}", f"row:{2 * PAGE}"]


def test_a_place_that_slack_no_longer_knows_begins_again(company: Company) -> None:
    company.slack.add_user("newcomer")
    company.write(lambda uow: uow.sync_places.save(_lost(uow.sync_places.get("slack", "members"))))
    company.sync_people()
    assert cursors(company.slack)[-2:] == ["long ago", ""]
    assert company.person("newcomer").active
    company.slack.violations.clear()


def _lost(place: SyncPlace) -> SyncPlace:
    return replace(place, cursor="long ago")


def test_bots_apps_and_guests_do_not_become_people(company: Company) -> None:
    company.slack.add_user("robot", is_bot=True)
    company.slack.add_user("one channel", is_ultra_restricted=True)
    company.slack.add_user("some channels", is_restricted=True)
    company.sync_people()
    emails = {one.email for one in company.read(lambda uow: uow.people.everyone())}
    assert emails == {email(handle) for handle in ("sid", "lea", "ada", "max", "olga", "cora")}


def test_a_guest_who_was_imported_by_name_takes_part(company: Company) -> None:
    guest = company.slack.add_user("audrey", is_restricted=True)
    company.sync_people()
    company.sender.command(guest.id, "tasks")
    [refused] = [one for one in company.slack.ephemerals if one.ephemeral_to == guest.id]
    assert "don't know" in shown(refused)

    imports(company, "audrey")
    company.sync_people()
    company.sender.command(guest.id, "tasks")
    assert "don't know" not in shown([one for one in company.slack.ephemerals if one.ephemeral_to == guest.id][-1])


def test_somebody_imported_is_found_by_their_e_mail_before_the_next_pass(company: Company) -> None:
    nina = company.slack.add_user("nina")
    imports(company, "nina")
    assert linked(company, "nina") == ""
    before = len(cursors(company.slack))
    company.clock.step(seconds=REST.total_seconds())
    company.run_due_jobs()
    assert linked(company, "nina") == nina.id
    assert len(cursors(company.slack)) == before


def test_a_leaver_s_task_moves_to_their_manager_and_the_compliance_lead_is_told(company: Company) -> None:
    company.open_a_task()
    company.slack.users[user_id("olga")].deleted = True
    company.sync_people()
    assert company.task().owner_id == company.person("max").id
    assert "Olga Owner was deactivated. 1 open task moved on." in shown(company.prompt("lea"))


def test_a_leaver_who_comes_back_is_there_again_and_one_sent_away_by_hand_is_not(company: Company) -> None:
    company.slack.users[user_id("olga")].deleted = True
    company.sync_people()
    company.slack.users[user_id("olga")].deleted = False
    company.change_person("cora", active=False)
    company.sync_people()
    assert company.person("olga").active
    assert not company.person("cora").active
