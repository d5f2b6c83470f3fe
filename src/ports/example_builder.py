"""The labelled lines that models learn from and are judged on."""

from abc import ABC, abstractmethod
from datetime import date

from domain.examples import LineTables
from domain.labels import LabelPolicy
from domain.snapshot import Attempt, StepResult


class ExampleBuilder(ABC):
    """Collects the lines known by a day with their features and what was known of their returns."""

    @abstractmethod
    def build(
        self, tables: LineTables, policy: LabelPolicy, as_of: date, max_lines: int, attempt: Attempt
    ) -> StepResult:
        """Write the table `examples`: one row a product line known and ordered before `as_of`, less those cancelled.

        Args:
            tables: lines, returns and features.
            policy: which returns count and when a label is final.
            as_of: nothing available on this day or later is used.
            max_lines: bound on the rows; beyond it a sample by the hash of `line_id`.
            attempt: where the table is written.

        Facts: `lines` (rows), `positives` (of them with a known return in the window), `mature_lines`,
        `mature_positives` (final at `as_of`), `cancelled` (lines left out as cancelled), `lag_histogram` (mature
        lines by the days from order to their first known return, a count for each of 0 to the window).

        Raises SnapshotError when the features are not one row a product line.
        """
