"""The chances of candidates: features as of the day by the rules of a run, then the model and its baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from application.run.pipeline import Pipeline
from application.steps.source_features import features_of_source
from domain import cells
from domain.cells import Row
from domain.features.feature import FeatureSet
from domain.model.examples import LineTables
from domain.model.recipe import BASELINE
from domain.recommendation.candidate_report import Chances
from domain.snapshot import Attempt
from ports.batch_scorer import BatchScorer, ScoringModel, ScoringTerms
from ports.candidate_feature_builder import CandidateFeatureBuilder, History
from ports.progress import Progress
from ports.table_store import TableStore

ONE_DAY = timedelta(days=1)


def features_of(run: Pipeline) -> FeatureSet:
    """The features that the run's step of that name makes; its orders must have been read."""
    return features_of_source(run.require("ingest"), run.source.mapping.exposure_law())


@dataclass(frozen=True)
class FindCandidateChances:
    """Scores lines that nobody has bought yet.

    Args:
        tables: small tables in the lake.
        builder: gives them their features.
        scorer: gives them a chance.
    """

    tables: TableStore
    builder: CandidateFeatureBuilder
    scorer: BatchScorer

    def __call__(
        self, run: Pipeline, lines: Sequence[Row], model: ScoringModel, attempt: Attempt, progress: Progress
    ) -> Mapping[str, Chances]:
        """The chances of every line, by `line_id`; no engine starts when there is none.

        Args:
            run: the source, the day and the label.
            lines: canonical order lines placed on the day.
            model: gives the chance, and its baseline the other.
            attempt: where lines, features and scores are written.
            progress: told what is being done.
        """
        if not lines:
            return {}
        ordered = run.require("ingest").table("order_lines")
        history = History(ordered, run.require("match").table("line_returns"), run.known_as_of())
        placed = self.tables.write(attempt, "order_lines", ordered.schema, lines)
        progress.report(f"Building the features of {placed.rows} candidates beside {ordered.rows} lines", 0.1)
        features = self.builder.build(features_of(run), history, placed, attempt)
        tables = LineTables(placed, history.line_returns, features)
        progress.report("Scoring them by the champion", 0.7)
        p = self._scores(run, tables, model, attempt)
        progress.report("Scoring them by the smoothed rates alone", 0.9)
        by_rates = self._scores(run, tables, replace(model, learner=BASELINE), _within(attempt, BASELINE))
        return {line_id: Chances(chance, by_rates[line_id]) for line_id, chance in p.items()}

    def _scores(self, run: Pipeline, tables: LineTables, model: ScoringModel, attempt: Attempt) -> dict[str, float]:
        # A scorer looks at the lines known before a day: of the day's own it knows when the day is over.
        policy = run.request.label_policy(run.source.mapping)
        terms = ScoringTerms(run.known_as_of() + ONE_DAY, policy, run.request.costs)
        (scores,) = self.scorer.score(tables, model, terms, attempt, _Untold()).tables
        rows = self.tables.read(scores, ("line_id", "p"))
        return {cells.text(row, "line_id"): cells.number(row, "p") for row in rows}


class _Untold(Progress):
    """What a scorer says of days and windows would be said of lines that nobody has bought."""

    def report(self, message: str, share: float) -> None:
        """Say nothing."""


def _within(attempt: Attempt, name: str) -> Attempt:
    """The same attempt, its tables in a directory of their own."""
    return replace(attempt, uri=attempt.location(name))
