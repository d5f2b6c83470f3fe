"""What a file or an object says, with nothing compressed, packed or spread over pages left unread."""

import gzip
import io
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_PARQUET, _ZIP, _GZIP, _ZSTD, _SQLITE = b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"SQLite format 3\x00"


def contents(data: bytes) -> Iterator[bytes]:
    """The bytes as they are, then what is packed in them, down to the last member of an archive.

    Raises ValueError for Zstandard, which nothing searched here is written in.
    """
    yield data
    if data.startswith(_ZSTD):
        raise ValueError("a file in Zstandard would be searched unread")
    if data.startswith(_GZIP):
        yield from contents(gzip.decompress(data))
    elif data.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                yield member.filename.encode() + member.comment
                yield from contents(archive.read(member))
    elif data.startswith(_PARQUET):
        yield from _table(data)


def contents_of_file(path: Path) -> Iterator[bytes]:
    """As `contents`; of a SQLite database also every value, for a long one is spread over pages."""
    data = path.read_bytes()
    yield from contents(data)
    if data.startswith(_SQLITE):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            tables = database.execute("select name from sqlite_master where type = 'table'").fetchall()
            for (table,) in tables:
                for row in database.execute(f'select * from "{table}"'):
                    yield "\n".join(map(str, row)).encode()


def _table(data: bytes) -> Iterator[bytes]:
    file = pq.ParquetFile(io.BytesIO(data))
    for name, value in (file.metadata.metadata or {}).items():
        yield name + b"\n" + value
    yield str(file.schema_arrow).encode()
    table = file.read()
    for name, column in zip(table.column_names, table.columns, strict=True):
        nested = pa.types.is_nested(column.type) or pa.types.is_dictionary(column.type)
        values = (column if nested else column.unique()).to_pylist()
        yield "\n".join((name, *map(str, values))).encode()
