"""The use case of ingest: what the adapter says is held against the law of rows."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.local.order_files import LocalOrderSource
from application.steps.ingest_source import IngestSource
from domain.errors import SourceError
from domain.snapshot import Attempt, Json, StepResult
from domain.source.mapping import SourceMapping
from ports.order_ingestor import OrderIngestor
from ports.order_source import SourceFiles

BUNDLED = LocalOrderSource(Path("data/product_sales_returns/mapping.toml"))
ATTEMPT = Attempt("ingest", "key", "1", "nowhere")
LAWFUL = {
    "rows_in": 5,
    "rows_kept": 3,
    "rows_set_aside": 1,
    "rows_duplicate": 1,
    "set_aside_by_reason": {"quantity_zero": 1},
}


@dataclass(frozen=True)
class CountedIngestor(OrderIngestor):
    """Says the same figures of any source."""

    facts: dict[str, Json]

    def ingest(self, mapping: SourceMapping, files: SourceFiles, attempt: Attempt) -> StepResult:
        assert files.orders[0].endswith("order_dataset.csv.gz")
        return StepResult(facts=self.facts, notes={"shop": mapping.name, "attempt": attempt.id})


def test_rows_that_all_have_a_fate_pass() -> None:
    result = IngestSource(CountedIngestor(LAWFUL))(BUNDLED, ATTEMPT)
    assert result.facts == LAWFUL
    assert result.notes == {"shop": "product-sales-returns", "attempt": "1"}


@pytest.mark.parametrize("change", [{"rows_kept": 2}, {"rows_in": 6}, {"set_aside_by_reason": {}}])
def test_rows_lost_or_made_up_stop_the_run(change: dict[str, Json]) -> None:
    with pytest.raises(SourceError, match="have a fate"):
        IngestSource(CountedIngestor({**LAWFUL, **change}))(BUNDLED, ATTEMPT)


@dataclass(frozen=True)
class Interrupted(CountedIngestor):
    """Has the file rewritten under its hands."""

    def ingest(self, mapping: SourceMapping, files: SourceFiles, attempt: Attempt) -> StepResult:
        Path(files.orders[0]).write_bytes(b"another day")
        return super().ingest(mapping, files, attempt)


@pytest.mark.parametrize("facts", [LAWFUL, {**LAWFUL, "rows_in": 6}])
def test_a_file_that_changes_while_it_is_read_is_not_committed_under_the_key_of_what_it_held(
    tmp_path: Path, facts: dict[str, Json]
) -> None:
    shop = Path(shutil.copytree("data/product_sales_returns", tmp_path / "shop"))
    source = LocalOrderSource(shop / "mapping.toml")
    with pytest.raises(SourceError, match=r"order_dataset\.csv\.gz' changed while it was read\. Run again\."):
        IngestSource(Interrupted(facts))(source, ATTEMPT)
