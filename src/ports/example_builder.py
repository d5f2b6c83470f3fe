"""The labelled lines that models learn from and are judged on."""

from abc import ABC, abstractmethod
from datetime import date

from domain.labels import LabelPolicy
from domain.model.examples import LineTables
from domain.snapshot import Attempt, DatasetRef, StepResult


class ExampleBuilder(ABC):
    """Collects the lines known by a day with their features and what was known of their returns."""

    @abstractmethod
    def build(
        self,
        tables: LineTables,
        taken_actions: DatasetRef,
        policy: LabelPolicy,
        as_of: date,
        max_lines: int,
        attempt: Attempt,
    ) -> StepResult:
        """Write the table `examples`: one row a product line known and ordered before `as_of`.

        Lines cancelled by then are in it with the day on which that was known: a fit made before that day does not
        know it, and one made later must leave them out. Lines that something was done about before they were known to
        come back are in it with the first action's days.

        Args:
            tables: lines, returns and features.
            taken_actions: what the shop did about lines.
            policy: which returns count and when a label is final.
            as_of: nothing available on this day or later is used.
            max_lines: bound on the rows; beyond it the lines of whole buyers (a guest's order), drawn by hash. A buyer
                with more than a twentieth of it is drawn by order or line.
            attempt: where the table is written.

        Facts: `cancelled` (rows of cancelled lines) and, of all others, `lines`, `positives` (with a known return in
        the window), `acted_lines` (with an action's day), `mature_lines`, `mature_positives` (final at `as_of`),
        `lag_histogram` (mature lines by the days from order to their first known return, a count for each of 0 to the
        window).

        Raises SnapshotError when the features are not one row a product line.
        """
