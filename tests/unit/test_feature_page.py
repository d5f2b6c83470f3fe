from domain.features.catalogue import CATALOGUE
from scripts.feature_page import PAGE, page


def test_the_page_of_features_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "Run PYTHONPATH=src python scripts/feature_page.py."


def test_every_feature_has_a_value_in_one_of_the_examples() -> None:
    rows = {line.split("`")[1]: line for line in page().splitlines() if line.startswith("| `")}

    assert set(rows) == {feature.name for feature in CATALOGUE}
    assert not [name for name, row in rows.items() if row.endswith("| - | - |")]
