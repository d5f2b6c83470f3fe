"""The proposal of a mapping: every role put together, with the evidence for it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from domain.drafting.amounts import Layout, cost_doubt, find_amounts, is_cost_of_line
from domain.drafting.answers import blanks_of
from domain.drafting.attributes import find_attributes
from domain.drafting.clocks import clock_doubt, without_placeholder
from domain.drafting.currency import currency_doubt, sole_currency
from domain.drafting.flag import Flag, blanks_doubt, came_back, find_flag
from domain.drafting.items import ItemColumns, find_item
from domain.drafting.keys import OrderColumns, find_order
from domain.drafting.money import MoneyColumns
from domain.drafting.names import GIFT_CARD_WORDS, OTHER_COSTS, SERVICE_WORDS, has_word, name_rank
from domain.drafting.order_level import order_discount_doubt, order_word_doubt
from domain.drafting.outcome import outcome_doubt, price_doubt, speaks_of_outcome, told_afterwards
from domain.drafting.profiles import Look, Profile, Texts, profile
from domain.drafting.proposal import Proposal
from domain.drafting.units import Units, find_units, one_a_row
from domain.drafting.unread import BY_HAND, no_column
from domain.errors import SourceError

_CLOCKS = ("delivered_at", "dispatched_at")
_BY_NAME = ("line_id", "seller", "unit_cost", *_CLOCKS, "currency")
_SERVICES_SHOWN = 20
_FEW_GUESTS = 0.02  # of the rows that sell


def propose(path: str, values: Mapping[str, Texts], *, returns_apart: bool = False) -> Proposal:
    """A mapping for a file of orders; raises SourceError when a role that must be there cannot be found.

    Args:
        path: the file, for errors.
        values: its columns.
        returns_apart: whether returns are in a file of their own, so that this one tells none.
    """
    profiles = {name: profile(name, texts) for name, texts in values.items()}
    moments = [p for p in profiles.values() if p.look is Look.MOMENT]
    units = find_units(list(profiles.values()), returns_apart=returns_apart)
    if not moments:
        raise no_column(path, "the day of the order", "ordered_at", values)
    day = _order_day(moments)
    profiles |= {p.name: without_placeholder(p, day) for p in moments if p is not day}
    units = units or one_a_row(len(day.texts))
    codes = [p for p in profiles.values() if p.look is Look.CODE and len(p.distinct) > 1]
    items = find_item(codes, day.texts, units.sells)
    keys = [p for p in codes if p.name != items.item_id and p.name not in items.labels.values()]
    order = find_order(keys, day, units.sells)
    if order is None or items.item_id is None:
        missing = "order" if order is None else "item"
        raise SourceError(f"In '{path}' no column can name the {missing}.", BY_HAND)
    if returns_apart or units.told_by:
        proposal = _complete(path, Layout(profiles, units, order, items, day))
        is_numbered = bool(proposal.line_id) or not returns_apart
        return proposal if is_numbered else replace(proposal, line_id=_numbered_within(proposal))
    flag = find_flag(list(profiles.values()), day.name, units.quantity)
    told = {}
    if flag is not None:
        own = {flag.column, flag.quantity, flag.returned_at, day.name, units.quantity}
        told = told_afterwards([p for p in profiles.values() if p.name not in own], came_back(flag, profiles))
    return _flagged(_complete(path, Layout(profiles, units, order, items, day, told)), flag)


def _numbered_within(proposal: Proposal) -> tuple[str, ...]:
    """The columns of the order and of the position in it, where both name each line once; none where none do."""
    for name, column in proposal.profiles.items():
        if name_rank(name, "line_id") and name in proposal.unused and column.look is not Look.MOMENT:
            parts = (*proposal.order.order_id, name)
            keys = list(zip(*(proposal.profiles[part].texts for part in parts), strict=True))
            if len(set(keys)) == len(keys) and not any(None in key for key in keys):
                return parts
    return ()


def _complete(path: str, layout: Layout) -> Proposal:
    profiles, units, order, items, day = layout.profiles, layout.units, layout.order, layout.items, layout.day
    amounts = find_amounts(layout)
    money = amounts.money
    if money.price is None:
        raise no_column(path, "the price", "price", {name: column.texts for name, column in profiles.items()})
    taken = {
        units.quantity,
        *order.order_id,
        order.customer_id,
        items.item_id,
        *items.labels.values(),
        money.price,
        money.discount,
        day.name,
        *layout.afterwards,
    }
    found = _by_name(profiles, taken)
    cost = found.get("unit_cost")
    if cost is not None and is_cost_of_line(profiles[cost], layout):
        del found["unit_cost"]
    clocks = {
        role: clock_doubt(role, profiles[name], day, units.sells) for role, name in found.items() if role in _CLOCKS
    }
    found = {role: name for role, name in found.items() if not clocks.get(role)}
    free = amounts.without(money.price, money.discount, money.left_out, *found.values())
    after = _after_outcome(free, units) if units.told_by else [p for p in free if speaks_of_outcome(p.name)]
    after += [p for p in free if p.name in money.after and p not in after]
    refund = _refund(after, units, money)
    after += [p for p in amounts.of_orders if speaks_of_outcome(p.name)]
    named = profiles[found["currency"]] if "currency" in found else None
    return_order = _return_order(profiles, units, order, items)
    left_out = {name: role for name, role in layout.afterwards.items() if name != money.price}
    doubts = (
        *(outcome_doubt(name, role) for name, role in left_out.items()),
        price_doubt(money.price) if money.price in layout.afterwards else "",
        "" if cost is None or "unit_cost" in found else cost_doubt(cost),
        units.doubt,
        items.doubt,
        order.doubt,
        *money.doubts,
        order_discount_doubt(amounts.of_orders),
        *clocks.values(),
        "" if named is None else currency_doubt(named, units.sells),
        _guests_doubt(profiles, units, order) if return_order == "own" else "",
    )
    line_id = found.pop("line_id", None)
    return Proposal(
        shape="rows" if units.told_by else "table",
        units=units,
        order=order,
        items=items,
        money=money,
        ordered_at=day.name,
        dates=day.dates,
        profiles=profiles,
        line_id=() if line_id is None else (line_id,),
        currency=None if named is None else sole_currency(named, units.sells),
        found=found,
        services=_services(profiles, items),
        return_order=return_order,
        cancels=any(abs(back) > 0 and sells for back, sells in zip(layout.taken_back or (), units.sells, strict=False)),
        refund=refund,
        outcome_only=tuple(
            name
            for name in profiles
            if name != refund
            and name not in {units.returned, units.quantity}
            and (name in {p.name for p in after} or name in left_out or _counts_after(profiles[name], units))
        ),
        attributes=find_attributes(
            [p for p in profiles.values() if p not in layout.on_first_rows],
            {*taken, *found.values(), *(p.name for p in after)},
            money,
            amounts.of_orders,
        ),
        doubts=tuple(doubt for doubt in doubts if doubt),
    )


def _flagged(proposal: Proposal, flag: Flag | None) -> Proposal:
    """A proposal for the only file, whose rows are all sales: a flag may tell which came back."""
    if flag is None:
        nothing = "No column says what came back: name the file of returns too, as in returncast init ORDERS RETURNS."
        return replace(proposal, doubts=(*proposal.doubts, nothing))
    known = tuple(name for name in proposal.outcome_only if name not in {flag.quantity, flag.returned_at})
    doubts = (*proposal.doubts, *_flag_doubts(proposal, flag))
    return replace(proposal, shape="flag", flag=flag, doubts=doubts, outcome_only=known)


def _flag_doubts(proposal: Proposal, flag: Flag) -> list[str]:
    """What a reader must check of the flag; not how its blanks may be read where they are the order's word."""
    doubts = [flag.doubt]
    if flag.column is not None:
        column = proposal.profiles[flag.column]
        ordered = [proposal.profiles[name] for name in proposal.order.order_id]
        if of_order := order_word_doubt(column, ordered, came_back(flag, proposal.profiles)):
            doubts = [flag.doubt.replace(blanks_doubt(column.name, blanks_of(column)), "").strip(), of_order]
    return [doubt for doubt in doubts if doubt]


