"""One engine that makes as-of features of a Parquet file, in a process of its own that stays open between its turns.

The parent writes `<source> <target>` a line; the engine answers with its figures as JSON. The session or connection is
open and has done a small job before the first turn.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.as_of_sql import duckdb_query
from benchmarks.process_tree import TreeMeter

Work = Callable[[str, str], None]


def open_engine(name: str, threads: int, memory_gib: int) -> Work:
    """What makes the features of a file and writes them to another."""
    if name == "duckdb":
        return _duckdb(threads, memory_gib)
    if name == "floor":
        from benchmarks.as_of_floor import write_features  # noqa: PLC0415

        return write_features
    return _pandas() if name == "pandas" else _spark(name, threads, memory_gib)


def _spark(form: str, threads: int, memory_gib: int) -> Work:
    from adapters.local.java import use_java  # noqa: PLC0415 (one engine does not load another's libraries)
    from adapters.spark.session.spark_session import SharedSession  # noqa: PLC0415
    from benchmarks.as_of_forms import FORMS, read_lines  # noqa: PLC0415

    use_java()
    session = SharedSession(master=f"local[{threads}]", driver_memory=f"{memory_gib}g")()
    session.range(1000).selectExpr("sum(id)").collect()

    def work(source: str, target: str) -> None:
        FORMS[form](read_lines(session, source)).write.mode("overwrite").parquet(target)

    return work


def _duckdb(threads: int, memory_gib: int) -> Work:
    import duckdb  # noqa: PLC0415

    connection = duckdb.connect(config={"threads": threads, "memory_limit": f"{memory_gib}GB"})

    def work(source: str, target: str) -> None:
        connection.execute(f"COPY ({duckdb_query(source)}) TO '{target}' (FORMAT parquet)")

    return work


def _pandas() -> Work:
    from benchmarks.as_of_pandas import features  # noqa: PLC0415

    def work(source: str, target: str) -> None:
        features(source).to_parquet(target, index=False)

    return work


def main() -> None:
    """Open the engine named, then take turns until the input ends."""
    name, threads, memory_gib = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with TreeMeter() as start:
        work = open_engine(name, threads, memory_gib)
    print(json.dumps({"start_seconds": round(start.seconds, 2)}), flush=True)
    for line in sys.stdin:
        source, target = line.split()
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        with TreeMeter() as meter:
            work(source, target)
        print(json.dumps(meter.figures()), flush=True)


if __name__ == "__main__":
    main()
