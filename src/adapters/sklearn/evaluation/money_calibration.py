"""Calibration in money: the value that was expected back against the value of the lines that came back."""

from collections.abc import Mapping, Sequence

import numpy as np

from adapters.sklearn.columns import Numbers
from adapters.sklearn.evaluation.bootstrap import Metric, interval
from adapters.sklearn.evaluation.judged_rows import JudgedRows
from domain.snapshot import Json


def money_figures(judged: JudgedRows, learner: str, levels: Mapping[str, Sequence[str]]) -> list[dict[str, Json]]:
    """One entry a level of every dimension, and one of all lines.

    `expected` and `realised` are net value in currency, of the units that were expected back and of those that came;
    `ratio` is the first by the second with the bounds of its 95 % interval; null where nothing came back.
    """
    everything: dict[str, Sequence[str]] = {"all": ["all"] * len(judged.outcomes)}
    return [
        {"dimension": dimension, "value": level, **_figures(judged, learner, np.array(of_rows) == level)}
        for dimension, of_rows in {**everything, **levels}.items()
        for level in sorted(set(of_rows))
    ]


def _figures(judged: JudgedRows, learner: str, members: np.ndarray) -> dict[str, Json]:
    units = judged.unit_shares * np.asarray(judged.quantities, np.float64)
    expected = (judged.chances[learner] * units * judged.prices)[members]
    realised = (np.asarray(judged.returned_units, np.float64) * judged.prices)[members]
    found = interval(_ratio(expected, realised), judged.resamples[:, members]) if realised.sum() > 0 else None
    return {
        "lines": int(members.sum()),
        "expected": float(expected.sum()),
        "realised": float(realised.sum()),
        "ratio": None if found is None else found.value,
        "ratio_low": None if found is None else found.low,
        "ratio_high": None if found is None else found.high,
    }


def _ratio(expected: Numbers, realised: Numbers) -> Metric:
    return lambda weights: np.asarray((weights @ expected) / (weights @ realised))
