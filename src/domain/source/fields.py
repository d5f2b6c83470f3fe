"""The fields of a source's rows: what is read for each canonical column, from where, and as what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import (
    CurrencyColumn,
    Discount,
    Identifier,
    LineTotal,
    ReturnFlag,
    SignedColumn,
    TakenActions,
    TextFormat,
)
from domain.source.number_format import PERCENT
from domain.tables import ATTRIBUTE_PREFIX


class Reading(StrEnum):
    """What the text of a field is read as."""

    IDENTIFIER = "identifier"  # exactly as written
    LABEL = "label"  # blank means absent
    NUMBER = "number"
    MOMENT = "moment"
    WORD = "word"  # one of a vocabulary


@dataclass(frozen=True)
class SourceField:
    """One field of a row.

    Args:
        name: canonical column, or what it is computed from (`price`, `price_units`, `discount_of`).
        reading: what its text is read as.
        columns: the source's columns; several make one identifier.
        required: whether a row without it is set aside.
        negative: whether the source writes its numbers below zero.
        percent: whether a percent sign may stand beside its numbers, and no currency's.
    """

    name: str
    reading: Reading
    columns: tuple[str, ...]
    required: bool = False
    negative: bool = False
    percent: bool = False

    def written(self, form: TextFormat) -> TextFormat:
        """How its texts are written, in a source that writes so."""
        return replace(form, currency_sign=PERCENT) if self.percent else form


_NEVER_LACKING = ("updated_at", "quantity")  # no column of its own; 1 without one
_LABELS = ("item_group", "category", "size", "colour", "seller")
_LINE_CLOCKS = ("available_at", "dispatched_at", "delivered_at", "returnable_until")
_RETURN_CLOCKS = ("available_at", "requested_at", "received_at", "ordered_at")


def line_fields(mapping: SourceMapping) -> tuple[SourceField, ...]:
    """The fields of order rows that the source has."""
    return tuple(_line_fields(mapping))


def event_fields(mapping: SourceMapping) -> tuple[SourceField, ...]:
    """The fields of return rows that the source has; empty in the shape "flag", where lines tell it."""
    return () if mapping.shape == "flag" else tuple(_event_fields(mapping))


def taken_action_fields(mapping: SourceMapping) -> tuple[SourceField, ...]:
    """The fields of the rows of actions taken; empty where the source has none."""
    return () if mapping.taken_actions is None else tuple(_taken_action_fields(mapping.taken_actions))


def source_columns(fields: Iterable[SourceField]) -> tuple[str, ...]:
    """The source's columns that the fields need, each once, in order."""
    return tuple(dict.fromkeys(column for field in fields for column in field.columns))


def named_columns(mapping: SourceMapping) -> tuple[str, ...]:
    """Every column of the source that the mapping names, each once."""
    told = mapping.return_rows
    marker = () if told is None or told.column is None else (told.column,)
    fields = (*line_fields(mapping), *event_fields(mapping), *taken_action_fields(mapping))
    return tuple(dict.fromkeys((*source_columns(fields), *marker)))


def absent_columns(mapping: SourceMapping) -> tuple[str, ...]:
    """The optional columns that the source lacks, those of return rows as `returns.<name>`."""
    lines = [name for name, given in vars(mapping.columns).items() if given is None and name not in _NEVER_LACKING]
    if mapping.shape == "flag":
        return tuple(lines)
    has = {field.name for field in event_fields(mapping)}
    events = [f"returns.{name}" for name in vars(mapping.return_columns) if name not in has]
    return (*lines, *events)


def _line_fields(mapping: SourceMapping) -> Iterator[SourceField]:
    columns = mapping.columns
    for name, given, required in (
        ("line_id", columns.line_id, True),
        ("order_id", columns.order_id, True),
        ("customer_id", columns.customer_id, False),
        ("item_id", columns.item_id, True),
    ):
        yield from _identifier(name, given, required=required)
    yield SourceField("ordered_at", Reading.MOMENT, (columns.ordered_at,), required=True)
    if columns.updated_at is not None:
        yield SourceField("updated_at", Reading.MOMENT, (columns.updated_at,), required=True)
    yield from _plain(columns, _LINE_CLOCKS, Reading.MOMENT)
    if columns.quantity is not None:
        yield SourceField("quantity", Reading.NUMBER, (columns.quantity,), required=True)
    yield from _money_fields(mapping)
    yield from _signed("cancelled_quantity", columns.cancelled_quantity)
    yield from _plain(columns, ("kind",), Reading.WORD)
    yield from _plain(columns, _LABELS, Reading.LABEL)
    if mapping.flag is not None:
        yield from _flag_fields(mapping.flag)
    for name, attribute in sorted(mapping.attributes.items()):
        reading = Reading.NUMBER if attribute.type == "numeric" else Reading.LABEL
        yield SourceField(f"{ATTRIBUTE_PREFIX}{name}", reading, (attribute.column,))


