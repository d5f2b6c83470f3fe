"""How one shop's files become the canonical tables: everything a mapping file declares, checked when it is built.

`docs/mapping.md` explains every key with examples.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.errors import ConfigurationError, MappingError
from domain.features.expressions import KNOWN_LATER
from domain.labels import DEFAULT_LAG_LAW, LabelPolicy, LagLaw
from domain.schema import Column, Schema
from domain.source.date_format import ISO
from domain.source.mapping_parts import (
    Attribute,
    CurrencyColumn,
    OrderColumns,
    ReturnColumns,
    ReturnFlag,
    ReturnRows,
    TakenActions,
    TextFormat,
    Vocabulary,
)
from domain.source.money import NO_CURRENCY, TAX_RATE_PLACES, rounded
from domain.tables import ATTRIBUTE_PREFIX, DISPOSITIONS, LINE_KINDS, ORDER_LINES, OUTCOMES

_STRICT = {"extra": "forbid"}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True)
class SourceMapping:
    """The declaration of one source.

    Args:
        name: the shop's name, under which its models compete.
        shape: where returns stand: in a "table" of their own, as "rows" of the same files, or as a "flag" on the line.
        orders: files, directories or globs of order rows, relative to the mapping file.
        columns: source columns of the order lines.
        returns: the same for return rows; only in the shape "table".
        currency: ISO 4217 code, or the column that holds it; NO_CURRENCY where none is known.
        prices_include_tax: whether `unit_price` includes tax at `tax_rate`.
        tax_rate: tax as a share of the net price.
        window_days: days after the order in which a return counts.
        feed_delay_days: days from a return to the moment the shop knows it.
        recording_lag_days: days a return takes to be recorded; default `feed_delay_days`.
        return_order: whether a return names the "original" sale's order or has its "own" number.
        repeated_rows: whether identical rows are "duplicates" or "separate" lines; default duplicates, but separate
            where every row is one unit and nothing numbers them.
        excluded_outcomes: outcomes that are no return; their rows are set aside.
        lag_law: pairs of (days after the order, share of returns made by then), the last share 1.
        format: how text files are written; `returns_format` where the return files differ.
        return_columns: source columns of the return events.
        return_rows: what tells a return row; only in the shape "rows".
        flag: what on the line says that it came back; only in the shape "flag".
        kinds, outcomes, dispositions: the source's words for canonical values.
        attributes: further columns known at order time, by name.
        taken_actions: where it stands what the shop did about lines; None where it did nothing or keeps no record.
    """

    name: str
    shape: Literal["table", "rows", "flag"]
    orders: str | tuple[str, ...]
    columns: OrderColumns
    returns: str | tuple[str, ...] | None = None
    currency: str | CurrencyColumn = NO_CURRENCY
    prices_include_tax: bool = False
    tax_rate: float = 0.0
    window_days: int = 60
    feed_delay_days: int = 0
    recording_lag_days: int | None = None
    return_order: Literal["original", "own"] = "original"
    repeated_rows: Literal["duplicates", "separate"] | None = None
    excluded_outcomes: tuple[str, ...] = ()
    lag_law: tuple[tuple[int, float], ...] | None = None
    format: TextFormat = field(default_factory=TextFormat)
    returns_format: TextFormat | None = None
    return_columns: ReturnColumns = field(default_factory=ReturnColumns)
    return_rows: ReturnRows | None = None
    flag: ReturnFlag | None = None
    kinds: Vocabulary = field(default_factory=Vocabulary)
    outcomes: Vocabulary = field(default_factory=Vocabulary)
    dispositions: Vocabulary = field(default_factory=Vocabulary)
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    taken_actions: TakenActions | None = None

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself; raises MappingError."""
        _check_name(self)
        _check_shape(self)
        _check_money(self)
        _check_days(self)
        _check_words(self)
        _check_attributes(self)

    @property
    def is_dated(self) -> bool:
        """Whether returns carry a date, or a declared law says how they spread: else nothing by day can be forecast."""
        return not self.has_undated_returns or self.lag_law is not None

    @property
    def has_undated_returns(self) -> bool:
        """Whether lines only say that they came back, and not when."""
        return self.flag is not None and self.flag.returned_at is None

    @property
    def drops_repeated_rows(self) -> bool:
        """Whether identical rows are copies of one."""
        if self.repeated_rows is not None:
            return self.repeated_rows == "duplicates"
        return self.columns.quantity is not None or self.columns.line_id is not None

    @property
    def tax_divisor(self) -> Decimal:
        """What a price is divided by to be net of tax; 1 where prices are net already."""
        return 1 + rounded(Decimal(str(self.tax_rate)), TAX_RATE_PLACES) if self.prices_include_tax else Decimal(1)

    @property
    def lag_days(self) -> int:
        """Days a return takes to be recorded."""
        return self.feed_delay_days if self.recording_lag_days is None else self.recording_lag_days

    @property
    def format_of_returns(self) -> TextFormat:
        """How the files of return rows are written."""
        return self.returns_format or self.format

    @property
    def format_of_taken_actions(self) -> TextFormat:
        """How the files of actions taken are written: as the orders if nothing is said, but ISO days are read too."""
        told = self.taken_actions
        if told is not None and told.format is not None:
            return told.format
        return self.format if ISO in self.format.dates else replace(self.format, dates=(*self.format.dates, ISO))

    def label_policy(self) -> LabelPolicy:
        """When a line counts as returned and when that is settled."""
        return LabelPolicy(self.window_days, self.lag_days)

    def exposure_law(self) -> LagLaw:
        """The share of eventual returns that the shop knows by age, for weighing past lines.

        Dated returns follow the declared law (else the default), moved by the feed delay. A flag without a day is known
        at once when its window and lag are over, whatever law says when the parcels came.
        """
        if self.has_undated_returns:
            return LagLaw(((self.window_days + self.lag_days, 1.0),))
        steps = self.return_law().steps
        return LagLaw(tuple((age + self.feed_delay_days, share) for age, share in steps))

    def return_law(self) -> LagLaw:
        """Days from order to return as declared, or the default within the window."""
        return DEFAULT_LAG_LAW.within(self.window_days) if self.lag_law is None else LagLaw(self.lag_law)

    def order_lines_schema(self) -> Schema:
        """The canonical order lines with this source's attributes at the end, by name."""
        return ORDER_LINES.plus(
            Column(f"{ATTRIBUTE_PREFIX}{name}", attribute.kind, nullable=True)
            for name, attribute in sorted(self.attributes.items())
        )


