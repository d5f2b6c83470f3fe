"""The three stages of the as-of operator: lines stay together, their facts go to the keys, and answers come back.

Between two stages Spark shuffles pieces (see `as_of_pieces`). Lines are packed once, as they come, and unpacked once,
when their answers are there; what travels to every key are its facts alone, of a popular key those of its days.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.spark.as_of.answers import KeyQuestions
from adapters.spark.as_of.batches import ORDERED, PLACE
from adapters.spark.as_of.days import daily_facts
from adapters.spark.as_of.facts import integers
from adapters.spark.as_of.pieces import (
    HOME,
    KIND,
    PIECE,
    ROWS,
    Parts,
    cut,
    gathered,
    home_of,
    packed,
    packed_batch,
    part_of,
    unpacked,
)
from adapters.spark.as_of.timeline import Ints
from adapters.spark.features.basket_kernel import Baskets
from domain.errors import ReturncastError

OUT_ROWS = 50_000
_ASKED = b"asked"

Pieces = dict[int, list[tuple[int, pa.BinaryScalar]]]


@dataclass(frozen=True)
class Inquiry:
    """What is asked of which keys.

    Args:
        single: keys with few lines for each value.
        popular: keys that many lines may share, added up by day; the whole shop may be one.
        parts: how many parts the facts of a key, and the lines, are in.
        carried: columns of the lines, in order.
        answered: columns of the answers, in order.
    """

    single: tuple[KeyQuestions, ...]
    popular: tuple[KeyQuestions, ...]
    parts: Parts
    carried: tuple[str, ...]
    answered: tuple[str, ...]

    @property
    def keys(self) -> tuple[KeyQuestions, ...]:
        """All keys, by the kind of their pieces."""
        return (*self.single, *self.popular)

    def home(self, number: int) -> int:
        """The part in which the lines of a home meet their answers."""
        return int(part_of(np.array([number], np.int64), self.parts.lines)[0])


@dataclass(frozen=True)
class Asking:
    """Packs the lines, and cuts their facts by where their keys are answered.

    Args:
        inquiry: what is asked of which keys.
        baskets: what is answered about the lines' own orders on the way; None for nothing.
    """

    inquiry: Inquiry
    baskets: Baskets | None = None

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pieces of facts, and of lines, which tell how many answers they wait for."""
        inquiry = self.inquiry
        for lines in gathered(self.baskets(batches) if self.baskets else batches):
            hashes = (integers(lines[asked.hash_name], 0) for asked in inquiry.keys)
            home = home_of([integers(lines[ORDERED]), *hashes])
            carried, waiting = lines.select(inquiry.carried), []
            for kind, asked in enumerate(inquiry.keys):
                if asked in inquiry.single:
                    facts = asked.line_facts(lines)
                else:
                    facts, places = daily_facts(lines, asked)
                    carried = carried.append_column(f"{PLACE}{kind}", pa.array(places, pa.int32()))
                waiting.append(facts.num_rows - facts[PLACE].null_count)
                if facts.num_rows:
                    yield cut(facts, part_of(integers(facts[asked.hash_name]), inquiry.parts.facts), kind, home)
            told = packed(carried.replace_schema_metadata({_ASKED: json.dumps(waiting)}))
            yield packed_batch([inquiry.home(home)], ROWS, [home], [told])


@dataclass(frozen=True)
class Answering:
    """Answers what is asked of the keys in a part, and lets lines pass."""

    inquiry: Inquiry

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pieces of answers and of lines, on their way to where the lines are."""
        waiting: Pieces = defaultdict(list)
        for batch in batches:
            is_rows = pc.equal(batch[KIND], ROWS)
            facts = batch.filter(pc.invert(is_rows))
            for kind, home, piece in zip(facts[KIND].to_pylist(), facts[HOME].to_pylist(), facts[PIECE], strict=True):
                waiting[kind].append((home, piece))
            lines = batch.filter(is_rows)
            if lines.num_rows:
                yield lines
        for kind in sorted(waiting):
            yield self._answered(kind, waiting.pop(kind))

    def _answered(self, kind: int, pieces: list[tuple[int, pa.BinaryScalar]]) -> pa.RecordBatch:
        tables = [unpacked(piece) for _, piece in pieces]
        answers = self.inquiry.keys[kind].answer(pa.concat_tables(tables).combine_chunks())
        homes, made, start = [], [], 0
        for (home, _), table in zip(pieces, tables, strict=True):
            asking = table.num_rows - table[PLACE].null_count
            if asking:
                homes.append(home)
                made.append(packed(answers.slice(start, asking)))
            start += asking
        return packed_batch([self.inquiry.home(home) for home in homes], kind, homes, made)


@dataclass(frozen=True)
class Joining:
    """Puts answers and lines together again."""

    inquiry: Inquiry

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The lines with all answers."""
        homes: dict[int, Pieces] = defaultdict(lambda: defaultdict(list))
        for batch in batches:
            for kind, home, piece in zip(*(batch[name] for name in (KIND, HOME, PIECE)), strict=True):
                homes[home.as_py()][kind.as_py()].append((home, piece))
        while homes:
            _, pieces = homes.popitem()
            yield from self._joined(pieces)

    def _joined(self, pieces: Pieces) -> Iterator[pa.RecordBatch]:
        lines = [unpacked(piece) for _, piece in pieces.pop(ROWS, [])]
        answers = {kind: pa.concat_tables(unpacked(piece) for _, piece in of) for kind, of in pieces.items()}
        _check(lines, answers)
        for table in lines:
            yield from self._with_answers(table, answers).to_batches(max_chunksize=OUT_ROWS)

    def _with_answers(self, lines: pa.Table, answers: Mapping[int, pa.Table]) -> pa.Table:
        for kind, asked in enumerate(self.inquiry.keys):
            place: Ints | None = None if asked in self.inquiry.single else integers(lines[f"{PLACE}{kind}"])
            lines = asked.joined(lines, answers.get(kind), place)
        return lines.select([*self.inquiry.carried, *self.inquiry.answered]).replace_schema_metadata()


def _check(lines: Sequence[pa.Table], answers: Mapping[int, pa.Table]) -> None:
    """Refuse answers that are not all that the lines asked for.

    Homes of equal rows share a number: each is then sent the answers of both, which are equal.
    """
    asked = [json.loads(table.schema.metadata[_ASKED]) for table in lines]
    expected = {kind: count for kind, counts in enumerate(zip(*asked, strict=True)) if (count := sum(counts))}
    if expected != {kind: table.num_rows for kind, table in answers.items()}:
        raise ReturncastError(
            "Lines came in another order when they were read again, after a worker was lost.", "Run again."
        )
