"""A shop's orders as a mapping file of this machine describes them, in whatever store its files lie."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from adapters.local.mapping_file import read_mapping
from adapters.local.source_files import LocalSourceStore
from domain.errors import SourceError
from domain.snapshot import digest_of
from domain.source.fields import named_columns
from domain.source.file_places import SUFFIXES, partition_values, scheme_of
from domain.source.mapping import SourceMapping
from ports.order_source import OrderSource, RepeatedFile, SourceFiles
from ports.source_store import SourceStore, StoredFile

_Equal: TypeAlias = list[list[StoredFile]]  # files in groups of equal ones


class LocalOrderSource(OrderSource):
    """Orders described by a mapping file; paths in it are relative to it.

    The files are listed once, so that those which are read are those which the fingerprint covers, even if more arrive
    meanwhile.

    Args:
        mapping_path: the TOML file; read when first needed.
        stores: finds the files; only those of this machine by default.
        orders: in place of the mapping's own `orders`, where the mapping describes files that lie elsewhere.
    """

    def __init__(self, mapping_path: Path, stores: SourceStore | None = None, orders: str | None = None) -> None:
        self._path = mapping_path
        self._stores = stores or LocalSourceStore()
        self._elsewhere = orders

    @cached_property
    def mapping(self) -> SourceMapping:
        """The declaration in the mapping file; raises MappingError."""
        return read_mapping(self._path)

    def files(self) -> SourceFiles:
        """Absolute paths with forward slashes, or URIs, in the order of their names; of equal files one."""
        return SourceFiles(
            **{kind: tuple(first.location for first, *_ in equal) for kind, equal in self._found.items()}
        )

    def fingerprint(self) -> str:
        """Digest of what all files hold (a set: names, order and repetition are no matter) and of the mapping."""
        held = {kind: sorted(self._identity(first) for first, *_ in equal) for kind, equal in self._found.items()}
        return digest_of({"mapping": _without_places(self.mapping), **held})

    def repeated_files(self) -> tuple[RepeatedFile, ...]:
        """As the port says."""
        equal = [files for kind in self._found.values() for files in kind]
        return tuple(RepeatedFile(file.location, first.location) for first, *others in equal for file in others)

    def changed_files(self) -> tuple[str, ...]:
        """As the port says; a file that holds what another one does is not read, so it may change."""
        read = set(self.files().all())
        changed = (
            location
            for place, files in self._listed.items()
            for location in self._stores.changed(self._absolute(place), [f for f in files if f.location in read])
        )
        return tuple(dict.fromkeys(changed))

    @cached_property
    def _found(self) -> dict[str, _Equal]:
        """The files by what they hold, equal ones together."""
        return {kind: self._equal(places) for kind, places in self._places.items()}

    @cached_property
    def _listed(self) -> dict[str, Sequence[StoredFile]]:
        """The files of every place that the mapping names, as they were first found."""
        places = dict.fromkeys(place for kind in self._places.values() for place in kind)
        self._stores.expect([self._absolute(place) for place in places])
        return {place: self._at(place) for place in places}

    @property
    def _places(self) -> dict[str, tuple[str, ...]]:
        """Where each kind of rows is, by the name that `SourceFiles` gives it."""
        taken = self.mapping.taken_actions
        return {
            "orders": _several(self._elsewhere or self.mapping.orders),
            "returns": _several(self.mapping.returns or ()),
            "taken_actions": _several(() if taken is None else taken.files),
        }

    def _equal(self, places: tuple[str, ...]) -> _Equal:
        found = {file.location: file for place in places for file in self._listed[place]}
        equal: dict[str, list[StoredFile]] = {}
        for file in found.values():
            equal.setdefault(self._identity(file), []).append(file)
        return list(equal.values())

    def _at(self, place: str) -> Sequence[StoredFile]:
        found = self._stores.find(self._absolute(place))
        if not found:
            where = "" if scheme_of(place) else f" ({self._absolute(place)})"
            raise SourceError(
                f"The mapping '{self._path}' names '{place}', where no file is{where}.",
                f"Correct the path; files end in {', '.join(SUFFIXES)}.",
            )
        empty = next((file.location for file in found if file.size == 0), None)
        if empty is not None:
            raise SourceError(f"The file '{empty}' is empty.", "Copy it again, or leave it out of the mapping.")
        return found

    def _absolute(self, place: str) -> str:
        return place if scheme_of(place) else (self._path.parent.resolve() / place).as_posix()

    def _identity(self, file: StoredFile) -> str:
        """What a file's rows are made of: its bytes, and the columns that the mapping takes from its directories."""
        values = partition_values(file.location, named_columns(self.mapping))
        return digest_of({"bytes": file.identity, "directories": values}) if values else file.identity


def _without_places(mapping: SourceMapping) -> dict[str, Any]:
    """What a mapping declares, but for where the files are, which is no part of what they hold."""
    taken = mapping.taken_actions
    placeless = replace(mapping, taken_actions=None if taken is None else replace(taken, files=()))
    return {key: value for key, value in asdict(placeless).items() if key not in {"orders", "returns"}}


def _several(places: str | tuple[str, ...]) -> tuple[str, ...]:
    return (places,) if isinstance(places, str) else places
