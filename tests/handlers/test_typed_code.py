import pytest

from handlers.typed_code import split_code

CODES = ("AC 1", "AC 1.2", "IAM-03", "AC")


@pytest.mark.parametrize(
    ("words", "code", "rest"),
    [
        ("IAM-03 ann@acme.example", "IAM-03", "ann@acme.example"),
        ("iam-03", "IAM-03", ""),
        ("ac 1.2  ann@acme.example ", "AC 1.2", "ann@acme.example"),
        ("AC 1 Ann Lee", "AC 1", "Ann Lee"),
        ("AC 13 Ann", "AC", "13 Ann"),
        ("XY 1 Ann", "XY", "1 Ann"),
        ("", "", ""),
    ],
)
def test_words_begin_with_the_longest_code_that_there_is(words: str, code: str, rest: str) -> None:
    assert split_code(words, CODES) == (code, rest)
