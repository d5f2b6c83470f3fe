from datetime import UTC, datetime

from application.steps.build_features import BuildFeatures
from domain.labels import LagLaw
from domain.schema import Column, ColumnType
from domain.snapshot import Attempt, DatasetRef, Manifest, StepResult
from domain.tables import LINE_RETURNS, ORDER_LINES
from tests.contract.rule_cases import Row, a_line
from tests.fakes.features import InMemoryFeatureBuilder
from tests.fakes.table_store import InMemoryTableStore

LAW = LagLaw(((5, 0.5), (20, 1.0)))
LINES = ORDER_LINES.plus([Column("attr_country", ColumnType.TEXT, nullable=True)])


def committed(step: str, table: DatasetRef, **facts: object) -> Manifest:
    empty: dict[str, str] = {}
    return Manifest(step, "key", "attempt", "memory/x", (table,), (), facts, {}, (), empty, {}, "code", "today")


def built(absent: list[str]) -> tuple[StepResult, list[Row]]:
    store = InMemoryTableStore()
    line = a_line(1, datetime(2024, 5, 1, tzinfo=UTC), attr_country="de")
    row = {name: line[name] for name in LINES.names}
    lines = store.write(Attempt("ingest", "key", "a", "memory/lines"), "order_lines", LINES, [row])
    returns = store.write(Attempt("match", "key", "a", "memory/returns"), "line_returns", LINE_RETURNS, [])
    result = BuildFeatures(InMemoryFeatureBuilder(store))(
        committed("ingest", lines, absent=absent),
        committed("match", returns),
        LAW,
        Attempt("features", "key", "a", "memory/features"),
    )
    return result, [dict(found) for found in store.read(result.tables[0])]


def test_the_step_writes_the_features_that_the_source_allows_its_attributes_among_them() -> None:
    result, rows = built(absent=["size"])

    assert [table.name for table in result.tables] == ["features"]
    assert [row["line_id"] for row in rows] == ["line 001"]
    assert {"attr_country_rate", "style_rate"} <= rows[0].keys()
    assert "style_size_rate" not in rows[0]


def test_the_facts_say_what_was_built_and_what_was_left_out_and_why() -> None:
    facts = built(absent=["size"])[0].facts

    assert facts["features"] == [name for name in built(absent=["size"])[1][0] if name in facts["features"]]
    assert facts["left_out"]["style_size_rate"] == ["size"]
    assert facts["lag_law"] == [[5, 0.5], [20, 1.0]]
    assert list(facts["rules"]) == facts["features"]
    whole = built(absent=[])[0].facts["rules"]
    simpler = {name for name, rule in facts["rules"].items() if rule != whole[name]}
    assert len(simpler) < len(facts["features"]) / 2  # what one feature lacks changes no other
