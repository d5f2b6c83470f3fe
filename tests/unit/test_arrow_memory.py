"""A worker gives back what Arrow keeps once a task is over, whether its rows were all asked for or not."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pytest

from adapters.spark.arrow_memory import releasing

BATCHES = [pa.RecordBatch.from_pydict({"x": [number]}) for number in range(3)]


class CountingPool:
    """A memory pool that is asked to release what it does not use."""

    def __init__(self) -> None:
        self.released = 0

    def release_unused(self) -> None:
        """Count."""
        self.released += 1


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> CountingPool:
    counting = CountingPool()
    monkeypatch.setattr(pa, "default_memory_pool", lambda: counting)
    return counting


def as_they_come(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from batches


def test_all_rows_pass_before_memory_is_released(pool: CountingPool) -> None:
    passing = releasing(as_they_come)(BATCHES)
    assert next(passing) is BATCHES[0]
    assert pool.released == 0
    assert list(passing) == BATCHES[1:]
    assert pool.released == 1


def test_memory_is_released_when_no_more_rows_are_wanted(pool: CountingPool) -> None:
    passing = releasing(as_they_come)(BATCHES)
    next(passing)
    passing.close()  # type: ignore[attr-defined]  # it is a generator
    assert pool.released == 1
