"""Rows of any number and width for the benchmarks of scoring: drawn, not of a shop."""

from collections.abc import Collection, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.model.examples import EXAMPLE_KEYS
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import DatasetRef
from tests.examples_table import ExamplesTable

MISSING = 0.1  # share of a third of the features' values
SKEWED = 3  # every third feature


def feature_columns(features: int, rows: int, seed: int) -> dict[str, pa.Array]:
    """Features by name: normal ones, skewed ones, and such with missing values, in turns."""
    draws = np.random.default_rng(seed)
    columns = {}
    for number, name in enumerate(feature_names(features)):
        values = draws.normal(size=rows)
        if number % SKEWED == 1:
            values = np.exp(1.5 * values)
        missing = draws.random(rows) < MISSING if number % SKEWED == 2 else None
        columns[name] = pa.array(values, mask=missing)
    return columns


def rows_to_score(features: int, rows: int, seed: int) -> pa.Table:
    """A table with `line_id`, unlike for every seed, `item_id`, `category` and the features."""
    items = np.random.default_rng(seed).integers(0, 120, rows)
    keys = {
        "line_id": pa.array([f"{seed}-{line}" for line in range(rows)]),
        "item_id": pa.array([f"I{item}" for item in items]),
        "category": pa.array([f"category {item % 7}" for item in items]),
    }
    return pa.table({**keys, **feature_columns(features, rows, seed)})


def schema_to_score(features: int) -> Schema:
    """The columns of `rows_to_score`."""
    keys = [Column("line_id", ColumnType.TEXT), Column("item_id", ColumnType.TEXT), Column("category", ColumnType.TEXT)]
    return Schema((*keys, *(Column(name, ColumnType.NUMBER, nullable=True) for name in feature_names(features))))


def feature_names(features: int) -> list[str]:
    """As many names of features as asked for."""
    return [f"feature_{number:02d}" for number in range(features)]


class DrawnExamples:
    """Labelled lines whose returns depend on the first feature, to fit a model of many features to.

    Args:
        rows: number of lines.
        features: number of features.
    """

    def __init__(self, rows: int, features: int) -> None:
        lines = ExamplesTable(rows)
        drawn = {**feature_columns(features, rows, 0), "feature_00": lines.table.column("risk")}
        self.as_of: date = lines.as_of
        self._table = lines.table
        for name, values in drawn.items():
            self._table = self._table.append_column(name, values)
        schema = EXAMPLE_KEYS.plus([Column(name, ColumnType.NUMBER, nullable=True) for name in drawn])
        self.ref = DatasetRef("examples", "memory", schema, rows, "content")

    def read(self, table: DatasetRef, columns: Sequence[str] | None = None) -> pa.Table:
        """What the trainer's reader of tables does."""
        assert table == self.ref  # noqa: S101 (there is one table)
        return self._table if columns is None else self._table.select(list(columns))

    def read_lines(self, table: DatasetRef, columns: Sequence[str], line_ids: Collection[str]) -> pa.Table:
        """What the trainer's reader of lines does."""
        wanted = pa.array(sorted(line_ids), pa.string())
        found = self.read(table, list(dict.fromkeys(("line_id", *columns))))
        return found.filter(pc.is_in(found["line_id"], value_set=wanted)).sort_by("line_id")
