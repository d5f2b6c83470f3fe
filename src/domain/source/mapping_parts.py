"""The parts of a mapping: which source columns become which canonical ones, and how they are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from domain.errors import MappingError
from domain.schema import ColumnType
from domain.source.date_format import ISO, check_date_format
from domain.source.number_format import check_sign

_STRICT = {"extra": "forbid"}  # a key that nobody reads is a typo

Identifier: TypeAlias = str | tuple[str, ...]


@dataclass(frozen=True)
class TextFormat:
    """How the text files write what they hold.

    Args:
        delimiter: between fields of a CSV file.
        quote: around fields that hold delimiters, quotes (doubled) or line ends.
        encoding: of the characters.
        decimal: the mark before decimals.
        thousands: the mark between thousands; empty for none. A space is any space, an apostrophe a curly one too.
        currency_sign: what may stand before or after amounts, such as `$` or `EUR`; empty for nothing.
        dates: formats of moments, tried together: a text that two of them read differently is ambiguous.
        timezone: of moments that name none.
        multiline: whether quoted fields may hold line ends; without, a large plain file is read in parallel.
        nulls: texts that mean absent, beside the empty one.
    """

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    decimal: Literal[".", ","] = "."
    thousands: str = ""
    currency_sign: str = ""
    dates: tuple[str, ...] = (ISO,)
    timezone: str = "UTC"
    multiline: bool = True
    nulls: tuple[str, ...] = ()

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        """Refuse marks that contradict each other."""
        if (
            self.decimal == self.thousands
            or len(self.thousands) > 1
            or len(self.delimiter) != 1
            or len(self.quote) != 1
        ):
            raise MappingError(
                f"The marks delimiter '{self.delimiter}', quote '{self.quote}', decimal '{self.decimal}' and "
                f"thousands '{self.thousands}' cannot be told apart.",
                "Give each one character, the decimal mark another than the thousands mark.",
            )
        if not self.dates:
            raise MappingError(
                "The mapping lists no date format.", "Name at least one under format.dates, such as 'iso'."
            )
        check_sign(self.currency_sign)
        for form in self.dates:
            check_date_format(form)


@dataclass(frozen=True)
class SignedColumn:
    """A column of amounts or units; `negative` says that it writes them below zero."""

    column: str
    negative: bool = False

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class LineTotal:
    """A price of the whole line before discount: a unit's is `total` over `units` (default: the quantity)."""

    total: str
    units: str | None = None

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Discount:
    """What is taken off the price: a share of it, or an amount for the whole line.

    Args:
        share: column of shares, 0 to 1.
        percent: whether `share` writes 20 for a fifth, with a percent sign beside it or without.
        amount: column of amounts taken off the whole line.
        of: column of the amount that `amount` is taken off; default the line's price before discount.
        negative: whether `share` or `amount` is written below zero.
    """

    share: str | None = None
    percent: bool = False
    amount: str | None = None
    of: str | None = None
    negative: bool = False

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        """Refuse a discount that is both or neither."""
        if (self.share is None) == (self.amount is None):
            raise MappingError(
                "The mapping's discount must name either 'share' or 'amount'.",
                'Write discount = { share = "column" } or { amount = "column" }.',
            )
        if self.of is not None and self.amount is None:
            raise MappingError(
                "The mapping's discount names 'of' without 'amount'.", "Name the column of the amount too."
            )


