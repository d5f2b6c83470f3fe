"""The way of the lines through the as-of operator: at each station they meet all lines of one key and get its answers.

Between two stations Spark shuffles pieces (see `as_of_pieces`). Lines go to a key of few lines themselves. Of a popular
key they send ahead its facts by day; the first station answers these, and the answers wait where the lines of that key
and day will come by.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from adapters.spark.as_of_answers import KeyQuestions
from adapters.spark.as_of_batches import ORDERED
from adapters.spark.as_of_days import daily_facts
from adapters.spark.as_of_facts import integers
from adapters.spark.as_of_pieces import KIND, PART, PIECE, ROWS, copies, cut, gathered, packed_batch, part_of, unpacked
from adapters.spark.as_of_timeline import Ints

OUT_ROWS = 50_000


@dataclass(frozen=True)
class Itinerary:
    """Which keys are visited in which order.

    Args:
        single: keys with few lines for each value: a visit each, first.
        popular: keys that many lines may share, added up by day: a visit each, afterwards.
        shop: what is asked about the whole shop; answered on the last visit.
        parts: how many parts the lines are in at every station.
        columns: what the lines have in the end, in order.
    """

    single: tuple[KeyQuestions, ...]
    popular: tuple[KeyQuestions, ...]
    shop: KeyQuestions | None
    parts: int
    columns: tuple[str, ...]

    @property
    def visits(self) -> tuple[KeyQuestions | None, ...]:
        """What is asked at each station; None for one where lines only pass, for facts are answered at the first."""
        visits: tuple[KeyQuestions | None, ...] = (*self.single, *self.popular)
        if self.by_day and not self.single:
            visits = (None, *visits)
        return (*visits, None) if self.by_day and len(visits) == 1 else visits

    @property
    def by_day(self) -> tuple[KeyQuestions, ...]:
        """Keys whose facts go ahead, by the kind of their pieces."""
        return (*self.popular, *((self.shop,) if self.shop else ()))

    def part_of(self, lines: pa.Table, visit: int) -> Ints:
        """Where every line has to be for a visit."""
        asked = self.visits[visit]
        if asked is None:
            return np.arange(lines.num_rows) % self.parts
        day = integers(lines[ORDERED]) if asked in self.popular else None
        return part_of(lines[asked.hash_name], self.parts, day)


@dataclass(frozen=True)
class Departure:
    """Cuts the lines for the first station, and sums up for popular keys."""

    itinerary: Itinerary

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pieces of lines and of facts by day."""
        for lines in gathered(batches):
            for kind, asked in enumerate(self.itinerary.by_day):
                facts = daily_facts(lines, asked)
                if facts.num_rows:
                    yield cut(facts, part_of(facts[asked.hash_name], self.itinerary.parts), kind)
            yield cut(lines, self.itinerary.part_of(lines, 0), ROWS)


@dataclass(frozen=True)
class Station:
    """Answers what is asked at one visit and sends the lines on, or lets them go after the last.

    Args:
        itinerary: of the lines.
        number: of the visit, from 0.
    """

    itinerary: Itinerary
    number: int

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pieces for the next station, or lines with all answers."""
        pieces: dict[int, list[pa.BinaryScalar]] = {}
        part = -1
        for batch in batches:
            for number, kind, piece in zip(*(batch[name] for name in (PART, KIND, PIECE)), strict=True):
                part = number.as_py()
                pieces.setdefault(kind.as_py(), []).append(piece)
        lines = pieces.pop(ROWS, [])
        yield from self._ahead(pieces, part)
        if lines:
            yield from self._onward(self._answered(unpacked(lines), pieces))

    def _ahead(self, pieces: Mapping[int, list[pa.BinaryScalar]], part: int) -> Iterator[pa.RecordBatch]:
        """The first station answers facts by day; later ones pass the answers on to where they are for."""
        for kind, waiting in pieces.items():
            asked = self.itinerary.by_day[kind]
            if self.number:
                if self.number < self._station_of(asked):
                    yield packed_batch([part] * len(waiting), kind, waiting)
                continue
            answers = asked.answer_days(unpacked(waiting))
            if asked == self.itinerary.shop:
                yield copies(answers, self.itinerary.parts, kind)
            else:
                days = integers(answers[ORDERED])
                yield cut(answers, part_of(answers[asked.hash_name], self.itinerary.parts, days), kind)

    def _answered(self, lines: pa.Table, pieces: Mapping[int, list[pa.BinaryScalar]]) -> pa.Table:
        asked = self.itinerary.visits[self.number]
        if asked in self.itinerary.single:
            lines = asked.answer_lines(lines)
        for kind, by_day in enumerate(self.itinerary.by_day):
            if self.number == self._station_of(by_day):
                lines = by_day.join(lines, unpacked(pieces[kind]) if kind in pieces else None)
        return lines

    def _onward(self, lines: pa.Table) -> Iterator[pa.RecordBatch]:
        if self.number < len(self.itinerary.visits) - 1:
            yield cut(lines, self.itinerary.part_of(lines, self.number + 1), ROWS)
        else:
            yield from lines.select(self.itinerary.columns).to_batches(max_chunksize=OUT_ROWS)

    def _station_of(self, asked: KeyQuestions) -> int:
        visits = self.itinerary.visits
        return visits.index(asked) if asked in visits else len(visits) - 1
