"""Data sets of Kaggle through its own library, against a server that answers as Kaggle does. No test reaches Kaggle."""

import gzip
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from adapters.kaggle.data_sets import KaggleSourceStore
from adapters.kaggle.known import BUNDLED, FILE, orders_of
from adapters.local.order_files import LocalOrderSource
from adapters.local.source_files import LocalSourceStore
from domain.errors import ServiceError, SourceError
from tests.processes import ROOT
from tests.servers.kaggle import FakeKaggle, serving

SET = "some-shop/orders-2024"
FIRST, SECOND = b"order,sku\n1,A\n", b"order,sku\n1,A\n2,B\n"
NAMES = ("KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_API_TOKEN", "KAGGLEHUB_VERBOSITY", "HTTPS_PROXY", "HTTP_PROXY")


@pytest.fixture
def kaggle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKaggle]:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))  # where credentials may lie
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path / "none"))
    with serving(FakeKaggle({SET: [{"orders.csv": FIRST}]})) as fake:
        yield fake


def found(place: str) -> list[tuple[str, bytes]]:
    files = KaggleSourceStore(LocalSourceStore()).find(place)
    return [(Path(file.location).name, Path(file.location).read_bytes()) for file in files]


def test_a_file_is_fetched_once_a_version(kaggle: FakeKaggle, capsys: pytest.CaptureFixture[str]) -> None:
    assert found(f"kaggle:{SET}/orders.csv") == found(f"kaggle:{SET}/orders.csv") == [("orders.csv", FIRST)]
    assert kaggle.asked == ["GetDataset", "DownloadDataset", "GetDataset"]
    assert not capsys.readouterr().out  # it is for the answers of commands


def test_a_whole_data_set_and_a_pattern_give_its_files(kaggle: FakeKaggle) -> None:
    kaggle.files[SET] = [{"2024/orders.csv": FIRST, "2025/orders.csv": SECOND, "about.txt": b"x"}]
    assert found(f"kaggle:{SET}") == [("orders.csv", FIRST), ("orders.csv", SECOND)]
    assert found(f"kaggle:{SET}/2025/*.csv") == [("orders.csv", SECOND)]


def test_a_new_version_is_another_source_and_a_named_one_stays(kaggle: FakeKaggle) -> None:
    kaggle.files[SET].append({"orders.csv": SECOND})
    assert found(f"kaggle:{SET}/orders.csv") == [("orders.csv", SECOND)]
    assert found(f"kaggle:{SET}/versions/1/orders.csv") == [("orders.csv", FIRST)]


def test_a_version_that_is_published_meanwhile_is_for_the_next_run(kaggle: FakeKaggle) -> None:
    store, place = KaggleSourceStore(LocalSourceStore()), f"kaggle:{SET}/orders.csv"
    files = store.find(place)
    kaggle.files[SET].append({"orders.csv": SECOND})
    assert list(store.changed(place, files)) == []
    Path(files[0].location).write_bytes(SECOND)
    assert list(store.changed(place, files)) == [files[0].location]


def test_a_version_that_was_fetched_needs_no_connection(kaggle: FakeKaggle, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(f"kaggle:{SET}/versions/1/orders.csv") == [("orders.csv", FIRST)]
    monkeypatch.setattr(requests.Session, "send", _offline)
    assert found(f"kaggle:{SET}/versions/1/orders.csv") == [("orders.csv", FIRST)]
    with pytest.raises(ServiceError, match=rf"did not answer for the data set '{SET}'.*kaggle:{SET}/versions/<number>"):
        found(f"kaggle:{SET}/orders.csv")


def test_credentials_are_needed_only_where_they_are_asked_for(
    kaggle: FakeKaggle, monkeypatch: pytest.MonkeyPatch
) -> None:
    kaggle.key = ("me", "a-secret")
    with pytest.raises(ServiceError, match=rf"refuses the data set '{SET}' \(401\).*KAGGLE_USERNAME and KAGGLE_KEY"):
        found(f"kaggle:{SET}/orders.csv")
    monkeypatch.setenv("KAGGLE_USERNAME", "me")
    monkeypatch.setenv("KAGGLE_KEY", "wrong")
    with pytest.raises(ServiceError, match=r"\(403\)") as refused:
        found(f"kaggle:{SET}/orders.csv")
    assert "wrong" not in str(refused.value)
    monkeypatch.setenv("KAGGLE_KEY", "a-secret")
    assert found(f"kaggle:{SET}/orders.csv") == [("orders.csv", FIRST)]


@pytest.mark.parametrize("place", ["kaggle:some-shop/none/orders.csv", f"kaggle:{SET}/none.csv"])
def test_what_kaggle_does_not_have_is_named(kaggle: FakeKaggle, place: str) -> None:
    with pytest.raises(SourceError, match=f"Kaggle has no '{place.removeprefix('kaggle:')}'"):
        found(place)


def test_what_arrives_damaged_is_refused_and_not_kept(kaggle: FakeKaggle) -> None:
    kaggle.damaged = True
    with pytest.raises(ServiceError, match="another checksum"):
        found(f"kaggle:{SET}/orders.csv")
    kaggle.damaged = False
    assert found(f"kaggle:{SET}/orders.csv") == [("orders.csv", FIRST)]


@pytest.mark.parametrize("place", ["kaggle:orders", "kaggle:", "kaggle:a b/c"])
def test_a_place_without_a_data_set_is_refused(place: str) -> None:
    with pytest.raises(SourceError, match="names no data set"):
        KaggleSourceStore(LocalSourceStore()).find(place)


def test_the_bundled_mapping_reads_its_data_set_from_kaggle(kaggle: FakeKaggle, tmp_path: Path) -> None:
    bundled = ROOT / "data" / "product_sales_returns"
    published = gzip.decompress((bundled / "order_dataset.csv.gz").read_bytes())
    kaggle.files[BUNDLED] = [{FILE: published}]
    source = LocalOrderSource(
        bundled / "mapping.toml", KaggleSourceStore(LocalSourceStore()), orders_of(f"kaggle:{BUNDLED}")
    )
    (orders,) = source.files().orders
    said = (bundled / "README.md").read_text(encoding="utf-8")
    assert hashlib.md5(Path(orders).read_bytes(), usedforsecurity=False).hexdigest() in said
    copied = shutil.copy(orders, tmp_path / "copy.csv")  # a file like any other: the same bytes are the same source
    assert LocalOrderSource(bundled / "mapping.toml", orders=str(copied)).fingerprint() == source.fingerprint()


def test_another_data_set_needs_a_mapping() -> None:
    with pytest.raises(SourceError, match=f"no mapping for 'kaggle:{SET}'.*orders = \"kaggle:{SET}\""):
        orders_of(f"kaggle:{SET}")


def _offline(*_: object, **__: object) -> None:
    raise requests.ConnectionError("nobody is there")
