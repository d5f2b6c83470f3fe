"""The same orders on HDFS, on S3 and on this machine are the same source, read as one."""

import gzip
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from adapters.local.java import use_java
from adapters.spark.session.hadoop_files import HadoopSourceStore
from domain.errors import ServiceError
from ports.source_store import SourceStore
from tests.contract.source_store_contract import FILES as CONTRACT_FILES
from tests.contract.source_store_contract import Put, SourceStoreContract
from tests.processes import environment_for
from tests.servers.hdfs import HdfsNotFetchedError, HdfsServer
from tests.servers.process import HOST, free_port
from tests.servers.s3 import S3Server

BUCKET = "remote-sources"
# Ingests every mapping named on the command line in one process, as a nightly run would, and says what came of it.
PROGRAM = """
import json, sys
from adapters.bootstrap.runs import workflow_for
from tests.fakes.progress import RecordingProgress

for mapping in sys.argv[1:]:
    workflow = workflow_for(mapping, None)
    made = workflow.run("ingest", RecordingProgress())
    repeated = [file.location for file in workflow.pipeline.source.repeated_files()]
    lines = made.table("order_lines").uri
    print(json.dumps({"key": made.key, "content": made.content, "facts": made.facts, "repeated": repeated,
        "executed": workflow.executed, "lines": lines}))
"""
MAPPING = """
name = "remote-shop"
shape = "table"
orders = ["PLACE/orders/**/*.csv", "PLACE/orders/*/*.csv.gz", "PLACE/orders/day=2024-01-03"]
returns = "PLACE/returns"

[columns]
order_id = "order"
item_id = "sku"
ordered_at = "day"
quantity = "units"
unit_price = "price"
seller = "shop"

[return_columns]
order_id = "order"
item_id = "sku"
returned_at = "back"
"""


def text(*rows: str) -> bytes:
    return "\n".join(rows).encode() + b"\n"


def parquet(rows: Mapping[str, object]) -> bytes:
    """As pandas writes them: moments in nanoseconds."""
    file = io.BytesIO()
    pd.DataFrame(rows).to_parquet(file)
    return file.getvalue()


FILES = {
    # The day and the shop of an order stand in the directory; one has its columns in another order.
    "orders/day=2024-01-01/shop=a b/part.csv": text("order,sku,units,price", "1,A,1,10", "1,B,2,5.5"),
    "orders/day=2024-01-02/shop=50%25/part.csv": text("price,units,sku,order", "7,1,A,2"),
    "orders/day=2024-01-02/shop=50%25/sent again.csv": text("price,units,sku,order", "7,1,A,2"),
    "orders/day=2024-01-02/x.csv.gz": gzip.compress(text("order,sku,units,price,shop", "3,C,1,9,c")),
    "orders/day=2024-01-03/shop=__HIVE_DEFAULT_PARTITION__/part.parquet": parquet(
        {"order": ["4"], "sku": ["C"], "units": ["3"], "price": ["2.5"]}),
    "orders/_SUCCESS": b"",
    "returns/all.parquet": parquet({"order": ["1", "4"], "sku": ["B", "C"],
        "back": pd.to_datetime(["2024-01-09 10:00:00.123456789", "2024-01-19 00:00:00.0"], format="ISO8601")}),
}  # fmt: skip


@pytest.fixture(scope="module")
def hdfs() -> Iterator[HdfsServer]:
    """Skipped only where no repository of Maven artifacts is reached, for then there is no HDFS to start."""
    use_java()
    try:
        with HdfsServer() as server:
            yield server
    except HdfsNotFetchedError as error:
        pytest.skip(f"There is no HDFS here. {error}")


def put_on_hdfs(spark: SparkSession, root: str, files: Mapping[str, bytes]) -> None:
    """Write files past the adapter."""
    hadoop = spark.sparkContext._jvm.org.apache.hadoop.fs
    for name, data in files.items():
        path = hadoop.Path(f"{root}/{name}")
        stream = path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).create(path)
        stream.write(bytearray(data))
        stream.close()


