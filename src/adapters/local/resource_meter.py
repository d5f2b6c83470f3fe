"""Resource use read from the operating system's process table while a step runs."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from ports.resource_meter import ResourceMeter, Usage

MIB = 1 << 20


class ProcessTreeMeter(ResourceMeter):
    """Samples the resident memory of this process and of all its descendants.

    Args:
        interval_seconds: time between two samples; a peak shorter than that can be missed.
    """

    def __init__(self, interval_seconds: float = 0.25) -> None:
        self._interval_seconds = interval_seconds

    @contextmanager
    def measure(self) -> Iterator[Usage]:
        """Sample in a thread until the block ends."""
        usage, done, began = Usage(), threading.Event(), time.monotonic()
        sampler = threading.Thread(target=self._sample, args=(usage, done), daemon=True)
        sampler.start()
        try:
            yield usage
        finally:
            done.set()
            sampler.join()
            usage.seconds = time.monotonic() - began

    def _sample(self, usage: Usage, done: threading.Event) -> None:
        own = psutil.Process()
        while True:
            usage.process_peak_mib = max(usage.process_peak_mib, own.memory_info().rss / MIB)
            usage.children_peak_mib = max(usage.children_peak_mib, _resident_of_children(own) / MIB)
            if done.wait(self._interval_seconds):
                return


def _resident_of_children(own: psutil.Process) -> int:
    resident = 0
    for child in own.children(recursive=True):
        try:
            resident += child.memory_info().rss
        except psutil.Error:
            continue  # ended between being listed and being read
    return resident
