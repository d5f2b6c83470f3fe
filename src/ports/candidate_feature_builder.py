"""The features of lines that nobody has bought yet, as they would stand if they were bought on a day."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date

from domain.features.feature import FeatureSet
from domain.snapshot import Attempt, DatasetRef


@dataclass(frozen=True)
class History:
    """What a shop has seen.

    Args:
        lines: canonical order lines.
        line_returns: what came of them.
        day: only what was available before its start, UTC, is used.
    """

    lines: DatasetRef
    line_returns: DatasetRef
    day: date


class CandidateFeatureBuilder(ABC):
    """Gives a feature set its values for candidates, each beside the shop's history."""

    @abstractmethod
    def build(self, feature_set: FeatureSet, history: History, candidates: DatasetRef, attempt: Attempt) -> DatasetRef:
        """Write the table `features`: one row a candidate, its values those of a line bought that day.

        Args:
            feature_set: what to compute.
            history: the shop's lines and returns.
            candidates: product lines with the schema of the history's, ordered on the day, each in an order of its
                own; no `line_id` or `order_id` is one of the history's.
            attempt: where the table is written.

        Columns: `line_id`, `ordered_at`, `available_at`, then one a feature. Candidates do not see one another.
        """