def _flag_fields(flag: ReturnFlag) -> Iterator[SourceField]:
    if flag.column is not None:
        yield SourceField("flag", Reading.WORD, (flag.column,), required="" not in flag.kept)
    yield from _signed("returned_quantity", flag.quantity)
    yield from _plain(flag, ("returned_at",), Reading.MOMENT)


def _money_fields(mapping: SourceMapping) -> Iterator[SourceField]:
    columns = mapping.columns
    if isinstance(mapping.currency, CurrencyColumn):
        yield SourceField("currency", Reading.LABEL, (mapping.currency.column,), required=True)
    if isinstance(columns.unit_price, LineTotal):
        yield SourceField("price", Reading.NUMBER, (columns.unit_price.total,), required=True)
        units = columns.unit_price.units
        if units is not None and units != columns.quantity:
            yield SourceField("price_units", Reading.NUMBER, (units,), required=True)
    else:
        yield SourceField("price", Reading.NUMBER, (columns.unit_price,), required=True)
    if isinstance(columns.discount, str):
        yield SourceField("discount", Reading.NUMBER, (columns.discount,))
    elif columns.discount is not None:
        yield from _discount(columns.discount)
    yield from _plain(columns, ("unit_cost",), Reading.NUMBER)


def _discount(discount: Discount) -> Iterator[SourceField]:
    column = discount.share or discount.amount or ""
    yield SourceField("discount", Reading.NUMBER, (column,), negative=discount.negative, percent=discount.percent)
    if discount.of is not None:
        yield SourceField("discount_of", Reading.NUMBER, (discount.of,), required=True)


def _event_fields(mapping: SourceMapping) -> Iterator[SourceField]:
    given, sale = mapping.return_columns, mapping.columns
    in_rows = mapping.shape == "rows"
    yield from _identifier("line_id", given.line_id)
    yield from _identifier("order_id", given.order_id or (sale.order_id if in_rows else None))
    yield from _identifier("customer_id", given.customer_id or (sale.customer_id if in_rows else None))
    item = given.item_id or (sale.item_id if in_rows else None)
    yield from _identifier("item_id", item, required=given.line_id is None)
    yield SourceField("returned_at", Reading.MOMENT, (given.returned_at or sale.ordered_at,), required=True)
    yield from _plain(given, _RETURN_CLOCKS, Reading.MOMENT)
    yield from _returned_quantity(mapping)
    yield from _signed("refund_amount", given.refund_amount)
    yield from _plain(given, ("reason",), Reading.LABEL)
    yield from _plain(given, ("outcome", "disposition"), Reading.WORD)


def _taken_action_fields(taken: TakenActions) -> Iterator[SourceField]:
    yield from _identifier("line_id", taken.line_id, required=True)
    yield SourceField("action", Reading.LABEL, (taken.action,), required=True)
    yield SourceField("taken_at", Reading.MOMENT, (taken.taken_at,), required=True)
    yield from _plain(taken, ("available_at",), Reading.MOMENT)


def _returned_quantity(mapping: SourceMapping) -> Iterator[SourceField]:
    rows, given = mapping.return_rows, mapping.return_columns.quantity
    if given is not None:
        yield from _signed("quantity", given, required=True)
    elif rows is not None and rows.told_by == "returned_quantity":
        yield from _signed("quantity", SignedColumn(rows.column or "", rows.negative), required=True)
    elif rows is not None and mapping.columns.quantity is not None:
        negative = rows.told_by == "negative_quantity"
        yield SourceField("quantity", Reading.NUMBER, (mapping.columns.quantity,), required=True, negative=negative)


def _identifier(name: str, given: Identifier | None, *, required: bool = False) -> Iterator[SourceField]:
    if given is not None:
        columns = (given,) if isinstance(given, str) else given
        yield SourceField(name, Reading.IDENTIFIER, columns, required=required)


def _signed(name: str, given: str | SignedColumn | None, *, required: bool = False) -> Iterator[SourceField]:
    if isinstance(given, str):
        given = SignedColumn(given)
    if given is not None:
        yield SourceField(name, Reading.NUMBER, (given.column,), required=required, negative=given.negative)


def _plain(columns: object, names: Iterable[str], reading: Reading) -> Iterator[SourceField]:
    for name in names:
        given = getattr(columns, name)
        if given is not None:
            yield SourceField(name, reading, (given,))
