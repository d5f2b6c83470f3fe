"""Says why a model gives single lines their chances."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping

from domain.model.explanations import Explanation
from domain.snapshot import DatasetRef
from ports.batch_scorer import ScoringModel


class LineExplainer(ABC):
    """Takes the logit of a chance apart, exactly."""

    @abstractmethod
    def explain(
        self, model: ScoringModel, features: DatasetRef, line_ids: Collection[str], average_of: Collection[str]
    ) -> Mapping[str, Explanation] | None:
        """An explanation a line, whose start and parts add up to the logit of the model's chance.

        Args:
            model: the model that scored; its learner's chances are explained.
            features: the table `features`, which holds the lines.
            line_ids: the lines, few enough for memory.
            average_of: the lines whose mean a linear model's parts are told against, few enough for memory.

        None where the model's learner is the baseline, whose rates of item and category are no sum of parts.
        """
