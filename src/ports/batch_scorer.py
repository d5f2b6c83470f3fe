"""The chance of every recent line that it comes back, and what to do about it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.costs import CostPolicy
from domain.labels import LabelPolicy
from domain.model.examples import LineTables
from domain.model.open_chance import LEFT_BEHIND
from domain.snapshot import Attempt, StepResult
from domain.unit_shares import UnitShares
from ports.progress import Progress


@dataclass(frozen=True)
class ScoringModel:
    """A model as its files, with what a score says about it.

    Args:
        files: the files of the model's directory by name, their digests already checked.
        content: content digest of the model.
        feature_set: digest of the feature set that the model reads.
        learner: whose probabilities are used; None for the one the model was made for.
        known_law: share of returns by days from order until they were known, cumulative from 0, as of the fit;
            None where the source dates no return.
        unit_shares: share of the units of a line that come back, given that something does, as known at the fit: the
            costs of a score are those of the units expected back.
        left_behind: share of its chance that is left to a line when another of its order has come back, as known at the
            fit; see `domain.model.open_chance`.
    """

    files: Mapping[str, bytes]
    content: str
    feature_set: str
    learner: str | None = None
    known_law: Sequence[float] | None = None
    unit_shares: UnitShares = field(default_factory=UnitShares)
    left_behind: float = LEFT_BEHIND


@dataclass(frozen=True)
class ScoringTerms:
    """What a score means.

    Args:
        as_of: nothing available on this day or later is used.
        policy: the window, and how long a return takes to be recorded.
        costs: what a return costs and what acting does.
    """

    as_of: date
    policy: LabelPolicy
    costs: CostPolicy


class BatchScorer(ABC):
    """Scores the lines that are still in their window."""

    @abstractmethod
    def score(
        self, tables: LineTables, model: ScoringModel, terms: ScoringTerms, attempt: Attempt, progress: Progress
    ) -> StepResult:
        """Write the table `scores`: one row a product line ordered in the window before `as_of`, less those cancelled.

        Args:
            tables: lines, returns and features.
            model: what gives the probabilities.
            terms: the day, the label and the costs.
            attempt: where the table is written.
            progress: told what is being done.

        Facts: `lines` (rows), `open_lines`, `returned_lines`, `advised_lines`, `expected_returned_lines` (sum of `p`).

        Raises ModelError when the model cannot be loaded, lacks a feature or gives what is no probability.
        """
