"""A proposal written as a mapping file, with a comment on everything a person should check."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from domain.drafting.flag import Flag
from domain.drafting.format import Style, Writing, format_doubts, format_lines, writing_beside, writing_of
from domain.drafting.profiles import Look, Profile
from domain.drafting.proposal import Proposal
from domain.drafting.returns import ReturnFile
from domain.drafting.signs import currency_of
from domain.source.date_format import ISO

_LABELS = ("item_group", "category", "size", "colour")
_BY_NAME = ("seller", "unit_cost", "dispatched_at", "delivered_at")
_IN_UTC = re.compile("'(Z|UTC|GMT)'")  # in a date format


def mapping_text(
    proposal: Proposal, name: str, orders: str, returns: tuple[str, ReturnFile, Style] | None, style: Style
) -> tuple[str, tuple[str, ...]]:
    """The TOML text, and the doubts that stand at its head.

    Args:
        proposal: what was found.
        name: of the shop.
        orders: path of the order file, as the mapping will name it.
        returns: path, columns and style of the return file, where there is one.
        style: delimiter and encoding of the order file.
    """
    used = _used(proposal)
    writing = writing_of(style, proposal.dates[0], used)
    of_returns = () if returns is None else returns[1].doubts
    doubts = (*proposal.doubts, *_day_doubts(proposal), *format_doubts(writing, used), *of_returns)
    lines = [
        *_head(proposal, name, orders, None if returns is None else returns[0], writing, doubts),
        "[format]",
        *format_lines(writing, _days_comment(proposal)),
        "",
        *_columns(proposal),
        *_returns(proposal),
        *(() if returns is None else _return_file(returns[1], writing, returns[2])),
        *_words(proposal),
        *_left_out(proposal),
    ]
    return "\n".join(lines) + "\n", doubts


def _day_doubts(proposal: Proposal) -> Iterator[str]:
    if len(proposal.dates) > 1:
        yield (
            f"No day of '{proposal.ordered_at}' is after the 12th, so day and month may be mixed up: check dates "
            f"under [format]."
        )


def _used(proposal: Proposal) -> list[Profile]:
    unused = {*proposal.unused, *proposal.outcome_only}
    return [column for name, column in proposal.profiles.items() if name not in unused]


def _head(
    proposal: Proposal, name: str, orders: str, returns: str | None, writing: Writing, doubts: Sequence[str]
) -> Iterator[str]:
    money = proposal.money
    why = dict(money.why)
    yield "# Drafted from the file's columns and values: check every line; docs/mapping.md explains each key."
    for doubt in doubts:
        yield _note(f"CHECK: {doubt}")
    yield f"name = {_quoted(name)}"
    yield f"shape = {_quoted(proposal.shape)}{_comment(proposal.units.why)}"
    yield f"orders = {_quoted(orders)}"
    if returns is not None:
        yield f"returns = {_quoted(returns)}"
    yield _currency(proposal, writing.marks.sign)
    yield f"prices_include_tax = {str(money.includes_tax).lower()}{_comment(why.get('tax', 'no column tells: check'))}"
    if money.tax_rate:
        yield f"{'' if money.includes_tax else '# '}tax_rate = {money.tax_rate:g}"
    if proposal.shape == "rows":
        share = "most return rows name an order that sold their item"
        told = share if proposal.return_order == "original" else "few return rows name an order that sold their item"
        yield f"return_order = {_quoted(proposal.return_order)}  # {told}"
    yield ""


def _currency(proposal: Proposal, sign: str) -> str:
    column = proposal.found.get("currency")
    if proposal.currency is not None:
        return f"currency = {_quoted(proposal.currency)}{_comment(f"the only one in '{column}'")}"
    if column is not None:
        return f"currency = {{ column = {_quoted(column)} }}"
    code = currency_of(sign)
    if code is not None:
        return f"currency = {_quoted(code)}{_comment(f"amounts have '{sign}'")}"
    beside = f", which have '{sign}'" if sign else ""
    return f'currency = "XXX"{_comment(f"write the ISO 4217 code of the amounts{beside}")}'


def _days_comment(proposal: Proposal) -> str:
    if len(proposal.dates) > 1:
        return "  # no day after the 12th tells day from month: check"
    zone = "; it is in UTC, so leave the time zone alone" if _IN_UTC.search(proposal.dates[0]) else ""
    return f"  # as in {min(proposal.profiles[proposal.ordered_at].distinct)!r}{zone}"


def _columns(proposal: Proposal) -> Iterator[str]:
    yield "[columns]"
    if proposal.line_id:
        yield f"line_id = {_identifier(proposal.line_id)}"
    yield f"order_id = {_identifier(proposal.order.order_id)}{_comment(proposal.order.why)}"
    if proposal.order.customer_id:
        yield f"customer_id = {_quoted(proposal.order.customer_id)}"
    yield f"item_id = {_quoted(proposal.items.item_id or '')}"
    yield from _named(proposal.items.labels, _LABELS)
    yield f"ordered_at = {_quoted(proposal.ordered_at)}"
    if proposal.units.quantity is not None:
        yield f"quantity = {_quoted(proposal.units.quantity)}"
    yield from _price(proposal)
    yield from _named(proposal.found, _BY_NAME)
    if proposal.services:
        yield f"kind = {_quoted(proposal.services[0])}"
    if proposal.cancels:
        column = _signed(proposal.units.returned or "", negative=proposal.units.negative)
        yield f"cancelled_quantity = {column}  # taken back in the row that sells"
    yield ""


def _named(columns: Mapping[str, str], roles: Sequence[str]) -> Iterator[str]:
    for role in roles:
        if role in columns:
            yield f"{role} = {_quoted(columns[role])}"


def _price(proposal: Proposal) -> Iterator[str]:
    money = proposal.money
    price = _quoted(money.price or "")
    if money.is_total and proposal.units.quantity is not None:
        yield f"unit_price = {{ total = {price}, units = {_quoted(proposal.units.quantity)} }}"
    else:
        yield f"unit_price = {price}"
    if money.discount is None:
        return
    parts = [f"{'share' if money.is_share else 'amount'} = {_quoted(money.discount)}"]
    if money.percent:
        parts.append("percent = true")
    if not money.is_share and money.is_total:
        parts.append(f"of = {price}")
    if money.negative:
        parts.append("negative = true")
    yield f"discount = {{ {', '.join(parts)} }}{_comment(dict(money.why).get('discount', ''))}"


def _returns(proposal: Proposal) -> Iterator[str]:
    yield from _return_rows(proposal)
    if proposal.refund is not None:
        negative = proposal.profiles[proposal.refund].is_negative
        yield "[return_columns]"
        yield f"refund_amount = {_signed(proposal.refund, negative=negative)}"
        yield ""
    if proposal.flag is not None:
        yield from _flag(proposal.flag)


def _flag(flag: Flag) -> Iterator[str]:
    yield "[flag]"
    if flag.column is not None:
        yield f"column = {_quoted(flag.column)}"
        yield f"returned = {_listed(flag.returned)}"
        yield f"kept = {_listed(flag.kept)}"
    if flag.quantity is not None:
        yield f"quantity = {_signed(flag.quantity, negative=flag.negative)}"
    if flag.returned_at is not None:
        yield f"returned_at = {_quoted(flag.returned_at)}"
    yield ""


def _return_rows(proposal: Proposal) -> Iterator[str]:
    units = proposal.units
    if units.told_by is None:
        return
    yield "[return_rows]"
    yield f"told_by = {_quoted(units.told_by)}"
    if units.returned:
        yield f"column = {_quoted(units.returned)}"
    if units.prefix:
        yield f"prefix = {_quoted(units.prefix)}"
    if units.told_by == "returned_quantity" and units.negative:
        yield "negative = true"
    yield ""


def _return_file(file: ReturnFile, orders: Writing, style: Style) -> Iterator[str]:
    yield "[return_columns]"
    for role, column in file.columns.items():
        if isinstance(column, str):
            yield f"{role} = {_signed(column, negative=role in file.negative)}"
        else:
            yield f"{role} = {_identifier(column)}"
    yield ""
    writing = writing_beside(orders, style, (file.dates or (ISO,))[0], file.used)
    if writing != orders:
        yield "[returns_format]"
        yield from format_lines(writing)
        yield ""


def _words(proposal: Proposal) -> Iterator[str]:
    if proposal.services:
        listed = ", ".join(
            f"{_quoted(kind)} = [{', '.join(_quoted(word) for word in words)}]"
            for kind, words in proposal.services[1].items()
        )
        yield "[kinds]"
        yield f"values = {{ {listed} }}  # found by their words: check"
        yield 'otherwise = "product"'
        yield ""
    keys: list[str] = []
    for name in proposal.attributes:
        keys.append(_attribute_key(name, keys))
        yield f"[attributes.{keys[-1]}]"
        yield f"column = {_quoted(name)}"
        yield f"type = {_quoted('categorical' if proposal.profiles[name].look is Look.CODE else 'numeric')}"
        yield ""


def _attribute_key(name: str, taken: Sequence[str]) -> str:
    """A key of the mapping for a column, other than those that are taken."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name.lower()).strip("_")
    key = plain if plain[:1].isalpha() else f"a_{plain}"
    return next(k for n in count(1) if (k := key if n == 1 else f"{key}_{n}") not in taken)


def _left_out(proposal: Proposal) -> Iterator[str]:
    if proposal.outcome_only:
        yield _note(f"Known only after the outcome, and therefore left out: {', '.join(proposal.outcome_only)}.")
    if proposal.unused:
        yield _note(f"Used for nothing: {', '.join(proposal.unused)}.")


def _note(text: str) -> str:
    return f"# {' '.join(text.split())}"


def _identifier(columns: tuple[str, ...]) -> str:
    return _quoted(columns[0]) if len(columns) == 1 else _listed(columns)


def _listed(texts: Sequence[str]) -> str:
    return f"[{', '.join(_quoted(text) for text in texts)}]"


def _signed(column: str, *, negative: bool) -> str:
    return f"{{ column = {_quoted(column)}, negative = true }}" if negative else _quoted(column)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _comment(why: str) -> str:
    return f"  # {' '.join(why.split())}" if why else ""
