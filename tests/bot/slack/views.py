"""Hypothesis: any View and any Form the handlers could make, with the texts people hostile or careless would type."""

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

HOSTILE = ("<!channel>", "<!here>", "<!everyone>", "<http://evil.example|click>", "<script>", "<@U0SOMEBODY>", "&lt;")

LONG = st.builds(
    lambda text, times: text * times, st.sampled_from((*HOSTILE, "word ", "&", "é", "🎉", "\n")), st.integers(1, 9000)
)
WORDS = st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE), LONG, st.just(""), st.just("   \n "))
ACTIONS = st.builds(lambda name, value: action(name, v=value), st.sampled_from(("answer_task", "open")), WORDS)
STYLES = st.sampled_from(Style)
CONFIRMS = st.none() | st.builds(Confirm, title=WORDS, text=WORDS, yes=WORDS, no=WORDS)
BUTTONS = st.one_of(
    st.builds(ActionButton, label=WORDS, action=ACTIONS, style=STYLES, confirm=CONFIRMS),
    st.builds(FormButton, label=WORDS, action=ACTIONS, style=STYLES),
    st.builds(LinkButton, label=WORDS, url=st.one_of(WORDS, st.just("https://acme.example/x?a=<b>&c"))),
)


def some(items: st.SearchStrategy[str], most: int = 30) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(items, max_size=most).map(tuple)


TONES = st.sampled_from(Tone)
ELEMENTS = st.one_of(
    st.builds(Text, text=WORDS, strong=st.booleans(), tone=TONES),
    st.builds(Heading, text=WORDS),
    st.builds(Quote, text=WORDS),
    st.builds(Note, text=WORDS),
    st.builds(Facts, facts=st.lists(st.builds(Fact, label=WORDS, value=WORDS), max_size=25).map(tuple)),
    st.builds(Bullets, items=some(WORDS)),
    st.builds(Table, columns=some(WORDS, 22), rows=st.lists(some(WORDS, 22), max_size=12).map(tuple)),
    st.builds(Progress, label=WORDS, done=st.integers(-3, 300), total=st.integers(-3, 200)),
    st.just(Divider()),
    st.builds(Buttons, buttons=st.lists(BUTTONS, max_size=30).map(tuple)),
    st.builds(Row, text=WORDS, note=WORDS, button=st.none() | BUTTONS, tone=TONES),
)
BODIES = st.one_of(
    st.lists(ELEMENTS, max_size=8),
    st.builds(lambda item, times: [item] * times, ELEMENTS, st.integers(30, 120)),
).map(tuple)
VIEWS = st.builds(View, title=WORDS, summary=WORDS, body=BODIES)

OPTIONS = st.one_of(
    st.lists(st.builds(Option, value=st.text(max_size=80), label=WORDS, note=WORDS), max_size=14),
    st.integers(90, 130).map(lambda count: [Option(value=f"p{n}", label=f"Person {n}") for n in range(count)]),
).map(tuple)
CHOSEN = st.one_of(st.just(""), st.just("p7"), st.text(max_size=5))


def _named(fields: list[TextField | ChoiceField | ManyField | DateField | PersonField | FilesField]) -> Form:
    """Field names are ours, so they are sane and differ."""
    named = []
    for number, field in enumerate(fields):
        given = {**vars(field), "name": f"field{number}"}
        named.append(type(field)(**given))
    return Form(title="", action=action("answer_task", id="t1"), fields=tuple(named))


FIELDS = st.one_of(
    st.builds(
        TextField,
        name=st.just("x"),
        label=WORDS,
        hint=WORDS,
        placeholder=WORDS,
        value=WORDS,
        multiline=st.booleans(),
        required=st.booleans(),
        longest=st.integers(-1, 5000),
    ),
    st.builds(ChoiceField, name=st.just("x"), label=WORDS, options=OPTIONS, hint=WORDS, value=CHOSEN),
    st.builds(ManyField, name=st.just("x"), label=WORDS, options=OPTIONS, hint=WORDS, values=some(CHOSEN, 4)),
    st.builds(
        DateField,
        name=st.just("x"),
        label=WORDS,
        hint=WORDS,
        value=st.sampled_from(("", "2026-03-02", "2026-02-31", "soon")),
    ),
    st.builds(PersonField, name=st.just("x"), label=WORDS, options=OPTIONS, hint=WORDS, value=CHOSEN),
    st.builds(FilesField, name=st.just("x"), label=WORDS, hint=WORDS, most=st.integers(-1, 40)),
)
FORMS = st.builds(
    lambda title, submit, intro, fields: Form(
        title=title, action=_named(fields).action, fields=_named(fields).fields, submit=submit, intro=tuple(intro)
    ),
    WORDS,
    WORDS,
    st.lists(ELEMENTS, max_size=5),
    st.lists(FIELDS, max_size=6),
)
