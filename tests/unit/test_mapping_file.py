"""Mapping files: read strictly, wrong keys answered with the nearest right one."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from adapters.local.mapping_file import parse_mapping, read_mapping
from domain.errors import MappingError
from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import (
    Attribute,
    Discount,
    OrderColumns,
    ReturnColumns,
    ReturnFlag,
    ReturnRows,
    TextFormat,
    Vocabulary,
)

BUNDLED = Path("data/product_sales_returns/mapping.toml")

MINIMAL = """
name = "shop"
shape = "rows"
orders = "orders.csv"

[columns]
order_id = ["order", "buyer"]
item_id = "sku"
ordered_at = "day"
quantity = "units"
unit_price = { total = "amount" }
discount = { amount = "off", negative = true }

[return_rows]
told_by = "negative_quantity"
"""


def test_a_minimal_mapping_is_read_with_defaults() -> None:
    mapping = parse_mapping(MINIMAL, "shop.toml")
    assert mapping.columns.order_id == ("order", "buyer")
    assert mapping.window_days == 60
    assert mapping.currency == "XXX"


def test_the_bundled_mapping_is_valid() -> None:
    mapping = read_mapping(BUNDLED)
    assert mapping.name == "product-sales-returns"
    assert mapping.columns.order_id == ("Transaction ID", "Buyer ID")


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("told_by", "toldby", ["'return_rows.toldby'", "'told_by'"]),
        ("item_id =", "itemid =", ["'columns.itemid'", "'item_id'"]),
        ("total =", "totl =", ["'columns.unit_price.totl'", "'total'"]),
        ('name = "shop"', 'nme = "shop"', ["'nme'", "'name'"]),
        ('item_id = "sku"\n', "", ["'columns.item_id'", "lacks"]),
        ('shape = "rows"', 'shape = "row"', ["'shape'", "'rows'"]),
        ('quantity = "units"', "quantity = 1", ["'columns.quantity'", "string"]),
        ("negative = true", 'negative = "yes"', ["columns.discount", "boolean"]),
        ('shape = "rows"', "shape rows", ["TOML", "line"]),
        ('orders = "orders.csv"', 'orders = "orders.csv"\ncurrency = "pounds"', ["pounds", "ISO 4217"]),
    ],
)
def test_an_error_names_the_file_the_key_and_what_to_write(written: str, instead: str, said: list[str]) -> None:
    with pytest.raises(MappingError) as refused:
        parse_mapping(MINIMAL.replace(written, instead, 1), "shop.toml")
    message = str(refused.value)
    assert "shop.toml" in message
    assert all(part in message for part in said), message


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="no mapping file"):
        read_mapping(tmp_path / "none.toml")


def test_every_example_of_the_documentation_is_valid() -> None:
    text = Path("docs/mapping.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    whole = [block for block in blocks if block.startswith("name")]
    shapes = {parse_mapping(block, "docs/mapping.md").shape for block in whole}
    assert shapes == {"rows", "table", "flag"}


def test_every_key_is_documented() -> None:
    text = Path("docs/mapping.md").read_text(encoding="utf-8")
    parts = (
        SourceMapping,
        OrderColumns,
        ReturnColumns,
        TextFormat,
        ReturnRows,
        ReturnFlag,
        Vocabulary,
        Attribute,
        Discount,
    )
    keys = {field.name for part in parts for field in fields(part)}
    assert {key for key in keys if not re.search(rf"\b{key}\b", text)} == set()
