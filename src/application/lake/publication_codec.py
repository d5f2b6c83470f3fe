"""Publications as JSON documents: what a reader outside finds beside a published file and in the pointer.

    {"name": "scores", "as_of": "2019-04-15", "contract": "1", "path": "as_of=2019-04-15",
     "rows": 1234, "content": "...", "shop": "orders",
     "columns": [{"name": "line_id", "type": "text", "nullable": false, "meaning": "..."}, ...]}

`path` is relative to the directory of the pointer: a directory of Parquet files, or one page. `columns` is null for a
page.
"""

import json
from datetime import date

from application.lake.schema_codec import decode_schema, encode_schema
from domain.errors import SnapshotError
from ports.publisher import Publication

POINTER = "latest.json"
CARD = "_publication.json"  # readers of Parquet directories pass over names that begin with an underscore


def day_directory(as_of: date) -> str:
    """The directory of a day below `published/<name>/`, as Hive partitions are named."""
    return f"as_of={as_of.isoformat()}"


def encode_publication(publication: Publication, root: str) -> bytes:
    """The publication as UTF-8 JSON, its path relative to `root` (the directory `published/<name>`)."""
    document = {
        "name": publication.name,
        "as_of": publication.as_of.isoformat(),
        "contract": publication.contract,
        "path": publication.uri.removeprefix(f"{root}/"),
        "rows": publication.rows,
        "content": publication.content,
        "shop": publication.shop,
        "columns": None if publication.schema is None else encode_schema(publication.schema),
    }
    return (json.dumps(document, indent=1) + "\n").encode()


def decode_publication(data: bytes, root: str, name: str) -> Publication:
    """The publication of a document's text.

    Args:
        data: the text, UTF-8.
        root: the directory `published/<name>` now.
        name: of the document's file, for the error.

    Raises SnapshotError when the text is not a whole publication.
    """
    try:
        document = json.loads(data)
        columns = document["columns"]
        return Publication(
            name=document["name"],
            as_of=date.fromisoformat(document["as_of"]),
            contract=document["contract"],
            uri=f"{root}/{document['path']}",
            rows=document["rows"],
            content=document["content"],
            schema=None if columns is None else decode_schema(columns),
            shop=document.get("shop", ""),  # not told by publications of earlier versions
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(
            f"The publication {name} cannot be read: {type(error).__name__} {error}.",
            "Delete it and run again: it will be published anew.",
        ) from error
