"""What is published: the latest of every output, for `returncast outputs`."""

from domain.outputs import CONTRACTS
from domain.snapshot import Json
from ports.publisher import Publication, Publisher


def list_outputs(publisher: Publisher) -> list[dict[str, Json]]:
    """One entry an output, by name: its shop, day, rows, contract, grain, columns, content and where it is.

    `rows` and `columns` are None for what is no table.
    """
    return [_entry(publication) for publication in publisher.publications()]


def _entry(publication: Publication) -> dict[str, Json]:
    contract = CONTRACTS.get(publication.name)
    schema = publication.schema
    return {
        "name": publication.name,
        "shop": publication.shop,
        "as_of": publication.as_of.isoformat(),
        "rows": None if schema is None else publication.rows,
        "contract": publication.contract,
        "grain": "A page for people." if contract is None else contract.grain,
        "columns": None if schema is None else [{"name": c.name, "type": str(c.type)} for c in schema.columns],
        "content": publication.content,
        "uri": publication.uri,
    }
