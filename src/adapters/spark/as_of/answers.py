"""Questions about one key, answered on tables that hold its facts whole."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from adapters.spark.as_of.batches import DAYS, IS_PRODUCT, ORDERED, PLACE, Question
from adapters.spark.as_of.facts import as_arrow, codes_of, integers, lines_of, texts_of, values_of, whole
from adapters.spark.as_of.kernel import NEVER, Ledger, Values
from adapters.spark.as_of.timeline import Ints
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

    def line_facts(self, lines: pa.Table) -> pa.Table:
        """The lines that have the key, as facts that ask: the PLACE of each is its row."""
        keyed = np.flatnonzero(np.asarray(lines[self.hash_name].is_valid()))
        facts = lines.select(list(dict.fromkeys([*self.key, self.hash_name, *DAYS, IS_PRODUCT, *self.value_names])))
        facts = facts if len(keyed) == lines.num_rows else facts.take(pa.array(keyed))
        return facts.append_column(PLACE, pa.array(keyed, pa.int32()))

    def answer(self, facts: pa.Table) -> pa.Table:
        """PLACE of every row that asks, in order, with an answer to each question; all facts of the keys are there."""
        order, ledger = _sorted(facts, self)
        opens = np.zeros(len(order), np.int64)
        opens[ledger.questions] = 1
        question = np.empty(len(order), np.int64)
        question[order] = np.cumsum(opens) - 1
        asking = np.flatnonzero(np.asarray(facts[PLACE].is_valid()))
        columns = {PLACE: whole(facts[PLACE]).drop_null()}
        for asked in self.questions:
            texts = texts_of(facts, str(asked.measure.value)) if asked.is_text else None
            answer = ledger.answer(asked.measure).astype(float)
            if texts is not None:
                answer[answer == NEVER] = np.nan
            columns[asked.name] = as_arrow(answer[question[asking]], texts)
        return pa.table(columns)

    def joined(self, lines: pa.Table, answers: pa.Table | None, place: Ints | None) -> pa.Table:
        """The lines with the answers.

        Args:
            lines: of one home.
            answers: to all that they asked; None where none of them has a key.
            place: of each line's answer; None where it is the line's row.
        """
        row = np.full(lines.num_rows, -1)
        if answers is not None:
            places = integers(answers[PLACE])
            row = np.full(max(lines.num_rows, int(places.max(initial=0)) + 1), -1)
            row[places] = np.arange(len(places))
        if place is not None:
            row = np.where(place < 0, -1, row[place])
        for question in self.questions:
            kind = pa.string() if question.is_text else pa.float64()
            known = pa.nulls(0, kind) if answers is None else whole(answers[question.name])
            found = known.take(pa.array(row, pa.int64(), mask=row < 0))
            lines = lines.append_column(
                question.name, found if np.isnan(question.without_key) else found.fill_null(question.without_key)
            )
        return lines

    @property
    def value_names(self) -> list[str]:
        """The columns of values that the questions need."""
        return list(dict.fromkeys(q.measure.value for q in self.questions if q.measure.value))


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
