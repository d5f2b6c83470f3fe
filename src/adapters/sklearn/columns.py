"""Feature columns of an Arrow batch as numbers: the one encoding that fitting and predicting share.

A NUMBER column becomes float64 with NaN for null and for anything not finite. A TEXT column becomes
the rank of its level among those frequent in training; rare and unknown levels share the rank after
the last, null is NaN.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.errors import ModelError

Numbers: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Rows: TypeAlias = pa.Table | pa.RecordBatch
Levels: TypeAlias = Mapping[str, Sequence[str]]

MIN_LEVEL_ROWS = 50
MAX_LEVELS = 50


def frequent_levels(rows: Rows, features: Sequence[str]) -> dict[str, list[str]]:
    """For each TEXT feature its levels with at least 50 rows, the 50 most frequent at most, in alphabetical order."""
    levels = {}
    for name in features:
        column = _column(rows, name)
        if is_text(column.type):
            counts = Counter(value for value in column.to_pylist() if value is not None)
            ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MAX_LEVELS]
            levels[name] = sorted(level for level, count in ranked if count >= MIN_LEVEL_ROWS)
    return levels


def encode_column(rows: Rows, name: str, levels: Levels) -> Numbers:
    """One feature as float64, a value a row; raises ModelError when the batch lacks it or holds another type."""
    column = _column(rows, name)
    if is_text(column.type) != (name in levels):
        raise ModelError(
            f"The feature '{name}' comes as {column.type}, which is not what the model was fitted on.",
            "Score with the feature set that the model was trained with.",
        )
    if name in levels:
        known = pa.array(list(levels[name]), pa.string())
        ranks = _floats(pc.index_in(column.cast(pa.string()), value_set=known, skip_nulls=True))
        other = np.isnan(ranks) & np.asarray(pc.is_valid(column), bool)
        return np.where(other, float(len(known)), ranks)
    values = _floats(column)
    return np.where(np.isfinite(values), values, np.nan)


def encode_matrix(rows: Rows, features: Sequence[str], levels: Levels) -> Numbers:
    """All features as a float64 matrix, a row a line, in the given order."""
    matrix = np.empty((rows.num_rows, len(features)), np.float64)
    for position, name in enumerate(features):
        matrix[:, position] = encode_column(rows, name, levels)
    return matrix


def is_text(kind: pa.DataType) -> bool:
    """Whether an Arrow type holds TEXT."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _column(rows: Rows, name: str) -> pa.Array | pa.ChunkedArray:
    if name not in rows.schema.names:
        raise ModelError(
            f"The rows to predict have no column '{name}', which the model reads.",
            "Score with the feature set that the model was trained with.",
        )
    return rows.column(name)


def _floats(column: pa.Array | pa.ChunkedArray) -> Numbers:
    values = column.cast(pa.float64()).fill_null(float("nan"))
    return np.asarray(values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy())
