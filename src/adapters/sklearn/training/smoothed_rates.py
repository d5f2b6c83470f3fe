"""The baseline: each item's return rate, smoothed towards its category's, that one towards the shop's.

`rate = (returns + m * wider rate) / (lines + m)`, the m-estimate of Cestnik (1990). Kept as JSON.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.sklearn.columns import Numbers, Rows
from domain.errors import ModelError
from domain.model.prior_rate import rate_of
from domain.snapshot import Json


@dataclass(frozen=True)
class SmoothedRates:
    """Rates learned from training rows.

    Args:
        rate: of all training rows; what an unknown item of an unknown category gets.
        categories: rate by category.
        items: rate by item.
    """

    rate: float
    categories: Mapping[str, float]
    items: Mapping[str, float]

    def predict(self, rows: Rows) -> Numbers:
        """The item's rate, else its category's, else the shop's, a value a row."""
        missing = {"item_id", "category"} - set(rows.schema.names)
        if missing:
            raise ModelError(
                f"The rows to predict have no column {' and '.join(sorted(missing))}, which the baseline reads.",
                "Pass item_id and category with the features.",
            )
        by_category = _looked_up(rows.column("category"), self.categories, np.full(rows.num_rows, self.rate))
        return _looked_up(rows.column("item_id"), self.items, by_category)

    def as_json(self) -> dict[str, Json]:
        """The rates by name."""
        return asdict(self)


def fit_smoothed_rates(rows: Rows, returned: Numbers, weights: Numbers, smoothing: float) -> SmoothedRates:
    """The rates of training rows, smoothed by `smoothing` lines' worth of the wider group.

    Args:
        rows: lines with `item_id` and `category`.
        returned: their labels.
        weights: how many lines each stands for; those that came back stand for themselves.
        smoothing: lines' worth of the wider group.
    """
    rate = rate_of(float(returned.sum()), float(weights.sum()))
    prior = np.full(rows.num_rows, rate)
    categories = _rates(rows.column("category"), returned, weights, prior, smoothing)
    prior = _looked_up(rows.column("category"), categories, prior)
    return SmoothedRates(rate, categories, _rates(rows.column("item_id"), returned, weights, prior, smoothing))


def _rates(
    keys: pa.Array | pa.ChunkedArray, returned: Numbers, weights: Numbers, prior: Numbers, smoothing: float
) -> dict[str, float]:
    encoded = _flat(keys).dictionary_encode()
    codes = np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False))
    names, known = encoded.dictionary.to_pylist(), codes >= 0
    rows, lines, returns, priors = (
        np.bincount(codes[known], counted, len(names))
        for counted in (None, weights[known], returned[known], prior[known])
    )
    rates = (returns + smoothing * priors / rows) / (lines + smoothing)
    return dict(sorted(zip(names, rates.tolist(), strict=True)))


def _looked_up(keys: pa.Array | pa.ChunkedArray, rates: Mapping[str, float], otherwise: Numbers) -> Numbers:
    known = pa.array(list(rates), pa.string())
    positions = pc.index_in(_flat(keys).cast(pa.string()), value_set=known, skip_nulls=True)
    found = np.asarray(positions.fill_null(len(known)).to_numpy(zero_copy_only=False))
    values = np.append(np.fromiter(rates.values(), np.float64, len(rates)), np.nan)[found]
    return np.where(found < len(known), values, otherwise)


def _flat(keys: pa.Array | pa.ChunkedArray) -> pa.Array:
    flat = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
    return flat.cast(pa.string())
