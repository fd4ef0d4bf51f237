"""What the bot does next. An edge turns each into its platform's own calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.requests import Value
from handlers.views.elements import Form, View


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """Acknowledged; whatever changed reaches people through delivery."""


@dataclass(frozen=True, kw_only=True)
class Show:
    """A view for the asking person only."""

    view: View


@dataclass(frozen=True, kw_only=True)
class Replace:
    """The view takes the place of the message whose button was pressed, where the platform can; else it is shown."""

    view: View


@dataclass(frozen=True, kw_only=True)
class OpenForm:
    form: Form


@dataclass(frozen=True, kw_only=True)
class FormErrors:
    """Shown in the fields; the form and what was typed stay, so that any platform can show it again."""

    form: Form
    errors: Mapping[str, str]
    """Field name to its sentence. The key "" is for the form as a whole."""
    values: Mapping[str, Value] = field(default_factory=dict)


Reply = Nothing | Show | Replace | OpenForm | FormErrors
