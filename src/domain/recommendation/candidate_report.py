"""What is told of candidates: a row for each one that is scored, a row for each one set aside, and the counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from domain import cells
from domain.content import Cell
from domain.costs import CostPolicy
from domain.recommendation.candidate_history import KnownLines
from domain.recommendation.candidate_lines import PlacedCandidate
from domain.recommendation.candidates import SetAside
from domain.recommendation.items import value_sale
from domain.snapshot import Json
from domain.unit_shares import UnitShares


@dataclass(frozen=True)
class Chances:
    """A candidate's chance of a return: the champion's, and that of the smoothed rates alone."""

    p: float
    p_baseline: float


@dataclass(frozen=True)
class ScoredBy:
    """The model that scored: the digest of its content, and the shares of units known at its fit."""

    content: str
    unit_shares: UnitShares


def candidate_row(
    placed: PlacedCandidate, chances: Chances, known: KnownLines, costs: CostPolicy, model: ScoredBy
) -> dict[str, Cell]:
    """The row of `CANDIDATES`; amounts are of all its units, as if they were bought.

    Args:
        placed: the candidate and its line.
        chances: that it comes back.
        known: what the shop knew before the day.
        costs: what a return costs and a kept unit earns.
        model: the model that scored.
    """
    line, customer_id = placed.line, placed.candidate.customer_id
    quantity = cells.integer(line, "quantity")
    price = float(cells.money(line, "net_value")) / quantity
    of_unit = chances.p * model.unit_shares.share(quantity)
    worth = value_sale(of_unit, price, costs)
    return {
        "row": placed.candidate.row,
        "customer_id": customer_id,
        "item_id": line["item_id"],
        "quantity": quantity,
        "unit_price": line["unit_price"],
        "price_from": placed.price_from,
        "discount": cells.number(line, "discount"),
        "net_value": line["net_value"],
        "p": chances.p,
        "p_baseline": chances.p_baseline,
        "expected_return_cost": costs.expected_return_cost(of_unit, price, quantity),
        "margin_net_of_returns": worth.margin_net_of_returns * quantity,
        "penalty": worth.penalty,
        "item_lines": known.item_lines[cells.text(line, "item_id")],
        "customer_lines": None if customer_id is None else known.customer_lines[customer_id],
        "as_of": known.day,
        "model": model.content,
    }


def set_aside_row(left_out: SetAside) -> dict[str, Cell]:
    """The row of `SET_ASIDE`."""
    return asdict(left_out)


def counts_of(rows: Sequence[Mapping[str, Cell]], set_aside: Sequence[SetAside], duplicates: int) -> dict[str, Json]:
    """How many rows were asked about and what became of them, and how many of those kept are new to the shop."""
    return {
        "rows_in": len(rows) + len(set_aside) + duplicates,
        "rows_kept": len(rows),
        "rows_set_aside": len(set_aside),
        "rows_duplicate": duplicates,
        "set_aside_by_reason": dict(sorted(Counter(row.reason for row in set_aside).items())),
        "of_new_items": sum(row["item_lines"] == 0 for row in rows),
        "for_new_customers": sum(row["customer_lines"] == 0 for row in rows),
        "for_guests": sum(row["customer_id"] is None for row in rows),
    }
