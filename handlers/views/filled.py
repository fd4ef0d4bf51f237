"""A form's field with what was typed already."""

from dataclasses import replace
from typing import assert_never

from handlers.requests import Value
from handlers.views.elements import ChoiceField, DateField, Field, FilesField, ManyField, PersonField, TextField


def filled(field: Field, value: Value | None) -> Field:
    """What was typed takes the place of what stood there; None: nothing was."""
    if value is None:
        return field
    texts = (value,) if isinstance(value, str) else tuple(item for item in value if isinstance(item, str))
    match field:
        case TextField() | ChoiceField() | DateField() | PersonField():
            return replace(field, value=texts[0] if texts else "")
        case ManyField():
            return replace(field, values=texts)
        case FilesField():
            return field
        case _:
            assert_never(field)