def _order_day(moments: Sequence[Profile]) -> Profile:
    others = ("returned_at", "delivered_at", "dispatched_at")
    return max(
        moments,
        key=lambda p: (
            name_rank(p.name, "ordered_at") > 0 and not any(name_rank(p.name, role) > 3 for role in others),
            name_rank(p.name, "ordered_at"),
            sum(p.distinct.values()),
        ),
    )


def _by_name(profiles: Mapping[str, Profile], taken: set[str | None]) -> dict[str, str]:
    found: dict[str, str] = {}
    for role in _BY_NAME:
        fitting = [
            p
            for p in profiles.values()
            if name_rank(p.name, role)
            and p.name not in {*taken, *found.values()}
            and _fits(p, role)
            and not speaks_of_outcome(p.name)
        ]
        if fitting:
            found[role] = max(fitting, key=lambda p: name_rank(p.name, role)).name
    return found


def _fits(column: Profile, role: str) -> bool:
    if role.endswith("_at"):
        return column.look is Look.MOMENT
    if role == "line_id":
        return len(column.distinct) == len(column.texts)
    if role == "currency":
        return column.look is Look.CODE and not any(map(str.isdigit, "".join(column.distinct)))  # a key names none
    if role == "unit_cost":
        return column.look is Look.MONEY and not has_word(column.name, OTHER_COSTS)
    return column.look is Look.CODE


