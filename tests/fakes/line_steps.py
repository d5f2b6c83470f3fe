"""Matching, examples and scoring without an engine, on any table store."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, takewhile
from typing import Any

from domain.costs import ADVISE, NO_ACTION
from domain.errors import ModelError
from domain.labels import LabelPolicy
from domain.matching import CANCELLED, MATCHED, ReturnEvent, SoldLine, is_cancelled, match_returns
from domain.model.examples import EXAMPLE_KEYS, LineTables, examples_schema, lag_histogram, most_lines_drawn_as_one
from domain.model.open_chance import open_chance, share_known, visible_lag_days
from domain.outputs import SCORES
from domain.snapshot import Attempt, DatasetRef, Json, StepResult
from domain.source.recording_lag import recording_lag
from domain.tables import LINE_RETURNS, ORPHANS
from ports.batch_scorer import BatchScorer, ScoringModel, ScoringTerms
from ports.example_builder import ExampleBuilder
from ports.progress import Progress
from ports.return_matcher import ReturnMatcher
from ports.table_store import TableStore
from tests.fakes.known_rows import KnownLine, known_rows

Values = Mapping[str, Any]
Chance = Callable[[ScoringModel, KnownLine], float]


class InMemoryReturnMatcher(ReturnMatcher):
    """The domain's function on all rows at once."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    def match(self, lines: DatasetRef, events: DatasetRef, attempt: Attempt) -> StepResult:
        sold: dict[str, Values] = {str(row["line_id"]): row for row in self._store.read(lines)}
        back: dict[str, Values] = {str(row["event_id"]): row for row in self._store.read(events)}
        matching = match_returns(
            (SoldLine(**{name: row[name] for name in SoldLine.__slots__}) for row in sold.values()),
            (ReturnEvent(**{name: row[name] for name in ReturnEvent.__slots__}) for row in back.values()),
        )
        taken = [
            {
                **_times(sold[a.line_id], back.get(a.event_id)),
                "line_id": a.line_id,
                "event_id": a.event_id,
                "fate": a.fate,
                "quantity": a.units,
            }
            for a in matching.allocations
        ]
        left = [
            {**{name: back[o.event_id][name] for name in ORPHANS.names}, "quantity": o.units} for o in matching.orphans
        ]
        tables = (
            self._store.write(attempt, "line_returns", LINE_RETURNS, taken),
            self._store.write(attempt, "orphans", ORPHANS, left),
        )
        return StepResult(tables=tables, facts=_match_facts(sold, back, taken, left))


