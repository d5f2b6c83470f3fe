"""Which column names the item, and which its group, category, size and colour: by what determines what, and names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.drafting.identifiers import names_line
from domain.drafting.keys import (
    DETERMINED,
    Keys,
    determines,
    determines_beyond_chance,
    is_of_one_day,
    numbers_rows,
    of_rows,
)
from domain.drafting.names import SYNONYMS, fits_by_one_word, has_word, looks_like_colours, looks_like_sizes, name_rank
from domain.drafting.profiles import Look, Profile

_LABELS_SHOWN = 400
_SAME = 0.8  # of the values of either column, that have one value of the other
_HALF = 0.5
# What a name speaks of that belongs to people; `gender` may be that of a department, but is no style.
_PEOPLE = "user customer dob birthday birth salutation anrede"
_NO_GROUPS = f"{_PEOPLE} gender first last firstname lastname"
_NO_LABELS = (
    "line_id",
    "order_id",
    "customer_id",
    "seller",
    "discount",
    "tax",
    "flag",
    "returns",
    "reason",
    "currency",
    "attribute",
    "brand",
)


@dataclass(frozen=True)
class ItemColumns:
    """The item and what it belongs to.

    Args:
        item_id: column of the item, None where nothing can name one.
        labels: columns by role.
        doubt: what a reader must check before the mapping is run; empty for nothing.
    """

    item_id: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    doubt: str = ""


@dataclass(frozen=True)
class _Codes:
    """Columns that may name the item or what it belongs to.

    Args:
        sold: texts of the rows that sell, by column.
        held: the coarser columns that a column determines, by column.
        orders: columns whose values are of one day each.
    """

    columns: Sequence[Profile]
    sold: Mapping[str, Keys]
    held: Mapping[str, Sequence[Profile]]
    orders: Sequence[str]

    def share(self, one: str, other: str) -> float | None:
        """How far one column determines another."""
        return determines(self.sold[one], self.sold[other])

    def beyond_chance(self, one: str, other: str) -> float | None:
        """How much further than chance does."""
        return determines_beyond_chance(self.sold[one], self.sold[other])


def find_item(codes: Sequence[Profile], days: Keys, sells: Sequence[bool]) -> ItemColumns:
    """The item is named or determines most others; the others are its labels.

    Args:
        codes: columns of identifiers and labels.
        days: of every row.
        sells: whether a row does.
    """
    sold = {code.name: of_rows(code.texts, sells) for code in codes}
    sold_on = of_rows(days, sells)
    # The rows of an order are of one day; an item sells on several.
    orders = [p.name for p in codes if not name_rank(p.name, "item_id") and is_of_one_day(sold[p.name], sold_on)]
    many = {name: len({key for key in keys if key is not None}) for name, keys in sold.items()}
    free = [p for p in codes if p.name not in orders and many[p.name] > 1]
    held = {
        code.name: [
            other
            for other in free
            if other is not code and many[other.name] < many[code.name] and _holds(sold[code.name], sold[other.name])
        ]
        for code in free
    }
    found = _Codes(free, sold, held, orders)
    item = _item(found)
    if item is not None:
        return ItemColumns(item.name, _labels(item, found))
    category = _category(free)
    return ItemColumns() if category is None else ItemColumns(category.name, _labels(category, found), _doubt(category))


def _category(codes: Sequence[Profile]) -> Profile | None:
    """What stands for the item where nothing names it: the finest category."""
    named = [p for p in codes if name_rank(p.name, "category") and not _names_another(p.name)]
    return max(named, key=lambda p: (len(p.distinct), name_rank(p.name, "category")), default=None)


def _doubt(category: Profile) -> str:
    return (
        f"No column names the item: '{category.name}' is taken for it, so that all goods of one are the same item. If "
        "a column names the article, write that as item_id."
    )


def _holds(keys: Keys, others: Keys) -> bool:
    """Whether a column determines another, and not because nearly all rows of that have one value."""
    return (determines(keys, others) or 0) >= DETERMINED and (determines_beyond_chance(keys, others) or 0) >= _HALF


def _item(codes: _Codes) -> Profile | None:
    allowed = [p for p in codes.columns if not _names_another(p.name)]
    able = [p for p in allowed if not numbers_rows(codes.sold[p.name])] or allowed
    # What a name calls the item is it even if no two rows sell the same, as goods of which there is one.
    named = [p for p in able if name_rank(p.name, "item_id")] or [p for p in allowed if name_rank(p.name, "item_id")]
    telling = named or [p for p in able if codes.held[p.name] and not _is_of_order(p.name, codes)]
    telling = telling or [p for p in able if _names_goods(p.name)]
    if not telling:
        return None
    item = max(telling, key=lambda p: (len(codes.held[p.name]), name_rank(p.name, "item_id"), len(p.distinct)))
    # Two columns for one thing, such as a code and a barcode: the name decides.
    same = [p for p in named if _is_same(item.name, p.name, codes)]
    item = max([item, *same], key=lambda p: name_rank(p.name, "item_id"))
    finer = [p for p in able if item in codes.held[p.name] and not _names_any(p.name)]
    return max(finer, key=lambda p: len(codes.held[p.name]), default=item)


def _is_same(one: str, other: str, codes: _Codes) -> bool:
    return min(codes.share(one, other) or 0, codes.share(other, one) or 0) >= _SAME


def _is_of_order(column: str, codes: _Codes) -> bool:
    """Whether orders of several lines have one value, as they have of what belongs to the buyer."""
    return any((codes.share(order, column) or 0) >= DETERMINED for order in codes.orders)


def _names_another(name: str) -> bool:
    """Whether a name speaks of something that is neither an item nor belongs to one."""
    if names_line(name) or name_rank(name, "item_id"):
        return names_line(name)
    return has_word(name, _PEOPLE) or any(name_rank(name, role) for role in _NO_LABELS)


def _names_goods(name: str) -> bool:
    """Whether a name speaks of what is sold: more than `name`, which may be anybody's, does."""
    return name_rank(name, "item_group") > name_rank("name", "item_group")


