"""Contents depend on what was made, not on where, when or in which order."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from domain.content import table_content
from domain.days import date_of, day_number, start_of
from domain.errors import ConfigurationError, SnapshotError
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import ArtifactRef, DatasetRef, Manifest, StepResult, content_of

SCHEMA = Schema((Column("id", ColumnType.TEXT), Column("x", ColumnType.NUMBER, nullable=True)))


def _table(name: str, content: str, uri: str = "somewhere") -> DatasetRef:
    return DatasetRef(name, uri, SCHEMA, 1, content)


def _manifest(*tables: DatasetRef) -> Manifest:
    return Manifest("s", "k", "a", "u", tables, (), {}, {}, (), {}, {}, "", "2023-01-01")


def test_the_order_of_rows_does_not_matter() -> None:
    rows = [("a", 1.0), ("b", None), ("b", None)]
    assert table_content(SCHEMA, rows) == table_content(SCHEMA, reversed(rows))


@pytest.mark.parametrize(
    "other", [[("a", 1.0)], [("a", 1.0), ("a", 1.0), ("b", None)], [("a", 2.0), ("b", None)], [("a", None), ("b", 1.0)]]
)
def test_other_rows_have_another_content(other: list[tuple[str, float | None]]) -> None:
    assert table_content(SCHEMA, other) != table_content(SCHEMA, [("a", 1.0), ("b", None)])


def test_there_is_one_zero_and_one_not_a_number() -> None:
    assert table_content(SCHEMA, [("a", -0.0)]) == table_content(SCHEMA, [("a", 0.0)])
    assert table_content(SCHEMA, [("a", float("nan"))]) == table_content(SCHEMA, [("a", -float("nan"))])


def test_an_empty_text_is_no_null() -> None:
    schema = Schema((Column("t", ColumnType.TEXT, nullable=True),))
    assert table_content(schema, [("",)]) != table_content(schema, [(None,)])


def test_equal_amounts_and_moments_are_equal_however_they_are_written() -> None:
    schema = Schema((Column("m", ColumnType.MONEY), Column("t", ColumnType.MOMENT)))
    noon = datetime(2023, 1, 1, 12, tzinfo=UTC)
    there = noon.astimezone(timezone(timedelta(hours=5)))
    assert table_content(schema, [(Decimal("1.5"), noon)]) == table_content(schema, [(Decimal("1.5000"), there)])


def test_the_content_of_a_step_leaves_place_and_notes_out() -> None:
    here = StepResult((_table("t", "c", "here"),), (), {"n": 1}, {"seconds": 1})
    there = StepResult((_table("t", "c", "there"),), (), {"n": 1}, {"seconds": 2})
    assert content_of(here) == content_of(there)


@pytest.mark.parametrize(
    "other",
    [
        StepResult((_table("t", "d"),), (), {"n": 1}),
        StepResult((_table("t", "c"),), (), {"n": 2}),
        StepResult((), (ArtifactRef("p", "u", "c"),), {"n": 1}),
    ],
)
def test_the_content_of_a_step_changes_with_tables_artifacts_and_facts(other: StepResult) -> None:
    assert content_of(other) != content_of(StepResult((_table("t", "c"),), (), {"n": 1}))


def test_a_table_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(SnapshotError, match=r"no 'scores'; it holds t"):
        _manifest(_table("t", "c")).table("scores")


def test_a_schema_names_every_column_once() -> None:
    with pytest.raises(ConfigurationError, match="id"):
        Schema((Column("id", ColumnType.TEXT), Column("id", ColumnType.TEXT)))


def test_the_day_of_a_moment_is_its_day_in_utc() -> None:
    late = datetime(2023, 1, 1, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert date_of(day_number(late)) == date(2023, 1, 2)
    assert day_number(start_of(date(2023, 1, 2))) == day_number(date(2023, 1, 2))
