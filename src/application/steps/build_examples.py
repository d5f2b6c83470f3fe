"""Step examples: labelled lines with their features, as they were known at the start of a day."""

from dataclasses import dataclass
from datetime import date

from domain.errors import ConfigurationError
from domain.labels import LabelPolicy
from domain.model.examples import LineTables
from domain.snapshot import Attempt, Manifest, StepResult
from ports.example_builder import ExampleBuilder


@dataclass(frozen=True)
class BuildExamples:
    """Makes the table `examples`, bounded so that a fit has room for it."""

    builder: ExampleBuilder

    def __call__(
        self,
        ingested: Manifest,
        matched: Manifest,
        featured: Manifest,
        policy: LabelPolicy,
        as_of: date,
        max_lines: int,
        attempt: Attempt,
    ) -> StepResult:
        """Collect what was known before `as_of`; the facts stand at the port.

        Args:
            ingested: checkpoint of step ingest.
            matched: checkpoint of step match.
            featured: checkpoint of step features.
            policy: which returns count.
            as_of: the day of the run.
            max_lines: bound on the rows, at least 1.
            attempt: where the table is written.
        """
        if max_lines < 1:
            raise ConfigurationError(
                f"A training sample of at most {max_lines} lines holds none.", "Allow at least 1 line."
            )
        tables = LineTables.of(ingested, matched, featured)
        return self.builder.build(tables, ingested.table("taken_actions"), policy, as_of, max_lines, attempt)
