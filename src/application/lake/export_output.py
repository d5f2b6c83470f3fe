"""Hand a published output to a person as one file of the format they name by its suffix."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from domain.errors import ConfigurationError, SnapshotError
from domain.snapshot import DatasetRef
from ports.publisher import Publication, Publisher
from ports.table_exporter import TableExporter


@dataclass(frozen=True)
class ExportOutput:
    """Exports what is published, so that a person sees what every other reader sees."""

    publisher: Publisher
    exporter: TableExporter

    def __call__(self, name: str, path: Path, as_of: date | None = None) -> Publication:
        """Write the output called `name` to `path` and return what was exported.

        Args:
            name: of the output.
            path: the file to write; one that is there is replaced.
            as_of: the day wanted; the latest when None.

        Raises ConfigurationError when there is no such output or day, for an unknown suffix, and when the file
        cannot be written there, SnapshotError when what is published is damaged.
        """
        publication = self._published(name, as_of)
        if not path.absolute().parent.is_dir():
            raise ConfigurationError(
                f"There is no directory {path.absolute().parent}.", "Make it, or name another file."
            )
        if publication.schema is None:
            self._copy(publication, path)
        else:
            table = DatasetRef(name, publication.uri, publication.schema, publication.rows, publication.content)
            try:
                self.exporter.export(table, path)
            except SnapshotError as error:
                raise SnapshotError(
                    error.problem,
                    f"Remove what is at {publication.uri} and run that day again (`returncast run --as-of "
                    f"{publication.as_of}`): it is published anew from its checkpoint.",
                ) from error
        return publication

    def _published(self, name: str, as_of: date | None) -> Publication:
        found = self.publisher.find(name, as_of)
        if found is not None:
            return found
        latest = None if as_of is None else self.publisher.find(name)
        if latest is not None:
            raise ConfigurationError(
                f"No output '{name}' is published as of {as_of}; the latest day of '{name}' is {latest.as_of}.",
                "Name that day, or leave --as-of out.",
            )
        known = ", ".join(publication.name for publication in self.publisher.publications()) or "nothing yet"
        raise ConfigurationError(
            f"No output '{name}' is published; published is {known}.",
            "Choose one of these, or run `returncast run` first.",
        )

    def _copy(self, publication: Publication, path: Path) -> None:
        suffix = PurePosixPath(publication.uri).suffix
        if path.suffix.lower() != suffix:
            raise ConfigurationError(
                f"The output '{publication.name}' is no table.", f"Name a file that ends in {suffix}."
            )
        self.exporter.copy(publication.uri, path)
