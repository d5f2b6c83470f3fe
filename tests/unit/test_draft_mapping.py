"""What a look at files proposes, by their values, whatever their columns are called."""

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.local.mapping_file import parse_mapping
from adapters.local.table_profiler import LocalTableProfiler
from application.draft_mapping import DraftMapping
from domain.errors import ConfigurationError, SourceError
from tests.shops.undescribed import NAMES, NEUTRAL, HeldTables, as_table, drafted, sales, with_returns


@pytest.mark.parametrize("names", [NAMES, NEUTRAL])
def test_negative_quantities_are_found_with_every_column(names: Mapping[str, str]) -> None:
    draft, mapping = drafted(orders=as_table(with_returns({"units": "-{units}"}), names))
    assert mapping.shape == "rows"
    assert mapping.return_rows is not None
    assert mapping.return_rows.told_by == "negative_quantity"
    columns = mapping.columns
    assert (columns.order_id, columns.customer_id, columns.item_id) == (names["order"], names["buyer"], names["sku"])
    assert (columns.item_group, columns.category, columns.size) == (names["style"], names["group"], names["size"])
    assert (columns.ordered_at, columns.quantity, columns.unit_price) == (names["day"], names["units"], names["price"])
    assert mapping.return_order == "original"
    assert (mapping.format.decimal, mapping.format.dates) == (",", ("d.M.yyyy",))
    assert draft.verdict.figures.lines == len(sales())
    assert draft.verdict.figures.orphan_share == 0
    assert draft.verdict.figures.median_lag_days == pytest.approx(13, abs=2)


def test_marked_orders_of_their_own_are_found() -> None:
    chance = random.Random(5)
    rows = with_returns({"units": "-{units}", "order": "C{order}"})
    rows = [
        {**row, "order": f"C{90000 + chance.randrange(9000)}"} if row["order"].startswith("C") else row for row in rows
    ]
    _, mapping = drafted(orders=as_table(rows, NAMES))
    assert mapping.return_rows is not None
    assert (mapping.return_rows.told_by, mapping.return_rows.prefix) == ("marker", "C")
    assert mapping.return_rows.column == NAMES["order"]
    assert mapping.return_order == "own"


def test_a_flag_is_found_and_its_words_are_told_apart() -> None:
    rows = [{**row, "back": "Ja" if row["back"] else "Nein"} for row in sales()]
    draft, mapping = drafted(orders=as_table(rows, {**NAMES, "back": "Retourniert"}))
    assert mapping.shape == "flag"
    assert mapping.flag is not None
    assert (mapping.flag.column, mapping.flag.returned, mapping.flag.kept) == ("Retourniert", ("Ja",), ("Nein",))
    assert any("no day" in reason for reason in draft.verdict.reasons)


def test_a_file_of_returns_is_told_from_the_orders_and_joined_to_them() -> None:
    rows = sales()
    back = [row for row in rows if row["back"]]
    returns = as_table(back, {"back": "Retourdatum", "order": "Bestellung", "sku": "Artikel", "units": "Stück"})
    draft, mapping = drafted("retouren.csv", "verkauf.csv", verkauf=as_table(rows, NAMES), retouren=returns)
    assert mapping.shape == "table"
    assert (mapping.orders, mapping.returns) == ("verkauf.csv", "retouren.csv")
    given = mapping.return_columns
    assert (given.order_id, given.item_id, given.returned_at, given.quantity) == (
        "Bestellung",
        "Artikel",
        "Retourdatum",
        "Stück",
    )
    assert draft.verdict.figures.orphan_share == 0


def test_a_file_of_returns_written_another_way_is_read_that_way(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(
        "order,customer,sku,day,quantity,price\n"
        + "".join(
            f"o{n},c{n % 90},sku-{n % 7},2023-{1 + n % 4:02d}-{1 + n % 28:02d},1,{9 + n % 5}.5\n" for n in range(300)
        ),
        encoding="utf-8",
    )
    (tmp_path / "returns.csv").write_text(
        "order;sku;returned\n" + "".join(f"o{n};sku-{n % 7};{1 + n % 28:02d}.06.2023\n" for n in range(0, 300, 5)),
        encoding="utf-8",
    )
    paths = [str(tmp_path / name) for name in ("sales.csv", "returns.csv")]
    mapping = parse_mapping(DraftMapping(LocalTableProfiler())(paths).mapping_text, "draft.toml")
    assert (mapping.format.delimiter, mapping.format_of_returns.delimiter) == (",", ";")


def test_lines_of_service_are_named_by_their_words() -> None:
    rows = [*with_returns({"units": "-{units}"})]
    rows += [{**row, "sku": "POST", "style": "POSTAGE", "group": "Extra", "size": "M"} for row in sales(60)[:40]]
    _, mapping = drafted(orders=as_table(rows, NAMES))
    assert mapping.kinds.values == {"service": ("POSTAGE",)}
    assert mapping.kinds.otherwise == "product"


def test_days_that_tell_nothing_are_left_to_the_reader() -> None:
    rows = [{**row, "day": row["day"][3:6] + row["day"][3:6] + "2023"} for row in with_returns({"units": "-{units}"})]
    draft, _ = drafted(orders=as_table(rows, NAMES))
    assert "tells day from month" in draft.mapping_text


def test_files_without_a_day_are_refused() -> None:
    rows = [{**row, "day": "soon"} for row in sales(50)]
    with pytest.raises(SourceError, match="day of the order"):
        drafted(orders=as_table(rows, NAMES))


def test_a_draft_is_made_from_one_or_two_files() -> None:
    with pytest.raises(ConfigurationError, match="not 0"):
        DraftMapping(HeldTables())([])
