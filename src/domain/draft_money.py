"""Which column is the price, the discount and the tax: by sums that hold row for row among sales, then by names."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from domain.draft_names import name_rank
from domain.draft_profiles import Look, Profile

_ROWS = 4000
_TOLERANCE = 0.015
_NONTRIVIAL_ROWS = 20
_HOLDS = 0.97


@dataclass(frozen=True)
class MoneyColumns:
    """The price with what is taken off it and added to it.

    Args:
        price: column of the price, None when there is none.
        is_total: whether it is the line's, not a unit's.
        discount: column of what is taken off.
        is_share: whether that is a share, with `percent` for 20 as a fifth.
        negative: whether it is below zero.
        tax: column of the tax, with its rate and whether prices include it.
        why: the evidence, by role.
    """

    price: str | None
    is_total: bool = False
    discount: str | None = None
    is_share: bool = False
    percent: bool = False
    negative: bool = False
    tax: str | None = None
    tax_rate: float = 0.0
    includes_tax: bool = False
    why: tuple[tuple[str, str], ...] = ()


def find_money(
    money: Sequence[Profile], quantity: Profile, items: Sequence[str | None], rows: Sequence[int]
) -> MoneyColumns:
    """The amounts of the rows that sell, which `rows` lists."""
    # An amount that is absent, as a discount mostly is, is none.
    values = {p.name: [0.0 if math.isnan(p.numbers[row]) else p.numbers[row] for row in rows] for p in money}
    values = {name: held for name, held in values.items() if any(held)}
    sums = _sums(values)
    why: list[tuple[str, str]] = []
    taken = next(((a, b, c) for a, b, c in sums if max(values[b]) <= 0), None)
    taken = taken or next(((a, b, c) for a, b, c in sums if name_rank(b, "discount") and min(values[b]) < 0), None)
    price = taken[0] if taken else _by_name(values)
    if price is None:
        return MoneyColumns(None)
    discount, is_share, percent = (taken[1], False, False) if taken else _discount_by_name(values, price)
    if taken:
        why.append(("discount", f"'{price}' + '{discount}' = '{taken[2]}'"))
    tax, rate, includes, evidence = _tax(values, sums, price, taken)
    if evidence:
        why.append(("tax", evidence))
    is_total = _grows_with_units(
        values[price], [quantity.numbers[row] for row in rows], [items[row] for row in rows], price
    )
    negative = discount is not None and max(values[discount]) <= 0
    return MoneyColumns(price, is_total, discount, is_share, percent, negative, tax, rate, includes, tuple(why))


def _sums(values: dict[str, list[float]]) -> list[tuple[str, str, str]]:
    """Triples (a, b, c) with a + b = c on nearly all rows where b is not 0, the first summand positive."""
    found = []
    for a, b, c in permutations(values, 3):
        rows = [(x, y, z) for x, y, z in zip(values[a][:_ROWS], values[b][:_ROWS], values[c][:_ROWS], strict=True) if y]
        if len(rows) < _NONTRIVIAL_ROWS or min(values[a]) < 0:
            continue
        if all(abs(x + y - z) <= _TOLERANCE for x, y, z in rows[:5]) or len(rows) > 5:
            held = sum(1 for x, y, z in rows if abs(x + y - z) <= _TOLERANCE)
            if held >= _HOLDS * len(rows):
                found.append((a, b, c))
    return found


def _by_name(values: dict[str, list[float]]) -> str | None:
    prices = [
        name for name, held in values.items() if min(held) >= 0 and sum(1 for v in held if v > 0) > 0.5 * len(held)
    ]
    others = ("discount", "tax", "refund", "unit_cost")
    prices = [name for name in prices if not any(name_rank(name, role) for role in others)] or prices
    named = [name for name in prices if name_rank(name, "price")]
    return max(named or prices, key=lambda n: (name_rank(n, "price"), statistics.fmean(values[n])), default=None)


def _discount_by_name(values: dict[str, list[float]], price: str) -> tuple[str | None, bool, bool]:
    named = [name for name in values if name != price and name_rank(name, "discount")]
    if not named:
        return None, False, False
    name = max(named, key=lambda n: name_rank(n, "discount"))
    largest = max(abs(v) for v in values[name])
    is_share = largest <= 1 or ("%" in name or "percent" in name.lower() or "pct" in name.lower())
    return name, is_share, is_share and largest > 1


def _tax(
    values: dict[str, list[float]], sums: list[tuple[str, str, str]], price: str, taken: tuple[str, str, str] | None
) -> tuple[str | None, float, bool, str]:
    """The column that is a steady share of another and makes a third with it; which of them the price builds."""
    paid = taken[2] if taken else price
    for net, tax, gross in sums:
        ratios = [t / n for n, t in zip(values[net], values[tax], strict=True) if n > 1 and t > 0]
        rate = statistics.median(ratios) if len(ratios) >= _NONTRIVIAL_ROWS else 0
        steady = sum(1 for ratio in ratios if abs(ratio - rate) < 0.01) > 0.8 * len(ratios)
        if not steady or not 0.02 <= rate <= 0.35 or tax == price:
            continue
        rate = round(rate, 3)
        evidence = f"'{tax}' is {rate:.1%} of '{net}', and both together are '{gross}'"
        if net == paid:
            return tax, rate, False, evidence
        if gross == paid:
            return tax, rate, True, evidence
    return None, 0.0, False, ""


def _grows_with_units(price: list[float], units: list[float], items: list[str | None], name: str) -> bool:
    """Whether the price of two units of an item is nearer to two prices than to one."""
    of_one: dict[str | None, list[float]] = {}
    for value, count, item in zip(price, units, items, strict=True):
        if count == 1:
            of_one.setdefault(item, []).append(value)
    ratios = [
        value / (statistics.fmean(of_one[item]) * count)
        for value, count, item in zip(price, units, items, strict=True)
        if count > 1 and item in of_one and statistics.fmean(of_one[item]) > 0
    ]
    if len(ratios) >= 5:
        return statistics.median(ratios) > 0.8
    words = name.casefold()
    return any(word in words for word in ("total", "revenue", "sales", "umsatz", "betrag", "importe", "amount"))


def money_profiles(profiles: Sequence[Profile]) -> list[Profile]:
    """The columns that may hold amounts."""
    named = ("price", "discount", "tax", "refund", "unit_cost")
    numeric = [p for p in profiles if p.look in {Look.MONEY, Look.UNITS} or (p.look is Look.FLAG and p.is_numeric)]
    return [p for p in numeric if p.look is Look.MONEY or any(name_rank(p.name, role) for role in named)]
