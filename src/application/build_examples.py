"""Step examples: labelled lines with their features, as they were known at the start of a day."""

from dataclasses import dataclass
from datetime import date

from domain.errors import ConfigurationError
from domain.examples import LineTables
from domain.labels import LabelPolicy
from domain.snapshot import Attempt, StepResult
from ports.example_builder import ExampleBuilder

DEFAULT_MAX_LINES = 2_000_000


@dataclass(frozen=True)
class BuildExamples:
    """Makes the table `examples`, bounded so that a fit has room for it."""

    builder: ExampleBuilder

    def __call__(
        self,
        tables: LineTables,
        policy: LabelPolicy,
        as_of: date,
        attempt: Attempt,
        max_lines: int = DEFAULT_MAX_LINES,
    ) -> StepResult:
        """Collect what was known before `as_of`; the facts stand at the port.

        Args:
            tables: lines, returns and features.
            policy: which returns count.
            as_of: the day of the run.
            attempt: where the table is written.
            max_lines: bound on the rows, at least 1.
        """
        if max_lines < 1:
            raise ConfigurationError(
                f"A training sample of at most {max_lines} lines holds none.", "Allow at least 1 line."
            )
        return self.builder.build(tables, policy, as_of, max_lines, attempt)
