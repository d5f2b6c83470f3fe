"""What a process and its children use: seconds of CPU, and the most memory that the JVM and the Python workers held."""

import threading
import time
from dataclasses import dataclass, field
from typing import Self

import psutil

MIB = 1 << 20
EVERY_SECONDS = 1.0  # more often, reading the workers' memory takes a twentieth of their time


@dataclass
class TreeMeter:
    """A context in which this process and its children are watched.

    After it `seconds` of the clock, `cpu_seconds` of all of them, and of what was resident at once the most in the JVM,
    in Python's worker processes and in this process, in MiB.
    """

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mib: dict[str, float] = field(default_factory=lambda: {"jvm": 0.0, "workers": 0.0, "process": 0.0})
    _ended: threading.Event = field(default_factory=threading.Event)
    _cpu: dict[int, float] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Begin."""
        self._before = self._look()
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, and reckon."""
        self._ended.set()
        self._thread.join()
        self.seconds = time.monotonic() - self._began
        self.cpu_seconds = self._look() - self._before

    def figures(self) -> dict[str, float]:
        """All of it, rounded, by name."""
        peaks = {f"{name}_mib": round(peak) for name, peak in self.peak_mib.items()}
        return {"seconds": round(self.seconds, 2), "cpu_seconds": round(self.cpu_seconds, 2), **peaks}

    def _watch(self) -> None:
        while not self._ended.wait(EVERY_SECONDS):
            self._look()

    def _look(self) -> float:
        """Note the memory; the seconds of CPU of all processes there ever were."""
        own = psutil.Process()
        resident = dict.fromkeys(self.peak_mib, 0.0)
        for process in (own, *own.children(recursive=True)):
            try:
                self._cpu[process.pid] = sum(process.cpu_times()[:2])
                kind = "process" if process == own else "jvm" if process.name() == "java" else "workers"
                # Forked workers share what they have not written to; shared pages count once, with the parent.
                memory = process.memory_full_info() if kind == "workers" else process.memory_info()
                resident[kind] += getattr(memory, "uss", memory.rss) / MIB
            except psutil.Error:
                continue
        self.peak_mib = {kind: max(peak, resident[kind]) for kind, peak in self.peak_mib.items()}
        return sum(self._cpu.values())
