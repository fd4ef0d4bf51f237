from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard import Refused
from bot.slack.verification import MOST_FORM_FIELDS, parse

FORM = "application/x-www-form-urlencoded"


@given(st.text(alphabet="ab=&+%20Ff4é\t", max_size=40))
def test_a_form_is_read_as_urllib_reads_it(text: str) -> None:
    body = text.encode()
    try:
        wanted = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FORM_FIELDS))
    except ValueError:
        with pytest.raises(Refused):
            parse(body, FORM)
        return
    assert parse(body, FORM) == wanted


def test_a_form_of_too_many_fields_is_refused() -> None:
    assert len(parse("&".join(f"f{number}=1" for number in range(MOST_FORM_FIELDS)).encode(), FORM)) == 100
    with pytest.raises(Refused):
        parse("&".join(f"f{number}=1" for number in range(MOST_FORM_FIELDS + 1)).encode(), FORM)
