"""Match every returned unit to the line it came from."""

from dataclasses import dataclass

from domain.matching import check_conservation
from domain.snapshot import Attempt, Manifest, StepResult
from ports.return_matcher import ReturnMatcher


@dataclass(frozen=True)
class MatchReturns:
    """Makes the tables `line_returns` and `orphans`, and holds the matcher to the law of units."""

    matcher: ReturnMatcher

    def __call__(self, ingested: Manifest, attempt: Attempt) -> StepResult:
        """Match what was ingested; raises SnapshotError when units were lost or invented.

        Args:
            ingested: the checkpoint with `order_lines` and `return_events`.
            attempt: where the tables are written.
        """
        result = self.matcher.match(ingested.table("order_lines"), ingested.table("return_events"), attempt)
        facts = result.facts
        check_conservation(
            facts["return_units"],
            matched=facts["matched_units"],
            orphan=facts["orphan_units"],
            cancelled=facts["cancelled_units"],
        )
        return result
