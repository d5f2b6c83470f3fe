"""Step match: which line every returned unit came from."""

from dataclasses import dataclass

from domain.matching import check_conservation
from domain.snapshot import Attempt, Manifest, StepResult
from ports.return_matcher import ReturnMatcher


@dataclass(frozen=True)
class MatchReturns:
    """Makes the tables `line_returns` and `orphans`, and holds the matcher to the law of units."""

    matcher: ReturnMatcher

    def __call__(self, ingested: Manifest, attempt: Attempt) -> StepResult:
        """Match what was ingested; the facts stand at the port.

        Args:
            ingested: checkpoint of step ingest.
            attempt: where the tables are written.

        Raises SnapshotError when units were lost or invented.
        """
        result = self.matcher.match(ingested.table("order_lines"), ingested.table("return_events"), attempt)
        check_conservation(
            result.facts["return_units"],
            matched=result.facts["matched_units"],
            orphan=result.facts["orphan_units"],
            cancelled=result.facts["cancelled_units"],
        )
        return result
