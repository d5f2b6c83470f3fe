"""Columns that stand in the names of directories (`day=2024-01-01`), as Hive and Spark write them.

`domain.source.file_places.partition_values` is the reference.
"""

import re
from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from domain.source.file_places import NULL_PARTITION, partition_values

_PATH = "_metadata.file_path"  # a URI, in which %XX stand for what it cannot hold


def partition_column(name: str) -> Column:
    """The text that the innermost directory of this name gives, null where it stands for null."""
    # Greedy, so that the innermost is found; what follows it are directories and the file.
    text = F.regexp_extract(_decoded(F.col(_PATH)), f"^.*/{re.escape(name)}=([^/]*)/", 1)
    return F.when(text != NULL_PARTITION, _decoded(text))


def partitioned_by(location: str, columns: Sequence[str]) -> tuple[str, ...]:
    """Those of the columns that the directories of a file name."""
    named = partition_values(location, columns)
    return tuple(column for column in columns if column in named)


def _decoded(text: Column) -> Column:
    """A text whose %XX are read; a plus is a plus in paths."""
    return F.coalesce(F.try_url_decode(F.replace(text, F.lit("+"), F.lit("%2B"))), text)
