"""What Arrow keeps of a worker's memory once a task is over, given back."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

import pyarrow as pa

ArrowKernel: TypeAlias = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def releasing(kernel: ArrowKernel) -> ArrowKernel:
    """The same kernel; once it has seen its last batch the worker holds no more than it did before.

    Arrow keeps what it was given, for the next time. Workers wait a minute for further tasks, and what each keeps of a
    wide table, half a gigabyte, stands beside what the driver needs for the step that comes then.
    """

    def released(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            yield from kernel(batches)
        finally:
            pa.default_memory_pool().release_unused()

    return released
