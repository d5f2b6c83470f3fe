"""Which columns of a Parquet file hold moments in nanoseconds, as pandas writes them and Spark cannot read."""

import io

import pyarrow as pa
import pyarrow.parquet as pq

from domain.errors import SourceError
from ports.source_store import SourceStore

_TAIL_BYTES = 1 << 16
_END_BYTES = 8  # the footer's length in four bytes, and the mark PAR1
_MARK = b"PAR1"


def nanosecond_columns(path: str, stores: SourceStore) -> frozenset[str]:
    """The names of those columns, by the file's own schema; raises SourceError when it is no Parquet file."""
    try:
        schema = pq.read_schema(io.BytesIO(_footer(path, stores)))
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"The file '{path}' is no whole Parquet file.", "Write or copy it again.") from error
    return frozenset(field.name for field in schema if pa.types.is_timestamp(field.type) and field.type.unit == "ns")


def _footer(path: str, stores: SourceStore) -> bytes:
    """The end of the file, where the schema stands, and not the rows."""
    tail = stores.last_bytes(path, _TAIL_BYTES)
    length = int.from_bytes(tail[-_END_BYTES:-4], "little") + _END_BYTES
    if tail.endswith(_MARK) and length > len(tail) == _TAIL_BYTES:
        tail = stores.last_bytes(path, length)
    return tail
