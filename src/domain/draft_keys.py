"""Which columns name the order, the buyer and the item: by what determines what among sales, then by names."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.draft_names import looks_like_colours, looks_like_sizes, name_rank
from domain.draft_profiles import Look, Profile

Keys = Sequence[str | None]

_ROWS = 40_000  # looked at
_GROUPS = 15  # of two rows or more, below which nothing is said
_DETERMINED = 0.97
_LABELS_SHOWN = 400
_BUYERS = 20  # different ones, below which a column names no buyers
_WHOLE = 0.5  # of the orders, that a buyer leaves in one piece


@dataclass(frozen=True)
class ItemColumns:
    """The item and what it belongs to."""

    item_id: str | None = None
    labels: dict[str, str] = field(default_factory=dict)  # role -> column


def determines(keys: Keys, others: Keys) -> float | None:
    """The share of keys with two rows or more whose rows all have one value of `others`; None for too few."""
    groups: dict[str, list[str | None]] = defaultdict(list)
    for key, other in zip(keys[:_ROWS], others[:_ROWS], strict=True):
        if key is not None:
            groups[key].append(other)
    several = [values for values in groups.values() if len(values) > 1]
    return sum(1 for values in several if len(set(values)) == 1) / len(several) if len(several) >= _GROUPS else None


def joined(*columns: Keys) -> Keys:
    """Several columns as one key."""
    return [None if None in parts else "|".join(str(part) for part in parts) for parts in zip(*columns, strict=True)]


def find_item(codes: Sequence[Profile], sells: Sequence[bool]) -> ItemColumns:
    """The column that determines most others is the item; the others are its labels."""
    sold = {code.name: _of_rows(code.texts, sells) for code in codes}
    scores: dict[str, tuple[int, int, int]] = {}
    determined: dict[str, list[Profile]] = {}
    for code in codes:
        held = [
            other
            for other in codes
            if other is not code
            and 1 < len(other.distinct) < len(code.distinct)
            and (determines(sold[code.name], sold[other.name]) or 0) >= _DETERMINED
        ]
        determined[code.name] = held
        role_is_other = max(name_rank(code.name, role) for role in ("order_id", "customer_id", "line_id"))
        rank = name_rank(code.name, "item_id")
        scores[code.name] = (len(held) - (role_is_other > rank), rank, len(code.distinct))
    named = [code.name for code in codes if scores[code.name][0] > 0 or scores[code.name][1] > 0]
    if not named:
        return ItemColumns()
    item = max(named, key=lambda name: scores[name])
    return ItemColumns(item, _labels(determined[item], [code for code in codes if code.name != item]))


def _labels(determined: Sequence[Profile], others: Sequence[Profile]) -> dict[str, str]:
    """Group, category, size and colour among what the item determines; by name alone among the rest."""
    found: dict[str, str] = {}
    left = list(determined)
    for role, fits in (("size", looks_like_sizes), ("colour", looks_like_colours)):
        named = sorted((p for p in [*left, *others] if name_rank(p.name, role)), key=lambda p: -name_rank(p.name, role))
        by_value = [p for p in left if fits(list(p.distinct)[:_LABELS_SHOWN])]
        if named or by_value:
            chosen = (named or by_value)[0]
            found[role] = chosen.name
            left = [p for p in left if p is not chosen]
    texts = sorted((p for p in left if not _is_numeric(p)), key=lambda p: len(p.distinct))
    named_group = [p for p in [*left, *others] if name_rank(p.name, "item_group") and p.name not in found.values()]
    named_category = [p for p in [*left, *others] if name_rank(p.name, "category") and p.name not in found.values()]
    if named_category or len(texts) > 1:
        found["category"] = (named_category or texts)[0].name
    rest = [p for p in texts if p.name != found.get("category")]
    if named_group or rest:
        found["item_group"] = (sorted(named_group, key=lambda p: -name_rank(p.name, "item_group")) or rest[::-1])[
            0
        ].name
    return found


@dataclass(frozen=True)
class OrderColumns:
    """The columns that together name an order, and the buyer."""

    order_id: tuple[str, ...]
    customer_id: str | None
    why: str


def find_order(codes: Sequence[Profile], moments: Keys, sells: Sequence[bool]) -> OrderColumns | None:
    """The order determines its day; where it does not determine its buyer, both together are the order."""
    days = _of_rows(moments, sells)
    sold = {code.name: _of_rows(code.texts, sells) for code in codes}
    dated = {name: share for name, keys in sold.items() if (share := determines(keys, days)) is not None}
    if not dated:
        return _by_name(codes)
    order = max(dated, key=lambda name: (dated[name] > 0.9, name_rank(name, "order_id"), dated[name]))
    if dated[order] < 0.8:
        return _by_name(codes)
    buyers = [code.name for code in codes if code.name != order and len(code.distinct) >= _BUYERS]
    buyers = [name for name in buyers if name_rank(name, "customer_id") or not _any_named(codes, "customer_id")]
    # The buyer splits the fewest orders; anything about the item splits every basket.
    whole = {name: len(set(sold[order])) / len(set(joined(sold[order], sold[name]))) for name in buyers}
    buyer = max(whole, key=lambda name: (name_rank(name, "customer_id"), whole[name]), default=None)
    if buyer is None or whole[buyer] < _WHOLE:
        return OrderColumns((order,), None, f"rows of one '{order}' are of one day")
    together = determines(joined(sold[order], sold[buyer]), days) or 0
    if whole[buyer] < _DETERMINED and together > dated[order]:
        why = f"'{order}' alone is shared by several '{buyer}', and of several days then"
        return OrderColumns((order, buyer), buyer, why)
    return OrderColumns((order,), buyer, f"rows of one '{order}' are of one day and one '{buyer}'")


def _by_name(codes: Sequence[Profile]) -> OrderColumns | None:
    order = max(codes, key=lambda p: name_rank(p.name, "order_id"), default=None)
    if order is None or not name_rank(order.name, "order_id"):
        return None
    buyer = max((p for p in codes if p is not order), key=lambda p: name_rank(p.name, "customer_id"), default=None)
    named = buyer is not None and name_rank(buyer.name, "customer_id") > 0
    return OrderColumns((order.name,), buyer.name if named and buyer is not None else None, "by its name")


def _any_named(codes: Sequence[Profile], role: str) -> bool:
    return any(name_rank(code.name, role) for code in codes)


def _of_rows(texts: Keys, wanted: Sequence[bool]) -> Keys:
    return [text for text, is_wanted in zip(texts, wanted, strict=True) if is_wanted]


def _is_numeric(profile: Profile) -> bool:
    return profile.look is Look.CODE and all(text[0].isdigit() for text in list(profile.distinct)[:50])
