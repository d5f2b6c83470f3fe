"""The use cases around matching, examples and scoring, with engines replaced by fakes that say what they were given."""

from datetime import date
from types import MappingProxyType

import pytest

from application.steps.build_examples import BuildExamples
from application.steps.match_returns import MatchReturns
from application.steps.score_batch import ScoreBatch
from domain.costs import CostPolicy
from domain.errors import ConfigurationError, SnapshotError
from domain.labels import LabelPolicy
from domain.model.examples import EXAMPLE_KEYS, LineTables, examples_schema, lag_histogram
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import Attempt, DatasetRef, Json, Manifest, StepResult
from domain.tables import ORDER_LINES
from domain.unit_shares import UnitShares
from ports.batch_scorer import BatchScorer, ScoringModel, ScoringTerms
from ports.example_builder import ExampleBuilder
from ports.progress import Progress
from ports.return_matcher import ReturnMatcher

ATTEMPT = Attempt("step", "key", "attempt", "lake/attempt")
POLICY = LabelPolicy(30)
AS_OF = date(2024, 3, 1)
BALANCED = MappingProxyType({"return_units": 6, "matched_units": 3, "orphan_units": 2, "cancelled_units": 1})


def table(name: str) -> DatasetRef:
    return DatasetRef(name, f"lake/{name}", EXAMPLE_KEYS, 1, "content")


def snapshot(step: str, *names: str) -> Manifest:
    """A checkpoint that holds tables of these names."""
    tables = tuple(table(name) for name in names)
    return Manifest(step, "key", "attempt", "lake", tables, (), {}, {}, (), {}, {}, "code", "2024-03-01T00:00:00Z")


INGESTED = snapshot("ingest", "order_lines", "return_events", "taken_actions")
MATCHED = snapshot("match", "line_returns")
FEATURED = snapshot("features", "features")
TABLES = LineTables(table("order_lines"), table("line_returns"), table("features"))


class CountingMatcher(ReturnMatcher):
    """Claims the counts it was made with."""

    def __init__(self, counts: dict[str, Json]) -> None:
        self.counts = counts

    def match(self, lines: DatasetRef, events: DatasetRef, attempt: Attempt) -> StepResult:
        return StepResult(tables=(lines, events), facts={**self.counts, "written_to": attempt.uri})


class EchoingBuilder(ExampleBuilder):
    """Says what it was asked for."""

    def build(
        self,
        tables: LineTables,
        taken_actions: DatasetRef,
        policy: LabelPolicy,
        as_of: date,
        max_lines: int,
        attempt: Attempt,
    ) -> StepResult:
        return StepResult(facts={"asked": (tables, taken_actions, policy, as_of, max_lines, attempt)})


class EchoingScorer(BatchScorer):
    """Says what it was asked for."""

    def score(
        self, tables: LineTables, model: ScoringModel, terms: ScoringTerms, attempt: Attempt, progress: Progress
    ) -> StepResult:
        progress.report("scoring", 1.0)
        return StepResult(facts={"asked": (tables, model, terms, attempt)}, notes={"kept": True})


class Silence(Progress):
    """Hears and forgets."""

    def report(self, message: str, share: float) -> None:
        pass


def test_matching_reads_the_ingested_lines_and_events() -> None:
    result = MatchReturns(CountingMatcher(dict(BALANCED)))(INGESTED, ATTEMPT)
    assert result.tables == (table("order_lines"), table("return_events"))
    assert result.facts["written_to"] == ATTEMPT.uri


@pytest.mark.parametrize("fate", ["matched", "orphan", "cancelled"])
def test_a_matcher_that_loses_a_unit_is_refused(fate: str) -> None:
    counts = {**BALANCED, f"{fate}_units": BALANCED[f"{fate}_units"] - 1}
    with pytest.raises(SnapshotError, match="6 returned"):
        MatchReturns(CountingMatcher(counts))(INGESTED, ATTEMPT)


def test_examples_are_built_of_lines_returns_features_and_what_was_done_about_lines() -> None:
    result = BuildExamples(EchoingBuilder())(INGESTED, MATCHED, FEATURED, POLICY, AS_OF, 5, ATTEMPT)
    assert result.facts["asked"] == (TABLES, table("taken_actions"), POLICY, AS_OF, 5, ATTEMPT)


def test_a_sample_of_no_line_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="at most 0 lines"):
        BuildExamples(EchoingBuilder())(INGESTED, MATCHED, FEATURED, POLICY, AS_OF, 0, ATTEMPT)


def test_scores_say_which_model_and_learner_made_them() -> None:
    model = ScoringModel({}, "model-1", "features-1", "baseline", unit_shares=UnitShares((0.9, 0.4)))
    result = ScoreBatch(EchoingScorer())(
        INGESTED, MATCHED, FEATURED, model, POLICY, CostPolicy(), AS_OF, ATTEMPT, Silence()
    )
    assert result.facts["asked"] == (TABLES, model, ScoringTerms(AS_OF, POLICY, CostPolicy()), ATTEMPT)
    assert (result.facts["model"], result.facts["learner"]) == ("model-1", "baseline")
    assert result.facts["unit_shares"] == [0.9, 0.4]  # the orders count units by the same
    assert result.notes == {"kept": True}


def test_examples_hold_the_keys_and_then_the_features() -> None:
    features = ORDER_LINES.select(("line_id", "ordered_at", "available_at"))
    schema = examples_schema(features.plus([Column("rate", ColumnType.NUMBER, nullable=True)]))
    assert schema.names == (*EXAMPLE_KEYS.names, "rate")


def test_a_feature_named_like_a_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="quantity"):
        examples_schema(Schema((Column("line_id", ColumnType.TEXT), Column("quantity", ColumnType.NUMBER))))


def test_the_lag_histogram_has_a_count_for_every_day_of_the_window() -> None:
    assert lag_histogram({1: 5, 3: 2}, window_days=4) == [0, 5, 0, 2, 0]
