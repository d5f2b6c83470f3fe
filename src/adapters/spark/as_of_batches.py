"""Between Spark's Arrow batches and the as-of kernel: whole groups in, one row a key and day out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.spark.as_of_kernel import NEVER, Answers, Ints, Ledger, Measure, Values
from domain.expressions import Expression
from domain.labels import LagLaw
from domain.rules import Aggregate, AsOf

ORDERED = "_ordered_day"
KNOWN = "_known_day"
DAYS = (ORDERED, KNOWN, "_returned_day", "_cancelled_day")
IS_PRODUCT = "_is_product"
LINES = "_lines"
BATCH_ROWS = 500_000


@dataclass(frozen=True)
class Question:
    """A measure and the name of the column that answers it."""

    name: str
    measure: Measure

    @classmethod
    def of(cls, rule: AsOf, name: str, values: Mapping[Expression, str]) -> "Question":
        """The rule without its key, its value being a column of the facts."""
        value = None if rule.value is None else values[rule.value]
        return cls(name, Measure(rule.aggregate, rule.facts, value, rule.window_days))

    @property
    def spark_type(self) -> str:
        """Type of the answers."""
        return "string" if self.measure.aggregate is Aggregate.MODE else "double"


@dataclass(frozen=True)
class AnswerBatches:
    """Answers questions on batches that come sorted by key and day of order, every key in one stream whole.

    Args:
        key: names of the key's columns, without nulls.
        questions: what to answer.
        lag_law: weighs exposures.
        batch_rows: how many rows to gather before complete keys are answered; a larger key waits until it is whole.
    """

    key: tuple[str, ...]
    questions: tuple[Question, ...]
    lag_law: LagLaw
    batch_rows: int = BATCH_ROWS

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """One row a key and day of order: the key, the day, an answer to each question."""
        waiting: list[pa.RecordBatch] = []
        rows, enough = 0, self.batch_rows
        for batch in batches:
            waiting.append(batch)
            rows += batch.num_rows
            if rows >= enough:
                table = pa.Table.from_batches(waiting)
                whole = int(np.flatnonzero(self._new_keys(table))[-1])
                yield from self._answered(table.slice(0, whole))
                waiting, rows = table.slice(whole).to_batches(), rows - whole
                enough = max(self.batch_rows, 2 * rows)
        if rows:
            yield from self._answered(pa.Table.from_batches(waiting))

    def _answered(self, facts: pa.Table) -> Iterator[pa.RecordBatch]:
        if not facts.num_rows:
            return
        values, texts = _values(facts)
        ordered, known, returned, cancelled = (_ints(facts[day]) for day in DAYS)
        group, lines = np.cumsum(self._new_keys(facts)) - 1, _ints(facts[LINES])
        ledger = Ledger(group, ordered, known, returned, cancelled, lines, values, self.lag_law)
        asked = facts.select([*self.key, ORDERED]).take(ledger.questions)
        for question in self.questions:
            answer = ledger.answer(question.measure)
            asked = asked.append_column(question.name, _arrow(answer, texts.get(question.measure.value or "")))
        yield from asked.to_batches()

    def _new_keys(self, facts: pa.Table) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Whether a row's key differs from the one before."""
        new = np.zeros(facts.num_rows, bool)
        new[0] = True
        for name in self.key:
            column = facts[name].combine_chunks()
            new[1:] |= np.asarray(pc.not_equal(column[1:], column[:-1]))
        return new


def _values(facts: pa.Table) -> tuple[dict[str, Values], dict[str, pa.Array]]:
    """The values by name, and of those that are texts, the texts by rank."""
    values: dict[str, Values] = {}
    texts: dict[str, pa.Array] = {}
    for name in facts.column_names:
        if name.endswith("_total"):
            stem = name.removesuffix("_total")
            values[stem] = Values(*(_ints(facts[f"{stem}_{part}"]) for part in ("total", "support", "largest")))
        elif name.startswith("_value_") and pa.types.is_string(facts[name].type):
            column = facts[name].combine_chunks()
            texts[name] = pc.unique(column.drop_null()).sort()
            rank = _ints(pc.index_in(column, value_set=texts[name]))
            values[name] = Values(np.zeros(len(rank), np.int64), np.where(rank == NEVER, 0, _ints(facts[LINES])), rank)
    return values, texts


def _ints(column: pa.ChunkedArray | pa.Array) -> Ints:
    return np.asarray(pc.fill_null(column.cast(pa.int64()), int(NEVER)), np.int64)


def _arrow(answer: Answers, texts: pa.Array | None) -> pa.Array:
    """Answers as Spark takes them: ranks as the texts they stand for, NaN and ranks below 0 as nulls."""
    if answer.dtype.kind == "i" and texts is not None:
        return texts.cast(pa.string()).take(pa.array(answer, mask=answer == NEVER))
    return pa.array(answer.astype(float), mask=np.isnan(answer.astype(float)))
