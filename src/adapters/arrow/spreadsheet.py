"""A table as an Excel workbook of one sheet."""

import math
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from adapters.arrow.locations import Locate, locate_local
from adapters.arrow.table_files import stream_arrow
from domain.content import Cell
from domain.errors import ConfigurationError
from domain.snapshot import DatasetRef

SHEET_ROWS = 1_048_576  # of which the header takes one
CELL_CHARACTERS = 32_767
_EXACT_INTEGER = 10**15  # a spreadsheet keeps 15 digits
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def write_spreadsheet(table: DatasetRef, path: Path, locate: Locate = locate_local) -> None:
    """Write one sheet: a header that stays in view, moments in UTC, text as text whatever it begins with.

    Raises ConfigurationError when the table has more rows than a sheet.
    """
    if table.rows >= SHEET_ROWS:
        raise ConfigurationError(
            f"The table '{table.name}' has {table.rows} rows; an Excel sheet holds {SHEET_ROWS - 1} and a header.",
            "Export it as .parquet or .csv.",
        )
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.name[:31])
    sheet.freeze_panes = "A2"
    sheet.append(list(_header(sheet, table.schema.names)))
    for batch in stream_arrow(table, locate=locate):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            sheet.append([_cell(sheet, value) for value in row])
    book.save(path)


def _header(sheet: WriteOnlyWorksheet, names: Iterable[str]) -> Iterator[SheetCell]:
    for name in names:
        cell = WriteOnlyCell(sheet, name)
        cell.font = Font(bold=True)
        yield cell


def _cell(sheet: WriteOnlyWorksheet, value: Cell) -> SheetCell | Cell:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, float) and not math.isfinite(value):
        value = str(value)
    if isinstance(value, int) and abs(value) >= _EXACT_INTEGER:
        value = str(value)
    return _text(sheet, value) if isinstance(value, str) else value


def _text(sheet: WriteOnlyWorksheet, value: str) -> SheetCell:
    cell = WriteOnlyCell(sheet, _NOT_IN_XML.sub("\ufffd", value)[:CELL_CHARACTERS])
    cell.data_type = "s"  # else text that begins with = would be a formula
    return cell
