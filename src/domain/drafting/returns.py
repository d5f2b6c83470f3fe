"""A file of returns beside a file of orders: which is which, and which of its columns name the sale."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.drafting.dates import agreed
from domain.drafting.format import mixed_doubt
from domain.drafting.keys import numbers_rows
from domain.drafting.names import name_rank, speaks_of_moment
from domain.drafting.profiles import Look, Profile, Texts, profile
from domain.drafting.quantity import quantity_rank
from domain.drafting.return_units import find_returned_units
from domain.drafting.sale_keys import sale_keys
from domain.drafting.unread import BY_HAND, no_column
from domain.drafting.words import speaks_of_returns
from domain.errors import SourceError

_NAMED = 0.9  # of the returns, whose sale a column names
_FEW = 0.5  # of them
_SAME_ITEM = 0.97  # of the returns whose order and place name a line, that name its item too
POSITION = "line_id position"  # role of a column that numbers the lines of an order, and names one beside the order


@dataclass(frozen=True)
class ReturnFile:
    """A file of returns: source columns by canonical name, and the date format.

    Args:
        columns: by canonical name; a tuple where several columns name the order.
        dates: format of the day of return; two where nothing tells day from month.
        profiles: of every column.
        negative: canonical names of what is written below 0.
        doubts: sentences on what a reader must check before the mapping is run.
    """

    columns: Mapping[str, str | tuple[str, ...]]
    dates: tuple[str, ...]
    profiles: Mapping[str, Profile]
    negative: frozenset[str] = frozenset()
    doubts: tuple[str, ...] = ()

    @property
    def used(self) -> list[Profile]:
        """The profiles of the columns that have a role."""
        return [self.profiles[name] for given in self.columns.values() for name in _listed(given)]


@dataclass(frozen=True)
class Sales:
    """What the file of orders says that a file of returns is read by.

    Args:
        profiles: of its columns.
        roles: which of its columns have the roles line, order, customer and item; an order of several columns has
            the roles `order_id`, `order_id 1`, ..., and a line that is named by its order and its place in it has
            the role POSITION.
        quantity: column of the units sold; None where every row is one.
        dates: format of its days; two where nothing tells day from month.
    """

    profiles: Mapping[str, Profile]
    roles: Mapping[str, str]
    quantity: str | None
    dates: tuple[str, ...]

    @property
    def units(self) -> Iterable[float]:
        """Units sold a row."""
        if self.quantity is not None:
            return self.profiles[self.quantity].numbers
        return [1.0] * len(self.profiles[self.roles["item_id"]].texts)

    def columns_of(self, role: str) -> list[str]:
        """The columns that together name the line, the order, the customer or the item of a sale."""
        if role == "line_id" and POSITION in self.roles:
            return [*self.columns_of("order_id"), self.roles[POSITION]]
        return [name for asked, name in self.roles.items() if asked.split()[0] == role]


def is_returns(path: str, names: Sequence[str]) -> tuple[int, int]:
    """How much a file looks like one of returns: by its name and its days', then by how many columns speak of any."""
    file = path.replace("\\", "/").rsplit("/", 1)[-1].replace("_", " ").replace("-", " ")
    days = sum(1 for name in names if name_rank(name, "returned_at") > 3)
    return 3 * bool(name_rank(file, "returns")) + days, sum(1 for name in names if speaks_of_returns(name))


def find_returns(path: str, values: Mapping[str, Texts], sales: Sales) -> ReturnFile:
    """The columns of a file of returns.

    Args:
        path: the file, for errors.
        values: its columns.
        sales: the file of orders.
    """
    profiles = {name: profile(name, texts) for name, texts in values.items()}
    moments = [p for p in profiles.values() if p.look is Look.MOMENT]
    if not moments and not any(speaks_of_moment(name) for name in values):
        raise SourceError(
            f"'{path}' has no day on which anything came back.",
            "Join it to the orders as a column that says what came back, and draft that one file: docs/mapping.md.",
        )
    if not moments:
        raise no_column(path, "the day of a return", "returned_at", values)
    day = max(moments, key=lambda p: name_rank(p.name, "returned_at"))
    columns = {"returned_at": day.name, **_keys(profiles, sales)}
    if "line_id" not in columns and "item_id" not in columns:
        raise SourceError(f"In '{path}' no column shares its values with the lines or items of the orders.", BY_HAND)
    taken = {name for given in columns.values() for name in _listed(given)}
    free = [p for p in profiles.values() if p.name not in taken]
    columns |= _named(free)
    units = find_returned_units([p for p in free if p.name not in columns.values()], _sold(columns, profiles, sales))
    if units.column is not None:
        columns["quantity"] = units.column
    signed = [role for role in ("quantity", "refund_amount") if role in columns]
    dates = agreed(day.dates, sales.dates)
    return ReturnFile(
        columns,
        dates,
        profiles,
        frozenset(role for role in signed if profiles[str(columns[role])].is_negative),
        tuple(_doubts(units.doubt, day, dates)),
    )