def _check_name(mapping: SourceMapping) -> None:
    if not _NAME.fullmatch(mapping.name):
        raise MappingError(
            f"The shop's name '{mapping.name}' cannot name its models.",
            "Use up to 63 small letters, digits, '-' and '_', a letter or digit first.",
        )


def _check_shape(mapping: SourceMapping) -> None:
    shape = mapping.shape
    belongs = {"returns": "table", "returns_format": "table", "return_rows": "rows", "flag": "flag"}
    for key, home in belongs.items():
        if getattr(mapping, key) is not None and shape != home:
            raise MappingError(
                f"The mapping declares '{key}', which belongs to the shape '{home}', not '{shape}'.",
                f'Remove it, or write shape = "{home}".',
            )
    needs = {"table": "returns", "flag": "flag"}.get(shape)
    if needs is not None and getattr(mapping, needs) is None:
        raise MappingError(f"A mapping of the shape '{shape}' must declare '{needs}'.", "Add it to the mapping file.")
    if shape == "rows":
        _check_return_rows(mapping)
    if shape == "flag" and mapping.return_columns != ReturnColumns():
        raise MappingError(
            "The mapping declares [return_columns], but a flag has no return rows.",
            "Remove that table from the mapping.",
        )
    if shape == "table":
        _check_return_table(mapping)
    if mapping.columns.updated_at is not None:
        _check_versions(mapping)


def _check_return_rows(mapping: SourceMapping) -> None:
    told = mapping.return_rows
    if told is None:
        raise MappingError(
            "A mapping of the shape 'rows' must say what tells a return row.",
            'Add the table [return_rows], for example with told_by = "negative_quantity".',
        )
    if mapping.columns.quantity is None and told.told_by != "marker":
        raise MappingError(
            f"Return rows told by {told.told_by} need the column of the quantity.",
            "Add quantity to the table [columns], or tell return rows by a marker.",
        )


