"""What a shop knew before a day of the items and customers that candidates are about."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from domain import cells
from domain.cells import Row
from domain.days import start_of
from domain.recommendation.candidates import Candidate
from domain.tables import PRODUCT

OF_THE_ITEM = ("item_group", "category", "size", "colour", "seller", "unit_cost")
KNOWN_COLUMNS = (
    "line_id",
    "customer_id",
    "item_id",
    "ordered_at",
    "available_at",
    "kind",
    "unit_price",
    *OF_THE_ITEM,
)


@dataclass
class KnownLines:
    """What the shop knew before a day of the items and customers asked about; the order of lines is no matter.

    Args:
        day: only lines ordered and known before its start, UTC, count.
        items: the items asked about.
        customers: the customers asked about.
    """

    day: date
    items: frozenset[str]
    customers: frozenset[str]
    item_lines: Counter[str] = field(default_factory=Counter)
    customer_lines: Counter[str] = field(default_factory=Counter)
    _latest: dict[str, Row] = field(default_factory=dict)
    _other_kinds: dict[str, str] = field(default_factory=dict)
    _hours: Counter[int] = field(default_factory=Counter)

    @classmethod
    def asked_about(cls, candidates: Iterable[Candidate], day: date) -> "KnownLines":
        """Nothing known yet of these candidates' items and customers."""
        listed = list(candidates)
        customers = frozenset(c.customer_id for c in listed if c.customer_id is not None)
        return cls(day, frozenset(c.item_id for c in listed), customers)

    def add(self, line: Row) -> None:
        """Learn from a canonical order line with `KNOWN_COLUMNS`; one of the day or later says nothing."""
        ordered_at = cells.moment(line, "ordered_at")
        if max(ordered_at, cells.moment(line, "available_at")) >= self._start:
            return
        item_id, customer_id = cells.text(line, "item_id"), cells.optional_text(line, "customer_id")
        if line["kind"] != PRODUCT:
            if item_id in self.items:
                self._other_kinds[item_id] = max(self._other_kinds.get(item_id, ""), cells.text(line, "kind"))
            return
        self._hours[ordered_at.hour] += 1
        if customer_id in self.customers:
            self.customer_lines[str(customer_id)] += 1
        if item_id in self.items:
            self.item_lines[item_id] += 1
            self._latest[item_id] = max(self._latest.get(item_id, line), line, key=_moment_and_id)

    def latest(self, item_id: str) -> Row | None:
        """The item's latest product line; None for an item never sold as one before the day."""
        return self._latest.get(item_id)

    def other_kind(self, item_id: str) -> str | None:
        """What an item was sold as that was never sold as a product; None for any other item."""
        return None if item_id in self._latest else self._other_kinds.get(item_id)

    def placed_at(self) -> datetime:
        """The moment at which candidates are bought: the day's hour, UTC, in which most product lines were ordered."""
        usual = min(self._hours, key=lambda hour: (-self._hours[hour], hour), default=0)
        return self._start + timedelta(hours=usual)

    @cached_property
    def _start(self) -> datetime:
        return start_of(self.day)


def _moment_and_id(line: Row) -> tuple[datetime, str]:
    return cells.moment(line, "ordered_at"), cells.text(line, "line_id")
