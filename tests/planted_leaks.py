"""A shop in memory and features made of it, one honest and three that leak, to prove that leaks are caught."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from domain.content import Cell


@dataclass(frozen=True)
class Line:
    """An order line; `returned_on` is the day its return was known, None while there is none."""

    line_id: str
    order_id: str
    customer_id: str
    item_id: str
    day: int
    returned_on: int | None = None


Feature: TypeAlias = Callable[[Sequence[Line]], dict[str, Cell]]


def shop(lines: int = 3000, days: int = 120, seed: int = 3) -> list[Line]:
    """Lines whose customers and items differ in how often they send back; orders of one to three lines."""
    chance = random.Random(seed)
    habit = [chance.uniform(0, 0.4) for _ in range(400)]
    taste = [chance.uniform(0, 0.3) for _ in range(150)]
    made: list[Line] = []
    while len(made) < lines:
        customer, day, number = chance.randrange(400), chance.randrange(days), len(made)
        for item in chance.sample(range(150), chance.choice((1, 2, 3))):
            came = chance.random() < habit[customer] + taste[item]
            back = day + chance.randint(1, 30) if came else None
            made.append(Line(f"L{len(made)}", f"O{number}", f"C{customer}", f"I{item}", day, back))
    return made


def cut(lines: Sequence[Line], day: int) -> list[Line]:
    """The shop as it was known at the start of a day."""
    return [
        replace(line, returned_on=line.returned_on if line.returned_on is not None and line.returned_on < day else None)
        for line in lines
        if line.day < day
    ]


def poisoned(lines: Sequence[Line], day: int) -> list[Line]:
    """The shop known at the start of a day, with garbage from that day on."""
    known = cut(lines, day)
    returned = [line if line.returned_on is not None else replace(line, returned_on=day) for line in known]
    garbage = [replace(line, line_id=f"X{line.line_id}", day=day + 1, returned_on=day + 1) for line in known]
    return [*returned, *garbage]


def customer_returns_known_before(lines: Sequence[Line]) -> dict[str, Cell]:
    """Honest: returns of the customer that were known before the day of the order."""
    known = defaultdict(list)
    for line in lines:
        if line.returned_on is not None:
            known[line.customer_id].append(line.returned_on)
    return {line.line_id: float(sum(day < line.day for day in known[line.customer_id])) for line in lines}


def customer_total_over_the_whole_table(lines: Sequence[Line]) -> dict[str, Cell]:
    """Leak: all returns of the customer, later ones among them."""
    total: dict[str, int] = defaultdict(int)
    for line in lines:
        total[line.customer_id] += line.returned_on is not None
    return {line.line_id: float(total[line.customer_id]) for line in lines}


def other_outcomes_of_the_order(lines: Sequence[Line]) -> dict[str, Cell]:
    """Leak: how many other lines of the order came back."""
    total: dict[str, int] = defaultdict(int)
    for line in lines:
        total[line.order_id] += line.returned_on is not None
    return {line.line_id: float(total[line.order_id] - (line.returned_on is not None)) for line in lines}


def target_rate_with_the_own_label(lines: Sequence[Line]) -> dict[str, Cell]:
    """Leak: return rate of the customer's lines of this item, the line itself among them."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for line in lines:
        counts[line.customer_id, line.item_id].append(line.returned_on is not None)
    rates = {key: sum(returned) / len(returned) for key, returned in counts.items()}
    return {line.line_id: rates[line.customer_id, line.item_id] for line in lines}


HONEST: dict[str, Feature] = {"customer_returns_known_before": customer_returns_known_before}
LEAKS: dict[str, Feature] = {
    "customer_total_over_the_whole_table": customer_total_over_the_whole_table,
    "other_outcomes_of_the_order": other_outcomes_of_the_order,
    "target_rate_with_the_own_label": target_rate_with_the_own_label,
}
