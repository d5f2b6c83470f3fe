"""The calibrator of a fit, on the predictions that the length of history allows; see `domain.model.calibration`."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Numbers, encode_matrix
from adapters.sklearn.logits import Stretch
from adapters.sklearn.prediction.predictor import FITTED, Predictor, plain_logits
from adapters.sklearn.training.fitting import Round
from adapters.sklearn.training.rolling_intercept import RollingIntercept
from adapters.sklearn.training.slopes import TriedSlope, tried_slope
from adapters.sklearn.training.training_set import TrainingSet
from domain.model.calibration import BLOCKS, CalibrationPlan, Regime
from domain.model.recipe import Recipe
from domain.snapshot import Json

NO_PLAN = CalibrationPlan(Regime.NONE)


@dataclass(frozen=True)
class Calibrated:
    """What was tried on a fit, by learner; nothing where history is too short or the recipe tries nothing.

    Args:
        plan: where the predictions came from.
        lines: how many there were.
        tried: what became of each learner's slope.
    """

    plan: CalibrationPlan
    lines: int = 0
    tried: Mapping[str, TriedSlope] = field(default_factory=dict)

    @property
    def stretches(self) -> dict[str, Stretch]:
        """By learner its calibrator; none where that would change nothing."""
        return {name: tried.stretch for name, tried in self.tried.items() if tried.stretch != Stretch()}

    def as_json(self) -> dict[str, Json]:
        """`regime`, `test_from`, `lines`, and by learner `found`, `error` and `slope`; see `FittedModel`."""
        first = None if self.plan.test is None else self.plan.test.first.isoformat()
        slopes = {
            name: {
                "found": round(tried.found, 6),
                "error": None if tried.error is None else round(tried.error, 6),
                "slope": round(tried.stretch.slope, 6),
            }
            for name, tried in self.tried.items()
        }
        return {"regime": self.plan.regime.value, "test_from": first, "lines": self.lines, "learners": slopes}


def calibrated_on_slice(
    plan: CalibrationPlan, earlier: Predictor, rolling: RollingIntercept, rows: pa.Table, returned: Numbers
) -> Calibrated:
    """Slopes fitted on the test of an earlier origin; none where that fit is the baseline alone, which has no logits.

    Args:
        plan: the test's days.
        earlier: the fit at that origin, without a calibrator of its own.
        rolling: its intercepts.
        rows: the test lines with their features.
        returned: their labels.
    """
    if earlier.estimators is None:
        return Calibrated(NO_PLAN)
    moved = rolling.of_rows(rows)
    logits = earlier.logits(encode_matrix(rows, earlier.features, earlier.levels))
    shifted = {name: logit + moved.get(name, 0.0) for name, logit in logits.items()}
    return Calibrated(plan, rows.num_rows, _tried(shifted, returned, _customers(rows)))


def calibrated_on_blocks(plan: CalibrationPlan, recipe: Recipe, known: TrainingSet, last: Round) -> Calibrated:
    """Slopes fitted on the mature lines, each predicted by the last round as it is without its block of customers.

    None where a block lacks lines of a class, as where a handful of customers bought everything.
    """
    mature = _customers(known.rows)
    if not _has_both_classes_in_every_block(mature, known.returned):
        return Calibrated(NO_PLAN)
    every = mature if known.open is None else np.concatenate([mature, _customers(known.open.rows)])
    unseen = {name: np.empty(len(mature)) for name in FITTED}
    for block in range(BLOCKS):
        within = np.flatnonzero(mature % BLOCKS == block)
        logits = plain_logits(last.without(recipe, every % BLOCKS == block), last.matrix.encoded[within])
        for name in FITTED:
            unseen[name][within] = logits[name]
    return Calibrated(plan, len(mature), _tried(unseen, known.returned, mature))


def _has_both_classes_in_every_block(customers: np.ndarray, returned: Numbers) -> bool:
    """Then what is left without a block has both as well, as a fit needs."""
    return all(len(np.unique(customers[returned == label] % BLOCKS)) == BLOCKS for label in (0, 1))


def _tried(logits: Mapping[str, Numbers], returned: Numbers, customers: np.ndarray) -> dict[str, TriedSlope]:
    return {name: tried_slope(logits[name], returned, customers) for name in FITTED}


def _customers(rows: pa.Table) -> np.ndarray:
    """A number a row that tells its customer, of a guest the order."""
    pairs = zip(rows.column("customer_id").to_pylist(), rows.column("order_id").to_pylist(), strict=True)
    return np.array([_number(customer, order) for customer, order in pairs], np.int64)


def _number(customer: str | None, order: str) -> int:
    """The same in every table; of an order not that of a customer who is called as it is."""
    return zlib.crc32((f"order\0{order}" if customer is None else customer).encode())
