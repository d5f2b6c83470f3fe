"""Values of every column type, for property tests."""

from datetime import UTC

from hypothesis import strategies as st

from domain.content import Cell
from domain.schema import Column, ColumnType, Schema

CELLS: dict[ColumnType, st.SearchStrategy[Cell]] = {
    ColumnType.TEXT: st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    ColumnType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    ColumnType.NUMBER: st.floats() | st.sampled_from([0.0, -0.0, float("nan"), float("inf"), float("-inf")]),
    ColumnType.MONEY: st.decimals(-(10**13), 10**13, places=4),
    ColumnType.SHARE: st.decimals(-9999, 9999, places=8),
    ColumnType.MOMENT: st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0)),
    ColumnType.DAY: st.dates(),
    ColumnType.FLAG: st.booleans(),
}
EVERY_TYPE = Schema(tuple(Column(str(kind), kind, nullable=True) for kind in ColumnType))


def rows_of_every_type(min_size: int = 0, max_size: int = 6) -> st.SearchStrategy[list[tuple[Cell, ...]]]:
    """Rows of the schema EVERY_TYPE, nulls among them."""
    return st.lists(st.tuples(*(st.none() | CELLS[kind] for kind in ColumnType)), min_size=min_size, max_size=max_size)
