"""What monitoring found run after run: the committed measures of a shop as one series by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain import cells
from domain.errors import SnapshotError
from domain.monitoring.measures import Measure
from domain.snapshot import Json, Manifest
from ports.snapshot_store import SnapshotStore
from ports.table_store import Row, TableStore

MONITOR = "monitor"


@dataclass(frozen=True)
class WatchedDay:
    """The measures of one run, by name."""

    as_of: date
    measures: Mapping[str, Row]

    @property
    def alerts(self) -> list[Row]:
        """The measures that raise an alert, by name."""
        return [row for _, row in sorted(self.measures.items()) if row["alert"]]

    @property
    def shifted(self) -> list[Row]:
        """The measures that crossed their thresholds and only explain, by name."""
        return [row for _, row in sorted(self.measures.items()) if row["crossed"] and not row["alert"]]

    def with_measure(self, measure: Measure) -> "WatchedDay":
        """The same day with one more measure, which was made when it was looked at."""
        return WatchedDay(self.as_of, {**self.measures, measure.name: measure.row(self.as_of)})


@dataclass(frozen=True)
class WatchRuns:
    """Reads the series from the lake's committed snapshots; nothing of it is kept elsewhere."""

    store: SnapshotStore
    tables: TableStore

    def __call__(self, shop: str, current: Manifest, days: int) -> list[WatchedDay]:
        """The shop's runs up to the current one, oldest first; of several runs of a day the one committed last.

        Args:
            shop: the source's name.
            current: checkpoint of step monitor of the run that is looked at.
            days: runs at most, the latest ones.
        """
        until = _day(current)
        by_day: dict[date, Manifest] = {}
        for manifest in sorted(self.store.manifests(MONITOR), key=lambda made: made.committed_at):
            if manifest.facts.get("shop") == shop and _day(manifest) < until:
                by_day[_day(manifest)] = manifest
        earlier = [by_day[day] for day in sorted(by_day)][-days + 1 :] if days > 1 else []
        return [self._watched(manifest) for manifest in (*earlier, current)]

    def latest(self, ingested: str, asked: Mapping[str, Json], after: date, until: date) -> Manifest | None:
        """The checkpoint of step monitor of the latest day after one; None where there is none.

        Args:
            ingested: key of step ingest over the source as it is now; runs with another speak of an older source.
            asked: parameters of the step but its day, as the settings are now.
            after: the day of a run over the source as it is now.
            until: the last day that a run can be of.
        """
        made = [
            manifest
            for manifest in self.store.manifests(MONITOR)
            if manifest.inputs.get("ingest") == ingested
            and after < _day(manifest) <= until
            and _asked(manifest) == asked
        ]
        return max(made, key=lambda manifest: (_day(manifest), manifest.committed_at), default=None)

    def _watched(self, manifest: Manifest) -> WatchedDay:
        rows = self.tables.read(manifest.table("monitoring"))
        return WatchedDay(_day(manifest), {cells.text(row, "measure"): row for row in rows})


def series_of(history: Sequence[WatchedDay], measure: str) -> list[tuple[date, float]]:
    """A measure's figures by day, days without one left out; raises SnapshotError where no run has it."""
    found = [(day.as_of, day.measures[measure]["value"]) for day in history if measure in day.measures]
    if not found:
        known = sorted({name for day in history for name in day.measures})
        raise SnapshotError(f"No run has a measure '{measure}'.", f"Choose one of {', '.join(known)}.")
    return [(day, float(value)) for day, value in found if isinstance(value, int | float)]


def _day(manifest: Manifest) -> date:
    return date.fromisoformat(str(manifest.parameters["as_of"]))


def _asked(manifest: Manifest) -> dict[str, Json]:
    return {name: value for name, value in manifest.parameters.items() if name != "as_of"}
