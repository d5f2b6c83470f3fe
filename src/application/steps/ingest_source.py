"""Bring a source's own files into the canonical tables."""

from dataclasses import dataclass

from domain.errors import SourceError
from domain.snapshot import Attempt, StepResult
from ports.order_ingestor import OrderIngestor
from ports.order_source import OrderSource


@dataclass(frozen=True)
class IngestSource:
    """Reads a source, and holds the law of rows against what came of it."""

    ingestor: OrderIngestor

    def __call__(self, source: OrderSource, attempt: Attempt) -> StepResult:
        """Write the canonical tables and the rows set aside; tables and facts as the port says.

        Raises SourceError when a file changed meanwhile, since the step's key says what it held before, and when rows
        are lost or made up: rows in must be kept, set aside or duplicates.
        """
        result = self.ingestor.ingest(source.mapping, source.files(), attempt)
        _require_unchanged(source)
        facts = result.facts
        fates = facts["rows_kept"] + facts["rows_set_aside"] + facts["rows_duplicate"]
        if facts["rows_in"] != fates or facts["rows_set_aside"] != sum(facts["set_aside_by_reason"].values()):
            raise SourceError(
                f"Of {facts['rows_in']} source rows {fates} have a fate.",
                "Keep the files and report this: the ingest has lost or made up rows.",
            )
        return result


def _require_unchanged(source: OrderSource) -> None:
    changed = source.changed_files()
    if changed:
        others = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise SourceError(f"The file '{changed[0]}'{others} changed while it was read.", "Run again.")