@dataclass(frozen=True)
class CurrencyColumn:
    """The currency stands in a column, which must hold one value throughout."""

    column: str

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class OrderColumns:
    """Source columns of `order_lines`, by canonical name; a tuple of columns together makes one identifier.

    Without a `quantity` every row is one unit.
    """

    order_id: Identifier
    item_id: Identifier
    ordered_at: str
    unit_price: str | LineTotal
    quantity: str | None = None
    line_id: Identifier | None = None
    customer_id: Identifier | None = None
    discount: str | Discount | None = None
    item_group: str | None = None
    category: str | None = None
    size: str | None = None
    colour: str | None = None
    seller: str | None = None
    unit_cost: str | None = None
    kind: str | None = None
    available_at: str | None = None
    updated_at: str | None = None
    dispatched_at: str | None = None
    delivered_at: str | None = None
    returnable_until: str | None = None
    cancelled_quantity: str | SignedColumn | None = None

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class ReturnColumns:
    """Source columns of `return_events`, by canonical name.

    In the shape "rows" what is left out of order, customer, item and `returned_at` (the row's own date) is
    taken as in sale rows, and the quantity from `return_rows`. `ordered_at` is only checked: a return
    cannot precede the sale that it names.
    """

    line_id: Identifier | None = None
    order_id: Identifier | None = None
    customer_id: Identifier | None = None
    item_id: Identifier | None = None
    returned_at: str | None = None
    quantity: str | SignedColumn | None = None
    available_at: str | None = None
    refund_amount: str | SignedColumn | None = None
    reason: str | None = None
    outcome: str | None = None
    disposition: str | None = None
    requested_at: str | None = None
    received_at: str | None = None
    ordered_at: str | None = None

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class ReturnRows:
    """What tells a return row from a sale row of the same file.

    Args:
        told_by: `negative_quantity` (units below zero), `marker` (a text that begins with `prefix`) or
            `returned_quantity` (a column of its own counts the returned units, and the quantity sold is zero).
        column: of the marker or of the returned units.
        prefix: how a marked text begins.
        negative: whether returned units are written below zero.
    """

    told_by: Literal["negative_quantity", "marker", "returned_quantity"] = "negative_quantity"
    column: str | None = None
    prefix: str | None = None
    negative: bool = False

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        """Refuse a convention without what it needs."""
        if (self.told_by != "negative_quantity" and not self.column) or (self.told_by == "marker" and not self.prefix):
            needed = "'column' and 'prefix'" if self.told_by == "marker" else "'column'"
            raise MappingError(
                f"Return rows told by {self.told_by} need {needed}.",
                "Add it to the table [return_rows] of the mapping.",
            )


@dataclass(frozen=True)
class ReturnFlag:
    """What on the line itself says whether it came back: a word, a number of units, or else a day.

    Args:
        column: of the word; None where units or the day tell.
        returned: texts that say yes (letter case aside). A column of 1 and 0 with gaps is often written as 1.0 and 0.0.
        kept: texts that say no.
        quantity: column of the returned units, 0 or empty where none came back; without it a whole line comes back.
        returned_at: column of the day of the return, empty where none came back; without it nobody knows the day.
    """

    column: str | None = None
    returned: tuple[str, ...] = ("1", "1.0", "true", "yes", "y", "returned")
    kept: tuple[str, ...] = ("0", "0.0", "false", "no", "n", "kept", "")
    quantity: str | SignedColumn | None = None
    returned_at: str | None = None

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        """Refuse a flag that says nothing."""
        if self.column is None and self.quantity is None and self.returned_at is None:
            raise MappingError(
                "The mapping's [flag] names no column that says what came back.",
                "Name its column, its quantity of returned units or the day returned_at.",
            )


@dataclass(frozen=True)
class TakenActions:
    """What the shop did about lines, so that nothing is learned from what became of them afterwards.

    Args:
        files: files, directories or globs, one row an action on a line.
        line_id: column of the line, called as in the published outputs; several make one identifier, as among orders.
        action: column of what was done.
        taken_at: column of when it was done.
        available_at: column of when the shop's records showed it; default `taken_at`.
        format: how the files are written; default as the orders, with ISO days too.
    """

    files: str | tuple[str, ...]
    line_id: Identifier = "line_id"
    action: str = "action"
    taken_at: str = "taken_at"
    available_at: str | None = None
    format: TextFormat | None = None

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Vocabulary:
    """The source's words for canonical values; `otherwise` stands for every word that is not listed.

    Without `otherwise` a word must be listed or be canonical itself.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    otherwise: str | None = None

    __pydantic_config__ = _STRICT

    def check(self, name: str, canonical: tuple[str, ...]) -> None:
        """Refuse canonical values that there are not, and a word with two meanings; raises MappingError."""
        given = [*self.values, *([self.otherwise] if self.otherwise is not None else [])]
        for value in given:
            if value not in canonical:
                raise MappingError(
                    f"The mapping's [{name}] names '{value}', which is not canonical.",
                    f"Use one of {', '.join(canonical)}.",
                )
        words = [word.casefold() for meant in self.values.values() for word in meant]
        twice = sorted({word for word in words if words.count(word) > 1})
        if twice:
            raise MappingError(f"The mapping's [{name}] gives {twice} two meanings.", "List every word once.")


@dataclass(frozen=True)
class Attribute:
    """A column known at order time that may serve as a feature: its source column and type."""

    column: str
    type: Literal["numeric", "categorical"]

    __pydantic_config__ = _STRICT

    @property
    def kind(self) -> ColumnType:
        """What its canonical column holds."""
        return ColumnType.NUMBER if self.type == "numeric" else ColumnType.TEXT
