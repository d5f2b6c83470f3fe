"""Which line gets which action, so that the sum of net values is the highest that the daily capacities allow.

Each line takes one action or none, each action reaches so many lines: a transportation problem, whose optimum this
finds exactly. Lines are placed one after another by the cheapest chain of moves (successive shortest paths; Ahuja,
Magnanti and Orlin 1993, chapter 9): a line takes a place, whose holder moves on to another action, and so on to a
free place or to none. With C places in all, only the C best lines of an action can matter, since any other could be
swapped for one of them; so time and memory follow the capacities and not the number of lines.
"""

import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_NONE = 0  # the place of lines with no bounded action; it is always free


@dataclass(frozen=True)
class Offer:
    """An action that pays on a line: its net value in currency, above 0."""

    line_id: str
    action: str
    value: float


@dataclass(frozen=True)
class Plan:
    """The best assignment.

    Args:
        action_of: by line, the action it gets; a line without one is not named.
        value: sum of the net values, in currency.
    """

    action_of: Mapping[str, str]
    value: float


def best_plan(offers: Iterable[Offer], capacities: Mapping[str, int | None]) -> Plan:
    """The assignment of highest value; ties go to the same lines whatever the order of offers.

    Args:
        offers: at most one a line and action; those of no value are passed over.
        capacities: lines that each action reaches; None for no bound.
    """
    by_line: dict[str, dict[str, float]] = {}
    for offer in offers:
        if offer.value > 0 and capacities[offer.action] != 0:
            by_line.setdefault(offer.line_id, {})[offer.action] = offer.value
    free = {line: _best_unbounded(values, capacities) for line, values in by_line.items()}
    bounded = sorted(action for action, capacity in capacities.items() if capacity)
    lines = _contenders(by_line, free, bounded, sum(capacities[action] or 0 for action in bounded))
    gains = [[0.0, *(_gain(by_line[line], action, free[line]) for action in bounded)] for line in lines]
    places = _Places(gains, [capacities[action] or 0 for action in bounded])
    for line in range(len(lines)):
        places.settle(line)
    placed = {line: bounded[at - 1] for line, at in zip(lines, places.place_of, strict=True) if at != _NONE}
    action_of = {line: placed.get(line) or free[line][1] for line in sorted(by_line)}
    chosen = {line: action for line, action in action_of.items() if action is not None}
    return Plan(chosen, math.fsum(by_line[line][action] for line, action in chosen.items()))


def worth_of_one_more(offers: Sequence[Offer], capacities: Mapping[str, int | None], action: str, plan: Plan) -> float:
    """What one more line a day of a bounded action would add to the plan's value, in currency.

    Args:
        offers: as of the plan.
        capacities: as of the plan.
        action: the action.
        plan: the best plan of these offers under these capacities.
    """
    capacity = capacities[action]
    if capacity is None:
        return 0.0
    return max(0.0, best_plan(offers, {**capacities, action: capacity + 1}).value - plan.value)


def _best_unbounded(values: Mapping[str, float], capacities: Mapping[str, int | None]) -> tuple[float, str | None]:
    """What a line gets without taking a place from anybody."""
    unbounded = [(-value, action) for action, value in values.items() if capacities[action] is None]
    return (-min(unbounded)[0], min(unbounded)[1]) if unbounded else (0.0, None)


def _gain(values: Mapping[str, float], action: str, free: tuple[float, str | None]) -> float:
    return values[action] - free[0] if action in values else -math.inf


def _contenders(
    by_line: Mapping[str, Mapping[str, float]],
    free: Mapping[str, tuple[float, str | None]],
    bounded: Sequence[str],
    places: int,
) -> list[str]:
    kept: set[str] = set()
    for action in bounded:
        gains = ((-_gain(values, action, free[line]), line) for line, values in by_line.items())
        kept.update(line for cost, line in heapq.nsmallest(places, gains) if cost < 0)
    return sorted(kept)


class _Places:
    """Lines at actions, kept optimal for the lines settled so far.

    Args:
        gains: by line, the gain at each place; at `_NONE` it is 0, where not eligible -infinity.
        capacities: of the places after `_NONE`.
    """

    def __init__(self, gains: Sequence[Sequence[float]], capacities: Sequence[int]) -> None:
        self._gains = gains
        self._left = [math.inf, *capacities]
        self.place_of = [-1] * len(gains)
        count = len(self._left)
        # By place and next place, the lines that could move, cheapest first; lines that have left are passed over.
        self._moves: list[list[list[tuple[float, int]]]] = [[[] for _ in range(count)] for _ in range(count)]

    def settle(self, line: int) -> None:
        """Place one more line by the cheapest chain of moves."""
        cost, before = self._shortest(line)
        at = min((place for place, left in enumerate(self._left) if left > 0), key=lambda place: (cost[place], place))
        self._left[at] -= 1
        while before[at] != -1:
            origin = before[at]
            mover = self._cheapest(origin, at)
            self._put(mover[1], at)
            at = origin
        self._put(line, at)

    def _shortest(self, line: int) -> tuple[list[float], list[int]]:
        """Least cost of reaching each place with the line, and the place before it on the way (Bellman and Ford)."""
        count = len(self._left)
        cost = [-gain for gain in self._gains[line]]
        before = [-1] * count
        for _ in range(count - 1):
            for origin in range(1, count):
                if self._left[origin] == 0:
                    self._relax(origin, cost, before)
        return cost, before

    def _relax(self, origin: int, cost: list[float], before: list[int]) -> None:
        for target in range(len(cost)):
            step = self._cheapest(origin, target)[0] if target != origin else math.inf
            if cost[origin] + step < cost[target] and not _passes(before, origin, target):
                cost[target], before[target] = cost[origin] + step, origin

    def _cheapest(self, origin: int, target: int) -> tuple[float, int]:
        heap = self._moves[origin][target]
        while heap and self.place_of[heap[0][1]] != origin:
            heapq.heappop(heap)
        return heap[0] if heap else (math.inf, -1)

    def _put(self, line: int, at: int) -> None:
        self.place_of[line] = at
        if at != _NONE:
            for target, gain in enumerate(self._gains[line]):
                if target != at and gain > -math.inf:
                    heapq.heappush(self._moves[at][target], (self._gains[line][at] - gain, line))


def _passes(before: Sequence[int], at: int, place: int) -> bool:
    """Whether the way to `at` goes through `place`: rounding must not close a circle."""
    while at != -1:
        if at == place:
            return True
        at = before[at]
    return False
