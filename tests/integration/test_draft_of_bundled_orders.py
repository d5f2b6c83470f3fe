"""The draft of a mapping for the bundled orders, all 70,052 rows of them, is the mapping that ships with them."""

import csv
import gzip
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.local.mapping_file import parse_mapping, read_mapping
from adapters.local.table_profiler import LocalTableProfiler
from application.draft_mapping import DraftMapping
from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import Discount, LineTotal
from domain.source.readiness import Grade

BUNDLED = Path("data/product_sales_returns")


def _renamed(mapping: SourceMapping, new: Mapping[str, str]) -> SourceMapping:
    """The bundled mapping over renamed columns; the comments, the name and the path are a draft's own."""
    text = (BUNDLED / "mapping.toml").read_text(encoding="utf-8")
    for old, name in sorted(new.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(f'"{old}"', f'"{name}"')
    return replace(parse_mapping(text, "bundled"), name=mapping.name, orders=mapping.orders)


@pytest.mark.parametrize("neutral", [False, True])
def test_the_bundled_orders_are_mapped_as_shipped_also_under_neutral_names(neutral: bool, tmp_path: Path) -> None:
    with gzip.open(BUNDLED / "order_dataset.csv.gz", "rt", encoding="utf-8", newline="") as file:
        header, rest = file.readline(), file.read()
    names = next(csv.reader(io.StringIO(header)))
    new = {name: f"c{place}" if neutral else name for place, name in enumerate(names, start=1)}
    path = tmp_path / "orders.csv"
    path.write_text(",".join(new.values()) + "\n" + rest, encoding="utf-8")
    draft = DraftMapping(LocalTableProfiler(30_000 if neutral else 70_100))([str(path)])
    mapping = parse_mapping(draft.mapping_text, "draft")
    assert mapping == _renamed(mapping, new)
    assert isinstance(mapping.columns.unit_price, LineTotal)
    assert isinstance(mapping.columns.discount, Discount)
    if not neutral:
        assert draft.verdict.grade is Grade.READY
        assert draft.verdict.figures.lines == 59_337
        assert draft.verdict.figures.orphan_share == pytest.approx(0.145, abs=0.001)
        assert read_mapping(BUNDLED / "mapping.toml").columns == mapping.columns
