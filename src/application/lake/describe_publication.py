"""What of a committed snapshot can be published: a table, or a page, which is an artifact of one file."""

from datetime import date
from pathlib import PurePosixPath

from domain.errors import SnapshotError
from domain.snapshot import Manifest
from ports.publisher import Publication


def describe_publication(
    name: str, as_of: date, contract: str, manifest: Manifest, part: str, place: str, shop: str = ""
) -> Publication:
    """The publication of a snapshot's part in a directory.

    Args:
        name: of the output.
        as_of: its day.
        contract: version of its columns.
        manifest: of the snapshot.
        part: the table or artifact.
        place: URI of the directory it will lie in.
        shop: whose it is.

    Raises SnapshotError when the snapshot has no such part, or it is an artifact of several files.
    """
    if any(table.name == part for table in manifest.tables):
        table = manifest.table(part)
        return Publication(name, as_of, contract, place, table.rows, table.content, table.schema, shop)
    page = PurePosixPath(page_file(manifest, part)).name
    return Publication(name, as_of, contract, f"{place}/{page}", 0, manifest.artifact(part).content, shop=shop)


def page_file(manifest: Manifest, part: str) -> str:
    """Path of the one file of an artifact; raises SnapshotError when it has several, or none."""
    manifest.artifact(part)
    files = [entry.path for entry in manifest.files if entry.path.startswith(f"{part}/")]
    if len(files) != 1:
        raise SnapshotError(
            f"The artifact '{part}' of step '{manifest.step}' has {len(files)} files.",
            "Publish tables, or artifacts of one file.",
        )
    return files[0]
