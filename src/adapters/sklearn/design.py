"""The columns that the logistic regression sees: skewed ones on a log scale, standardised, clipped, with flags.

The parameters of every column are plain numbers, kept as JSON beside the estimator, so that a saved
model holds no class of ours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from adapters.sklearn.columns import Levels, Numbers
from domain.snapshot import Json

SKEWED = 2.0  # absolute skewness from which a column is taken on a log scale
CLIP = 5.0  # standard deviations


@dataclass(frozen=True)
class DesignColumn:
    """One column of the design: a standardised number, or a flag for a missing value or a level.

    Args:
        feature: position of the feature in the matrix of encoded features.
        kind: `number`, `missing` or `level`.
        logged: whether the number is taken as sign(x) * log(1 + |x|).
        mean: subtracted from the number.
        scale: standard deviation that divides it.
        level: rank of the level whose presence the flag tells.
    """

    feature: int
    kind: str
    logged: bool = False
    mean: float = 0.0
    scale: float = 1.0
    level: int = 0

    def values(self, raw: Numbers) -> Numbers:
        """The column for encoded values of its feature, a value a row, never NaN."""
        if self.kind == "missing":
            return np.asarray(np.isnan(raw), np.float64)
        if self.kind == "level":
            return np.asarray(raw == self.level, np.float64)
        scaled = (_signed_log(raw) if self.logged else raw) - self.mean
        return np.nan_to_num(np.clip(scaled / self.scale, -CLIP, CLIP), nan=0.0)

    def as_json(self) -> dict[str, Json]:
        """The parameters by name."""
        return asdict(self)


def fit_design(encoded: Numbers, features: Sequence[str], levels: Levels) -> tuple[DesignColumn, ...]:
    """The design learned from the encoded training rows; a column that never varies is left out."""
    return tuple(
        column
        for position, name in enumerate(features)
        for column in _columns_of(encoded[:, position], position, levels.get(name))
    )


def design_matrix(design: Sequence[DesignColumn], encoded: Numbers, rows: np.ndarray) -> Numbers:
    """The design's columns side by side for some rows of a matrix; one may stand there twice."""
    matrix = np.empty((len(rows), len(design)), np.float64)
    for position, column in enumerate(design):
        matrix[:, position] = column.values(encoded[rows, column.feature])
    return matrix


def linear_logit(design: Sequence[DesignColumn], weights: Numbers, intercept: float, encoded: Numbers) -> Numbers:
    """The linear predictor, summed column by column, so that a row's value is the same in a batch of any size."""
    total = np.full(encoded.shape[0], intercept)
    for column, weight in zip(design, weights, strict=True):
        total += column.values(encoded[:, column.feature]) * weight
    return total


def _columns_of(raw: Numbers, position: int, levels: Sequence[str] | None) -> Iterator[DesignColumn]:
    missing = np.isnan(raw)
    if 0 < missing.sum() < len(raw):
        yield DesignColumn(position, "missing")
    if levels is not None:
        ranks = range(len(levels) + 1)  # the last stands for rare and unknown levels
        yield from (DesignColumn(position, "level", level=rank) for rank in ranks if _varies(raw == rank))
    else:
        yield from _number_column(raw[~missing], position)


def _number_column(present: Numbers, position: int) -> Iterator[DesignColumn]:
    if present.size == 0 or present.min() == present.max():
        return
    logged = abs(_skewness(present)) > SKEWED
    scale_on = _signed_log(present) if logged else present
    yield DesignColumn(position, "number", logged, float(scale_on.mean()), float(scale_on.std()))


def _varies(flag: np.ndarray) -> bool:
    return bool(flag.any() and not flag.all())


def _skewness(values: Numbers) -> float:
    spread = values.std()
    if not spread > 0:
        return 0.0
    standardised = (values - values.mean()) / spread
    return float((standardised * standardised * standardised).mean())  # a power takes ten times as long


def _signed_log(values: Numbers) -> Numbers:
    return np.sign(values) * np.log1p(np.abs(values))
