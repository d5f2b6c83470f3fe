"""Build the features of every product line, as of its order."""

from dataclasses import dataclass

from application.steps.source_features import features_of_source
from domain.labels import LagLaw
from domain.snapshot import Attempt, Manifest, StepResult
from ports.feature_builder import FeatureBuilder


@dataclass(frozen=True)
class BuildFeatures:
    """Gives the catalogue's features their values over a source's canonical tables."""

    builder: FeatureBuilder

    def __call__(self, ingested: Manifest, matched: Manifest, lag_law: LagLaw, attempt: Attempt) -> StepResult:
        """Write the table `features`, one row a product line.

        Facts: `features` (names in order), `rules` (feature -> digest of how it is made), `left_out` (feature ->
        columns that the source lacks), `lag_law` (pairs of age in days and share returned by then).
        """
        lines = ingested.table("order_lines")
        feature_set = features_of_source(ingested, lag_law)
        table = self.builder.build(feature_set, lines, matched.table("line_returns"), attempt)
        facts = {
            "features": list(feature_set.names),
            "rules": feature_set.rules,
            "left_out": {omission.feature: list(omission.lacking) for omission in feature_set.omitted},
            "lag_law": [list(step) for step in lag_law.steps],
        }
        return StepResult(tables=(table,), facts=facts)
