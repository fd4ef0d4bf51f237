"""Facts about the data we ship."""

from collections import Counter
from functools import cache
from string import Formatter

import pytest

from tasks.catalogue.loader import SHIPPED, lint, load
from tasks.catalogue.model import Catalogue, CatalogueControl, Pack
from tasks.controls import Cadence, SpanKind

LONGEST_LIMIT = {Cadence.WEEKLY: 7, Cadence.MONTHLY: 30, Cadence.QUARTERLY: 90, Cadence.SEMI_ANNUAL: 181}


@cache
def shipped() -> Catalogue:
    return load()


def a_control(code: str) -> CatalogueControl:
    control = shipped().control(code)
    assert control is not None
    return control


def controls_with(cadence: Cadence) -> list[CatalogueControl]:
    return [control for control in shipped().controls if control.text.cadence is cadence]


def test_it_has_no_problems() -> None:
    assert lint() == ()


def test_it_holds_sixty_controls_in_ten_areas_one_file_each() -> None:
    assert len(shipped().controls) == 60
    assert len({control.area for control in shipped().controls}) == 10
    assert len(list((SHIPPED / "controls").glob("*.yaml"))) == 10


def test_it_holds_the_61_criteria_in_their_five_categories() -> None:
    packs = Counter(criterion.id.rstrip("0123456789.") for criterion in shipped().criteria)
    assert packs == {"CC": 33, "A": 3, "PI": 5, "C": 2, "P": 18}


def test_every_criterion_is_supported_by_a_control_of_its_pack() -> None:
    unsupported = [criterion.id for criterion in shipped().criteria if not shipped().supporting(criterion.id)]
    assert unsupported == []


def test_every_control_belongs_to_a_pack_and_every_pack_has_controls() -> None:
    assert all(control.packs for control in shipped().controls)
    assert all(shipped().in_packs(pack) for pack in Pack)


def test_all_packs_together_are_the_whole_catalogue_each_control_once() -> None:
    assert shipped().in_packs(*Pack) == shipped().controls


def test_a_control_that_supports_two_categories_is_in_both_packs() -> None:
    assert a_control("RSK-01").packs == {Pack.SECURITY_CORE, Pack.AVAILABILITY}


def test_a_privacy_control_is_not_part_of_the_security_core() -> None:
    assert Pack.SECURITY_CORE not in a_control("PRV-01").packs


def test_all_six_departments_own_something() -> None:
    owners = Counter(control.department for control in shipped().controls)
    assert owners == {"security": 17, "engineering": 13, "legal": 11, "it": 9, "hr": 6, "finance": 4}


def test_the_cadence_says_what_the_sampling_frequency_says() -> None:
    for control in shipped().controls:
        assert control.text.sampling_frequency.split("/")[0] == control.text.cadence.value, control.code


def test_event_driven_controls_are_those_sampled_by_event() -> None:
    for control in shipped().controls:
        assert control.text.event_driven == control.text.sampling_frequency.endswith("/event"), control.code


@pytest.mark.parametrize("cadence", LONGEST_LIMIT)
def test_a_control_that_repeats_within_the_year_promises_its_interval(cadence: Cadence) -> None:
    assert {control.text.limit_days for control in controls_with(cadence)} == {LONGEST_LIMIT[cadence]}


def test_a_yearly_control_has_a_limit_only_where_its_statement_says_the_work_fell_inside_the_period() -> None:
    for control in controls_with(Cadence.ANNUAL):
        promises = any(words in control.text.statement for words in (" in {period}", " during {period}"))
        assert (control.text.limit_days is not None) == promises, control.code


def test_a_statement_as_of_a_date_covers_that_date_unless_it_names_a_period_too() -> None:
    for control in shipped().controls:
        names = {name for _, name, _, _ in Formatter().parse(control.text.statement)}
        assert (control.text.span is SpanKind.AS_OF) == ("as_of" in names and "period" not in names), control.code


def test_quarterly_and_rarer_controls_need_a_second_person() -> None:
    rare = (Cadence.QUARTERLY, Cadence.SEMI_ANNUAL, Cadence.ANNUAL)
    assert all(control.text.acceptance for cadence in rare for control in controls_with(cadence))


def test_of_the_more_frequent_controls_four_need_a_second_person() -> None:
    frequent = controls_with(Cadence.WEEKLY) + controls_with(Cadence.MONTHLY)
    accepted = {control.code for control in frequent if control.text.acceptance}
    assert accepted == {"HRS-05", "IAM-03", "CHG-01", "PIN-02"}


def test_restricted_items_are_those_on_screening_leavers_conduct_and_incidents() -> None:
    restricted = {c.code for c in shipped().controls if any(item.restricted for item in c.text.evidence)}
    assert restricted == {"HRS-01", "HRS-05", "HRS-06", "MON-03", "MON-05", "MON-06"}


@pytest.mark.parametrize("code", ["HRS-05", "IAM-01", "IAM-03", "CHG-01", "MON-03", "VEN-01"])
def test_a_list_that_auditors_sample_from_is_marked_as_a_population_and_required(code: str) -> None:
    assert any(item.population and item.required for item in a_control(code).text.evidence)


def test_a_nil_statement_is_never_required_of_those_who_had_something_to_report() -> None:
    for control in shipped().controls:
        item = control.text.item("nil-statement")
        assert item is None or not item.required, control.code


def test_titles_of_criteria_are_short_words_of_our_own() -> None:
    assert all(len(criterion.title.split()) <= 12 for criterion in shipped().criteria)


def test_other_frameworks_appear_as_ids_only() -> None:
    ids = [id_ for control in shipped().controls for group in control.text.refs.values() for id_ in group]
    assert [id_ for id_ in ids if " " in id_] == []


def test_prompts_and_statements_keep_no_line_breaks_of_the_file() -> None:
    for control in shipped().controls:
        assert "\n" not in control.text.prompt + control.text.statement, control.code


def test_a_well_known_control_reads_as_intended() -> None:
    text = a_control("IAM-01").text
    assert text.title == "Quarterly user access review"
    assert text.rrule == "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5"
    assert (text.due_days, text.limit_days, text.span) == (21, 90, SpanKind.PREVIOUS_QUARTER)
    assert text.tested_attributes[1] == "Reviewer not self-reviewing"
    assert text.refs["tsc"] == ("CC6.1", "CC6.2", "CC6.3")
