"""Baskets on Arrow tables that hold whole orders: each rule is a sum, an extreme or a count over groups of rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.spark.as_of.facts import integers, whole
from adapters.spark.as_of.pieces import gathered
from adapters.spark.as_of.timeline import Ints
from domain.features.rules import LARGEST, SCALE, Aggregate

OUT_ROWS = 50_000
_NONE = -1  # the code of a null

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Doubles = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class BasketQuestion:
    """A basket rule over columns: `domain.features.rules.Basket` with the names of its operands' columns."""

    name: str
    aggregate: Aggregate
    value: str | None
    same: tuple[str, ...]
    different: tuple[str, ...]
    own: bool


@dataclass(frozen=True)
class Baskets:
    """Answers basket rules on batches in which the rows of an order follow one another.

    Args:
        order: columns that the lines of a basket share.
        questions: what to answer.
        carried: columns that go on, in order, before the answers.
    """

    order: tuple[str, ...]
    questions: tuple[BasketQuestion, ...]
    carried: tuple[str, ...]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The rows as they come, with all answers."""
        for lines in self._whole_orders(batches):
            rows = BasketRows(lines, self.order)
            answers = [rows.answer(question) for question in self.questions]
            arrays = [*(whole(lines[name]) for name in self.carried), *answers]
            names = [*self.carried, *(question.name for question in self.questions)]
            yield from pa.Table.from_arrays(arrays, names).to_batches(max_chunksize=OUT_ROWS)

    def _whole_orders(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
        """The rows in tables that no order is cut by."""
        rest: list[pa.Table] = []
        for table in gathered(batches):
            starts = np.flatnonzero(_starts(table, self.order)[1:])
            if len(starts):
                last = int(starts[-1]) + 1
                yield pa.concat_tables([*rest, table.slice(0, last)])
                rest = [table.slice(last)]
            else:
                rest.append(table)
        if rest:
            yield pa.concat_tables(rest)


class BasketRows:
    """Whole orders, the groups of rows in them, and what these add up to.

    Args:
        lines: the rows; those of an order follow one another.
        order: columns that the lines of a basket share.
    """

    def __init__(self, lines: pa.Table, order: Sequence[str]) -> None:
        self._lines = lines
        self._order = np.cumsum(_starts(lines, order)) - 1
        self._codes: dict[str, Ints] = {}
        self._numbers: dict[str | None, _Number] = {}
        self._groups: dict[tuple[str, ...], _Groups] = {}

    def answer(self, asked: BasketQuestion) -> pa.Array:
        """The rule's value for every row, DOUBLE."""
        if asked.aggregate is Aggregate.DISTINCT:
            return pa.array(self._distinct(asked).astype(np.float64))
        number = self._number(asked.value)
        if asked.aggregate in {Aggregate.MIN, Aggregate.MAX}:
            found, known = self._extreme(number, asked)
            return pa.array(found / SCALE, mask=~known)
        support = self._total(number.known.astype(np.int64), asked)
        if asked.aggregate is Aggregate.COUNT:
            return pa.array(support.astype(np.float64))
        total = self._total(number.millionths, asked).astype(np.float64) / SCALE
        if asked.aggregate is Aggregate.SUM:
            return pa.array(total)
        return pa.array(total / np.where(support == 0, 1, support), mask=support == 0)

    def _total(self, number: Ints, asked: BasketQuestion) -> Ints:
        """Sums over the lines that the rule chooses: those that differ are all that could less the equal ones."""
        known = self._all_known((*asked.same, *asked.different))
        if asked.different:
            could = np.where(self._all_known(asked.different), number, 0)
            chosen = self._of(asked.same).sums(could) - self._of((*asked.same, *asked.different)).sums(number)
        else:
            chosen = self._of(asked.same).sums(number)
            chosen = chosen if asked.own else chosen - number
        return np.where(known, chosen, 0)

    def _distinct(self, asked: BasketQuestion) -> Ints:
        group = self._of(asked.same)
        codes = self._code(str(asked.value))
        alike = self._of((*asked.same, str(asked.value)))
        firsts = np.zeros(len(codes), np.int64)
        firsts[alike.first_rows] = codes[alike.first_rows] != _NONE
        different = group.sums(firsts)
        if not asked.own:
            alone = (codes != _NONE) & (alike.sums(np.ones(len(codes), np.int64)) == 1)
            different = different - alone
        return np.where(self._all_known(asked.same), different, 0)

    def _extreme(self, number: "_Number", asked: BasketQuestion) -> tuple[Doubles, Flags]:
        """The lowest or highest; without the own line it is the second one where the own is the first."""
        sign = 1 if asked.aggregate is Aggregate.MIN else -1
        beyond = np.iinfo(np.int64).max
        signed = np.where(number.known, sign * number.millionths, beyond)
        first, second = self._of(asked.same).two_lowest(signed)
        found = first if asked.own else np.where(number.known & (signed == first), second, first)
        known = (found != beyond) & self._all_known(asked.same)
        return (sign * np.where(known, found, 0)).astype(np.float64), known

    def _all_known(self, names: Sequence[str]) -> Flags:
        known = np.ones(len(self._order), np.bool_)
        for name in names:
            known &= self._code(name) != _NONE
        return known

    def _of(self, same: tuple[str, ...]) -> "_Groups":
        """The rows by order and these columns; nulls are alike."""
        if same not in self._groups:
            numbers = self._order if not same else self._of(same[:-1]).numbers
            self._groups[same] = _Groups(_joined(numbers, self._code(same[-1])) if same else numbers)
        return self._groups[same]

    def _code(self, name: str) -> Ints:
        """A number for every row, the same where the column is; for a null, NONE."""
        if name not in self._codes:
            self._codes[name] = integers(whole(self._lines[name]).dictionary_encode().indices, _NONE)
        return self._codes[name]

    def _number(self, name: str | None) -> "_Number":
        if name not in self._numbers:
            column = pa.array(np.ones(len(self._order))) if name is None else whole(self._lines[name])
            self._numbers[name] = _Number.of(column)
        return self._numbers[name]


