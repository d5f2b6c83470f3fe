"""Lakes as a test looks at them after a run: contents by step, and of what was known on a day."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from adapters.arrow.content import batch_digest
from adapters.local.snapshot_store import LocalSnapshotStore
from domain.content import render_content
from domain.days import start_of
from domain.snapshot import Manifest
from tests.processes import answer, returncast


@dataclass(frozen=True)
class RunLake:
    """One run in one lake."""

    lake: Path
    source: str
    as_of: str | None = None

    @property
    def arguments(self) -> tuple[str, ...]:
        """What names the run on the command line."""
        return ("--source", self.source, *(("--as-of", self.as_of) if self.as_of else ()))

    def run(self, **settings: str) -> dict[str, object]:
        """Run the pipeline and return its summary."""
        summary: dict[str, object] = answer(returncast("run", *self.arguments, "--json", lake=self.lake, **settings))
        return summary

    def manifests(self, **settings: str) -> dict[str, Manifest]:
        """The checkpoint of every step, by the settings of the run."""
        steps = answer(returncast("status", *self.arguments, "--json", lake=self.lake, **settings))["steps"]
        store = LocalSnapshotStore(self.lake)
        found = {step["step"]: store.find(step["step"], step["key"]) for step in steps}
        return {name: manifest for name, manifest in found.items() if manifest is not None}


def known_content(manifest: Manifest, table: str, day: date) -> tuple[str, int]:
    """Content and number of a table's rows that were available before `day`."""
    ref = manifest.table(table)
    rows = pq.read_table(ref.uri.removeprefix("file://"), columns=list(ref.schema.names))
    known = rows.filter(pc.less(rows["available_at"], pa.scalar(start_of(day), rows["available_at"].type)))
    digests = [batch_digest(batch, ref.schema) for batch in known.to_batches()]
    return render_content(ref.schema, sum(total for total, _ in digests), sum(n for _, n in digests)), known.num_rows
