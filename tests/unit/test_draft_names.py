"""Which column a name speaks of."""

import pytest

from domain.drafting.names import name_rank


@pytest.mark.parametrize(
    ("name", "role"),
    [("Größe", "size"), ("GRÖSSE", "size"), ("Währung", "currency"), ("orderDate", "ordered_at"), ("SKU", "item_id")],
)
def test_a_name_is_found_however_it_is_written(name: str, role: str) -> None:
    assert name_rank(name, role) > 0


def test_a_part_of_a_word_is_no_name() -> None:
    assert name_rank("resize", "size") == 0
