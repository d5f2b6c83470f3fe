"""The counters of lines under their contract: Arrow's and the fake, which agree on any shop."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.arrow.line_counter import ArrowLineCounter
from adapters.arrow.storage import arrow_schema
from domain.days import day_number
from domain.schema import Schema
from domain.snapshot import DatasetRef
from ports.line_counter import LineCounter
from tests.contract.line_counter import FIRST, LABELS, CounterBench, LineCounterContract, listed
from tests.contract.table_bench import Rows, TablesInMemory
from tests.fakes.line_counter import InMemoryLineCounter
from tests.integration.tables_on_disk import TablesOnDisk
from tests.shops.canonical_shop import CanonicalShop, busy_shop, day_of, moment


class InMemoryCounterBench(TablesInMemory, CounterBench):
    @property
    def counter(self) -> LineCounter:
        return InMemoryLineCounter(self.store)


class ArrowCounterBench(TablesOnDisk, CounterBench):
    """Files whose lines are looked at a few at a time."""

    def put(self, name: str, schema: Schema, rows: Rows) -> DatasetRef:
        place = self._new_place() / name
        place.mkdir(parents=True)
        columns = {field.name: [row.get(field.name) for row in rows] for field in arrow_schema(schema)}
        pq.write_table(pa.table(columns, arrow_schema(schema)), place / "part.parquet", row_group_size=50)
        return DatasetRef(name, str(place), schema, len(rows), "")

    @property
    def counter(self) -> LineCounter:
        return ArrowLineCounter(piece_rows=100)


class TestInMemoryLineCounter(LineCounterContract):
    @pytest.fixture
    def bench(self) -> CounterBench:
        return InMemoryCounterBench()


class TestArrowLineCounter(LineCounterContract):
    @pytest.fixture
    def bench(self, tmp_path: Path) -> CounterBench:
        return ArrowCounterBench(tmp_path)


@given(seed=st.integers(0, 1_000), as_of=st.integers(0, 70), by_item=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_count_the_same_of_any_shop(tmp_path: Path, seed: int, as_of: int, by_item: bool) -> None:
    shop, chance = busy_shop(days=60, seed=seed), random.Random(seed)
    chance.shuffle(shop.lines)
    without_receipt = chance.choice((0.0, 0.04, 0.5, 1.0))
    for row in shop.line_returns:
        row["outcome"] = chance.choice((None, "refund", "keep"))
        registered = day_number(row["returned_at"]) - FIRST  # type: ignore[arg-type]
        received = moment(registered + chance.choice((-2, 3, 9, 40)))
        row["received_at"] = None if chance.random() < without_receipt else received
    assert counts(ArrowCounterBench(tmp_path / f"{seed}-{as_of}-{by_item}"), shop, as_of, by_item) == counts(
        InMemoryCounterBench(), shop, as_of, by_item
    )


def counts(bench: CounterBench, shop: CanonicalShop, as_of: int, by_item: bool) -> tuple[object, ...]:
    known = bench.known(shop, as_of)
    scored = [
        {"line_id": row["line_id"], "open_quantity": row["open_quantity"], "p_open": row["p_open"]}
        for row in shop.scores(day_of(as_of), LABELS.window_days)
    ]
    units = bench.counter.count_units(
        known, by_item=by_item, oldest_open_day=FIRST + as_of - 40, scores=bench.scores(*scored)
    )
    assert day_number(day_of(as_of)) == FIRST + as_of
    return sorted(bench.counter.count_items(known, LABELS), key=str), *listed(units)
