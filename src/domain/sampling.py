"""A bounded sample that is the same whatever the order of rows: those with the smallest hashes of their key."""

import hashlib
import heapq
from dataclasses import dataclass, field


@dataclass
class BottomSample[V]:
    """Keeps the `size` values whose keys hash smallest (bottom-k sampling, Cohen and Kaplan 2007).

    Rows that are never offered change nothing, so what is sampled does not depend on the future.

    Args:
        size: how many values are kept at most; above 0.
    """

    size: int
    _heap: list[tuple[int, str]] = field(default_factory=list)
    _values: dict[str, V] = field(default_factory=dict)

    def offer(self, key: str, value: V) -> None:
        """Take a value under its unique key, if it is among the smallest so far."""
        rank = -int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")
        if len(self._heap) < self.size:
            heapq.heappush(self._heap, (rank, key))
        elif rank > self._heap[0][0]:
            _, gone = heapq.heapreplace(self._heap, (rank, key))
            del self._values[gone]
        else:
            return
        self._values[key] = value

    def values(self) -> list[V]:
        """The values kept, in the order of their keys."""
        return [value for _, value in sorted(self._values.items(), key=lambda entry: entry[0])]