def _names_kind(name: str) -> bool:
    """Whether a name says what kind of thing an item is, which numbers among its texts do not gainsay."""
    return bool(name_rank(name, "category") or name_rank(name, "item_group"))


def _shown(column: Profile) -> list[str]:
    return list(column.distinct)[:_LABELS_SHOWN]


def _names_any(name: str) -> bool:
    return any(name_rank(name, role) for role in SYNONYMS)


def _labels(item: Profile, codes: _Codes) -> dict[str, str]:
    """Group, category, size and colour among what the item determines; by name alone among the rest."""
    found: dict[str, str] = {}
    determined = [p for p in codes.held[item.name] if not _names_another(p.name)]
    left = [*determined, *(p for p in codes.columns if p is not item and p not in determined)]
    for role, fits in (("size", looks_like_sizes), ("colour", looks_like_colours)):
        named = sorted((p for p in left if name_rank(p.name, role)), key=lambda p: -name_rank(p.name, role))
        by_value = [p for p in left if p in determined and not _names_kind(p.name) and fits(_shown(p))]
        if named or by_value:
            found[role] = (named or by_value)[0].name
            left = [p for p in left if p.name != found[role]]
    left = [p for p in left if not _names_another(p.name)]
    texts = sorted((p for p in left if p in determined and not _is_numeric(p)), key=lambda p: len(p.distinct))
    categories = [p for p in left if name_rank(p.name, "category")] or (texts if len(texts) > 1 else [])
    if categories:
        found["category"] = categories[0].name
    left = [p for p in left if p.name != found.get("category")]
    left = [p for p in left if not has_word(p.name, _NO_GROUPS)]
    coarser = [p for p in determined if p in left and name_rank(p.name, "item_id")]
    groups = _named_groups(item, left, codes) or [p for p in texts[::-1] if p in left] or coarser
    if groups:
        found["item_group"] = groups[0].name
    return found


def _named_groups(item: Profile, left: Sequence[Profile], codes: _Codes) -> list[Profile]:
    """Columns named as groups, the best first, without those that the item hardly determines better than chance."""
    named = [p for p in left if name_rank(p.name, "item_group")]
    shares = {p.name: codes.beyond_chance(item.name, p.name) for p in named}
    fitting = [p for p in named if _is_of_item(p.name, shares[p.name])]
    fitting.sort(key=lambda p: ((shares[p.name] or 0) < _SAME, -name_rank(p.name, "item_group")))
    return fitting


def _is_of_item(name: str, share: float | None) -> bool:
    """Whether an item determines a group of that name far enough: one word, such as a title, may be of anything."""
    return share is None or share >= (_SAME if fits_by_one_word(name, "item_group") else _HALF)


def _is_numeric(profile: Profile) -> bool:
    return profile.look is Look.CODE and all(text[0].isdigit() for text in list(profile.distinct)[:50])
