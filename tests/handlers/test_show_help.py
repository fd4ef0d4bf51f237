import pytest

from handlers.routes import COMMANDS
from tests.handlers.conversation import Conversation, labels_in, view_in, words_of

pytestmark = pytest.mark.anyio
HELP = "/soc2 tasks"


@pytest.mark.parametrize("text", ["", " ", "help", "HELP", "hello", "Hi", "help me please", "\n"])
async def test_help_hello_and_nothing_at_all_show_the_help_card(text: str) -> None:
    reply = await Conversation().type("olga", text)
    assert HELP in words_of(reply)
    assert "I don't know" not in words_of(reply)


async def test_the_help_card_lists_every_command() -> None:
    words = words_of(await Conversation().type("olga", "help"))
    assert all(f"/soc2 {command.usage}" in words for command in COMMANDS.values())


async def test_what_is_typed_most_stands_first_and_everything_in_the_order_of_the_guide() -> None:
    mine = ("tasks", "status", "review", "evidence", "request", "correct", "assign", "delegate", "away")
    guide = (*mine, "controls", "people", "setup")
    assert tuple(word for word in COMMANDS if word in guide) == guide


async def test_what_is_typed_is_reachable_by_button() -> None:
    assert labels_in(view_in(await Conversation().type("olga", "help"))) == [
        "My tasks",
        "Status",
        "Review",
        "Evidence",
        "Ask a colleague",
        "Correct an answer",
        "Delegate",
        "Controls",
        "People",
        "I will be away …",
        "Assign a control …",
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("taks", "tasks"),
        ("statsu", "status"),
        ("asign", "assign"),
        ("Awya", "away"),
        ("reviw", "review"),
        ("evidnce", "evidence"),
        ("reqest", "request"),
        ("corect", "correct"),
        ("delgate", "delegate"),
        ("halp", "help"),
    ],
)
async def test_a_typo_gets_the_nearest_word_and_the_help_card(typed: str, meant: str) -> None:
    words = words_of(await Conversation().type("olga", typed))
    assert f"I don't know “{typed.lower()}”. Did you mean “{meant}”?" in words
    assert HELP in words


@pytest.mark.parametrize("typed", ["qqqq", "x", "🙂", "<script>", "/soc2", "/soc2 tasks"])
async def test_words_that_nobody_knows_get_the_help_card_never_silence(typed: str) -> None:
    words = words_of(await Conversation().type("olga", typed))
    assert "I don't know" in words
    assert HELP in words


async def test_an_endless_word_is_shortened() -> None:
    view = view_in(await Conversation().type("olga", "x" * 5000))
    assert max(len(line) for line in words_of(view).splitlines()) < 200


@pytest.mark.parametrize("text", ["tasks", "TASKS", "  tasks  ", "tasks now", "tasks\nplease"])
async def test_commands_are_known_whatever_their_case_and_spacing(text: str) -> None:
    assert view_in(await Conversation().type("olga", text)).title == "My tasks"


@pytest.mark.parametrize("text", ["tasks", "/soc2 tasks", "  /soc2   Tasks"])
async def test_a_direct_message_is_a_command_without_its_slash(text: str) -> None:
    assert view_in(await Conversation().say("olga", text)).title == "My tasks"


async def test_a_direct_message_nobody_understands_gets_the_help_card() -> None:
    assert "I don't know “what”" in words_of(await Conversation().say("olga", "what do I have to do?"))
