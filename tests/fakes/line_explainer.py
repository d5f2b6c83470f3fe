"""An explainer of a model whose logit is the sum of the numbers of a line's features; it passes the adapter's suite."""

import math
from collections.abc import Collection, Mapping, Sequence

from domain.content import Cell
from domain.model.explanations import Explanation
from domain.snapshot import DatasetRef
from ports.batch_scorer import ScoringModel
from ports.line_explainer import LineExplainer


class SummingExplainer(LineExplainer):
    """Explains rows in memory.

    Args:
        rows: the features by line.
        names: the features that count.
    """

    def __init__(self, rows: Mapping[str, Mapping[str, Cell]], names: Sequence[str]) -> None:
        self._rows = rows
        self._names = names

    def explain(
        self, model: ScoringModel, features: DatasetRef, line_ids: Collection[str], average_of: Collection[str]
    ) -> Mapping[str, Explanation] | None:
        """Each feature's number against its mean over the average lines; None for the baseline."""
        if model.learner == "baseline":
            return None
        means = {name: self._mean(name, average_of) for name in self._names}
        start = math.fsum(means.values())
        return {line: self._explained(line, start, means) for line in sorted(line_ids) if line in self._rows}

    def logit(self, line_id: str) -> float:
        """What the model says of a line."""
        return math.fsum(_number(self._rows[line_id][name]) for name in self._names)

    def _mean(self, name: str, lines: Collection[str]) -> float:
        values = [_number(self._rows[line][name]) for line in lines if line in self._rows]
        return math.fsum(values) / len(values) if values else 0.0

    def _explained(self, line_id: str, start: float, means: Mapping[str, float]) -> Explanation:
        values = {name: self._rows[line_id][name] for name in self._names}
        return Explanation(start, {name: _number(values[name]) - means[name] for name in self._names}, values)


def _number(value: Cell) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
