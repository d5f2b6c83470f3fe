"""What the name of a price says of it: what a catalogue asks, what a discount leaves, and whether tax is in it."""

from domain.drafting.names import has_word, name_rank

_OF_CATALOGUES = (
    "list listed retail catalog catalogue compare msrp rrp uvp listenpreis katalogpreis original regular undiscounted"
)
_LEFT = "discounted reduced after before nach vor après avant después antes dopo prima"
_WITH_TAX = "ttc brutto lordo"
_WITHOUT_TAX = "ht netto"
_INCLUDING = "incl including inclusive included inkl inklusive enthalten gross"
_EXCLUDING = "excl excluding exclusive exkl exklusive net"


def is_of_catalogue(name: str) -> bool:
    """Whether a name speaks of what a catalogue asks, or of a price before it is reduced, and not of what was paid."""
    return has_word(name, _OF_CATALOGUES) or (
        _is_beside_discount(name) and has_word(name, "before vor avant antes prima")
    )


def is_left(name: str) -> bool:
    """Whether a name speaks of a price with or without its discount, rather than of the discount."""
    return (has_word(name, "discounted reduced") and name_rank(name, "price") > 0) or _is_beside_discount(name)


def includes_tax(name: str) -> bool | None:
    """Whether a name says that a price includes tax; None where it does not tell."""
    if not name_rank(name, "price"):
        return None
    of_tax = name_rank(name, "tax") > 0 or has_word(name, "price")
    if has_word(name, _WITH_TAX) or (of_tax and has_word(name, _INCLUDING)):
        return True
    return False if has_word(name, _WITHOUT_TAX) or (of_tax and has_word(name, _EXCLUDING)) else None


def _is_beside_discount(name: str) -> bool:
    return name_rank(name, "discount") > 0 and has_word(name, _LEFT)
