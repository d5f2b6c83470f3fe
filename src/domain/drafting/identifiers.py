"""Which names are those of identifiers and labels, whose numbers neither count anything nor are amounts."""

from domain.drafting.names import SYNONYMS, name_rank, tokens

_ALONE = frozenset(["id", "ids", "key", "sk", "uid", "uuid", "guid", "sku", "ean", "gtin"])
_BESIDE = _ALONE.union(["code", "n", "no", "nr", "num", "number", "nummer", "numero", "número", "numéro", "ref", "réf"])
_ENDINGS = ("number", "nummer", "nr")
_ROLES = ("line_id", "order_id", "customer_id", "item_id", "category", "size", "colour", "seller")


def names_identifier(name: str) -> bool:
    """Whether a name ends as an identifier's (`device id`), or says no more than what is identified (`customer`)."""
    words = tokens(name)
    if not words or name_rank(name, "quantity"):
        return False
    is_numbered = words[-1].endswith(_ENDINGS) and words[-1] not in _ENDINGS  # written as one word: kundennummer
    ends = words[-1] in _ALONE or (len(words) > 1 and words[-1] in _BESIDE) or is_numbered
    return ends or any(says_only(name, role) for role in _ROLES)


def says_only(name: str, role: str) -> bool:
    """Whether a name fits a role and says nothing beyond it: `order no` of an order does, `order total` does not."""
    known = {word for part in SYNONYMS[role] for word in part.split()}
    if any(token.endswith("ed") and token.removesuffix("ed") in known for token in tokens(name)):
        return False  # `ordered` says what was done, and names no order
    said = [token for token in tokens(name) if token not in _BESIDE]
    return (
        name_rank(name, role) > 0
        and bool(said)
        and all(token in known or any(len(word) > 4 and word in token for word in known) for token in said)
    )


def names_line(name: str) -> bool:
    """Whether a name is that of a line of an order, rather than of the order or the item."""
    return says_only(name, "line_id")
