"""A shop's orders in files of this machine: a mapping file and the files that it names."""

import glob
import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

from adapters.local.mapping_file import read_mapping
from domain.errors import SourceError
from domain.mapping import SourceMapping
from domain.snapshot import digest_of
from ports.order_source import OrderSource, SourceFiles

SUFFIXES = (".csv", ".csv.gz", ".parquet")
_CHUNK = 1 << 20
# Where files are is no part of what they hold.
_PLACES = ("orders", "returns")


class LocalOrderSource(OrderSource):
    """Orders described by a mapping file; paths in it are relative to it.

    Args:
        mapping_path: the TOML file; read when first needed.
    """

    def __init__(self, mapping_path: Path) -> None:
        self._path = mapping_path

    @cached_property
    def mapping(self) -> SourceMapping:
        """The declaration in the mapping file; raises MappingError."""
        return read_mapping(self._path)

    def files(self) -> SourceFiles:
        """Absolute paths with forward slashes, in the order of their names."""
        returns = () if self.mapping.returns is None else self._found(self.mapping.returns)
        return SourceFiles(self._found(self.mapping.orders), returns)

    def fingerprint(self) -> str:
        """Digest of the bytes of all files (a set: names and order are no matter) and of the mapping's content."""
        files = self.files()
        declared = {key: value for key, value in asdict(self.mapping).items() if key not in _PLACES}
        return digest_of(
            {"mapping": declared, "orders": _digests(files.orders), "returns": _digests(files.returns)},
        )

    def _found(self, patterns: str | tuple[str, ...]) -> tuple[str, ...]:
        given = (patterns,) if isinstance(patterns, str) else patterns
        found = dict.fromkeys(path for pattern in given for path in self._matching(pattern))
        return tuple(path.as_posix() for path in found)

    def _matching(self, pattern: str) -> list[Path]:
        place = self._path.parent.resolve() / pattern
        if place.is_dir():
            found = _readable(place.rglob("*"))
        elif place.is_file():
            found = [_named(place)]
        else:
            found = _readable(Path(name) for name in glob.glob(str(place), recursive=True))  # noqa: PTH207 (absolute)
        if not found:
            raise SourceError(
                f"The mapping '{self._path}' names '{pattern}', where no file of orders or returns is ({place}).",
                f"Correct the path; files end in {', '.join(SUFFIXES)}.",
            )
        empty = next((path for path in found if path.stat().st_size == 0), None)
        if empty is not None:
            raise SourceError(f"The file '{empty}' is empty.", "Copy it again, or leave it out of the mapping.")
        return found


def _readable(paths: Iterable[Path]) -> list[Path]:
    """The files of known suffixes in the order of their names; hidden ones and Spark's marks are no data."""
    return sorted(
        path
        for path in paths
        if path.is_file() and path.name.endswith(SUFFIXES) and not path.name.startswith((".", "_"))
    )


def _named(path: Path) -> Path:
    if not path.name.endswith(SUFFIXES):
        raise SourceError(f"The file '{path}' is of no known kind.", f"Rename or convert it: {', '.join(SUFFIXES)}.")
    if path.name.startswith((".", "_")):
        raise SourceError(f"The file '{path}' is hidden by its name, so Spark passes over it.", "Rename it.")
    return path


def _digests(paths: tuple[str, ...]) -> list[str]:
    return sorted(_sha256(Path(path)) for path in paths)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
