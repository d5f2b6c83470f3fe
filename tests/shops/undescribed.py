"""A shop whose files nobody has described, under any column names, and the draft of its mapping."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from adapters.local.mapping_file import parse_mapping
from application.draft_mapping import Draft, DraftMapping
from domain.source.mapping import SourceMapping
from ports.table_profiler import SampledTable, TableProfiler

FIRST = date(2023, 1, 1)


class HeldTables(TableProfiler):
    """Tables held in memory, by path."""

    def __init__(self, **tables: Mapping[str, Sequence[str | None]]) -> None:
        self._tables = {f"{name}.csv": table for name, table in tables.items()}

    def sample(self, path: str) -> SampledTable:
        table = self._tables[path]
        return SampledTable(path, table, len(next(iter(table.values()))))


def sales(rows: int = 1500) -> list[dict[str, str]]:
    """Lines of orders with one or more items, over 120 days; about a fifth came back."""
    chance = random.Random(3)
    items = [
        (f"A-{n:03d}", f"Style {n // 3}", f"Group {n // 12}", ("S", "M", "L")[n % 3], 5 + n % 40) for n in range(60)
    ]
    found: list[dict[str, str]] = []
    while len(found) < rows:
        order = f"{70000 + len(found)}"
        day = FIRST + timedelta(days=chance.randrange(120))
        buyer = f"K{chance.randrange(400)}"
        for sku, style, group, size, price in chance.sample(items, chance.choice((1, 2, 3))):
            units = chance.choice((1, 1, 1, 2))
            back = day + timedelta(days=chance.randrange(3, 25)) if chance.random() < 0.2 else None
            found.append(
                {
                    "order": order,
                    "buyer": buyer,
                    "sku": sku,
                    "style": style,
                    "group": group,
                    "size": size,
                    "day": f"{day:%d.%m.%Y}",
                    "units": str(units),
                    "price": f"{price},95",
                    "back": f"{back:%d.%m.%Y}" if back else "",
                }
            )
    return found


def as_table(rows: Sequence[Mapping[str, str]], names: Mapping[str, str]) -> dict[str, list[str | None]]:
    return {name: [row[key] or None for row in rows] for key, name in names.items()}


NAMES = {
    "order": "Bestellnummer",
    "buyer": "Kunde",
    "sku": "Artikelnummer",
    "style": "Bezeichnung",
    "group": "Warengruppe",
    "size": "Größe",
    "day": "Bestelldatum",
    "units": "Menge",
    "price": "Einzelpreis",
}
NEUTRAL = {key: f"c{place}" for place, key in enumerate(NAMES)}


def drafted(*paths: str, **tables: Mapping[str, Sequence[str | None]]) -> tuple[Draft, SourceMapping]:
    draft = looked_at(*paths, **tables)
    return draft, parse_mapping(draft.mapping_text, "draft.toml")


def looked_at(*paths: str, **tables: Mapping[str, Sequence[str | None]]) -> Draft:
    """The draft alone, where it need not be a mapping that can be run."""
    return DraftMapping(HeldTables(**tables))(paths or ["orders.csv"])


def with_returns(change: Mapping[str, str]) -> list[dict[str, str]]:
    rows = sales()
    back = [
        {**row, "day": row["back"], **{k: v.format(**row) for k, v in change.items()}} for row in rows if row["back"]
    ]
    return [*rows, *back]
