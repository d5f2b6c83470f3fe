"""Whether rows that speak of a return are rows of their own beside the sale's: by signs and repetition."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.drafting.names import has_word, name_rank
from domain.drafting.profiles import Look, Profile
from domain.drafting.repeats import labelling, repeated

_NEARLY_ALL = 0.9
_NEARLY_NONE = 0.02
_MOSTLY = 0.5
_NO_PRICE = "profit margin gain gewinn ertrag marge margine benefice bénéfice ganancia winst lucro saldo"


@dataclass(frozen=True)
class Evidence:
    """What tells that rows are returns of their own.

    Args:
        why: they are, for a reader; empty where nothing tells so.
        doubt: why they may be; empty for no reason.
    """

    why: str = ""
    doubt: str = ""


def own_rows(profiles: Sequence[Profile], quantity: Profile, returns: Sequence[bool]) -> Evidence:
    """The evidence that the rows of `returns` repeat sales of the same file.

    Args:
        profiles: of its columns.
        quantity: the column of units.
        returns: a row each, whether it speaks of a return.
    """
    if turns_sign(quantity, returns):
        return Evidence("whose units are below 0")
    turned = next((p for p in profiles if p is not quantity and turns_price(p, profiles, quantity, returns)), None)
    if turned is not None:
        return Evidence(f"whose '{turned.name}' is below 0")
    return _repeats(profiles, returns)


def turns_sign(column: Profile, returns: Sequence[bool]) -> bool:
    """Whether a column is below 0 on nearly all of these rows, and above 0 on nearly all others."""
    if not column.lowest < 0 < column.highest:
        return False
    back = [n for n, is_back in zip(column.numbers, returns, strict=True) if is_back and abs(n) > 0]
    rest = [n for n, is_back in zip(column.numbers, returns, strict=True) if not is_back]
    return (
        bool(back)
        and sum(n < 0 for n in back) >= _NEARLY_ALL * len(back)
        and sum(n > 0 for n in rest) >= _NEARLY_ALL * len(rest)
        and sum(n < 0 for n in rest) <= _NEARLY_NONE * len(rest)
    )


def turns_price(column: Profile, profiles: Sequence[Profile], quantity: Profile, returns: Sequence[bool]) -> bool:
    """Whether what the other rows were sold for stands in a column with its sign turned, as a profit lost does not."""
    if column.look not in {Look.MONEY, Look.UNITS} or has_word(column.name, _NO_PRICE):
        return False
    if not turns_sign(column, returns):
        return False
    named = [p for p in labelling(profiles) if not name_rank(p.name, "customer_id")]
    return any(_sold_for(p, column, quantity, returns) >= _MOSTLY for p in named)


def _sold_for(code: Profile, amount: Profile, quantity: Profile, returns: Sequence[bool]) -> float:
    """The share of the rows whose amount, of the line or a unit, another row of the same code has above 0."""
    sold: set[tuple[str, float]] = set()
    back: list[set[tuple[str, float]]] = []
    for text, paid, units, is_back in zip(code.texts, amount.numbers, quantity.numbers, returns, strict=True):
        if text is None or not abs(paid) > 0:
            continue
        prices = {(text, round(abs(paid), 2)), *([(text, round(abs(paid / units), 2))] if abs(units) > 0 else [])}
        if is_back:
            back.append(prices)
        elif paid > 0:
            sold |= prices
    return sum(1 for prices in back if not prices.isdisjoint(sold)) / len(back) if back else 0.0


def _repeats(profiles: Sequence[Profile], returns: Sequence[bool]) -> Evidence:
    found = repeated(profiles, returns)
    if found is None:
        return Evidence()
    names = f"repeat '{found.one.name}' and '{found.other.name}' of"
    if found.same_day:
        return Evidence(doubt=f"{names} another row of their day")
    return Evidence(f"most of which {names} an earlier row")
