"""The same facts, buttons, fields and words in Slack, in Teams and in a browser, for every screen in every state."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.actions import action
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Buttons,
    ChoiceField,
    Confirm,
    DateField,
    Divider,
    Fact,
    Facts,
    Field,
    FilesField,
    Form,
    FormButton,
    Heading,
    LinkButton,
    ManyField,
    Note,
    Option,
    PersonField,
    Progress,
    Quote,
    Row,
    Style,
    Table,
    Text,
    TextField,
    Tone,
    View,
)
from tests.bot.what_is_shown import Shown, described, on_slack, on_teams, on_the_web
from tests.handlers.views import examples

PLATFORMS: dict[str, Callable[[View | Form], Shown]] = {
    "slack": on_slack,
    "slack's home": lambda screen: on_slack(screen, at_home=True),
    "teams": on_teams,
    "teams, in a dialog": lambda screen: on_teams(screen, dialog=True),
    "web": on_the_web,
}
ASKED_IN_WORDS: dict[str, tuple[type[Field], ...]] = {
    # A card takes no files: it asks to drop them into the chat.
    "teams": (FilesField,),
    "teams, in a dialog": (FilesField,),
}
"""The only kinds of field that a platform can't show as one."""
SCREENS: dict[str, View | Form] = {**examples.VIEWS, **{f"form: {name}": form for name, form in examples.FORMS.items()}}


def everywhere(check: Callable[[str, str], None]) -> Callable[[str, str], None]:
    return pytest.mark.parametrize("platform", PLATFORMS)(pytest.mark.parametrize("name", SCREENS)(check))


def as_typed(text: str, platform: str) -> str:
    """In Teams a command has no slash before it."""
    return text.replace("/soc2 ", "") if platform.startswith("teams") else text


def unlike(screen: View | Form, platform: str) -> list[str]:
    """What the platform shows otherwise than it is described."""
    meant, shown = described(screen), PLATFORMS[platform](screen)
    in_words = {each.name for each in _fields(screen) if isinstance(each, ASKED_IN_WORDS.get(platform, ()))}
    asked = {name: each for name, each in meant.asked.items() if name not in in_words}
    slash = "soc2 " if platform.startswith("teams") else ""
    facts = [(name.removeprefix(slash), value) for name, value in meant.facts]
    return [
        *(f"not said: {text}" for text in meant.texts if not shown.says(as_typed(text, platform))),
        *([] if shown.tells(facts) else [f"facts: {shown.facts} for {facts}"]),
        *([] if shown.presses == meant.presses else [f"buttons: {shown.presses} for {meant.presses}"]),
        *([] if shown.links == meant.links else [f"links: {shown.links} for {meant.links}"]),
        *([] if shown.asked == asked else [f"fields: {shown.asked} for {asked}"]),
    ]


def _fields(screen: View | Form) -> tuple[Field, ...]:
    return screen.fields if isinstance(screen, Form) else ()


@everywhere
def test_every_screen_in_every_state_is_the_same_on_every_platform(name: str, platform: str) -> None:
    assert unlike(SCREENS[name], platform) == []


def test_what_is_compared_is_there_to_be_compared() -> None:
    meant = [described(screen) for screen in SCREENS.values()]
    for part in ("texts", "facts", "presses", "asked"):
        assert sum(len(getattr(each, part)) for each in meant) > 0, part


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_missing_word_fact_button_or_field_would_be_seen(platform: str) -> None:
    whole = SCREENS["task card: open"]
    assert isinstance(whole, View)
    meant = described(whole)
    for place in range(len(whole.body)):
        less = View(title=whole.title, summary=whole.summary, body=whole.body[:place] + whole.body[place + 1 :])
        shown = PLATFORMS[platform](less)
        told = all(shown.says(text) for text in meant.texts)
        assert not (told and shown.tells(meant.facts) and shown.presses == meant.presses)


# any screen that fits

