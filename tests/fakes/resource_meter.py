"""A meter for tests that are not about cost."""

from collections.abc import Iterator
from contextlib import contextmanager

from ports.resource_meter import ResourceMeter, Usage


class UnmeasuredMeter(ResourceMeter):
    """Measures nothing."""

    @contextmanager
    def measure(self) -> Iterator[Usage]:
        """A block of no cost."""
        yield Usage()
