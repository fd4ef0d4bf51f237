"""docs/catalogue.md says what is true."""

import re
from pathlib import Path

import pytest

from tasks.catalogue.loader import lint, load
from tasks.catalogue.model import Pack
from tasks.catalogue.parsing import DEPARTMENTS, OTHER_FRAMEWORKS
from tasks.controls import Cadence, SpanKind

GUIDE = (Path(__file__).parents[3] / "docs" / "catalogue.md").read_text(encoding="utf-8")


def example() -> str:
    found = re.search(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return found[1]


def test_its_example_is_a_control_file_without_problems(tmp_path: Path) -> None:
    (tmp_path / "example.yaml").write_text(example(), encoding="utf-8")
    assert lint(tmp_path) == ()


@pytest.mark.parametrize("word", [*Pack, *sorted(DEPARTMENTS), *Cadence, *SpanKind, *OTHER_FRAMEWORKS])
def test_it_names_every_value_a_field_may_take(word: str) -> None:
    assert f"`{word}`" in GUIDE


def test_it_describes_every_field_of_its_example() -> None:
    fields = re.findall(r"^(?:  - |    )(\w+):", example(), re.MULTILINE)
    assert [field for field in fields if f"\n| `{field}` |" not in GUIDE] == []


def test_it_names_the_yearly_controls_that_have_a_limit() -> None:
    yearly = [c.code for c in load().controls if c.text.cadence is Cadence.ANNUAL and c.text.limit_days]
    assert [code for code in yearly if code not in GUIDE] == []


def test_it_never_says_that_a_control_satisfies_anything() -> None:
    assert "satisf" not in GUIDE
    assert "certified" not in GUIDE
