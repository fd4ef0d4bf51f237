import re

import pytest

from bot.teams.markdown import bullets, escape, label, paragraphs, shorten

ESCAPED = [
    ("*bold* and __strong__", r"\*bold\* and \_\_strong\_\_"),
    ("_soft_", r"\_soft\_"),
    ("leavers_2026_10.csv", "leavers_2026_10.csv"),
    ("[click](https://evil.example)", r"\[click\](https://evil.example)"),
    ("![x](https://evil.example/x.png)", r"!\[x\](https://evil.example/x.png)"),
    ("<at>Olga</at>", r"\<at>Olga\</at>"),
    ("<https://evil.example>", r"\<https://evil.example>"),
    ("`code` ~~gone~~", r"\`code\` \~\~gone\~\~"),
    ("# Title", r"\# Title"),
    ("> quoted", r"\> quoted"),
    ("- one", r"\- one"),
    ("+ one", r"\+ one"),
    ("1. one", r"1\. one"),
    ("12) one", r"12\) one"),
    ("   - one", r"\- one"),
    ("===", r"\==="),
    ("a | b", r"a \| b"),
    ("C:\\temp", r"C:\\temp"),
    ("&lt; &#42; R&D", r"\&lt; \&#42; R&D"),
    ("{{DATE(2026-11-12T00:00:00Z)}}", r"\{{DATE(2026-11-12T00:00:00Z)}}"),
    ("exe\u202egpj.", "exegpj."),
    ("3.5 hours, 5 - 3, C# and a > b", "3.5 hours, 5 - 3, C# and a > b"),
]


@pytest.mark.parametrize(("text", "markup"), ESCAPED)
def test_words_stay_words(text: str, markup: str) -> None:
    assert escape(text) == markup


def test_a_new_line_is_a_paragraph_and_each_line_is_escaped() -> None:
    assert escape("one\n# two\r\n- three") == "one\n\n\\# two\n\n\\- three"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Type /soc2 tasks to see yours.", "Type tasks to see yours."),
        ("/soc2 status [team]", r"status \[team\]"),
        ("https://acme.example/soc2 report", "https://acme.example/soc2 report"),
        ("/soc2", "/soc2"),
    ],
)
def test_a_command_is_named_the_way_it_is_typed_in_teams(text: str, said: str) -> None:
    assert escape(text) == said


def test_a_list_is_one_line_each() -> None:
    assert bullets(("one\ntwo", "*b*"), 100) == "- one two\r- \\*b\\*"


def test_a_long_text_says_how_much_is_missing() -> None:
    shown = paragraphs("word " * 1000, 500)

    assert re.search(r"… _shortened: 4,\d\d\d more characters_$", shown)
    assert len(shown) <= 500


def test_a_line_is_never_empty_and_never_too_long() -> None:
    assert shorten("  \n ", 10) == "–"
    assert shorten("word word word", 10) == "word word…"


def test_a_label_leads_nowhere_and_shows_no_backslash() -> None:
    assert label("[click](https://evil.example) *b*", 100) == "[click]\u200b(https://evil.example) *b*"
