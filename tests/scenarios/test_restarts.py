"""What waits when the program starts again is done at once, though Slack takes a moment to say who we are."""

from pathlib import Path

from tasks.evidence import EvidenceState
from tests.bot.a_company import StepClock
from tests.scenarios.company import START, a_slack, serving, shown


def test_a_file_and_an_edit_that_waited_for_the_restart_are_not_put_off(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack:
        with serving(home, slack, clock) as company:
            task = company.open_a_task()
            slack.http_status("chat.update", 500, times=50)
            slack.http_status("files.info", 500, times=1)
            company.attaches("olga", company.prompt(), company.a_file())
            assert "proof.pdf" not in shown(company.prompt())
        slack.faults.clear()
        clock.step(minutes=2)
        with serving(home, slack, clock) as restarted:
            slack.wait_until(lambda: "· checked" in shown(restarted.inbox("olga")[0]))
            [evidence] = restarted.read(lambda uow: uow.evidence.of_task(task.id))
            assert (evidence.state, evidence.attempts) == (EvidenceState.BOUND, 1)
        assert slack.violations == []
