"""Look at files that nobody has described, propose their mapping, and say whether there is enough in them."""

import os
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath

from domain.drafting.dates import agreed, read_day
from domain.drafting.flag import Flag, came_back
from domain.drafting.profiles import Profile
from domain.drafting.proposal import Proposal
from domain.drafting.returns import POSITION, ReturnFile, Sales, find_returns, is_returns, line_number
from domain.drafting.source import propose
from domain.drafting.text import mapping_text
from domain.errors import ConfigurationError, SourceError
from domain.labels import LabelPolicy
from domain.source.readiness import SoldLine, Verdict, count, judge
from ports.table_profiler import SampledTable, TableProfiler

_HELPFUL = ("customer_id", "item_group", "category", "size", "colour", "unit_cost")


@dataclass(frozen=True)
class Draft:
    """A drafted mapping file, whether its source is ready, and what to check before it is run."""

    mapping_text: str
    verdict: Verdict
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftMapping:
    """Drafts a mapping of one file of orders, or of one of orders and one of returns."""

    profiler: TableProfiler

    def __call__(self, paths: Sequence[str], beside: str | None = None) -> Draft:
        """The draft for the files, in any order.

        Args:
            paths: the file of orders and, where there is one, that of returns.
            beside: the directory where the mapping will be, from which it names the files; None for that of the files.

        Raises ConfigurationError for none or more than two files, SourceError where the columns tell too little, or not
        which of two files is that of the returns.
        """
        if not 1 <= len(paths) <= 2:
            raise ConfigurationError(
                f"A draft is made from one or two files, not {len(paths)}.",
                "Name a file of orders, and the file of returns where there is one; name further parts in the mapping.",
            )
        sampled = [self.profiler.sample(path) for path in paths]
        tables = _orders_first(sampled)
        orders = tables[0]
        proposal = propose(orders.path, orders.values, returns_apart=len(tables) > 1)
        if len(tables) > 1 and len(proposal.line_id) != 1:
            number = line_number(proposal.profiles, proposal.named, tables[1].values)
            proposal = proposal if number is None else replace(proposal, line_id=(number,))
        returns = _return_file(tables[1], proposal) if len(tables) > 1 else None
        if returns is not None:
            proposal = replace(proposal, dates=agreed(proposal.dates, returns.dates))
        text, doubts = mapping_text(
            proposal,
            _shop_name(orders.path),
            _named_from(beside, orders.path),
            None if returns is None else (_named_from(beside, tables[1].path), returns, _style(tables[1])),
            _style(orders),
        )
        return Draft(text, _verdict(proposal, returns, is_whole=all(table.is_whole for table in tables)), doubts)


def _orders_first(sampled: Sequence[SampledTable]) -> list[SampledTable]:
    """The file of orders before that of returns; raises SourceError where either might be either."""
    looks = [is_returns(table.path, list(table.values)) for table in sampled]
    if len(looks) > 1 and looks[0] == looks[1]:
        raise SourceError(
            f"Nothing tells which of '{sampled[0].path}' and '{sampled[1].path}' holds returns.",
            "If neither does, join the tables to one row a line first; else call the one returns.csv, or its day "
            "return_date.",
        )
    return [table for _, table in sorted(zip(looks, sampled, strict=True), key=lambda pair: pair[0])]


def _named_from(directory: str | None, path: str) -> str:
    """The path as a mapping in that directory writes it."""
    return PurePath(path).name if directory is None else PurePath(os.path.relpath(path, directory)).as_posix()


def _style(table: SampledTable) -> tuple[str, str]:
    return table.delimiter, table.encoding


def _return_file(table: SampledTable, proposal: Proposal) -> ReturnFile:
    roles = {"item_id": proposal.items.item_id or ""}
    roles |= {f"order_id {place}" if place else "order_id": name for place, name in enumerate(proposal.order.order_id)}
    if proposal.order.customer_id:
        roles["customer_id"] = proposal.order.customer_id
    if len(proposal.line_id) > 1:
        roles[POSITION] = proposal.line_id[-1]
    elif proposal.line_id:
        roles["line_id"] = proposal.line_id[0]
    sales = Sales(proposal.profiles, roles, proposal.units.quantity, proposal.dates)
    return find_returns(table.path, table.values, sales)


def _shop_name(path: str) -> str:
    stem = PurePath(path).name.split(".")[0].lower()
    return re.sub("[^a-z0-9]+", "-", stem).strip("-")[:63] or "shop"


