"""Which columns count units: small whole numbers, or any whole numbers under a name that speaks of units."""

import math
from collections import defaultdict
from collections.abc import Sequence
from zlib import crc32

from domain.drafting.names import has_word, name_rank
from domain.drafting.profiles import Look, Profile
from domain.drafting.words import speaks_of_cancelling, speaks_of_returns

_SMALL = {Look.UNITS, Look.FLAG}
_ROWS = 40_000  # looked at
_GROUPS = 15  # of two rows or more, below which nothing is said
_COUNTED = 0.9
_NUMERIC = 0.95  # of the texts of a column of numbers
_AMOUNTS = (
    "price prices cost costs value amount preis preise betrag kosten prix montant precio precios importe coste prezzo "
    "importo costo prijs bedrag preco valor discount discounts voucher vouchers coupon rabatt gutschein remise "
    "descuento sconto korting desconto tax vat mwst steuer tva iva btw fee"
)
_OTHER_COUNTS = (
    "photo photos image images picture pictures foto fotos bild bilder weight gewicht poids peso description "
    "descriptions length lenght width height review reviews rating ratings view views click clicks stock inventory "
    "available bestand lagerbestand days tage"
)


def counting(profiles: Sequence[Profile]) -> list[Profile]:
    """The columns that may count units."""
    return [
        p
        for p in profiles
        if not has_word(p.name, _OTHER_COUNTS)
        and ((p.look in _SMALL and p.is_numeric) or (quantity_rank(p.name) and is_whole(p)))
    ]


def quantity_of(profiles: Sequence[Profile]) -> Profile | None:
    """The column that a name calls units sold, else that of the fewest values; None for no columns.

    Args:
        profiles: of columns that may count units.
    """
    return max(profiles, key=lambda p: (sold_rank(p.name), -len(p.distinct)), default=None)


def sold_rank(name: str) -> int:
    """How well a name fits units sold: 0 for units that came back or were called off."""
    return 0 if speaks_of_going_back(name) else quantity_rank(name)


def quantity_rank(name: str) -> int:
    """How well a name fits units; 0 where it speaks of amounts too, or of what else an article has several of."""
    return 0 if speaks_of_amounts(name) or has_word(name, _OTHER_COUNTS) else name_rank(name, "quantity")


def speaks_of_amounts(name: str) -> bool:
    """Whether the name of a column speaks of money or of what is taken off it."""
    return has_word(name, _AMOUNTS)


def speaks_of_going_back(name: str) -> bool:
    """Whether the name of a column speaks of what was returned or called off."""
    return speaks_of_returns(name) or speaks_of_cancelling(name)


def is_whole(column: Profile) -> bool:
    """Whether nearly all texts of a column are whole numbers, and all its numbers are."""
    if column.look in {Look.MOMENT, Look.EMPTY}:
        return False
    numbers = [number for number in column.numbers if not math.isnan(number)]
    present = sum(column.distinct.values())
    return bool(numbers) and len(numbers) >= _NUMERIC * present and all(number == int(number) for number in numbers)


def numbers_lines(column: Profile, others: Sequence[Profile]) -> bool:
    """Whether a column counts 1, 2, 3, ... within the rows of some other column's values, or is called so."""
    if name_rank(column.name, "line_id"):
        return True
    return any(_counts_within(column, other) for other in others if other.look is Look.CODE)


def _counts_within(column: Profile, key: Profile) -> bool:
    groups: dict[str, list[float]] = defaultdict(list)
    for text, number in zip(key.texts[:_ROWS], column.numbers[:_ROWS], strict=True):
        if text is not None:
            groups[text].append(number)
    several = [sorted(held) for held in groups.values() if len(held) > 1]
    counted = sum(1 for held in several if held[0] in {0, 1} and held == [held[0] + n for n in range(len(held))])
    return len(several) >= _GROUPS and counted >= _COUNTED * len(several)


def counts_rows(column: Profile, others: Sequence[Profile]) -> bool:
    """Whether a column says on every row how many rows some other column's value has, as of the items of an order."""
    return any(_counts_all(column, other) for other in others if other.look is Look.CODE)


def _counts_all(column: Profile, key: Profile) -> bool:
    share = 1 + len(key.texts) // _ROWS
    # All rows of some values: those of an order need not stand together.
    chosen = {text for text in key.distinct if crc32(text.encode()) % share == 0 and key.distinct[text] > 1}
    equal = dict.fromkeys(chosen, True)
    for text, number in zip(key.texts, column.numbers, strict=True):
        if text in chosen and number != key.distinct[text]:
            equal[text] = False
    return len(equal) >= _GROUPS and sum(equal.values()) >= _COUNTED * len(equal)