class InMemoryExampleBuilder(ExampleBuilder):
    """Row by row; a sample takes the lines of the buyers with the smallest digests."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    def build(
        self,
        tables: LineTables,
        taken_actions: DatasetRef,
        policy: LabelPolicy,
        as_of: date,
        max_lines: int,
        attempt: Attempt,
    ) -> StepResult:
        known = known_rows(self._store, tables, policy, as_of)
        drawn = _sample(known, max_lines)
        kept = [line for line in drawn if not line.is_cancelled]
        schema = examples_schema(tables.features.schema)
        acted = _first_actions(self._store.read(taken_actions), as_of)
        rows = [_example(line, acted.get(line.line["line_id"]), policy) for line in drawn]
        written = self._store.write(attempt, "examples", schema, rows)
        mature = [line for line in kept if policy.is_mature(line.ordered_on, as_of)]
        lags = Counter(line.lag_days for line in mature if line.lag_days is not None)
        facts: dict[str, Json] = {
            "lines": len(kept),
            "positives": sum(line.first is not None for line in kept),
            "acted_lines": sum(row["acted_on"] is not None and row["cancelled_known_on"] is None for row in rows),
            "mature_lines": len(mature),
            "mature_positives": sum(line.first is not None for line in mature),
            "cancelled": len(drawn) - len(kept),
            "lag_histogram": lag_histogram(lags, policy.window_days),
        }
        return StepResult(tables=(written,), facts=facts)


class InMemoryBatchScorer(BatchScorer):
    """Row by row, with the chance that a function of model and line gives.

    Args:
        store: where tables are.
        chance: a line's chance; a KeyError means that the model lacks a feature.
    """

    def __init__(self, store: TableStore, chance: Chance) -> None:
        self._store = store
        self._chance = chance

    def score(
        self, tables: LineTables, model: ScoringModel, terms: ScoringTerms, attempt: Attempt, progress: Progress
    ) -> StepResult:
        progress.report("Scoring", 0.1)
        first = terms.as_of - timedelta(days=terms.policy.window_days)
        known = known_rows(self._store, tables, terms.policy, terms.as_of)
        in_window = [line for line in known if line.ordered_on >= first and not line.is_cancelled]
        sent_back = {(line.line["order_id"], line.ordered_on) for line in in_window if line.first is not None}
        rows = [_score(line, self._checked(model, line), model, terms, sent_back) for line in in_window]
        written = self._store.write(attempt, "scores", SCORES, rows)
        facts: dict[str, Json] = {
            "lines": len(rows),
            "open_lines": sum(row["open_quantity"] > 0 for row in rows),
            "returned_lines": sum(row["returned"] for row in rows),
            "advised_lines": sum(row["action"] == ADVISE for row in rows),
            "expected_returned_lines": float(sum(Decimal(repr(row["p"])) for row in rows)),
        }
        return StepResult(tables=(written,), facts=facts)

    def _checked(self, model: ScoringModel, line: KnownLine) -> float:
        try:
            p = self._chance(model, line)
        except KeyError as error:
            raise ModelError(f"The model {model.content} lacks the feature {error}.", "Give it.") from error
        if not 0 <= p <= 1:
            raise ModelError(f"The model {model.content} gave {p}.", "Train it again.")
        return p


_OF_EVENT = ("returned_at", "available_at", "disposition", "outcome", "received_at")


def _times(line: Values, event: Values | None) -> dict[str, Any]:
    if event is None:
        in_row = {"returned_at": line["ordered_at"], "available_at": line["available_at"]}
        return {"ordered_at": line["ordered_at"], **dict.fromkeys(_OF_EVENT), **in_row}
    return {"ordered_at": line["ordered_at"], **{name: event[name] for name in _OF_EVENT}}


def _match_facts(
    sold: Mapping[str, Values], back: Mapping[str, Values], taken: list[dict[str, Any]], left: list[dict[str, Any]]
) -> dict[str, Json]:
    units, cancelled, months = Counter[str](), Counter[str](), Counter[str]()
    for row in taken:
        units[row["fate"]] += row["quantity"]
        cancelled[row["line_id"]] += row["quantity"] if row["fate"] == CANCELLED else 0
    for row in left:
        months[f"{row['returned_at'] or row['available_at']:%Y-%m}"] += row["quantity"]
    came = _total(back.values(), "quantity") + _total(sold.values(), "cancelled_quantity")
    return {
        "return_units": came,
        "matched_units": units[MATCHED],
        "orphan_units": sum(months.values()),
        "cancelled_units": units[CANCELLED],
        "events": len(back),
        "matched_events": len({row["event_id"] for row in taken if row["fate"] == MATCHED}),
        "recording_lag_days": recording_lag(Counter(_days_to_record(row) for row in taken if _is_dated(row))),
        "orphan_units_by_month": dict(sorted(months.items())),
        "cancelled_lines": sum(is_cancelled(sold[line]["quantity"], gone) for line, gone in cancelled.items() if gone),
    }


def _is_dated(row: Values) -> bool:
    return row["fate"] == MATCHED and row["returned_at"] is not None


def _days_to_record(row: Values) -> int:
    return max(0, (row["available_at"].date() - row["returned_at"].date()).days)


def _total(rows: Iterable[Values], name: str) -> int:
    return sum(row[name] for row in rows)


def _sample(known: Sequence[KnownLine], max_lines: int) -> list[KnownLine]:
    """The lines of the first buyers in the order of their digests that fit together."""
    drawn_by = _drawn_by([line.line for line in known], most_lines_drawn_as_one(max_lines))
    together: defaultdict[bytes, list[KnownLine]] = defaultdict(list)
    for line in known:
        together[_digest(drawn_by[line.line["line_id"]])].append(line)
    totals = accumulate(len(together[digest]) for digest in sorted(together))
    fit = sum(1 for _ in takewhile(lambda total: total <= max_lines, totals))
    return [line for digest in sorted(together)[:fit] for line in together[digest]]


def _drawn_by(lines: Sequence[Values], most: int) -> dict[str, tuple[str, str]]:
    """What each line is drawn with: its customer, else its order, else it alone, the first that is not too large."""
    drawn_by: dict[str, tuple[str, str]] = {}
    for name in ("customer_id", "order_id"):
        left = [line for line in lines if line["line_id"] not in drawn_by and line[name] is not None]
        sizes = Counter(line[name] for line in left)
        drawn_by |= {line["line_id"]: (name, line[name]) for line in left if sizes[line[name]] <= most}
    return {line["line_id"]: ("line_id", line["line_id"]) for line in lines} | drawn_by


def _digest(drawn_by: tuple[str, str]) -> bytes:
    return hashlib.sha256("\x1f".join(drawn_by).encode()).digest()


def _first_actions(taken: Iterable[Values], as_of: date) -> dict[str, tuple[date, date]]:
    """By line the days on which something was first done about it, and first known by a day to have been."""
    known = [row for row in taken if row["available_at"].date() < as_of]
    lines = {row["line_id"] for row in known}
    days = {name: defaultdict[str, list[date]](list) for name in ("taken_at", "available_at")}
    for row in known:
        for name, of_lines in days.items():
            of_lines[row["line_id"]].append(row[name].date())
    return {line: (min(days["taken_at"][line]), min(days["available_at"][line])) for line in lines}


def _example(known: KnownLine, acted: tuple[date, date] | None, policy: LabelPolicy) -> dict[str, Any]:
    of_line = {name: known.line[name] for name in EXAMPLE_KEYS.names if name in known.line}
    if acted is not None:
        is_back = known.first is not None and known.first["available_at"].date() <= acted[0]
        is_settled = policy.is_mature(known.ordered_on, acted[0])
        acted = None if is_back or is_settled else acted
    return {
        **of_line,
        **known.features,
        "ordered_on": known.ordered_on,
        "return_known_on": None if known.first is None else known.first["available_at"].date(),
        "return_lag_days": known.lag_days,
        "returned_quantity": known.returned,
        "cancelled_known_on": known.last_cancelled if known.is_cancelled else None,
        "acted_on": None if acted is None else acted[0],
        "acted_known_on": None if acted is None else acted[1],
    }


def _score(
    known: KnownLine, p: float, model: ScoringModel, terms: ScoringTerms, sent_back: Collection[tuple[str, date]]
) -> dict[str, Any]:
    line, costs = known.line, terms.costs
    price = float(line["net_value"]) / line["quantity"]
    is_open = known.closed < line["quantity"]
    of_unit = p * model.unit_shares.share(line["quantity"])
    acts = is_open and costs.should_act(of_unit, price)
    lag_days = visible_lag_days(known.ordered_on, terms.as_of)
    returned = known.first is not None
    is_left_behind = (line["order_id"], known.ordered_on) in sent_back and not returned
    counted = p * model.left_behind if is_left_behind else p
    still_comes = open_chance(counted, share_known(model.known_law or (), lag_days), returned=returned)
    return {
        **{name: line[name] for name in SCORES.names if name in line},
        "open_quantity": line["quantity"] - known.closed,
        "p": p,
        "p_open": still_comes if is_open else 0.0,
        "returned": returned,
        "expected_return_cost": costs.expected_return_cost(of_unit, price, line["quantity"]),
        "action": ADVISE if acts else NO_ACTION,
        "reasons": costs.reason(of_unit, price) if acts else None,
        "model": model.content,
        "feature_set": model.feature_set,
    }
