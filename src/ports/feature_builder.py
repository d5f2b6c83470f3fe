"""The features of every line, as they stood when it was ordered."""

from abc import ABC, abstractmethod

from domain.features.feature import FeatureSet
from domain.snapshot import Attempt, DatasetRef


class FeatureBuilder(ABC):
    """Gives a feature set its values over canonical tables."""

    @abstractmethod
    def build(
        self, feature_set: FeatureSet, lines: DatasetRef, line_returns: DatasetRef, attempt: Attempt
    ) -> DatasetRef:
        """Write the table `features`: one row a product line.

        Columns: `line_id`, `ordered_at`, `available_at`, then one a feature.
        """
