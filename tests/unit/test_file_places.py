"""Which files a place means, whatever store it is in."""

import pytest

from domain.errors import SourceError
from domain.source.file_places import chosen, partition_values, scheme_of

FILES = (
    "shop/orders/2024-01-01/part-0.csv.gz",
    "shop/orders/2024-01-01/part-1.csv.gz",
    "shop/orders/2024-02-01/part-0.csv.gz",
    "shop/orders/2024-02-01/_SUCCESS",
    "shop/orders/_temporary/0/part-9.csv.gz",
    "shop/orders/.hidden.csv",
    "shop/orders/notes.txt",
    "shop/orders/_year=2023/a.parquet",
    "shop/orders.csv",
    "shop/orders-old/a.csv",
    "shop/a[1].csv",
)
JANUARY, JANUARY_2, FEBRUARY = FILES[:3]
OF_YEAR = "shop/orders/_year=2023/a.parquet"


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("shop/orders.csv", ["shop/orders.csv"]),
        ("shop/orders", [JANUARY, JANUARY_2, FEBRUARY, OF_YEAR]),
        ("shop/orders/", [JANUARY, JANUARY_2, FEBRUARY, OF_YEAR]),
        ("shop/orders/2024-01-01", [JANUARY, JANUARY_2]),
        ("shop/orders/*/part-0.csv.gz", [JANUARY, FEBRUARY]),
        ("shop/orders/*/*.csv", []),
        ("shop/orders/2024-0[12]-01", [JANUARY, JANUARY_2, FEBRUARY]),
        ("shop/orders/2024-0[!2]-01/part-?.csv.gz", [JANUARY, JANUARY_2]),
        ("shop/**/a.csv", ["shop/orders-old/a.csv"]),
        ("shop/**", [*sorted({"shop/a[1].csv", "shop/orders-old/a.csv", "shop/orders.csv"}), JANUARY, JANUARY_2]),
        ("shop/a[1].csv", ["shop/a[1].csv"]),
        ("shop/none", []),
        ("shop/order", []),
    ],
)
def test_a_place_is_a_file_a_directory_or_a_pattern(path: str, meant: list[str]) -> None:
    found = chosen(path, FILES)
    assert found == sorted(found)
    assert set(meant) <= set(found) if path == "shop/**" else found == sorted(meant)


def test_no_path_is_the_whole_store() -> None:
    assert chosen("", ["a.csv", "_temporary/b.csv", "c/d.csv"]) == ["a.csv", "c/d.csv"]


def test_only_two_stars_cross_a_slash() -> None:
    assert chosen("a/*.csv", ["a/b/c.csv", "a/c.csv"]) == ["a/c.csv"]
    assert chosen("a/**/*.csv", ["a/b/c.csv", "a/c.csv"]) == ["a/b/c.csv", "a/c.csv"]


@pytest.mark.parametrize(("path", "said"), [("shop/orders/notes.txt", "kind"), ("shop/orders/.hidden.csv", "hidden")])
def test_a_file_that_is_named_and_cannot_be_read_is_refused(path: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        chosen(path, FILES)


@pytest.mark.parametrize(
    ("place", "scheme"),
    [("s3://b/k", "s3"), ("HDFS://h/x", "hdfs"), ("kaggle:a/b", "kaggle"), ("C:/orders", None), ("a/b=c.csv", None)],
)
def test_a_drive_is_no_scheme(place: str, scheme: str | None) -> None:
    assert scheme_of(place) == scheme


def test_directories_name_columns_and_the_innermost_wins() -> None:
    location = "s3a://b/day=1/shop=a%20b+c/day=2/x=__HIVE_DEFAULT_PARTITION__/day=3.csv"
    assert partition_values(location, ["day", "shop", "x", "y"]) == {"day": "2", "shop": "a b+c", "x": None}
    assert partition_values(location, []) == {}
