"""What a row of a file of candidates asks about: its cells as values, or the rule that they break."""

from collections.abc import Callable
from decimal import Decimal

from domain.recommendation.candidates import Asked, Candidate, SetAside
from domain.source.money import MAX_AMOUNT, MAX_UNITS, MONEY_PLACES, SHARE_PLACES, rounded
from domain.source.number_format import read_number


class _UnusableCellError(ValueError):
    """A cell that no candidate can have; the name of the rule and the sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def read_candidate(row: int, asked: Asked) -> Candidate | SetAside:
    """The candidate that a row's cells ask about, or why there is none.

    Args:
        row: its place among the rows asked about, from 1.
        asked: the cells by column; an absent one is as an empty one. Identifiers count as they stand.
    """
    customer_id, item_id = _present(asked.get("customer_id")), _present(asked.get("item_id"))
    try:
        return Candidate(
            row,
            customer_id,
            _item(item_id),
            _read(asked, "price", _amount),
            _read(asked, "quantity", _units) or 1,
            _read(asked, "discount", _share) or Decimal(0),
        )
    except _UnusableCellError as unusable:
        return SetAside(row, customer_id, item_id, unusable.reason, unusable.detail)


def _present(text: str | None) -> str | None:
    return text if text is not None and text.strip() else None


def _item(item_id: str | None) -> str:
    if item_id is None:
        raise _UnusableCellError("item_id_missing", "The column 'item_id' is empty.")
    return item_id


def _read[V](asked: Asked, column: str, value_of: Callable[[str, Decimal], V]) -> V | None:
    text = _present(asked.get(column))
    if text is None:
        return None
    number = read_number(text.strip(), ".", "")
    if number is None:
        raise _unusable(column, text, "not_a_number", "which is no number")
    return value_of(text, number)


def _amount(text: str, number: Decimal) -> Decimal:
    if number < 0:
        raise _unusable("price", text, "negative", "a price below 0")
    if number > MAX_AMOUNT:
        raise _unusable("price", text, "too_large", "too large to be true")
    return rounded(number, MONEY_PLACES)


def _units(text: str, number: Decimal) -> int:
    if number != int(number) or number <= 0:
        raise _unusable("quantity", text, "not_whole_units", "which is no whole number of at least 1")
    if number > MAX_UNITS:
        raise _unusable("quantity", text, "too_large", "too large to be true")
    return int(number)


def _share(text: str, number: Decimal) -> Decimal:
    if not 0 <= number <= 1:
        raise _unusable("discount", text, "no_share", "which is no share from 0 to 1")
    return rounded(number, SHARE_PLACES)


def _unusable(column: str, text: str, suffix: str, claim: str) -> _UnusableCellError:
    return _UnusableCellError(f"{column}_{suffix}", f"The column '{column}' holds '{text}', {claim}.")
