"""The contracts of the published tables, and the page that explains them."""

import re
from pathlib import Path

import pytest

from domain.outputs import CONTRACTS, OutputContract

PAGE = (Path(__file__).parents[2] / "docs" / "outputs.md").read_text(encoding="utf-8")


@pytest.fixture(params=CONTRACTS.values(), ids=list(CONTRACTS))
def contract(request: pytest.FixtureRequest) -> OutputContract:
    return request.param


def section(name: str) -> str:
    """The part of the page under the output's own heading."""
    return re.split(r"^## ", PAGE.split(f"\n## {name}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_the_page_lists_exactly_the_columns_of_a_contract_in_order_with_type_and_null(contract: OutputContract) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (yes|no) \|", section(contract.name), flags=re.MULTILINE)
    columns = [(c.name, str(c.type), "yes" if c.nullable else "no") for c in contract.schema.columns]
    assert rows == columns


def test_the_page_states_the_grain_of_every_contract(contract: OutputContract) -> None:
    assert contract.grain in section(contract.name)


def test_every_column_says_what_it_means(contract: OutputContract) -> None:
    assert [column.name for column in contract.schema.columns if not column.meaning] == []
