"""Which column is the price, the discount and the tax: by sums that hold row for row among sales, then by names."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from domain.drafting.discounts import Discount, PricedLines, named_discount
from domain.drafting.keys import determines
from domain.drafting.names import AMOUNTS, OTHER_COSTS, has_word, name_rank, names_amount
from domain.drafting.outcome import speaks_of_outcome
from domain.drafting.price_names import includes_tax, is_left, is_of_catalogue
from domain.drafting.profiles import Look, Profile

_ROWS = 4000
_GLANCE = 100
_TOLERANCE = 0.015
_NONTRIVIAL_ROWS = 20
_HOLDS = 0.97
_CORRECTED = 0.01  # of the rows that sell, where a price may be below 0
_LOWEST_RATE, _HIGHEST_RATE = 0.02, 0.35  # of taxes on sales
_OF_ITEM = 0.8  # of the items, that have one price


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
        left_out: column of a discount that the price is after already.
        after: columns of what a refund leaves, which are known only afterwards.
        why: the evidence, by role.
        doubts: sentences on what a reader must check before the mapping is run.
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
    left_out: str | None = None
    after: tuple[str, ...] = ()
    why: tuple[tuple[str, str], ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Sum:
    """A price before discount, the discount and what is left, which add up on nearly all rows."""

    price: str
    discount: str
    paid: str
    evidence: str


def find_money(
    money: Sequence[Profile], quantity: Profile, items: Sequence[str | None], rows: Sequence[int]
) -> MoneyColumns:
    """The amounts of the rows that sell, which `rows` lists."""
    # An amount that is absent, as a discount mostly is, is none.
    values = {p.name: [0.0 if math.isnan(p.numbers[row]) else p.numbers[row] for row in rows] for p in money}
    values = {name: held for name, held in values.items() if any(held)}
    shares = {p.name: values.pop(p.name) for p in money if p.look is Look.SHARE and p.name in values}
    sold = [items[row] for row in rows]
    sums = _sums(values)
    after = _after_refunds(values, sums)
    values = {name: held for name, held in values.items() if name not in after and not speaks_of_outcome(name)}
    sums = [names for names in sums if all(name in values for name in names)]
    taken = _taken(values, sums)
    price = taken.price if taken else _price(values, sold)
    if price is None:
        return MoneyColumns(None)
    price = _without_costs(price, sums)
    units = [quantity.numbers[row] for row in rows]
    lines = PricedLines(sold, units, values[price], grows_with_units(values[price], units, sold, price))
    if taken:
        discount = Discount(taken.discount, negative=max(values[taken.discount]) <= 0)
    else:
        discount = named_discount(values, shares, price, lines)
    tax, rate, includes, evidence = _tax(values, sums, price, taken.paid if taken else price)
    told = includes_tax(price) if not evidence else None
    if told is not None:
        rate = _constant_rate(values) if told else 0.0
        includes, evidence = rate > 0, "" if told and not rate else f"by the name of '{price}'"
    why = {"discount": taken.evidence if taken else "", "tax": evidence}
    doubts = (_price_doubt(price), discount.doubt, _tax_doubt(price) if told and not rate else "")
    return MoneyColumns(
        price,
        lines.is_total,
        discount.column,
        discount.is_share,
        discount.percent,
        discount.negative,
        tax,
        rate,
        includes,
        discount.left_out,
        after,
        tuple((role, told) for role, told in why.items() if told),
        tuple(doubt for doubt in doubts if doubt),
    )


def _tax_doubt(price: str) -> str:
    return (
        f"By its name '{price}' includes tax, and nothing tells its rate, so that it is taken as net: write "
        "prices_include_tax = true and tax_rate."
    )


def _constant_rate(values: Mapping[str, Sequence[float]]) -> float:
    """The rate of tax where a column called so holds nothing else, as a share; 0 where none does."""
    named = [set(held) for name, held in values.items() if name_rank(name, "tax") and not name_rank(name, "price")]
    rates = [rate / 100 if rate >= 1 else rate for held in named if len(held) == 1 for rate in held]
    return next((round(rate, 4) for rate in rates if _LOWEST_RATE <= rate <= _HIGHEST_RATE), 0.0)


def _price_doubt(price: str) -> str:
    if name_rank(price, "price"):
        return ""
    return f"No name speaks of a price: '{price}' is taken for it. If that is wrong, correct unit_price."


def _sums(values: dict[str, list[float]]) -> list[tuple[str, str, str]]:
    """Triples (a, b, c) with a + b = c on nearly all rows where b is not 0, the first summand positive."""
    found = []
    positive = {name for name, held in values.items() if held and min(held) >= 0}
    for a, b, c in permutations(values, 3):
        if a not in positive:
            continue
        few = _held(*(values[name][:_GLANCE] for name in (a, b, c)))
        if sum(few) < _HOLDS * len(few) / 2:  # most triples are no sum, which a few rows show
            continue
        many = _held(*(values[name][:_ROWS] for name in (a, b, c)))
        if len(many) >= _NONTRIVIAL_ROWS and sum(many) >= _HOLDS * len(many):
            found.append((a, b, c))
    return found


def _held(first: Sequence[float], second: Sequence[float], total: Sequence[float]) -> list[bool]:
    """Whether two amounts make a third, for every row where the second is not 0."""
    return [abs(x + y - z) <= _TOLERANCE for x, y, z in zip(first, second, total, strict=True) if y]


def _after_refunds(values: Mapping[str, Sequence[float]], sums: Sequence[tuple[str, str, str]]) -> tuple[str, ...]:
    """What refunds leave: the sum with those below 0, or the other summand of those above.

    Where nothing was refunded it is all that was paid: a discount and a full refund make the price as well.
    """
    refunds = [
        (a, c, max(values[b]) <= 0)
        for a, b, c in sums
        if speaks_of_outcome(b) and not speaks_of_outcome(a) and _same_without(values[b], values[a], values[c])
    ]
    return tuple(dict.fromkeys(c if are_below else a for a, c, are_below in refunds))


def _same_without(refunds: Sequence[float], left: Sequence[float], whole: Sequence[float]) -> bool:
    """Whether two amounts are one on nearly all rows without a refund."""
    held = [abs(x - y) <= _TOLERANCE for back, x, y in zip(refunds, left, whole, strict=True) if not back]
    return sum(held) >= _HOLDS * len(held)


def _without_costs(price: str, sums: Sequence[tuple[str, str, str]]) -> str:
    """What is left of a price that is the sum of goods and the cost of sending them."""
    goods = [a for a, b, c in sums if c == price and has_word(b, OTHER_COSTS) and not has_word(a, OTHER_COSTS)]
    return goods[0] if goods else price


def _taken(values: Mapping[str, Sequence[float]], sums: Sequence[tuple[str, str, str]]) -> _Sum | None:
    """The sum that a discount explains: a summand below 0, or one above 0 between what was paid and the price."""
    below = next(((a, b, c) for a, b, c in sums if max(values[b]) <= 0), None)
    below = below or next(((a, b, c) for a, b, c in sums if name_rank(b, "discount") and min(values[b]) < 0), None)
    if below:
        price, discount, paid = below
        return _Sum(price, discount, paid, f"'{price}' + '{discount}' = '{paid}'")
    above = next(((a, b, c) for a, b, c in sums if name_rank(b, "discount")), None)
    if above:
        paid, discount, price = above
        return _Sum(price, discount, paid, f"'{price}' - '{discount}' = '{paid}'")
    return None


def _price(values: Mapping[str, Sequence[float]], items: Sequence[str | None]) -> str | None:
    """The column that is named best; without a name, one that items determine, then the one of the highest amounts."""
    prices = [name for name, held in values.items() if _are_prices(held)]
    prices = [name for name in prices if _may_be_price(name)] or prices
    named = [name for name in prices if name_rank(name, "price")]
    goods = [name for name in named if not has_word(name, OTHER_COSTS)] or named
    if goods:  # what a catalogue asks is not what was paid, where another column may say that
        return max(goods, key=lambda n: (*_preferred(n), statistics.fmean(values[n])))
    return max(prices, key=lambda n: (_is_of_item(values[n], items), statistics.fmean(values[n])), default=None)


def _may_be_price(name: str) -> bool:
    """Whether a name speaks of no other amount: of a discount or a tax only as what a price is with or without."""
    others = [role for role in AMOUNTS if role != "price" and name_rank(name, role)]
    asides = {"discount": is_left(name), "tax": includes_tax(name) is not None}
    return all(asides.get(role, False) for role in others)


def _preferred(name: str) -> tuple[bool, int, bool]:
    """What makes one price better than another: it was paid, is named better, and needs no rate of tax to be net."""
    return not is_of_catalogue(name), name_rank(name, "price"), not includes_tax(name)


def _are_prices(amounts: Sequence[float]) -> bool:
    below, above = sum(1 for v in amounts if v < 0), sum(1 for v in amounts if v > 0)
    return below <= _CORRECTED * len(amounts) and above > 0.5 * len(amounts) and len(set(amounts)) > 1


def _is_of_item(amounts: Sequence[float], items: Sequence[str | None]) -> bool:
    """Whether most items have one amount."""
    return (determines(items, [str(amount) for amount in amounts]) or 0) >= _OF_ITEM


def _tax(
    values: dict[str, list[float]], sums: list[tuple[str, str, str]], price: str, paid: str
) -> tuple[str | None, float, bool, str]:
    """The column that is a steady share of another and makes a third with it; which of them the price builds."""
    for net, tax, gross in sums:
        ratios = [t / n for n, t in zip(values[net], values[tax], strict=True) if n > 1 and t > 0]
        rate = statistics.median(ratios) if len(ratios) >= _NONTRIVIAL_ROWS else 0
        steady = sum(1 for ratio in ratios if abs(ratio - rate) < 0.01) > 0.8 * len(ratios)
        if not steady or not _LOWEST_RATE <= rate <= _HIGHEST_RATE or tax == price:
            continue
        rate = round(rate, 3)
        evidence = f"'{tax}' is {rate:.1%} of '{net}', and both together are '{gross}'"
        if net == paid:
            return tax, rate, False, evidence
        if gross == paid:
            return tax, rate, True, evidence
    return None, 0.0, False, ""


def grows_with_units(price: Sequence[float], units: Sequence[float], items: Sequence[str | None], name: str) -> bool:
    """Whether the price of two units of an item is nearer to two prices than to one."""
    of_one: dict[str | None, list[float]] = {}
    for value, count, item in zip(price, units, items, strict=True):
        if count == 1:
            of_one.setdefault(item, []).append(value)
    means = {item: statistics.fmean(held) for item, held in of_one.items()}
    ratios = [
        value / (means[item] * count)
        for value, count, item in zip(price, units, items, strict=True)
        if count > 1 and means.get(item, 0) > 0
    ]
    if len(ratios) >= 5:
        return statistics.median(ratios) > 0.8
    words = name.casefold()
    return any(word in words for word in ("total", "revenue", "sales", "umsatz", "betrag", "importe", "amount"))


def is_of_line(amount: Profile, quantity: Profile, items: Sequence[str | None], rows: Sequence[int]) -> bool:
    """Whether an amount is one of the whole line: more for more units of an item."""
    held = [amount.numbers[row] for row in rows]
    units, sold = [quantity.numbers[row] for row in rows], [items[row] for row in rows]
    return grows_with_units(held, units, sold, amount.name)


def money_profiles(profiles: Sequence[Profile]) -> list[Profile]:
    """The columns that may hold amounts, or shares of them."""
    return [p for p in profiles if p.look in {Look.MONEY, Look.SHARE} or (_is_small(p) and names_amount(p.name))]


def _is_small(column: Profile) -> bool:
    """Whether a column holds numbers that may count units as well."""
    return column.look is Look.UNITS or (column.look is Look.FLAG and column.is_numeric)
