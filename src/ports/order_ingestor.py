"""From a source's own files to the canonical tables."""

from abc import ABC, abstractmethod

from domain.snapshot import Attempt, StepResult
from domain.source.mapping import SourceMapping
from ports.order_source import SourceFiles


class OrderIngestor(ABC):
    """Maps, types and checks every source row; each has exactly one fate."""

    @abstractmethod
    def ingest(self, mapping: SourceMapping, files: SourceFiles, attempt: Attempt) -> StepResult:
        """Write the tables `order_lines`, `return_events`, `taken_actions` and `quarantine` of the attempt.

        Facts: `rows_in`, `rows_kept`, `rows_set_aside`, `rows_duplicate` (their law holds),
        `set_aside_by_reason`, `cleared_by_reason` (kept rows without an optional moment that could not be true, by
        rule; a row that lost two counts twice), `lines`, `events`, `taken_actions`, `taken_action_rows` (of every
        fate), `return_units` (units of events and of cancellations in the selling row), `first_day`, `last_day` (ISO
        dates of the availability of valid rows of orders and returns), `currency` (the one of all amounts), `absent`
        (optional columns that the source lacks).

        Raises SourceError for a file that cannot be read, MappingError for a column it lacks and for a flag
        that does not explain most of its words.
        """
