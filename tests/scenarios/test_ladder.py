"""Reminders and escalations over moved days: who hears what, and who does not."""

from collections.abc import Sequence

from tasks.notices import NoticeState, Occasion
from tests.builders import utc
from tests.scenarios.company import CHANNEL, OPENS, Company, a_catalogue_control, shown, user_id

RUNGS = (
    (utc(2026, 11, 2, 9), "olga", "A task for you has opened."),
    (utc(2026, 11, 13, 9), "olga", "A second reminder: this is due soon."),
    (utc(2026, 11, 16, 9), "olga", "Last call: this is due today."),
    (utc(2026, 11, 17, 9), "olga", "This is overdue."),
    (utc(2026, 11, 18, 9), "max", "two business days or more"),
    (utc(2026, 11, 23, 9), "lea", "five business days or more"),
    (utc(2026, 12, 1, 9), "sid", "ten business days or more"),
)
EVERYBODY = ("olga", "max", "lea", "ada", "sid", "cora")


def heard(company: Company, since: Sequence[str] = ()) -> dict[str, str]:
    """Person → the words of the messages that are not in `since`."""
    fresh = {who: [one for one in company.inbox(who) if one.ts not in since] for who in EVERYBODY}
    return {who: "\n".join(map(shown, messages)) for who, messages in fresh.items() if messages}


def told_so_far(company: Company) -> list[str]:
    return [message.ts for message in company.slack.messages]


def test_each_rung_reaches_exactly_the_person_it_is_for_at_nine_on_its_day(company: Company) -> None:
    company.install(a_catalogue_control())
    for moment, who, words in RUNGS:
        before = told_so_far(company)
        company.at(moment.replace(hour=8, minute=59))
        assert heard(company, before) == {}, f"nobody hears anything before {moment}"
        company.at(moment)
        fresh = heard(company, before)
        assert set(fresh) == {who}, moment
        assert words in fresh[who]


def test_the_compliance_channel_gets_one_line_a_day_with_no_names(company: Company) -> None:
    company.open_a_task()
    company.at(utc(2026, 12, 1, 9))
    company.at(utc(2026, 12, 1, 14))

    [line] = [one for one in company.slack.messages if one.channel == CHANNEL and "ten business days" in shown(one)]
    assert "IAM-03 Leaver access removal (IT)" in shown(line)
    assert "Olga" not in shown(line)


def test_after_an_outage_only_the_latest_rung_is_sent_and_the_others_are_on_record_as_skipped(company: Company) -> None:
    task = company.open_a_task()
    before = told_so_far(company)

    company.at(utc(2026, 11, 18, 10))

    assert set(heard(company, before)) == {"max"}
    states = {one.key.occasion: one.state for one in company.notices(task)}
    assert states[Occasion.MANAGER] is NoticeState.SENT
    assert states[Occasion.LAST_CALL] is states[Occasion.OVERDUE] is NoticeState.SKIPPED


def test_everything_stops_when_the_task_is_answered_and_says_who_did_it(company: Company) -> None:
    company.open_a_task(a_catalogue_control(acceptance=False))
    company.at(utc(2026, 11, 18, 10))
    company.attaches("olga", company.inbox("olga")[0], company.a_file())
    company.presses("olga", "Done", company.inbox("olga")[0])
    before = told_so_far(company)

    assert "Olga Owner answered this on 18 Nov 2026" in shown(company.prompt("max"))
    company.days_pass(utc(2026, 11, 24, 12))
    assert heard(company, before) == {}


def test_an_acceptor_who_does_not_answer_has_a_ladder_of_their_own(company: Company) -> None:
    company.open_a_task()
    company.answers_done()
    said = []
    for moment in (utc(2026, 11, 4, 9), utc(2026, 11, 9, 9), utc(2026, 11, 13, 9)):
        before = told_so_far(company)
        company.at(moment)
        said.append(sorted(heard(company, before)))

    assert said == [["lea"], ["sid"], ["sid"]], "2, 5 and 8 business days: her, then whoever stands above her"


def test_owners_of_three_open_tasks_get_one_digest_on_monday_instead_of_reminders(company: Company) -> None:
    company.install(*(a_catalogue_control(code, title=f"Control {code}") for code in ("IAM-03", "IAM-04", "IAM-05")))
    company.at(OPENS)
    before = told_so_far(company)

    company.at(utc(2026, 11, 9, 9))
    digest = heard(company, before)
    assert set(digest) == {"olga"}
    assert "You have 3 open tasks." in digest["olga"]
    before = told_so_far(company)
    company.at(utc(2026, 11, 13, 9))
    assert heard(company, before) == {}, "the digest stands in for the reminders"
    company.at(utc(2026, 11, 16, 8, 59))
    company.at(utc(2026, 11, 16, 9))
    again = heard(company, before)["olga"]
    assert "You have 3 open tasks." in again
    assert again.count("Last call: this is due today.") == 6, "three, each in its words and its notification"


def test_a_friday_line_closes_the_week(company: Company) -> None:
    company.open_a_task(a_catalogue_control(acceptance=False))
    company.answers_done()

    company.at(utc(2026, 11, 6, 15, 59))
    assert [one for one in company.slack.messages if one.channel == CHANNEL] == []
    company.at(utc(2026, 11, 6, 16))
    company.at(utc(2026, 11, 6, 17))

    [line] = [one for one in company.slack.messages if one.channel == CHANNEL]
    assert "The week is closed: nothing owed, 1 on time." in shown(line)


def test_nobody_is_written_to_outside_their_business_hours(company: Company) -> None:
    company.change_person("olga", time_zone="America/New_York")
    company.slack.users[user_id("olga")].tz = "America/New_York"
    company.install(a_catalogue_control())
    company.at(utc(2026, 11, 2, 14))
    assert len(company.inbox("olga")) == 1, "at nine in New York"

    company.at(utc(2026, 11, 17, 2))
    assert len(company.inbox("olga")) == 1, "last call, overdue: it is nine in the evening there"
    company.at(utc(2026, 11, 17, 14))
    assert "This is overdue." in shown(company.inbox("olga")[-1])
    assert len(company.inbox("olga")) == 2, "and the last call that came too late is not sent after it"


def test_waiting_on_somebody_is_shown_and_does_not_stop_the_ladder(company: Company) -> None:
    company.open_a_task()
    company.opens("olga", "Waiting on …", company.prompt())
    company.sends("olga", {"Whom or what do you wait for?": "the vendor", "Until when?": "2026-11-30"})

    company.at(utc(2026, 11, 18, 9))

    assert "the vendor, until 30 Nov 2026" in shown(company.prompt("max"))
