"""Which columns name the order and the buyer: by what determines what among sales, then by names."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.drafting.identifiers import names_identifier, names_line, says_only
from domain.drafting.names import has_word, name_rank
from domain.drafting.profiles import Profile

Keys = Sequence[str | None]

DETERMINED = 0.97
_ROWS = 40_000  # looked at
_GROUPS = 15  # of two rows or more, below which nothing is said
_FREQUENT = 20  # values, beside which the others hardly fall together by chance
_OF_ONE_DAY = 0.9
_MOSTLY_OF_ONE_DAY = 0.8
_DAYS = 5  # different ones, below which nothing is of one day but by chance
_BUYERS = 20  # different ones, below which a column names no buyers
_WHOLE = 0.5  # of the orders, that a buyer leaves in one piece
_ALIKE = 0.4  # of the orders of several rows, that have one buyer if no name says that it is one; few have one item
_CROWD = 0.02  # of the orders
_CROWD_AGAINST_NEXT = 5  # times as many
_FILLED = 0.5  # of the rows, that have a buyer if no name says that it is one
# What an order has one of as well.
_NO_BUYERS = (
    "city town state province region country postal postcode zip plz ort promotion promotions promo coupon coupons "
    "campaign index"
)
_NO_BUYER_ROLES = (
    "line_id",
    "item_id",
    "brand",
    "category",
    "size",
    "colour",
    "seller",
    "reason",
    "currency",
    "attribute",
)


@dataclass(frozen=True)
class OrderColumns:
    """The columns that together name an order, and the buyer.

    Args:
        order_id: its columns.
        customer_id: column of the buyer.
        why: the evidence.
        doubt: what a reader must check before the mapping is run; empty for nothing.
    """

    order_id: tuple[str, ...]
    customer_id: str | None
    why: str
    doubt: str = ""


def determines(keys: Keys, others: Keys) -> float | None:
    """The share of keys with two rows or more whose rows all have one value of `others`; None for too few."""
    groups: dict[str, list[str | None]] = defaultdict(list)
    for key, other in zip(keys[:_ROWS], others[:_ROWS], strict=True):
        if key is not None:
            groups[key].append(other)
    several = [values for values in groups.values() if len(values) > 1]
    return sum(1 for values in several if len(set(values)) == 1) / len(several) if len(several) >= _GROUPS else None


def determines_beyond_chance(keys: Keys, others: Keys) -> float | None:
    """How much more a key determines `others` than it would by chance: 0 no more, 1 always; None for too few keys.

    By chance alone nearly every key has one value where nearly all rows have the same. The measure is that of Cohen's
    kappa (1960): the share above that of chance, over what chance leaves.
    """
    share = determines(keys, others)
    if share is None:
        return None
    rows = Counter(key for key in keys[:_ROWS] if key is not None)
    sizes = Counter(count for count in rows.values() if count > 1)
    held = Counter(others[:_ROWS])
    shares = [count / held.total() for _, count in held.most_common(_FREQUENT)]
    by_chance = sum(times * sum(p**size for p in shares) for size, times in sizes.items()) / sizes.total()
    return (share - by_chance) / (1 - by_chance) if by_chance < 1 else 0.0


def joined(*columns: Keys) -> Keys:
    """Several columns as one key."""
    return [None if None in parts else "|".join(str(part) for part in parts) for parts in zip(*columns, strict=True)]


def of_rows(texts: Keys, wanted: Sequence[bool]) -> Keys:
    """The texts of the rows that are wanted."""
    return [text for text, is_wanted in zip(texts, wanted, strict=True) if is_wanted]


def is_of_one_day(keys: Keys, days: Keys) -> bool:
    """Whether nearly all rows of a key are of one day, as those of an order are."""
    return len(set(days[:_ROWS])) >= _DAYS and (determines(keys, days) or 0) > _OF_ONE_DAY


def numbers_rows(keys: Keys) -> bool:
    """Whether every row has a key of its own."""
    held = [key for key in keys if key is not None]
    return len(set(held)) == len(held)


def find_order(codes: Sequence[Profile], day: Profile, sells: Sequence[bool]) -> OrderColumns | None:
    """The order determines its day; where it does not determine its buyer, both together are the order.

    Where nothing names an order, what a buyer bought on a day is one.
    """
    days = of_rows(day.texts, sells)
    sold = {code.name: of_rows(code.texts, sells) for code in codes}
    orders = [code for code in codes if _may_be_order(code.name, sold[code.name])]
    dated = {p.name: share for p in orders if (share := determines(sold[p.name], days)) is not None}
    order = max(
        dated, key=lambda name: (dated[name] > _OF_ONE_DAY, name_rank(name, "order_id"), dated[name]), default=None
    )
    if order is None or dated[order] < _MOSTLY_OF_ONE_DAY:
        return _by_name(orders, codes) or _of_buyer_and_day(codes, day)
    buyer, whole = _buyer(order, codes, sold)
    if buyer is None:
        return OrderColumns((order,), None, f"rows of one '{order}' are of one day")
    doubt = " ".join(filter(None, (_buyer_doubt(buyer), _crowd_doubt(buyer, sold[buyer], sold[order]))))
    together = determines(joined(sold[order], sold[buyer]), days) or 0
    if whole < DETERMINED and together > dated[order]:
        why = f"'{order}' alone is shared by several '{buyer}', and of several days then"
        return OrderColumns((order, buyer), buyer, why, doubt)
    return OrderColumns((order,), buyer, f"rows of one '{order}' are of one day and one '{buyer}'", doubt)


def _buyer(order: str, codes: Sequence[Profile], sold: Mapping[str, Keys]) -> tuple[str | None, float]:
    """The buyer, and the share of orders that it leaves whole."""
    buyers = [code.name for code in codes if code.name != order and len(code.distinct) >= _BUYERS]
    named = _any_named(codes, "customer_id")
    buyers = [n for n in buyers if (name_rank(n, "customer_id") if named else _may_be_buyer(n, sold[n], sold[order]))]
    # The buyer splits the fewest orders; anything about the item splits every basket.
    whole = {name: _left_whole(sold[order], sold[name]) for name in buyers}
    buyer = max(whole, key=lambda name: (*_named_buyer(name), whole[name]), default=None)
    return (None, 0.0) if buyer is None or whole[buyer] < _WHOLE else (buyer, whole[buyer])


def _left_whole(orders: Keys, buyers: Keys) -> float:
    """The share of orders that have one buyer, among the rows that name both."""
    both = {pair for pair in zip(orders, buyers, strict=True) if None not in pair}
    return len({order for order, _ in both}) / len(both) if both else 0.0


def _may_be_buyer(name: str, keys: Keys, orders: Keys) -> bool:
    """Whether a column that is not called so may name buyers: on most rows, once an order, and some of them again."""
    filled = sum(1 for key in keys if key is not None)
    is_another = any(name_rank(name, role) for role in _NO_BUYER_ROLES) or has_word(name, _NO_BUYERS)
    if is_another or filled < _FILLED * len(keys) or numbers_rows(keys):
        return False
    if _numbers_orders(keys, orders):
        return False
    # An order of one row has one of anything: those of several rows tell.
    return (determines(orders, keys) or 0) >= _ALIKE


def _numbers_orders(keys: Keys, orders: Keys) -> bool:
    """Whether nearly every key has an order of its own, as the number of a document or parcel has."""
    pairs = {pair for pair in zip(keys, orders, strict=True) if None not in pair}
    several = Counter(key for key, _ in pairs)
    return sum(1 for count in several.values() if count == 1) >= DETERMINED * len(several)


def _crowd_doubt(buyer: str, keys: Keys, orders: Keys) -> str:
    """A sentence on a value of the buyer that many orders have and no other nearly as many; empty for none."""
    several = Counter(key for key, order in {*zip(keys, orders, strict=True)} if key is not None and order is not None)
    (most, times), *others = [*several.most_common(2), ("", 0)]
    if times <= _CROWD * several.total() or times <= _CROWD_AGAINST_NEXT * others[0][1]:
        return ""
    return (
        f"'{most}' is the '{buyer}' of {times:,} orders, and no other of nearly as many: if it stands for guests, "
        "leave it empty in the file, or list it under nulls of [format] if no other column holds it."
    )


def _buyer_doubt(buyer: str) -> str:
    rank, says_no_more = _named_buyer(buyer)
    if not rank:
        return (
            f"No name speaks of a buyer: '{buyer}' is taken for it, as it parts the fewest orders. If that is wrong, "
            "correct customer_id or leave it out."
        )
    if says_no_more or names_identifier(buyer):
        return ""
    return f"'{buyer}' is taken for the buyer: if it is no name of one, correct customer_id or leave it out."


def _may_be_order(name: str, keys: Keys) -> bool:
    """Whether neither name nor values speak against it: a key a row is a line's, unless it is called an order's."""
    if names_line(name) or (name_rank(name, "customer_id") and not name_rank(name, "order_id")):
        return False
    return says_only(name, "order_id") or not numbers_rows(keys)


def _by_name(orders: Sequence[Profile], codes: Sequence[Profile]) -> OrderColumns | None:
    order = max(orders, key=lambda p: name_rank(p.name, "order_id"), default=None)
    if order is None or not name_rank(order.name, "order_id"):
        return None
    buyer = _buyer_by_name([p for p in codes if p is not order])
    if buyer is None:
        return OrderColumns((order.name,), None, "by its name")
    return OrderColumns((order.name,), buyer.name, "by its name", _buyer_doubt(buyer.name))


def _of_buyer_and_day(codes: Sequence[Profile], day: Profile) -> OrderColumns | None:
    buyer = _buyer_by_name(codes)
    if buyer is None:
        return None
    absent = sum(1 for text in buyer.texts if text is None)
    aside = f" The {absent:,} rows without '{buyer.name}' are set aside." if absent else ""
    doubt = (
        f"No column names the order: all that one '{buyer.name}' bought at one '{day.name}' is taken for one. If a "
        f"column names it, write that as order_id.{aside}"
    )
    return OrderColumns((buyer.name, day.name), buyer.name, "no column names the order: check", doubt)


def _buyer_by_name(codes: Sequence[Profile]) -> Profile | None:
    named = [p for p in codes if name_rank(p.name, "customer_id")]
    return max(named, key=lambda p: (*_named_buyer(p.name), len(p.distinct)), default=None)


def _named_buyer(name: str) -> tuple[int, bool]:
    """How well a name fits the buyer: better when it says no more, as the buyer's age does."""
    return name_rank(name, "customer_id"), says_only(name, "customer_id")


def _any_named(codes: Sequence[Profile], role: str) -> bool:
    return any(name_rank(code.name, role) for code in codes)
