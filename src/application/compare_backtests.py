"""Two backtests side by side: on the lines that both tested, with the paired interval of their difference."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from application.backtest_history import TABLE
from domain.costs import CostPolicy
from domain.errors import ConfigurationError
from domain.promotion import Comparison
from domain.snapshot import DatasetRef, Json, Manifest
from ports.model_evaluator import ModelEvaluator
from ports.snapshot_store import SnapshotStore
from ports.table_store import Row, TableStore

STEP = "backtest"


@dataclass(frozen=True)
class CompareBacktests:
    """Finds a committed backtest and sets another's predictions against its own."""

    store: SnapshotStore
    tables: TableStore
    evaluator: ModelEvaluator

    def find(self, run: str) -> Manifest:
        """The committed backtest whose key begins so; raises ConfigurationError unless there is exactly one."""
        found = [manifest for manifest in self.store.manifests(STEP) if manifest.key.startswith(run)]
        if len(found) != 1:
            known = ", ".join(sorted(manifest.key[:12] for manifest in self.store.manifests(STEP))) or "none"
            raise ConfigurationError(
                f"{len(found)} backtests of this lake have a key that begins with '{run}'.",
                f"Name one of these: {known}.",
            )
        return found[0]

    def as_json(self, examples: DatasetRef, ours: Sequence[Row], other: Manifest, costs: CostPolicy) -> dict[str, Json]:
        """The comparison as JSON values, with the other backtest's key and the number of lines that both tested."""
        tested = {row["line_id"] for row in self.tables.read(other.table(TABLE), ("line_id",))}
        shared = sum(row["line_id"] in tested for row in ours)
        return {"run": other.key, "lines": shared, **asdict(self(examples, ours, other, costs))}

    def __call__(self, examples: DatasetRef, ours: Sequence[Row], other: Manifest, costs: CostPolicy) -> Comparison:
        """Our predictions as the candidate's, the other backtest's as the champion's.

        Args:
            examples: the labelled lines.
            ours: rows of `domain.predictions.TEST_PREDICTIONS`.
            other: checkpoint of the other backtest.
            costs: what a return costs and what acting does.

        Raises NotEnoughHistoryError when they share no line.
        """
        theirs = list(self.tables.read(other.table(TABLE)))
        return self.evaluator.compare_predictions(examples, ours, theirs, costs)
