"""Questions about one key, answered on tables that hold its facts whole."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from adapters.spark.as_of_batches import DAYS, IS_PRODUCT, ORDERED, Question
from adapters.spark.as_of_facts import as_arrow, codes_of, integers, lines_of, texts_of, values_of, whole
from adapters.spark.as_of_kernel import NEVER, Ledger, Values
from adapters.spark.as_of_timeline import Ints
from domain.labels import LagLaw


@dataclass(frozen=True)
class KeyQuestions:
    """What is asked about the past of one key.

    Args:
        key: names of the key's columns; none for the whole shop.
        hash_name: column that holds a hash of the key, null where a part of the key is.
        questions: what to answer.
        lag_law: weighs exposures.
    """

    key: tuple[str, ...]
    hash_name: str
    questions: tuple[Question, ...]
    lag_law: LagLaw

    def answer_lines(self, lines: pa.Table) -> pa.Table:
        """The lines, among which are all those of their keys, with a column for each question."""
        keyed = np.flatnonzero(np.asarray(lines[self.hash_name].is_valid()))
        if not len(keyed):
            return self.join(lines, None)
        facts = lines.select(self._read).take(pa.array(keyed))
        order, ledger = _sorted(facts, self)
        asked = np.zeros(len(order), np.int64)
        asked[ledger.questions] = 1
        where = np.full(lines.num_rows, -1, np.int64)
        where[keyed[order]] = np.cumsum(asked) - 1
        return self._with_answers(lines, facts, ledger, where)

    def answer_days(self, facts: pa.Table) -> pa.Table:
        """One row a key and day of order: the key, its hash, the day, an answer to each question."""
        order, ledger = _sorted(facts, self)
        rows = order[ledger.questions]
        asked = facts.select([*self.key, self.hash_name, ORDERED]).take(pa.array(rows))
        return self._with_answers(asked, facts, ledger, np.arange(len(rows)))

    def join(self, lines: pa.Table, answers: pa.Table | None) -> pa.Table:
        """The lines with the answers of their key and day; None where none of the lines has a key."""
        row = self._rows_in(answers, lines) if answers is not None else np.full(lines.num_rows, -1)
        for question in self.questions:
            kind = pa.string() if question.is_text else pa.float64()
            known = pa.nulls(0, kind) if answers is None else whole(answers[question.name])
            joined = known.take(pa.array(row, pa.int64(), mask=row < 0))
            if not np.isnan(question.without_key):
                joined = joined.fill_null(question.without_key)
            lines = lines.append_column(question.name, joined)
        return lines

    def _rows_in(self, answers: pa.Table, lines: pa.Table) -> Ints:
        """For every line the row that answers it; -1 where it has no key."""
        names = [*self.key, ORDERED]
        both = {name: pa.chunked_array([whole(answers[name]), whole(lines[name])]) for name in names}
        codes = codes_of(pa.table(both), names)
        known, asked = codes[: answers.num_rows], codes[answers.num_rows :]
        order = np.argsort(known)
        found = np.searchsorted(known[order], asked).clip(max=len(order) - 1)
        return np.where(np.asarray(lines[self.hash_name].is_valid()), order[found], -1)

    @property
    def value_names(self) -> list[str]:
        """The columns of values that the questions need."""
        return list(dict.fromkeys(q.measure.value for q in self.questions if q.measure.value))

    @property
    def _read(self) -> list[str]:
        return list(dict.fromkeys([*self.key, *DAYS, IS_PRODUCT, *self.value_names]))

    def _with_answers(self, table: pa.Table, facts: pa.Table, ledger: Ledger, where: Ints) -> pa.Table:
        """The table with a column for each question, from the answers at the chosen places; -1 stands for no key."""
        for question in self.questions:
            texts = texts_of(facts, str(question.measure.value)) if question.is_text else None
            answer = np.append(ledger.answer(question.measure).astype(float), question.without_key)
            if texts is not None:
                answer[answer == NEVER] = np.nan
            table = table.append_column(question.name, as_arrow(answer[where], texts))
        return table


def _sorted(facts: pa.Table, asked: KeyQuestions) -> tuple[Ints, Ledger]:
    """The facts in order of key and day as a ledger, and which row of the facts each of its rows is."""
    group, ordered = codes_of(facts, asked.key), integers(facts[ORDERED])
    first, last = int(ordered.min(initial=0)), int(ordered.max(initial=0))
    order = np.argsort(group * (last - first + 1) + ordered - first)
    group = group[order]
    dense = np.cumsum(np.append(np.zeros(1, np.int64), group[1:] != group[:-1]))[: len(group)]
    ordered, known, returned, cancelled = (integers(facts[day])[order] for day in DAYS)
    values = {name: _reordered(values_of(facts, name), order) for name in asked.value_names}
    lines = lines_of(facts)[order]
    return order, Ledger(dense, ordered, known, returned, cancelled, lines, values, asked.lag_law)


def _reordered(values: Values, order: Ints) -> Values:
    return Values(values.total[order], values.support[order], values.largest[order])
