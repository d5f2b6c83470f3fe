"""Whether a column so called is a discount that is still to be taken off the price, or one that the price is after."""

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.drafting.names import has_word, name_rank
from domain.drafting.price_names import is_left

_COMPARED = 20  # lines, below which nothing is said
_MOST = 0.75  # of them
_APART = 0.02  # of the price, by which both readings must differ for a line to be compared
_MANY = 0.01  # of the lines with a discount
_WHOLE = 100  # percent
_NEARLY_ALL = 0.97
_HALF = 0.5
_OF_AMOUNTS = "amount amt value betrag wert montant valeur importe valor importo valore bedrag"


@dataclass(frozen=True)
class PricedLines:
    """Lines that were sold: their items, units and prices, which are of the whole line or of a unit."""

    items: Sequence[str | None]
    units: Sequence[float]
    prices: Sequence[float]
    is_total: bool


@dataclass(frozen=True)
class Discount:
    """A column of what is taken off.

    Args:
        column: its name; None where nothing is to be taken off.
        is_share: whether it holds shares, else amounts for the whole line.
        percent: whether shares are written as 20 for a fifth.
        negative: whether it is written below zero.
        left_out: a column of discounts that prices are after already.
        doubt: what a reader must check before the mapping is run; empty for nothing.
    """

    column: str | None = None
    is_share: bool = False
    percent: bool = False
    negative: bool = False
    left_out: str | None = None
    doubt: str = ""


def named_discount(
    amounts: Mapping[str, Sequence[float]], percents: Mapping[str, Sequence[float]], price: str, lines: PricedLines
) -> Discount:
    """What its name calls a discount, beside the column of the price.

    Args:
        amounts: columns of numbers.
        percents: columns of numbers beside a percent sign.
        price: column of the price.
        lines: those that were sold.
    """
    values = {**amounts, **percents}
    paid = {n for n, held in amounts.items() if not names_percent(n) and _is_paid(lines, held)}
    named = [n for n in values if n != price and _names_discount(n) and n not in paid]
    if not named:
        return Discount()
    name = max(named, key=lambda n: name_rank(n, "discount"))
    held = [abs(off) for off in values[name]]
    found = Discount(name, negative=max(values[name]) <= 0)
    if name in percents or max(held) <= 1 or names_percent(name):
        return _share(replace(found, percent=name in percents or max(held) > 1), held, price, lines)
    if _is_in_prices(lines, held, is_share=False):
        return _left_out(name, price)
    above = _exceeding(lines, held)
    if above and max(held) <= _WHOLE and not has_word(name, _OF_AMOUNTS):
        return _share(replace(found, percent=True, doubt=_percent_doubt(name, above)), held, price, lines)
    return replace(found, doubt=_doubt(name, above))


def _names_discount(name: str) -> bool:
    return name_rank(name, "discount") > 0 and not name_rank(name, "quantity") and not is_left(name)


def _is_paid(lines: PricedLines, amounts: Sequence[float]) -> bool:
    """Whether amounts are there on nearly all lines and mostly most of the price, as what a discount leaves is."""
    wholes = _wholes(lines)
    shares = [abs(off) / whole for off, whole in zip(amounts, wholes, strict=True) if off and whole > 0]
    return len(shares) >= _NEARLY_ALL * len(wholes) > 0 and statistics.median(shares) > _HALF


def _share(found: Discount, held: Sequence[float], price: str, lines: PricedLines) -> Discount:
    """A discount by shares, unless the price is after it."""
    shares = [off / _WHOLE for off in held] if found.percent else held
    if _is_in_prices(lines, shares, is_share=True):
        return _left_out(found.column or "", price)
    return replace(found, is_share=True)


def names_percent(name: str) -> bool:
    """Whether a name speaks of percent."""
    return "%" in name or "percent" in name.lower() or "pct" in name.lower()


def _left_out(name: str, price: str) -> Discount:
    doubt = (
        f"'{price}' of an item is lower where '{name}' is higher, by as much: it is what was paid, and '{name}' is not "
        "taken off again, but tells as an attribute how much it was. If another column holds the price before "
        "discount, write that as unit_price and add discount."
    )
    return Discount(left_out=name, doubt=doubt)


def _percent_doubt(name: str, above: int) -> str:
    return (
        f"'{name}' is more than the line's price on {above:,} rows and never above {_WHOLE}: it is read as percent. If "
        "it is an amount, write it as amount and not as share."
    )


def _doubt(name: str, above: int) -> str:
    if not above:
        return ""
    return (
        f"'{name}' is more than the line's price on {above:,} rows, which are set aside: if it is no amount for the "
        "whole line, correct discount or leave it out."
    )


def _exceeding(lines: PricedLines, amounts: Sequence[float]) -> int:
    """The number of lines whose discount is more than their price, 0 where they are a few."""
    above = sum(1 for off, whole in zip(amounts, _wholes(lines), strict=True) if off > whole > 0)
    return above if above > _MANY * sum(1 for off in amounts if off) else 0


def _wholes(lines: PricedLines) -> list[float]:
    """The prices of the whole lines."""
    return [p if lines.is_total else p * u for p, u in zip(lines.prices, lines.units, strict=True)]


def _is_in_prices(lines: PricedLines, taken_off: Sequence[float], *, is_share: bool) -> bool:
    """Whether an item's price falls by its discount, as a price after discount does."""
    by_item: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for item, units, price, off in zip(lines.items, lines.units, lines.prices, taken_off, strict=True):
        if item is not None and units > 0 and price > 0:
            by_item[item].append((off if is_share else off / units, price / units if lines.is_total else price))
    votes = [vote for sold in by_item.values() for vote in _votes(sold, is_share=is_share)]
    return len(votes) >= _COMPARED and sum(votes) >= _MOST * len(votes)


def _votes(sold: Sequence[tuple[float, float]], *, is_share: bool) -> list[bool]:
    """For an item's lines with more than its least discount: whether the price fell by it, or else stayed."""
    least = min(off for off, _ in sold)
    stayed = statistics.median(price for off, price in sold if off == least)
    if is_share and least >= 1:
        return []
    before = stayed / (1 - least) if is_share else stayed + least
    fallen = [(price, before * (1 - off) if is_share else before - off) for off, price in sold if off > least]
    return [abs(price - after) < abs(price - stayed) for price, after in fallen if stayed - after > _APART * stayed]