def _doubts(units: str, day: Profile, dates: tuple[str, ...]) -> Iterator[str]:
    if units:
        yield units
    if mixed := mixed_doubt(day, dates[0]):
        yield mixed
    if len(dates) > 1:
        yield f"No day after the 12th in '{day.name}' tells day from month: {dates[0]} or {dates[1]}."


def _keys(profiles: Mapping[str, Profile], sales: Sales) -> dict[str, str | tuple[str, ...]]:
    """The columns that name the sale."""
    shared = sale_keys(sales.profiles, sales.roles, profiles)
    if "order_id 1" not in sales.roles and {"order_id", "item_id"} <= set(shared):
        shared["order_id"] = _original_order(profiles, sales, shared)
    keys: dict[str, str | tuple[str, ...]] = {
        role: shared[role] for role in ("line_id", "customer_id", "item_id") if role in shared
    }
    order = [role for role in sales.roles if role.startswith("order_id")]
    if order and all(role in shared for role in order):
        keys["order_id"] = shared[order[0]] if len(order) == 1 else tuple(shared[role] for role in order)
        if POSITION in shared and _names_lines(profiles, sales, shared, order):
            keys["line_id"] = (*(shared[role] for role in order), shared[POSITION])
    return keys


def line_number(orders: Mapping[str, Profile], taken: Collection[str], returns: Mapping[str, Texts]) -> str | None:
    """A column that numbers the rows of the orders, and that the returns have under the same name; None for none.

    Args:
        orders: profiles of the orders.
        taken: columns of the orders that name something else.
        returns: texts of the returns, by column.
    """
    for name, column in orders.items():
        held = [text.strip() for text in returns.get(name, ()) if text and text.strip()]
        if name not in taken and held and numbers_rows(column.texts) and len(column.distinct) == len(column.texts):
            known = set(column.distinct)
            if sum(text in known for text in held) >= _NAMED * len(held):
                return name
    return None


def _original_order(profiles: Mapping[str, Profile], sales: Sales, shared: Mapping[str, str]) -> str:
    """The returns' column of the order, or another under which far more of them name an order that sold their item.

    A return with a number of its own may call it just as the orders call theirs.
    """
    named, items = shared["order_id"], profiles[shared["item_id"]].texts
    sold = set(
        zip(sales.profiles[sales.roles["order_id"]].texts, sales.profiles[sales.roles["item_id"]].texts, strict=True)
    )
    taken = {column for role, column in shared.items() if role != "order_id"}
    hits = {
        name: sum(pair in sold for pair in zip(column.texts, items, strict=True))
        for name, column in profiles.items()
        if name not in taken
    }
    best = max(hits, key=lambda name: (hits[name], name == named))
    return best if hits[best] >= _NAMED * len(items) and hits[named] < _FEW * len(items) else named


def _names_lines(
    profiles: Mapping[str, Profile], sales: Sales, shared: Mapping[str, str], order: Sequence[str]
) -> bool:
    """Whether order and place of a return name a line of its item: a return may number its own rows as well."""
    if "item_id" not in shared:
        return True
    theirs = [sales.profiles[sales.roles[role]].texts for role in (*order, POSITION, "item_id")]
    own = [profiles[shared[role]].texts for role in (*order, POSITION, "item_id")]
    item_of = {tuple(key): item for *key, item in zip(*theirs, strict=True)}
    found = [(item_of.get(tuple(key)), item) for *key, item in zip(*own, strict=True)]
    named = [(sold, item) for sold, item in found if sold is not None]
    return bool(named) and sum(sold == item for sold, item in named) >= _SAME_ITEM * len(named)


def _sold(
    columns: Mapping[str, str | tuple[str, ...]], profiles: Mapping[str, Profile], sales: Sales
) -> list[float | None]:
    """The units that the sale of every return had, None for a return that names no single sale."""
    roles = ["line_id"] if "line_id" in columns else ["order_id", "item_id"]
    if any(role not in columns for role in roles):
        return [None] * len(next(iter(profiles.values())).texts)
    own = [name for role in roles for name in _listed(columns[role])]
    theirs = [name for role in roles for name in sales.columns_of(role)]
    units: dict[tuple[str | None, ...], float] = defaultdict(float)
    sold_by = zip(*(sales.profiles[name].texts for name in theirs), strict=True)
    for key, sold in zip(sold_by, sales.units, strict=True):
        units[key] += sold
    return [units.get(key) for key in zip(*(profiles[name].texts for name in own), strict=True)]


def _listed(given: str | tuple[str, ...]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else given


def _may_be_reason(column: Profile) -> bool:
    return column.look not in {Look.MOMENT, Look.EMPTY}


def _may_be_amount(column: Profile) -> bool:
    return column.look is Look.MONEY or (
        column.look is Look.UNITS and column.is_numeric and not quantity_rank(column.name)
    )


def _named(free: Sequence[Profile]) -> dict[str, str]:
    """Refund and reason, by their names."""
    found: dict[str, str] = {}
    for role, fits in (("reason", _may_be_reason), ("refund_amount", _may_be_amount)):
        source = role.removesuffix("_amount")
        named = [p for p in free if fits(p) and name_rank(p.name, source) and p.name not in found.values()]
        if named:
            found[role] = max(named, key=lambda p: name_rank(p.name, source)).name
    return found