def _check_return_table(mapping: SourceMapping) -> None:
    given = mapping.return_columns
    if given.order_id is not None and given.line_id is None and given.item_id is None:
        raise MappingError(
            "The returns name orders only, and not which of their lines came back.",
            "Join them to the orders as a column that says returned, and map it as [flag]: every line of such an order "
            "then counts as returned.",
        )
    if given.returned_at is None:
        raise MappingError(
            "The mapping names no column for the day of a return.", "Add returned_at to the table [return_columns]."
        )
    if given.line_id is None and given.item_id is None:
        raise MappingError(
            "The mapping's return rows name neither a line nor an item.",
            "Add line_id, or item_id with order_id or customer_id, to the table [return_columns].",
        )


def _check_versions(mapping: SourceMapping) -> None:
    """Whether lines that are written again can be told, and read as of their day."""
    columns = mapping.columns
    if columns.line_id is None:
        raise MappingError(
            "The mapping declares updated_at and no line_id, so nothing says which rows are versions of one line.",
            'Add line_id to the table [columns]: a column, or several as in ["order", "position"].',
        )
    if columns.available_at is not None:
        raise MappingError(
            "The mapping declares both updated_at and available_at, two answers to when a row was known.",
            "Keep updated_at where rows are written again, else available_at.",
        )
    if mapping.shape == "flag":
        raise MappingError(
            "The mapping declares updated_at, but what changes a line of the shape 'flag' is its outcome.",
            "Remove updated_at and give the last version of every line, or give the returns as rows or in a table.",
        )


def _check_money(mapping: SourceMapping) -> None:
    if isinstance(mapping.currency, str) and not re.fullmatch("[A-Z]{3}", mapping.currency):
        raise MappingError(
            f"The currency '{mapping.currency}' is no ISO 4217 code.",
            'Write three capitals ("XXX" where none is known), or currency = { column = "..." }.',
        )
    if not 0 <= mapping.tax_rate < 1:
        raise MappingError(
            f"A tax rate of {mapping.tax_rate} is no share of the net price.", "Write 0.2 for a tax of 20 %."
        )
    if mapping.prices_include_tax and mapping.tax_rate == 0:
        raise MappingError("Prices include tax, but the mapping gives no rate.", "Add tax_rate, 0.2 for 20 %.")


def _check_days(mapping: SourceMapping) -> None:
    if mapping.feed_delay_days < 0:
        raise MappingError(f"A feed delay of {mapping.feed_delay_days} days is negative.", "Write 0 or more days.")
    if mapping.lag_days < mapping.feed_delay_days:
        raise MappingError(
            f"A recording lag of {mapping.lag_days} days is shorter than the feed delay of {mapping.feed_delay_days} "
            "days, so labels would settle before returns are known.",
            "Give recording_lag_days at least the value of feed_delay_days, or leave it out.",
        )
    try:
        mapping.label_policy()
        mapping.exposure_law()
    except ConfigurationError as error:
        raise MappingError(error.problem, error.remedy) from error
    for form in (mapping.format, mapping.format_of_returns, mapping.format_of_taken_actions):
        _check_timezone(form.timezone)


def _check_timezone(name: str) -> None:
    if name == "UTC":
        return
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise MappingError(f"There is no time zone '{name}'.", "Name one as in 'Europe/Paris', or 'UTC'.") from error


def _check_words(mapping: SourceMapping) -> None:
    mapping.kinds.check("kinds", LINE_KINDS)
    mapping.outcomes.check("outcomes", OUTCOMES)
    mapping.dispositions.check("dispositions", DISPOSITIONS)
    unknown = [outcome for outcome in mapping.excluded_outcomes if outcome not in OUTCOMES]
    if unknown:
        raise MappingError(f"The outcomes {unknown} cannot be excluded.", f"Use some of {', '.join(OUTCOMES)}.")


def _check_attributes(mapping: SourceMapping) -> None:
    for name in mapping.attributes:
        if not re.fullmatch("[a-z][a-z0-9_]*", name):
            raise MappingError(
                f"The attribute '{name}' cannot name a feature.", "Use small letters, digits and '_', a letter first."
            )
        if name in KNOWN_LATER:
            raise MappingError(
                f"The attribute '{name}' is called like what is known only after the order was placed.",
                f"Take [attributes.{name}] out of the mapping, or rename it if it is written when the order is placed.",
            )
