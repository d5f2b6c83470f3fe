"""The rows of a trial with what a model said about them: the one value that every metric is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Numbers
from adapters.sklearn.evaluation.bootstrap import Weights, customer_codes, customer_resamples
from domain.actions.realised_cost import realised_cost
from domain.costs import CostPolicy


@dataclass(frozen=True)
class JudgedRows:
    """Test lines in the order of `line_id` with every learner's chances.

    Args:
        rows: the lines with their columns of the examples table.
        unit_shares: of every line the share of its units that the fit expects back, given that something comes.
        outcomes: 1.0 where the line came back, else 0.0.
        chances: by learner, a value a row.
        costs: what a return costs and what acting does.
    """

    rows: pa.Table
    unit_shares: Numbers
    outcomes: Numbers
    chances: Mapping[str, Numbers]
    costs: CostPolicy

    @cached_property
    def resamples(self) -> Weights:
        """Multiplicities of the rows in every resample of the customers."""
        return customer_resamples(self._codes)

    @property
    def customers(self) -> int:
        """How many customers are resampled, a guest's order counting as one."""
        return len(np.unique(self._codes))

    @cached_property
    def _codes(self) -> np.ndarray:
        return customer_codes(self.rows.column("customer_id").to_pylist(), self.rows.column("order_id").to_pylist())

    @cached_property
    def quantities(self) -> list[int]:
        """Units of every line."""
        return list(self.rows.column("quantity").to_pylist())

    @cached_property
    def prices(self) -> Numbers:
        """Net value of one unit of every line, in currency."""
        values = np.asarray(self.rows.column("net_value").cast(pa.float64()).to_numpy())
        return np.asarray(values / np.asarray(self.quantities, np.float64))

    @cached_property
    def returned_units(self) -> list[int]:
        """Units of every line that came back; 0 where no return counts."""
        came = zip(self.outcomes.tolist(), self.rows.column("returned_quantity").to_pylist(), strict=True)
        return [units if returned == 1 else 0 for returned, units in came]

    def realised_costs(self, p: Numbers) -> Numbers:
        """What every line cost when the cost policy acted on these chances, in currency."""
        of_unit = (p * self.unit_shares).tolist()
        lines = zip(of_unit, self.returned_units, self.prices.tolist(), self.quantities, strict=True)
        return np.array([realised_cost(self.costs, chance, back, price, n) for chance, back, price, n in lines])
