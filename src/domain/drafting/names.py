"""Which role the name of a column speaks of, and which values look like a label, in several languages."""

import re
from functools import cache

from domain.drafting.vocabulary import PARTS
from domain.folding import folded

# Words that name the same.
_ALIKE = {
    **dict.fromkeys(("key", "sk", "ids", "identifiant", "identificador", "identificativo"), "id"),
    **dict.fromkeys(("no", "nr", "num", "nbr", "nummer", "numero"), "number"),
}
_NOT_WITHIN = frozenset(["stuck"])  # of other words: a Stückpreis is no number of pieces
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# A number among words (`Brand 12`) is a size only where a mark or a word says so.
_SIZES = re.compile(
    r"(?i)(?<![a-z0-9])(xxs|xs|s|m|l|xl|xxl|[2-6]xl|st|lo|sh|reg|long|short|one size|us ?\d)(?![a-z0-9])"
    r"|(?:^|/|,| - |(?<![a-z])(?:size|gr(?:öß|oess|\.)e?|taille|talla|tamaño|taglia|maat|eu|us|uk))\s*"
    r"\d{2}(?:[.,]5)?(?![a-z0-9])"
)
AMOUNTS = ("price", "discount", "tax", "refund", "unit_cost")  # roles
_COLOUR_WORDS = (
    "amarillo azul beige bianco black blanc blanco blau bleu blu blue braun brown gelb gold grau gray green grey gris "
    "grün jaune khaki navy negro nero noir orange pink purple red rojo rosso rot rouge schwarz silver verde vert weiss "
    "weiß white yellow"
)
_COLOURS = frozenset(folded(_COLOUR_WORDS).split())
OTHER_COSTS = (  # than that of the goods
    "ship shipping shipment delivery freight postage handling packaging storage restocking processing marketing "
    "advertising acquisition campaign"
)
SERVICE_WORDS = (
    "postage",
    "shipping",
    "delivery",
    "versand",
    "livraison",
    "envio",
    "envío",
    "frais de port",
    "spedizione",
    "service fee",
    "bank charges",
    "carriage",
)
GIFT_CARD_WORDS = (
    "gift card",
    "gift voucher",
    "giftcard",
    "gutschein",
    "carte cadeau",
    "tarjeta regalo",
    "buono regalo",
)


def split_camel(name: str) -> str:
    """The name with its words parted where small letters meet capitals, and an abbreviation a word (`SKUCode`)."""
    return re.sub(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-Z])(?=[A-Z][a-z]{2})", " ", name)


def tokens(text: str) -> list[str]:
    """The words of a text, in small letters."""
    return re.findall(r"[^\W_]+", split_camel(text).casefold())


def has_word(name: str, words: str) -> bool:
    """Whether one of these words, parted by blanks, stands in a name."""
    return not set(tokens(name)).isdisjoint(words.split())


@cache
def _words(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared: N° and # are numbers, and a key is an id."""
    plain = folded(split_camel(name)).replace("°", "o").replace("#", " no ")
    return tuple(_ALIKE.get(word, word) for word in re.findall("[a-z0-9]+", plain))


def _spellings(part: str) -> tuple[str, ...]:
    """A part of a name with its accents, without them, and with the letters that stand for them in German."""
    plain = part.casefold().removeprefix("=")
    return tuple(dict.fromkeys((folded(plain), plain, plain.translate(_UMLAUTS))))


# Role -> the same parts in every spelling.
SYNONYMS = {
    role: tuple(spelling for part in parts.split(", ") for spelling in _spellings(part))
    for role, parts in PARTS.items()
}
# Role -> a part each -> the words of its spellings, and whether a name must have no other.
_WORDS_OF = {
    role: tuple(
        tuple((_words(spelling), part.startswith("=")) for spelling in _spellings(part)) for part in parts.split(", ")
    )
    for role, parts in PARTS.items()
}


def name_rank(name: str, role: str) -> int:
    """How well a name fits a role: 0 not at all, higher for a more telling part."""
    place = _place(name, role)
    return 0 if place is None else len(_WORDS_OF[role]) - place


def fits_by_one_word(name: str, role: str) -> bool:
    """Whether the part of a role that a name fits best is a single word, as the `name` of anything is."""
    place = _place(name, role)
    return place is not None and len(_WORDS_OF[role][place][0][0]) == 1


def _place(name: str, role: str) -> int | None:
    """The place of the most telling part of a role that stands in a name."""
    words = _words(name)
    return next(
        (
            place
            for place, spellings in enumerate(_WORDS_OF[role])
            if any(_stands(part, words, is_whole=is_whole) for part, is_whole in spellings)
        ),
        None,
    )


def names_amount(name: str) -> bool:
    """Whether a name speaks of money."""
    return any(name_rank(name, role) for role in AMOUNTS)


def speaks_of_moment(name: str) -> bool:
    """Whether a name is that of a day or a time, of whatever."""
    clocks = {"epoch", "unix", "unixtime", "time", "datetime"}
    return not clocks.isdisjoint(_words(name)) or any(
        name_rank(name, role) for role in _WORDS_OF if role.endswith("_at")
    )


def _stands(part: tuple[str, ...], words: tuple[str, ...], *, is_whole: bool) -> bool:
    if is_whole:
        return part == words
    return all(
        word in words or (len(word) > 4 and word not in _NOT_WITHIN and any(word in other for other in words))
        for word in part
    )


def looks_like_sizes(texts: list[str]) -> bool:
    """Whether most texts hold a size."""
    return bool(texts) and sum(1 for text in texts if _SIZES.search(text)) >= 0.6 * len(texts)


def looks_like_colours(texts: list[str]) -> bool:
    """Whether most texts hold the name of a colour."""
    held = sum(1 for text in texts if _COLOURS & set(re.findall(r"\w+", folded(text))))
    return bool(texts) and held >= 0.5 * len(texts)
