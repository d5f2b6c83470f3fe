"""Put a committed output where readers outside find it, under the contract of its columns."""

from dataclasses import dataclass
from datetime import date

from domain.errors import SnapshotError
from domain.outputs import CONTRACTS
from domain.schema import Schema
from domain.snapshot import Manifest
from ports.publisher import Publication, Publisher

PAGE_CONTRACT = "1"  # of what is no table: a page that stands alone


@dataclass(frozen=True)
class PublishOutput:
    """Publishes a table or page of a snapshot under its own name; repeating it changes nothing."""

    publisher: Publisher

    def __call__(self, name: str, as_of: date, manifest: Manifest, shop: str) -> Publication:
        """Publish the snapshot's part called `name` of a shop, as of a day.

        Raises SnapshotError when the snapshot has no such part, or its columns are not those of the contract.
        """
        _check_columns(name, manifest)
        return self.publisher.publish(name, as_of, _contract_version(name), manifest, name, shop)

    def is_published(self, name: str, as_of: date, manifest: Manifest, shop: str) -> bool:
        """Whether readers find this very content of the shop under that name and day."""
        found = self.publisher.find(name, as_of)
        if found is None or (found.contract, found.shop) != (_contract_version(name), shop):
            return False
        return found.content == _content(name, manifest)

    def location(self, name: str, as_of: date) -> str | None:
        """Where readers find the output as of a day; None while it is not published."""
        found = self.publisher.find(name, as_of)
        return None if found is None else found.uri


def _contract_version(name: str) -> str:
    return CONTRACTS[name].version if name in CONTRACTS else PAGE_CONTRACT


def _content(name: str, manifest: Manifest) -> str:
    is_table = any(table.name == name for table in manifest.tables)
    return manifest.table(name).content if is_table else manifest.artifact(name).content


def _check_columns(name: str, manifest: Manifest) -> None:
    """A table holds the contract's columns first and in order; further ones may follow."""
    if name not in CONTRACTS:
        return
    promised, held = CONTRACTS[name].schema, manifest.table(name).schema
    if _shape(held)[: len(promised.columns)] != _shape(promised):
        raise SnapshotError(
            f"The table '{name}' of step '{manifest.step}' has the columns {', '.join(held.names)}, which is not what "
            f"its contract {CONTRACTS[name].version} promises: {', '.join(promised.names)}.",
            "Write the promised columns first, or raise the contract's version.",
        )


def _shape(schema: Schema) -> tuple[tuple[str, str, bool], ...]:
    return tuple((column.name, column.type, column.nullable) for column in schema.columns)