@dataclass(frozen=True)
class _Number:
    """A column in millionths, 0 where it is not known; see `domain.features.rules.in_millionths`."""

    millionths: Ints
    known: Flags

    @classmethod
    def of(cls, column: pa.Array) -> "_Number":
        values = np.asarray(pc.fill_null(column.cast(pa.float64()), np.nan), np.float64)
        known = np.abs(values) <= LARGEST
        return cls(np.rint(np.where(known, values, 0.0) * SCALE).astype(np.int64), known)


class _Groups:
    """Rows in groups.

    Args:
        numbers: the group of every row; any numbers.
    """

    def __init__(self, numbers: Ints) -> None:
        rising = bool(np.all(numbers[1:] >= numbers[:-1]))
        self._order = None if rising else np.argsort(numbers, kind="stable")
        ranked = numbers if self._order is None else numbers[self._order]
        self._starts = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1])) if len(ranked) else np.zeros(0, int)
        self._sizes = np.diff(np.append(self._starts, len(ranked)))

    @cached_property
    def numbers(self) -> Ints:
        """The groups from 0 up."""
        return self._at_rows(np.arange(len(self._starts)))

    @property
    def first_rows(self) -> Ints:
        """A row of each group."""
        return self._starts if self._order is None else self._order[self._starts]

    def sums(self, values: Ints) -> Ints:
        """For every row the sum over its group."""
        if not len(values):
            return values
        return self._at_rows(np.add.reduceat(self._ranked(values), self._starts))

    def two_lowest(self, values: Ints) -> tuple[Ints, Ints]:
        """For every row the lowest value of its group, and the next one; the largest number where there is none."""
        if not len(values):
            return values, values
        order = np.lexsort((values, self.numbers))
        ranked, none = values[order], np.iinfo(np.int64).max
        seconds = np.where(self._sizes > 1, ranked[np.minimum(self._starts + 1, len(ranked) - 1)], none)
        return self._at_rows(ranked[self._starts]), self._at_rows(seconds)

    def _ranked(self, values: Ints) -> Ints:
        return values if self._order is None else values[self._order]

    def _at_rows(self, of_groups: Ints) -> Ints:
        ranked = np.repeat(of_groups, self._sizes)
        if self._order is None:
            return ranked
        rows = np.empty_like(ranked)
        rows[self._order] = ranked
        return rows


def _starts(lines: pa.Table, order: Sequence[str]) -> Flags:
    """Where another order begins than that of the row before."""
    starts = np.ones(lines.num_rows, np.bool_)
    if lines.num_rows > 1:
        differs = [_differs(whole(lines[name])) for name in order]
        starts[1:] = np.logical_or.reduce(differs)
    return starts


def _differs(column: pa.Array) -> Flags:
    before, after = column.slice(0, len(column) - 1), column.slice(1)
    differs = pc.fill_null(pc.not_equal(before, after), True)
    both_null = pc.and_(before.is_null(), after.is_null())
    return np.asarray(pc.and_(differs, pc.invert(both_null)).to_numpy(zero_copy_only=False), np.bool_)


def _joined(group: Ints, code: Ints) -> Ints:
    """One number for each pair; there are no more groups and codes than rows, so that it fits."""
    return group * (int(code.max(initial=_NONE)) + 2) + code + 1