@pytest.fixture(scope="module")
def places(s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the files are, by the name of the place."""
    directory = tmp_path_factory.mktemp("remote sources")
    client = s3_server.client()
    client.create_bucket(Bucket=BUCKET)
    for name, data in FILES.items():
        path = directory / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        client.put_object(Bucket=BUCKET, Key=f"a shop/{name}", Body=data)
    local = (directory / "shop").as_posix()
    return {"s3": f"s3://{BUCKET}/a shop", "s3a": f"s3a://{BUCKET}/a shop", "local": local, "file": f"file://{local}"}


def ingested(places: Mapping[str, str], directory: Path, settings: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What the ingest of each place came to."""
    directory.mkdir(exist_ok=True)
    mappings = [directory / f"{name}.toml" for name in places]
    for mapping, place in zip(mappings, places.values(), strict=True):
        mapping.write_text(MAPPING.replace("PLACE", place), encoding="utf-8")
    command = [sys.executable, "-c", PROGRAM, *map(str, mappings)]
    environment = environment_for(directory / "lake", settings)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return dict(zip(places, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.fixture(scope="module")
def read(
    places: dict[str, str], s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    return ingested(places, tmp_path_factory.mktemp("read"), s3_server.environment)


def test_directories_and_files_of_every_kind_are_one_source(read: dict[str, dict[str, Any]]) -> None:
    local = read["local"]
    fates = [local["facts"][f"rows_{fate}"] for fate in ("in", "kept", "set_aside", "duplicate")]
    assert fates == [7, 7, 0, 0]
    lines = pq.read_table(local["lines"].removeprefix("file://")).to_pylist()
    found = sorted((row["order_id"], row["item_id"], str(row["ordered_at"])[:10], row["seller"]) for row in lines)
    assert found == [
        ("1", "A", "2024-01-01", "a b"),
        ("1", "B", "2024-01-01", "a b"),
        ("2", "A", "2024-01-02", "50%"),
        ("3", "C", "2024-01-02", "c"),
        ("4", "C", "2024-01-03", None),
    ]
    assert [file.rpartition("/")[2] for file in local["repeated"]] == ["sent again.csv"]


def test_on_s3_the_contents_are_those_of_this_machine(read: dict[str, dict[str, Any]]) -> None:
    assert (read["s3"]["content"], read["s3"]["facts"]) == (read["local"]["content"], read["local"]["facts"])
    assert [len(each["repeated"]) for each in read.values()] == [1, 1, 1, 1]


def test_the_two_ways_to_write_a_place_are_one_source(read: dict[str, dict[str, Any]]) -> None:
    assert read["s3a"]["key"] == read["s3"]["key"]
    assert read["file"]["key"] == read["local"]["key"]
    assert [each["executed"] for each in read.values()] == [["ingest"], [], ["ingest"], []]


def test_on_hdfs_the_contents_are_those_of_this_machine(
    read: dict[str, dict[str, Any]], hdfs: HdfsServer, spark: SparkSession, tmp_path: Path
) -> None:
    put_on_hdfs(spark, f"{hdfs.root}/a shop", FILES)
    on_hdfs = ingested({"hdfs": f"{hdfs.root}/a shop"}, tmp_path, {})["hdfs"]
    assert (on_hdfs["content"], on_hdfs["facts"]) == (read["local"]["content"], read["local"]["facts"])
    assert len(on_hdfs["repeated"]) == 1


class TestHadoopSourceStore(SourceStoreContract):
    @pytest.fixture(scope="module")
    def contract_place(self, hdfs: HdfsServer, spark: SparkSession) -> str:
        put_on_hdfs(spark, f"{hdfs.root}/contract", CONTRACT_FILES)
        return f"{hdfs.root}/contract"

    @pytest.fixture
    def place(self, contract_place: str) -> str:
        return contract_place

    @pytest.fixture
    def put(self, contract_place: str, spark: SparkSession) -> Put:
        return lambda name, data: put_on_hdfs(spark, contract_place, {name: data})

    @pytest.fixture
    def store(self, spark: SparkSession) -> SourceStore:
        return HadoopSourceStore(lambda: spark)


def test_an_hdfs_is_waited_for_as_we_say_unless_its_user_says_otherwise(spark: SparkSession) -> None:
    configuration = spark.sparkContext._jsc.hadoopConfiguration()  # type: ignore[union-attr]
    names = ("ipc.client.connect.timeout", "ipc.client.connect.max.retries.on.timeouts")
    configuration.set(names[0], "700")
    try:
        with pytest.raises(ServiceError):
            HadoopSourceStore(lambda: spark).find(f"hdfs://{HOST}:{free_port()}/orders")
        assert [configuration.get(name) for name in names] == ["700", "3"]
    finally:
        for name in names:
            configuration.unset(name)


def test_an_hdfs_that_does_not_answer_is_named(spark: SparkSession) -> None:
    place = f"hdfs://{HOST}:{free_port()}/orders"
    with pytest.raises(ServiceError, match=rf"The HDFS of '{place}' does not answer"):
        HadoopSourceStore(lambda: spark).find(place)
