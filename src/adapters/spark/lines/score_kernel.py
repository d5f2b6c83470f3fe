"""Probabilities for Arrow batches where the rows are, with the model loaded once in every worker process."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from pyspark import Broadcast

from domain.errors import ModelError


class Predict(Protocol):
    """A loaded model."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a call reads."""

    def __call__(self, rows: pa.RecordBatch) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
        """A chance a row."""


class LoadPredictor(Protocol):
    """Makes a predictor of a model's files; a function of a module, so that workers find it by its name."""

    def __call__(self, files: Mapping[str, bytes], learner: str | None = None) -> Predict:
        """The model; raises ModelError for files that are no model."""


CHANCES = "line_id string, p double"

_loaded: dict[tuple[str, str | None], Predict] = {}  # of this process: a worker serves many tasks


@dataclass(frozen=True)
class ScoreKernel:
    """From batches of features to the chance of every line.

    Args:
        files: the model's files, broadcast.
        content: content digest of the model: what tells a loaded one from another.
        learner: whose probabilities are used; None for the model's own.
        load: makes the predictor.
    """

    files: Broadcast[dict[str, bytes]]
    content: str
    learner: str | None
    load: LoadPredictor

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the model reads."""
        return _predictor(self).columns

    def score(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """`line_id` and `p`, a row a row."""
        for batch in batches:
            chances = pa.array(_checked(_predictor(self)(batch)), pa.float64())
            yield pa.RecordBatch.from_arrays([batch.column("line_id"), chances], ["line_id", "p"])


def _predictor(kernel: ScoreKernel) -> Predict:
    key = (kernel.content, kernel.learner)
    if key not in _loaded:
        _loaded.clear()  # one model is enough: the one of the step that runs
        _loaded[key] = kernel.load(kernel.files.value, kernel.learner)
    return _loaded[key]


def _checked(chances: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> object:
    if not bool(np.all((chances >= 0) & (chances <= 1))):
        raise ModelError("The model gave what is no probability.", "Train it again, or roll back to the one before.")
    return chances
