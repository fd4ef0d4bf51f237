import pytest

from tasks.catalogue.loader import shipped
from tasks.matrix.suggesting import likeness

LIKE = {
    ("User access review", "Managers review user access and remove accounts no longer needed"): "IAM-01",
    ("Background checks", "New hires are screened before they start"): "HRS-01",
    ("Backups", "Databases are backed up and restores are tested"): "BCP-01",
    ("Penetration test", "An external firm tests the application"): "VUL-04",
    ("Security awareness training", "Employees complete the training"): "HRS-03",
    ("Board oversight", "The board oversees internal control"): "CC1.2",
}


@pytest.mark.parametrize("words", LIKE)
def test_a_control_is_known_again_by_its_words_and_the_reason_is_told(words: tuple[str, str]) -> None:
    found = likeness().suggest(*words)
    assert found is not None
    assert found.because.startswith(f"looks like {LIKE[words]} ")
    assert "“" in found.because


@pytest.mark.parametrize(
    ("title", "description"),
    [("Coffee machine", "It is descaled"), ("Plants", "The plants are watered every week"), ("", ""), ("控制", "访问")],
)
def test_nothing_is_suggested_where_nothing_is_like_it(title: str, description: str) -> None:
    assert likeness().suggest(title, description) is None


def test_every_shipped_control_is_most_like_itself() -> None:
    lost = [
        one.code
        for one in shipped().controls
        if not (found := likeness().suggest(one.text.title, one.text.prompt)) or found.criteria != one.criteria
    ]
    assert lost == []
