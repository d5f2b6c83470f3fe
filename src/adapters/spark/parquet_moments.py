"""Which columns of a Parquet file hold moments in nanoseconds, as pandas writes them and Spark cannot read."""

import pyarrow as pa
import pyarrow.parquet as pq

from domain.errors import SourceError


def nanosecond_columns(path: str) -> frozenset[str]:
    """The names of those columns, by the file's own schema; raises SourceError when it is no Parquet file.

    Files elsewhere than on this machine are taken to have none.
    """
    if "://" in path:
        return frozenset()
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"The file '{path}' is no whole Parquet file.", "Write or copy it again.") from error
    return frozenset(field.name for field in schema if pa.types.is_timestamp(field.type) and field.type.unit == "ns")
