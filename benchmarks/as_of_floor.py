"""The operator's own stages without Spark: what its kernel and its pieces cost, in one process and one thread."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from adapters.spark.as_of.answers import KeyQuestions
from adapters.spark.as_of.batches import CANCELLED, IS_PRODUCT, KNOWN, ORDERED, RETURNED, Question
from adapters.spark.as_of.facts import whole
from adapters.spark.as_of.kernel import Measure
from adapters.spark.as_of.operator import parts_for
from adapters.spark.as_of.pieces import PART, Parts
from adapters.spark.as_of.stages import Answering, Asking, Inquiry, Joining
from benchmarks.as_of_sql import BASKET, COUNTS, KEYS, names
from domain.features.rules import Aggregate, Facts
from domain.labels import DEFAULT_LAG_LAW

_FACTS = {"lines": Facts.LINES, "returns": Facts.RETURNS}


def write_features(source: str, target: str) -> None:
    """The features of a file, written to another."""
    file = pq.ParquetFile(source)
    inquiry = _inquiry(parts_for(file.metadata.num_rows, 2))
    columns = ["line_id", "order_id", *KEYS.values(), "ordered_day", "returned_day", "quantity", "cents"]
    batches = list(Asking(inquiry)(_prepared(batch) for batch in file.iter_batches(200_000, columns=columns)))
    for stage in (Answering(inquiry), Joining(inquiry)):
        batches = [batch for part in _by_part(batches) for batch in stage(part)]
    lines = pa.Table.from_batches(batches)
    for name in BASKET:
        lines = lines.append_column(name, _of_order(lines, name))
    pq.write_table(lines.select(["line_id", *names()]), target)


def _inquiry(parts: Parts) -> Inquiry:
    asked = tuple(
        KeyQuestions(
            (column,),
            f"_hash_{key}",
            tuple(
                Question(f"{key}_{name}", Measure(Aggregate.COUNT, _FACTS[fact], None, d)) for name, fact, d in COUNTS
            ),
            DEFAULT_LAG_LAW,
        )
        for key, column in KEYS.items()
    )
    counts = tuple(question.name for questions in asked for question in questions.questions)
    return Inquiry(asked, (), parts, ("line_id", "order_id", "quantity", "cents"), counts)


def _prepared(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The columns that Spark would have added; as a hash of a key its first and last bytes will do here."""
    added = {
        ORDERED: batch["ordered_day"],
        KNOWN: batch["ordered_day"],
        RETURNED: batch["returned_day"],
        CANCELLED: pa.nulls(len(batch), pa.int32()),
        IS_PRODUCT: pa.array(np.ones(len(batch), bool)),
        **{f"_hash_{key}": _hash(batch[column]) for key, column in KEYS.items()},
    }
    for name, column in added.items():
        batch = batch.append_column(name, column)
    return batch


def _hash(column: pa.Array) -> pa.Array:
    coded = column.dictionary_encode()
    hashes = np.array([int.from_bytes(text.encode()[-8:], "big") for text in coded.dictionary.to_pylist()], np.uint64)
    return pa.array(hashes.view(np.int64)[np.asarray(coded.indices)])


def _by_part(pieces: Iterable[pa.RecordBatch]) -> list[list[pa.RecordBatch]]:
    parts: dict[int, list[pa.RecordBatch]] = {}
    for batch in pieces:
        for row, part in enumerate(batch[PART].to_pylist()):
            parts.setdefault(part, []).append(batch.slice(row, 1))
    return list(parts.values())


def _of_order(lines: pa.Table, name: str) -> pa.Array:
    """Sum over the order."""
    _, place = np.unique(whole(lines["order_id"]), return_inverse=True)
    value = BASKET[name]
    weight = np.ones(len(place)) if value == "1.0" else np.asarray(whole(lines[value]), np.float64)
    return pa.array(np.bincount(place, weight)[place])
