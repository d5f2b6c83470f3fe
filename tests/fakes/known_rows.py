"""What was known of lines by a day, row by row: the ground on which the fakes of examples and scoring stand."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.days import start_of
from domain.features.feature import IDENTITY
from domain.labels import LabelPolicy
from domain.matching import CANCELLED, MATCHED, is_cancelled
from domain.model.examples import LineTables, check_every_line_has_features
from ports.table_store import TableStore

Values = Mapping[str, Any]


@dataclass(frozen=True)
class KnownLine:
    """A line with its features and its known returns: units by kind, and the first one in the window."""

    line: Values
    features: Values
    closed: int
    cancelled: int
    returned: int
    first: Values | None
    last_cancelled: date | None

    @property
    def ordered_on(self) -> date:
        """Day of the order."""
        return _day(self.line["ordered_at"])

    @property
    def is_cancelled(self) -> bool:
        """Whether no unit of it can come back."""
        return is_cancelled(self.line["quantity"], self.cancelled)

    @property
    def lag_days(self) -> int | None:
        """Days from order to the first return; None without one, or for an undated one."""
        if self.first is None or self.first["returned_at"] is None:
            return None
        return (_day(self.first["returned_at"]) - self.ordered_on).days


def known_rows(store: TableStore, tables: LineTables, policy: LabelPolicy, as_of: date) -> list[KnownLine]:
    """The product lines known and ordered before a day."""
    start = start_of(as_of)
    returns: defaultdict[str, list[Values]] = defaultdict(list)
    for row in store.read(tables.line_returns):
        if _moment(row["available_at"]) < start:
            returns[str(row["line_id"])].append(row)
    features = {row["line_id"]: row for row in store.read(tables.features)}
    known = [
        line
        for line in store.read(tables.lines)
        if line["kind"] == "product" and max(_moment(line["available_at"]), _moment(line["ordered_at"])) < start
    ]
    check_every_line_has_features(len(known), sum(line["line_id"] in features for line in known))
    return [_known(line, features[line["line_id"]], returns[str(line["line_id"])], policy) for line in known]


def _known(line: Values, features: Values, returns: list[Values], policy: LabelPolicy) -> KnownLine:
    counted = [row for row in returns if row["fate"] == MATCHED and _counts(row, policy)]
    return KnownLine(
        line=line,
        features={name: value for name, value in features.items() if name not in IDENTITY},
        closed=sum(row["quantity"] for row in returns),
        cancelled=sum(row["quantity"] for row in returns if row["fate"] == CANCELLED),
        returned=sum(row["quantity"] for row in counted),
        first=min(counted, key=lambda row: row["available_at"], default=None),
        last_cancelled=max((_day(row["available_at"]) for row in returns if row["fate"] == CANCELLED), default=None),
    )


def _counts(row: Values, policy: LabelPolicy) -> bool:
    returned_on = None if row["returned_at"] is None else _day(row["returned_at"])
    return policy.counts(_day(row["ordered_at"]), returned_on)


def _moment(value: object) -> datetime:
    assert isinstance(value, datetime)
    return value


def _day(value: object) -> date:
    return _moment(value).date()