def _after_outcome(amounts: Sequence[Profile], units: Units) -> list[Profile]:
    """Amounts that return rows hold: in a row that sells they are what was left after the outcome."""
    returns = [n for n, back in enumerate(units.returns) if back]
    return [p for p in amounts if sum(1 for n in returns if abs(p.numbers[n]) > 0) > 0.2 * len(returns)]


def _counts_after(column: Profile, units: Units) -> bool:
    """Whether a count takes the returned units into account: it is below 0 in return rows."""
    if column.look is not Look.UNITS or units.told_by != "returned_quantity":
        return False
    return all(column.numbers[n] < 0 for n, back in enumerate(units.returns) if back)


def _refund(after: Sequence[Profile], units: Units, money: MoneyColumns) -> str | None:
    """What return rows hold and sales do not."""
    sales = [n for n, sells in enumerate(units.sells) if sells]
    only = [
        p for p in after if sum(1 for n in sales if abs(p.numbers[n]) > 0) < 0.05 * len(sales) and p.name != money.tax
    ]
    named = [p for p in after if name_rank(p.name, "refund")]
    return (named or only)[0].name if units.told_by and (named or only) else None


def _return_order(
    profiles: Mapping[str, Profile], units: Units, order: OrderColumns, items: ItemColumns
) -> Literal["original", "own"]:
    """Whether most return rows name an order that sold their item."""
    columns = [profiles[name].texts for name in (*order.order_id, items.item_id or "")]
    prefix = units.prefix or ""
    keys = [
        tuple((text or "").removeprefix(prefix) if prefix else text for text in parts)
        for parts in zip(*columns, strict=True)
    ]
    sold = {key for key, sells in zip(keys, units.sells, strict=True) if sells}
    back = [key for key, returns in zip(keys, units.returns, strict=True) if returns]
    return "own" if back and sum(key in sold for key in back) < 0.3 * len(back) else "original"


def _guests_doubt(profiles: Mapping[str, Profile], units: Units, order: OrderColumns) -> str:
    """A sentence on sales without a buyer, where returns name their sale by it alone; empty where they are few."""
    buyers = profiles[order.customer_id].texts if order.customer_id else [None] * len(units.sells)
    sold = [buyer for buyer, sells in zip(buyers, units.sells, strict=True) if sells]
    guests = sum(1 for buyer in sold if not buyer)
    if guests <= _FEW_GUESTS * len(sold):
        return ""
    return (
        f"{guests:,} of {len(sold):,} rows that sell name no buyer, and returns name no order: nothing can be matched "
        "to these sales, so that they are learned from as kept. Leave them out of the files, or have returns name the "
        "sale."
    )


def _services(profiles: Mapping[str, Profile], items: ItemColumns) -> tuple[str, Mapping[str, tuple[str, ...]]] | None:
    """Words for lines that are no product, where the item or its labels hold any."""
    for column in (items.item_id, *items.labels.values()):
        held = list(profiles[column].distinct) if column else []
        kinds = {
            kind: tuple(text for text in held if any(word in text.casefold() for word in words))[:_SERVICES_SHOWN]
            for kind, words in (("service", SERVICE_WORDS), ("gift card", GIFT_CARD_WORDS))
        }
        kinds = {kind: words for kind, words in kinds.items() if words}
        if column and kinds:
            return column, kinds
    return None
