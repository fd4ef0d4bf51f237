from hypothesis import given
from hypothesis import strategies as st

from bot.teams.card_values import Remembered, choice, recall, remember, values_of
from handlers.actions import action, encode
from handlers.requests import FormSubmitted, Source
from tasks.identifiers import WorkspaceId

GO = action("answer_task", id="t1", v=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from(("t_note", "m_items", "d_day", "t_", "x_other", "action", "form"))


def test_a_text_is_text_with_its_lines() -> None:
    assert values_of({"t_note": "one\r\ntwo\rthree"}) == {"note": "one\ntwo\nthree"}


def test_choices_come_apart_whatever_stands_between_them() -> None:
    assert values_of({"m_items": "a,b"}) == {"items": ("a", "b")}
    assert values_of({"m_items": "a;b"}) == {"items": ("a", "b")}
    assert values_of({"m_items": ["a", "b", 3]}) == {"items": ("a", "b")}
    assert values_of({"m_items": ""}) == {"items": ()}


@given(st.lists(st.text(min_size=1).filter(lambda text: "\x00" not in text), max_size=6))
def test_choices_with_commas_in_them_come_back_whole(chosen: list[str]) -> None:
    assert values_of({"m_items": ",".join(choice(each) for each in chosen)}) == {"items": tuple(chosen)}


def test_a_day_is_a_day_even_where_a_client_adds_the_time() -> None:
    assert values_of({"d_day": "2026-11-12"}) == {"day": "2026-11-12"}
    assert values_of({"d_day": "2026-11-12T00:00:00Z"}) == {"day": "2026-11-12"}


def test_what_is_no_field_is_no_value() -> None:
    assert values_of({"action": encode(GO), "form": "1", "msteams": {}, "t_": "x", "note": "y"}) == {}


def test_the_values_are_read_like_those_of_any_platform() -> None:
    source = Source(platform="teams", workspace=WorkspaceId("acme"), user="u")
    sent = FormSubmitted(source=source, action=GO, values=values_of({"t_note": " done ", "m_items": "a,b"}))

    assert (sent.text("note"), sent.choices("items"), sent.text("left_empty")) == ("done", ("a", "b"), "")


def test_a_form_remembers_where_it_came_from() -> None:
    origin = Remembered(action=GO, conversation="19:abc", message="1700", form=True)

    assert recall(remember(origin)) == origin


def test_a_button_is_no_form() -> None:
    assert recall({"action": encode(GO)}) == Remembered(action=GO)


def test_what_nobody_here_wrote_is_not_remembered() -> None:
    forgeries: tuple[object, ...] = (None, "x", [], 5, {"action": 5}, {"action": "rm -rf"}, {"action": {"a": 1}})
    for forged in forgeries:
        assert recall(forged).action is None


@given(JSON | st.dictionaries(NAMES, JSON))
def test_junk_is_never_an_error(data: object) -> None:
    for value in values_of(data).values():
        assert isinstance(value, str) or all(isinstance(each, str) for each in value)
    assert isinstance(recall(data), Remembered)
