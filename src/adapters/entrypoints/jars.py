"""`returncast jars`: what a cluster's spark-submit needs for a lake on S3."""

import sys

from adapters.bootstrap.runs import composition
from adapters.entrypoints.options import use_lake


def jars() -> None:
    """Print the paths of Spark's jars for S3, fetching them on first need; none where Spark has them already.

    Example: spark-submit --jars "$(returncast jars)" ...
    """
    use_lake(None)
    sys.stdout.write(",".join(str(path) for path in composition().jars.paths()) + "\n")
