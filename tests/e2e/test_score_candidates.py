"""Candidates through the command line: told what a line really bought that day was, once the lake holds a run."""

import csv
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from adapters.local.snapshot_store import LocalSnapshotStore
from tests.e2e.lakes import RunLake
from tests.finished_lake import AS_OF, SHOP, FinishedLake
from tests.processes import answer, returncast
from tests.shops.small_shop import HEADER


@dataclass(frozen=True)
class Asked:
    """What was asked and answered.

    Args:
        bought: the lines that were really bought on the day in orders of one line.
        answer: what the command printed.
    """

    run: RunLake
    file: Path
    bought: list[dict[str, str]]
    answer: dict[str, Any]


@pytest.fixture(scope="module")
def asked(finished_lake: FinishedLake, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """A lake with a run, and the lines of its day as candidates, with a new item and a bad row."""
    directory = tmp_path_factory.mktemp("candidates")
    run = RunLake(shutil.copytree(finished_lake.lake, directory / "lake"), finished_lake.source, AS_OF)
    bought = alone_in_their_baskets()
    file = directory / "candidates.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(("customer_id", "item_id", "price", "discount"))
        writer.writerows((line["customer"], line["sku"], line["price"], line["discount"]) for line in bought)
        writer.writerows([("", "new", "20", ""), ("", "new", "", ""), ("", "new", "20", "0")])
    return Asked(run, file, bought, answer(score(run, file)))


def alone_in_their_baskets() -> list[dict[str, str]]:
    """The sales of the day whose order has one line."""
    rows = [dict(zip(HEADER, map(str, row), strict=True)) for row in SHOP.rows()]
    sales = [row for row in rows if row["day"] == AS_OF and row["quantity"] == "1"]
    lines = Counter(row["order"] for row in sales)
    return [row for row in sales if lines[row["order"]] == 1]


def score(run: RunLake, file: Path, *arguments: str, **settings: str) -> Any:
    return returncast("score-candidates", str(file), *run.arguments, "--json", *arguments, lake=run.lake, **settings)


def test_a_candidate_has_the_features_of_the_line_that_was_bought(asked: Asked) -> None:
    made = asked.run.manifests()
    lines = pq.read_table(made["ingest"].table("order_lines").uri.removeprefix("file://"))
    orders = {row["line_id"]: row["order_id"] for row in lines.select(["line_id", "order_id"]).to_pylist()}
    real = features_by(made["features"].table("features").uri, orders)
    (scored,) = LocalSnapshotStore(asked.run.lake).manifests("candidates")
    found = features_by(f"{scored.uri}/features", {})
    assert len(asked.bought) > 2
    for row, line in enumerate(asked.bought, start=1):
        assert found[f"candidate-{scored.key}-{row}"] == real[line["order"]]


def features_by(uri: str, names: dict[str, str]) -> dict[str, dict[str, Any]]:
    rows = pq.read_table(uri.removeprefix("file://")).drop(["ordered_at", "available_at"]).to_pylist()
    return {names.get(line_id := row.pop("line_id"), line_id): row for row in rows}


def test_every_row_is_accounted_for(asked: Asked) -> None:
    told = asked.answer
    assert (told["rows_in"], told["rows_kept"], told["rows_set_aside"], told["rows_duplicate"]) == (
        len(asked.bought) + 3,
        len(asked.bought) + 1,
        1,
        1,
    )
    assert [row["reason"] for row in told["set_aside"]] == ["price_unknown"]
    assert [row["row"] for row in told["candidates"]] == list(range(1, len(asked.bought) + 2))
    assert all(0 < row["p"] < 1 and 0 < row["p_baseline"] < 1 for row in told["candidates"])
    new = told["candidates"][-1]
    assert (new["item_lines"], new["customer_lines"], new["unit_price"]) == (0, None, 20.0)


def test_the_same_question_is_answered_from_the_lake_and_no_java_starts(asked: Asked, tmp_path: Path) -> None:
    out = tmp_path / "scored.parquet"
    again = answer(score(asked.run, asked.file, "--out", str(out), JAVA_HOME="/nowhere", PATH=""))
    assert (again["key"], again["candidates"]) == (asked.answer["key"], None)
    assert pq.read_table(out)["p"].to_pylist() == [row["p"] for row in asked.answer["candidates"]]


def test_a_person_sees_the_first_rows_and_the_totals(asked: Asked) -> None:
    done = returncast("score-candidates", str(asked.file), *asked.run.arguments, lake=asked.run.lake, COLUMNS="120")
    assert done.returncode == 0, done.stderr
    assert f"{len(asked.bought) + 3} in = {len(asked.bought) + 1} kept + 1 set aside + 1 duplicates" in done.stdout
    assert f"The item 'new' was never sold before {AS_OF}, and the row gives no price." in done.stdout


@pytest.mark.parametrize(
    ("as_of", "code", "told"),
    [
        ("2023-01-03", 6, "No champion stands for 'small-shop' as of 2023-01-03"),
        (AS_OF, 2, "The lake holds no run of 'small-shop'"),
    ],
)
def test_without_a_run_of_the_day_the_command_says_what_to_run(
    asked: Asked, tmp_path: Path, as_of: str, code: int, told: str
) -> None:
    lake = asked.run.lake if code == 6 else tmp_path / "empty"
    done = score(RunLake(lake, asked.run.source, as_of), asked.file, COLUMNS="500")
    assert done.returncode == code
    assert told in done.stderr
    assert "returncast run" in done.stderr