LETTERS = "abcdefghij ÄÖüéñß 0123456789 *_~`[]()<>&#|\\-+.{}!\"'$%@"
WORDS = st.text(LETTERS, min_size=1, max_size=30).map(lambda text: f"w {text} w")
NAMED = st.builds(lambda number: f"say{number}", st.integers(0, 10**9))
ACTIONS = st.builds(lambda name, value: action(name, v=value), st.sampled_from(("answer_task", "open")), WORDS)
STYLES, TONES = st.sampled_from(Style), st.sampled_from(Tone)
CONFIRMS = st.none() | st.builds(Confirm, title=NAMED, text=WORDS, yes=NAMED, no=NAMED)
BUTTONS = st.one_of(
    st.builds(ActionButton, label=NAMED, action=ACTIONS, style=STYLES, confirm=CONFIRMS),
    st.builds(FormButton, label=NAMED, action=ACTIONS, style=STYLES),
    st.builds(LinkButton, label=NAMED, url=st.just("https://acme.example/x?a=b&c=d")),
)


def some(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, min_size=1, max_size=4).map(tuple)


TABLES = st.integers(2, 6).flatmap(
    lambda width: st.builds(
        Table,
        columns=st.tuples(*[NAMED] * width),
        rows=some(st.tuples(*[WORDS] * width)),
    )
)
ELEMENTS = st.one_of(
    st.builds(Text, text=WORDS, strong=st.booleans(), tone=TONES),
    st.builds(Heading, text=WORDS),
    st.builds(Quote, text=WORDS),
    st.builds(Note, text=WORDS),
    st.builds(Facts, facts=some(st.builds(Fact, label=NAMED, value=WORDS))),
    st.builds(Bullets, items=some(WORDS)),
    TABLES,
    st.builds(Progress, label=WORDS, done=st.integers(0, 7), total=st.integers(7, 20)),
    st.just(Divider()),
    st.builds(Buttons, buttons=some(BUTTONS)),
    st.builds(Row, text=WORDS, note=WORDS, button=st.none() | BUTTONS, tone=TONES),
)
BODIES = st.lists(ELEMENTS, max_size=5).map(tuple)
VIEWS = st.builds(View, title=WORDS, summary=WORDS, body=BODIES)
OPTIONS = st.lists(NAMED, min_size=1, max_size=20, unique=True).map(
    lambda names: tuple(Option(value=f"{name},{name};%2C", label=name) for name in names)
)
REQUIRED = st.booleans()
FIELDS = st.one_of(
    st.builds(TextField, name=NAMED, label=WORDS, hint=WORDS, multiline=st.booleans(), required=REQUIRED),
    st.builds(ChoiceField, name=NAMED, label=WORDS, options=OPTIONS, hint=WORDS, required=REQUIRED),
    st.builds(ManyField, name=NAMED, label=WORDS, options=OPTIONS, hint=WORDS),
    st.builds(DateField, name=NAMED, label=WORDS, hint=WORDS, required=REQUIRED),
    st.builds(PersonField, name=NAMED, label=WORDS, options=OPTIONS, hint=WORDS, required=REQUIRED),
    st.builds(FilesField, name=NAMED, label=WORDS, hint=WORDS, required=REQUIRED),
)
FORMS = st.builds(
    lambda fields, intro: Form(
        title="Answer", action=action("answer_task", id="t1"), fields=tuple(fields), intro=intro
    ),
    st.lists(FIELDS, min_size=1, max_size=4, unique_by=lambda field: field.name),
    BODIES,
)
ANY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("platform", PLATFORMS)
@ANY
@given(VIEWS)
def test_any_view_that_fits_is_the_same_on_every_platform(platform: str, view: View) -> None:
    assert unlike(view, platform) == []


@pytest.mark.parametrize("platform", PLATFORMS)
@ANY
@given(FORMS)
def test_any_form_that_fits_is_the_same_on_every_platform(platform: str, form: Form) -> None:
    assert unlike(form, platform) == []


@pytest.mark.parametrize("length", [20, 60, 200])
def test_a_long_list_is_cut_with_a_count_where_it_does_not_fit_and_nowhere_else(length: int) -> None:
    """What is shown and what is said to be missing make up the whole."""
    view = View(title="Tasks", summary="Many", body=tuple(Row(text=f"Task {n}", note="x" * 150) for n in range(length)))
    for read in (on_slack, on_teams):
        shown = read(view)
        there = sum(shown.says(f"Task {n}") for n in range(length))
        assert there == length or shown.says(f"{length - there} more type")
