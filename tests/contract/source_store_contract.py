"""What every store of sources does, whatever it is made of."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TypeAlias

import pytest

from domain.errors import SourceError
from ports.source_store import SourceStore, StoredFile

Put: TypeAlias = Callable[[str, bytes], None]  # writes a file below the place, past the store
FILES = {
    "orders/day=2024-01-01/a.csv": b"order,sku\n1,A\n",
    "orders/day=2024-01-02/b c.csv": b"order,sku\n2,B\n",
    "orders/day=2024-01-02/sent again.csv": b"order,sku\n1,A\n",
    "orders/_temporary/0/part.csv": b"x\n",
    "orders/_SUCCESS": b"x\n",
    "orders2/c.parquet": b"PAR1....PAR1",
    "notes.txt": b"x\n",
    "nothing.csv": b"",
}


class SourceStoreContract(ABC):
    """A suite; a store supplies itself with the files in it."""

    @pytest.fixture
    @abstractmethod
    def place(self) -> str:
        """Where the files are, without a slash at the end."""

    @pytest.fixture
    @abstractmethod
    def store(self) -> SourceStore:
        """A store that holds `FILES` below the place."""

    @pytest.fixture
    @abstractmethod
    def put(self) -> Put:
        """How a shop's system writes a file there; the tests keep away from `FILES`."""

    def names(self, store: SourceStore, place: str, path: str) -> list[str]:
        """The files that a path means, from the place on."""
        base = place.rpartition("/")[2]
        return [file.location.split(f"/{base}/", 1)[1] for file in store.find(f"{place}/{path}")]

    def test_a_file_is_found_by_its_name(self, store: SourceStore, place: str) -> None:
        (file,) = store.find(f"{place}/orders/day=2024-01-02/b c.csv")
        assert (file.location.endswith("/b c.csv"), file.size) == (True, 14)

    def test_a_directory_gives_what_can_be_read_below_it_and_nothing_beside_it(
        self, store: SourceStore, place: str
    ) -> None:
        assert self.names(store, place, "orders") == list(FILES)[:3]
        assert self.names(store, place, "orders/") == list(FILES)[:3]

    @pytest.mark.parametrize(
        ("pattern", "found"),
        [
            ("orders*/*.parquet", ["orders2/c.parquet"]),
            ("orders/day=2024-01-0[1]/*.csv", list(FILES)[:1]),
            ("orders/day=2024-01-0?", list(FILES)[:3]),
            ("orders/**/b*.csv", list(FILES)[1:2]),
            ("orders/*", list(FILES)[:3]),
            ("orders/**/*.csv", list(FILES)[:3]),
            ("orders/**t.csv", []),
            ("orders/**c.csv", list(FILES)[1:2]),
            ("orders/*/0/*.csv", []),
            ("none/*.csv", []),
        ],
    )
    def test_a_pattern_means_the_same_in_every_store(
        self, store: SourceStore, place: str, pattern: str, found: list[str]
    ) -> None:
        assert self.names(store, place, pattern) == found

    def test_where_nothing_is_nothing_is_found(self, store: SourceStore, place: str) -> None:
        assert list(store.find(f"{place}/none.csv")) == []
        assert list(store.find(f"{place}/none/deep")) == []

    def test_an_empty_file_is_found_with_its_size(self, store: SourceStore, place: str) -> None:
        assert [file.size for file in store.find(f"{place}/nothing.csv")] == [0]

    def test_a_file_of_no_known_kind_is_refused(self, store: SourceStore, place: str) -> None:
        with pytest.raises(SourceError, match="kind"):
            store.find(f"{place}/notes.txt")

    def test_equal_bytes_have_equal_identities_whatever_the_name(self, store: SourceStore, place: str) -> None:
        first, other, again = store.find(f"{place}/orders")
        assert first.identity == again.identity != other.identity

    def test_both_ends_are_read(self, store: SourceStore, place: str) -> None:
        (file, *_) = store.find(f"{place}/orders")
        assert store.first_bytes(file.location, 5) == b"order"
        assert store.last_bytes(file.location, 4) == b"1,A\n"
        assert store.first_bytes(file.location, 999) == store.last_bytes(file.location, 999) == b"order,sku\n1,A\n"

    def test_files_left_alone_are_unchanged(self, store: SourceStore, place: str) -> None:
        assert list(store.changed(f"{place}/orders", store.find(f"{place}/orders"))) == []
        assert list(store.changed(f"{place}/none.csv", [])) == []

    def test_a_file_that_was_written_again_is_named_though_its_size_stays(
        self, store: SourceStore, place: str, put: Put
    ) -> None:
        put("rewritten/a.csv", b"order,sku\n1,A\n")
        put("rewritten/b.csv", b"order,sku\n2,A\n")
        found = store.find(f"{place}/rewritten")
        put("rewritten/b.csv", b"order,sku\n2,B\n")
        assert list(store.changed(f"{place}/rewritten", found)) == [found[1].location]

    def test_a_file_that_was_written_again_as_it_was_is_unchanged(
        self, store: SourceStore, place: str, put: Put
    ) -> None:
        put("again/a.csv", b"order,sku\n1,A\n")
        found = store.find(f"{place}/again/*.csv")
        put("again/a.csv", b"order,sku\n1,A\n")
        assert list(store.changed(f"{place}/again/*.csv", found)) == []

    def test_a_file_that_arrived_meanwhile_changes_none(self, store: SourceStore, place: str, put: Put) -> None:
        put("growing/a.csv", b"order,sku\n1,A\n")
        found = store.find(f"{place}/growing/a.csv")
        put("growing/b.csv", b"order,sku\n2,A\n")
        assert list(store.changed(f"{place}/growing", found)) == []

    def test_a_file_that_is_gone_is_named(self, store: SourceStore, place: str) -> None:
        file = StoredFile(f"{place}/gone/a.csv", 14, "as it was")
        assert list(store.changed(f"{place}/gone", [file])) == [file.location]


def written(files: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    """The files in an order that is not that of their names."""
    return sorted(files.items(), key=lambda entry: entry[0][::-1])
