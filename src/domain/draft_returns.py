"""A file of returns beside a file of orders: which is which, and which of its columns name the sale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.draft_names import name_rank
from domain.draft_profiles import Look, Profile, Texts, profile
from domain.errors import SourceError

_SHARED = 0.5  # of the returns' values that the orders' column holds too


@dataclass(frozen=True)
class ReturnFile:
    """A file of returns: source columns by canonical name, and the date format.

    Args:
        columns: by canonical name; a tuple where several columns name the order.
        dates: format of the day of return.
        profiles: of every column.
    """

    columns: Mapping[str, str | tuple[str, ...]]
    dates: tuple[str, ...]
    profiles: Mapping[str, Profile]


def is_returns(path: str, names: Sequence[str]) -> int:
    """How much a file looks like one of returns, by its name and its columns'."""
    file = path.replace("\\", "/").rsplit("/", 1)[-1].replace("_", " ").replace("-", " ")
    return 3 * bool(name_rank(file, "returns")) + sum(1 for name in names if name_rank(name, "returned_at") > 3)


def find_returns(
    path: str, values: Mapping[str, Texts], orders: Mapping[str, Profile], roles: Mapping[str, str]
) -> ReturnFile:
    """The columns of a file of returns.

    Args:
        path: the file, for errors.
        values: its columns.
        orders: the columns of the orders' file.
        roles: which columns of the orders have the roles line, order, customer and item; an order of several
            columns has the roles `order_id`, `order_id 2`, ...
    """
    profiles = {name: profile(name, texts) for name, texts in values.items()}
    moments = [p for p in profiles.values() if p.look is Look.MOMENT]
    if not moments:
        raise SourceError(
            f"In '{path}' no column can be the day of a return.", "Write the mapping by hand: docs/mapping.md."
        )
    day = max(moments, key=lambda p: name_rank(p.name, "returned_at"))
    shared = {role: column for role, name in roles.items() if (column := _shared(orders[name], profiles)) is not None}
    order = tuple(shared[role] for role in roles if role.startswith("order_id") and role in shared)
    if len(order) < sum(role.startswith("order_id") for role in roles):
        order = ()
    columns: dict[str, str | tuple[str, ...]] = {"returned_at": day.name}
    for role in ("line_id", "customer_id", "item_id"):
        if role in shared:
            columns[role] = shared[role]
    if order:
        columns["order_id"] = order[0] if len(order) == 1 else order
    columns |= _rest(profiles, {*shared.values(), day.name})
    if "line_id" not in columns and "item_id" not in columns:
        raise SourceError(
            f"In '{path}' no column shares its values with the lines or items of the orders.",
            "Write the mapping by hand: docs/mapping.md.",
        )
    return ReturnFile(columns, day.dates, profiles)


def _shared(order: Profile, returns: Mapping[str, Profile]) -> str | None:
    """The column of the returns whose values the orders' column holds, preferably of the same name."""
    known = set(order.distinct)
    fits = {}
    for column in returns.values():
        if column.look in {Look.MOMENT, Look.EMPTY} or not column.distinct:
            continue
        share = sum(1 for text in column.distinct if text in known) / len(column.distinct)
        if share >= _SHARED or (column.name == order.name and share > 0):
            fits[column.name] = (column.name == order.name, share * min(1.0, len(column.distinct) / 20))
    return max(fits, key=lambda name: fits[name], default=None)


def _rest(profiles: Mapping[str, Profile], taken: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    free = [p for p in profiles.values() if p.name not in taken]
    units = [p for p in free if p.look in {Look.UNITS, Look.FLAG} and p.is_numeric]
    if units:
        found["quantity"] = max(units, key=lambda p: name_rank(p.name, "quantity")).name
    for role, source, looks in (
        ("refund_amount", "refund", {Look.MONEY, Look.CODE}),
        ("reason", "reason", {Look.CODE, Look.FLAG}),
    ):
        named = [p for p in free if p.look in looks and name_rank(p.name, source) and p.name not in found.values()]
        if named:
            found[role] = max(named, key=lambda p: name_rank(p.name, source)).name
    return found
