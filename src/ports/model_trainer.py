"""Fits models to labelled lines."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.labels import LabelPolicy
from domain.model.fits import LineCount
from domain.model.recipe import Recipe
from domain.snapshot import DatasetRef, Json


@dataclass(frozen=True)
class FittedModel:
    """A fitted model as files, with the digest of what it learned.

    `facts`: `rows`, `positives`, `first_day`, `last_day` of the training lines (ISO days or None), `learned_lines`
    (those and open ones that the learners saw: a sample where there are more than the recipe allows), `features`,
    `drifted` (features that moved too far for a slope, with by how many standard deviations), `fitted` (learners
    beside the baseline), `trees` (of the boosting), `degenerate` (why only the baseline could be fitted, or None),
    `lag_law` (share of returns by days from order, cumulative, 0 to the window, among the latest training lines;
    None where no lag is known), `known_law` (likewise by days until they were known), `latest_law` (likewise, of
    the returns that became known in the last weeks where open orders are learned from), `unit_shares` (`by_band` of
    `domain.unit_shares.UnitShares`, of the training lines that came back), `left_behind` (see
    `domain.model.open_chance`, of the training lines), `open_orders` (`lines` and `returned` of the lines with an
    open window that were learned from, `rounds`, and the `reason` where there are none), `rolling_intercept` (by
    learner the shift it carries) and `calibration` (`regime`: slice, blocks or none, `test_from` of the slice,
    `lines`, and by learner the slope that was `found` with its standard `error` (None where too few customers tell
    one), and the `slope` that its logits are stretched by).
    """

    files: Mapping[str, bytes]
    content: str
    facts: Mapping[str, Json]


class ModelTrainer(ABC):
    """Learns from the table `examples`."""

    @abstractmethod
    def count_lines(self, examples: DatasetRef) -> Sequence[LineCount]:
        """Lines by the days of order, of their return becoming known, and of their own becoming known."""

    @abstractmethod
    def fit(
        self,
        examples: DatasetRef,
        recipe: Recipe,
        policy: LabelPolicy,
        fit_at: date,
        features: Sequence[str] | None = None,
        forerunner: Mapping[str, bytes] | None = None,
    ) -> FittedModel:
        """Every learner fitted at `fit_at`: on lines mature then, with labels known before, none cancelled by then.

        Where the recipe says so, lines whose window is open then are learned from as well, by what is known of them.

        Args:
            examples: the labelled lines.
            recipe: how to fit.
            policy: what the label is and when it is final.
            fit_at: the day of the fit.
            features: columns to learn from; None for every feature of the table. The recipe may leave families out.
            forerunner: an earlier fit of the recipe, whose rolling intercept on the day of this fit the model carries.

        Equal rows and recipe give equal `content`. Too few rows, or rows of one class, give a model that
        holds the baseline alone and says so. Raises ModelError when a feature is not in the table.
        """
