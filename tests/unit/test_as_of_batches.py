from collections.abc import Iterable, Iterator

import pyarrow as pa
import pytest

from adapters.spark.as_of_batches import DAYS, LINES, ORDERED, AnswerBatches, Question
from adapters.spark.as_of_kernel import Measure
from domain.labels import LagLaw
from domain.rules import Aggregate, Facts

LAW = LagLaw(((0, 0.5), (2, 1.0)))
QUESTIONS = (
    Question("lines", Measure(Aggregate.COUNT, Facts.LINES)),
    Question("mean", Measure(Aggregate.MEAN, Facts.LINES, "_value_0")),
    Question("usual", Measure(Aggregate.MODE, Facts.LINES, "_value_1")),
)


def facts(groups: Iterable[tuple[str, int]]) -> pa.RecordBatch:
    """Groups of so many lines, one a day, of values 1, 2, ... and sizes s, m, s, m, ..."""
    rows = [(key, day) for key, lines in groups for day in range(lines)]
    days = pa.array([day for _, day in rows], pa.int64())
    numbers = pa.array([1_000_000 * (day + 1) for _, day in rows], pa.int64())
    ones = pa.array([1] * len(rows), pa.int64())
    nothing = pa.nulls(len(rows), pa.int64())
    return pa.record_batch(
        {
            "key": pa.array([key for key, _ in rows], pa.string()),
            **dict(zip(DAYS, (days, days, nothing, nothing), strict=True)),
            "_value_1": pa.array(["sm"[day % 2] for _, day in rows], pa.string()),
            LINES: ones,
            "_value_0_total": numbers,
            "_value_0_support": ones,
            "_value_0_largest": numbers,
        }
    )


def answers(batches: Iterable[pa.RecordBatch], batch_rows: int) -> list[tuple[object, ...]]:
    answered = AnswerBatches(("key",), QUESTIONS, LAW, batch_rows)(batches)
    return [tuple(row.values()) for batch in answered for row in batch.to_pylist()]


def in_slices(batch: pa.RecordBatch, rows: int) -> Iterator[pa.RecordBatch]:
    return (batch.slice(start, rows) for start in range(0, batch.num_rows, rows))


def test_every_key_and_day_is_answered_from_earlier_days_of_the_same_key() -> None:
    assert answers([facts([("a", 3), ("b", 1)])], batch_rows=100) == [
        ("a", 0, 0.0, None, None),
        ("a", 1, 1.0, 1.0, "s"),
        ("a", 2, 2.0, 1.5, "s"),
        ("b", 0, 0.0, None, None),
    ]


@pytest.mark.parametrize("rows", [1, 2, 3, 7])
@pytest.mark.parametrize("batch_rows", [1, 4, 10])
def test_answers_do_not_depend_on_where_the_stream_is_cut(rows: int, batch_rows: int) -> None:
    everything = facts([("a", 3), ("b", 1), ("c", 12), ("d", 2), ("e", 5)])

    assert answers(in_slices(everything, rows), batch_rows) == answers([everything], batch_rows=1_000)


def test_a_stream_without_rows_gives_none() -> None:
    assert answers([], batch_rows=10) == answers([facts([])], batch_rows=10) == []


def test_answers_name_key_day_and_questions() -> None:
    [batch] = AnswerBatches(("key",), QUESTIONS, LAW)([facts([("a", 1)])])

    assert batch.schema.names == ["key", ORDERED, "lines", "mean", "usual"]
