"""Which line a returned unit belongs to."""

from abc import ABC, abstractmethod

from domain.snapshot import Attempt, DatasetRef, StepResult


class ReturnMatcher(ABC):
    """Causal matching with conserved quantity, as `domain.matching` defines it."""

    @abstractmethod
    def match(self, lines: DatasetRef, events: DatasetRef, attempt: Attempt) -> StepResult:
        """Write the tables `line_returns` and `orphans` of the attempt.

        Facts: `return_units`, `matched_units`, `orphan_units`, `cancelled_units` (their law holds),
        `events`, `matched_events` (those with at least one unit matched), `recording_lag_days` (of the rows of
        `line_returns` that are matched and have a day, from that day to the one on which they were known, as
        `domain.source.recording_lag` takes it; None without one), `orphan_units_by_month`, `cancelled_lines`.
        """
