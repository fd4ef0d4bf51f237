import pytest

from handlers.requests import SharedFile, Value
from handlers.views.elements import DateField, Field, FilesField, ManyField, Option, TextField
from handlers.views.filled import filled

OPTIONS = (Option(value="a", label="A"), Option(value="b", label="B"))
TEXT = TextField(name="t", label="T", value="stood there")
MANY = ManyField(name="m", label="M", options=OPTIONS, values=("a",))
FILES = FilesField(name="f", label="F")
FILE = SharedFile(reference="F1", name="a.csv", declared_type="text/csv", size=1)


@pytest.mark.parametrize("field", [TEXT, MANY, FILES])
def test_where_nothing_was_typed_a_field_stays_as_it_is(field: Field) -> None:
    assert filled(field, None) == field


@pytest.mark.parametrize(("typed", "value"), [("typed", "typed"), ("", ""), (("one", "two"), "one"), ((), "")])
def test_what_was_typed_takes_the_place_of_what_stood_there(typed: Value, value: str) -> None:
    assert filled(TEXT, typed) == TextField(name="t", label="T", value=value)
    assert filled(DateField(name="d", label="D"), typed) == DateField(name="d", label="D", value=value)


@pytest.mark.parametrize(("typed", "values"), [("b", ("b",)), (("a", "b"), ("a", "b")), ((), ())])
def test_of_many_all_that_were_chosen_stand_there_again(typed: Value, values: tuple[str, ...]) -> None:
    assert filled(MANY, typed) == ManyField(name="m", label="M", options=OPTIONS, values=values)


def test_files_cannot_be_typed() -> None:
    assert filled(FILES, (FILE,)) == FILES
    assert filled(TEXT, (FILE,)).value == ""  # type: ignore[union-attr]
