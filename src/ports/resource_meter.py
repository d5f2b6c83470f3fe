"""What a step costs: time and peak memory."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass


@dataclass
class Usage:
    """Wall time in seconds and peak resident memory in MiB of this process and, apart, of its children.

    The children are the JVM and Spark's Python workers. Filled when the measured block ends.
    """

    seconds: float = 0.0
    process_peak_mib: float = 0.0
    children_peak_mib: float = 0.0

    def as_json(self) -> dict[str, float]:
        """The figures by name."""
        return {
            "seconds": round(self.seconds, 3),
            "process_peak_mib": round(self.process_peak_mib, 1),
            "children_peak_mib": round(self.children_peak_mib, 1),
        }


class ResourceMeter(ABC):
    """Measures a block of code from outside."""

    @abstractmethod
    def measure(self) -> AbstractContextManager[Usage]:
        """A block whose usage is known when it ends."""