def _verdict(proposal: Proposal, returns: ReturnFile | None, *, is_whole: bool) -> Verdict:
    lines = None if proposal.flag is None else _flagged(proposal, proposal.flag)
    orphan_share = None
    if lines is None:
        lines, orphan_share = _dated(proposal, returns)
    given = {"customer_id": proposal.order.customer_id, **proposal.items.labels, **proposal.found}
    absent = [name for name in _HELPFUL if not given.get(name)]
    return judge(count(lines, LabelPolicy(), orphan_share, absent, is_whole=is_whole))


def _days(column: Profile, first: str) -> list[date | None]:
    """A row each, the day of a column of moments of which most are written in the first format."""
    forms = column.formats(first)
    read = {text: read_day(text, forms) for text in column.distinct}
    return [None if text is None else read[text] for text in column.texts]


def _flagged(proposal: Proposal, flag: Flag) -> list[SoldLine]:
    """The lines whose flag can be read, with the day of their return where it is told."""
    days = _days(proposal.profiles[proposal.ordered_at], proposal.dates[0])
    back: list[date | None] = [None] * len(days)
    if flag.returned_at is not None:
        told = proposal.profiles[flag.returned_at]
        back = _days(told, told.dates[0])
    rows = zip(days, came_back(flag, proposal.profiles), back, strict=True)
    return [
        SoldLine(day, is_back, came if is_back else None) for day, is_back, came in rows if day and is_back is not None
    ]


def _dated(proposal: Proposal, returns: ReturnFile | None) -> tuple[list[SoldLine], float | None]:
    """Lines with the day of their first return, and the share of return rows without a line.

    A rough matching: an order and item that came back is one return of its first line.
    """
    keys = _keys(proposal)
    days = _days(proposal.profiles[proposal.ordered_at], proposal.dates[0])
    if returns is not None:
        back = list(zip(*_return_keys(proposal, returns), strict=True))
        keys = _keys(proposal, _key_roles(proposal, returns))
    else:
        back = [(k, d) for k, d, is_back in zip(keys, days, proposal.units.returns, strict=True) if is_back]
    first: dict[tuple[str, ...], date] = {}
    for key, day in back:
        if day is not None and all(key) and (key not in first or day < first[key]):
            first[key] = day
    lines: list[SoldLine] = []
    sold: dict[tuple[str, ...], int] = defaultdict(int)
    for key, day, sells in zip(keys, days, proposal.units.sells, strict=True):
        if not sells or day is None:
            continue
        came_back = first.get(key) if not sold[key] else None
        sold[key] += 1
        is_return = came_back is not None and came_back >= day
        lines.append(SoldLine(day, is_return, came_back if is_return else None))
    orphans = sum(1 for key, _ in back if key not in sold or not all(key))  # what is empty equals nothing
    return lines, orphans / len(back) if back else None


def _keys(proposal: Proposal, roles: Sequence[str] = ()) -> list[tuple[str, ...]]:
    """What names the sale in every row: order and item, or customer and item where a return has its own order."""
    by_role = {
        "line_id": list(proposal.line_id),
        "order_id": list(proposal.order.order_id),
        "customer_id": [proposal.order.customer_id or ""],
        "item_id": [proposal.items.item_id or ""],
    }
    asked = roles or (("customer_id", "item_id") if proposal.return_order == "own" else ("order_id", "item_id"))
    columns = [proposal.profiles[name].texts for role in asked for name in by_role[role] if name]
    prefix = proposal.units.prefix or ""
    return [tuple((text or "").removeprefix(prefix) for text in parts) for parts in zip(*columns, strict=True)]


def _key_roles(proposal: Proposal, returns: ReturnFile) -> list[str]:
    if "line_id" in returns.columns and proposal.line_id:
        return ["line_id"]
    return ["order_id" if "order_id" in returns.columns else "customer_id", "item_id"]


def _return_keys(proposal: Proposal, returns: ReturnFile) -> tuple[list[tuple[str, ...]], list[date | None]]:
    named = [returns.columns[role] for role in _key_roles(proposal, returns) if role in returns.columns]
    columns = [name for given in named for name in ((given,) if isinstance(given, str) else given)]
    texts = [returns.profiles[name].texts for name in columns]
    day = str(returns.columns["returned_at"])
    keys = [tuple(text or "" for text in parts) for parts in zip(*texts, strict=True)]
    return keys, _days(returns.profiles[day], returns.dates[0])
