import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.actions import LONGEST, Action, action, decode, encode
from handlers.views.elements import ActionButton, FormButton
from tests.handlers.conversation import buttons_in
from tests.handlers.views.examples import FORMS, VIEWS

SLACKS_LONGEST = 2000
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.from_regex(r"[a-z][a-z_]{0,30}", fullmatch=True)
ACTIONS = st.builds(Action, name=NAMES, args=st.dictionaries(TEXTS, TEXTS, max_size=6))


@given(ACTIONS)
def test_what_is_encoded_is_decoded_to_the_same(act: Action) -> None:
    text = encode(act)
    assert decode(text) == (act if len(text) <= LONGEST else None)


@given(st.text())
def test_what_is_decoded_was_encoded(text: str) -> None:
    """Garbage is None: never half understood."""
    act = decode(text)
    assert act is None or encode(act) == text


@given(NAMES, st.text())
def test_garbage_after_a_known_name_is_none_or_was_encoded(name: str, rest: str) -> None:
    act = decode(f"{name}?{rest}")
    assert act is None or encode(act) == f"{name}?{rest}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "answer_task",
        "?t=1",
        "answer task?t=1",
        "1?t=1",
        "answer_task?t",
        "answer_task?t=1&t=2",
        "answer_task?t=%zz",
        "answer_task?" + "&".join(f"a{n}=1" for n in range(50)),
        "answer_task?t=" + "x" * LONGEST,
        '{"name": "answer_task"}',
    ],
)
def test_what_encode_can_not_have_made_is_none(text: str) -> None:
    assert decode(text) is None


@given(st.text())
def test_a_version_is_a_number_whatever_was_sent(text: str) -> None:
    assert Action(name="answer_task", args={"v": text}).version() >= 0


@given(st.integers(0, 999_999_999))
def test_a_version_comes_back(version: int) -> None:
    assert action("answer_task", v=version).version() == version


def test_an_argument_that_is_not_there_is_empty() -> None:
    assert action("answer_task").get("t") == ""


@pytest.mark.parametrize("name", [*VIEWS, *FORMS])
def test_every_button_of_every_example_fits_and_comes_back(name: str) -> None:
    shown = VIEWS[name] if name in VIEWS else FORMS[name]
    actions = [one.action for one in buttons_in(shown) if isinstance(one, ActionButton | FormButton)]
    for act in actions:
        assert len(encode(act)) <= LONGEST < SLACKS_LONGEST
        assert decode(encode(act)) == act
