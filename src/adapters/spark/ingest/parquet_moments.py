"""Which columns of a Parquet file hold moments in nanoseconds, as pandas writes them and Spark cannot read."""

import io
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from domain.errors import SourceError
from ports.source_store import SourceStore

_TAIL_BYTES = 1 << 16
_END_BYTES = 8  # the footer's length in four bytes, and the mark PAR1
_MARK = b"PAR1"


def nanosecond_columns(path: str, stores: SourceStore) -> Mapping[str, bool]:
    """Those columns by name, each with whether its moments are in UTC rather than local.

    Raises SourceError when the file is no Parquet file.
    """
    try:
        schema = pq.read_schema(io.BytesIO(_footer(path, stores)))
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"The file '{path}' is no whole Parquet file.", "Write or copy it again.") from error
    moments = [field for field in schema if pa.types.is_timestamp(field.type)]
    return {field.name: field.type.tz is not None for field in moments if field.type.unit == "ns"}


def _footer(path: str, stores: SourceStore) -> bytes:
    """The end of the file, where the schema stands, and not the rows."""
    tail = stores.last_bytes(path, _TAIL_BYTES)
    length = int.from_bytes(tail[-_END_BYTES:-4], "little") + _END_BYTES
    if tail.endswith(_MARK) and length > len(tail) == _TAIL_BYTES:
        tail = stores.last_bytes(path, length)
    return tail
