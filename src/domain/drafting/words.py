"""What a word of a column says of its line: that it came back, that it stayed with its buyer, or neither."""

import re
from collections.abc import Sequence
from enum import Enum

from domain.drafting.names import name_rank, tokens

_YES = "1 1.0 true yes y x t ja j oui o si sì sí s sim tak"
_NOTHING = "none null nil nothing na n/a - -- kein keine aucun aucune ninguno ninguna nessuno nessuna geen nenhum"
_NO = f"0 0.0 false no n f nein non nao não nee nej nie {_NOTHING}"
_REFUSALS = "rejected denied declined refused expired abgelehnt verweigert refusé refusée rechazado rechazada rifiutato"
_NEGATIONS = f"no not non never without nicht kein keine nie pas sans sin não nao niet geen senza {_REFUSALS}"
_RETURN = re.compile(
    r"(?P<negated>un|non)?(?:return|refund|retour|r[uü]ck|zur[uü]ck|devuel|devol|rembours|reembols|rimbors|restitu"
    r"|terug|reso$|resi$|rma$|zwr[oó]|retur)"
)
_KEPT = re.compile(r"kept$|keep|behalt|gardé|conserv|behoud|tenuto$|tenuti$")
_ABLE = re.compile(r"able$|bar$|ible$")
# The sale has reached its end.
_SOLD = re.compile(
    r"delivered$|shipped$|dispatched$|fulfil|sold$|sales?$|purchased?$"
    r"|(?:aus)?geliefert$|zugestellt$|versandt$|versendet$|verschickt$|verkauft?$"
    r"|livrée?s?$|expédiée?s?$|vendue?s?$|ventes?$|entregad|enviad|vendid|ventas?$"
    r"|consegnat|spedit|vendut|vendit|geleverd$|bezorgd$|verzonden$|verkocht$|entregue|vendas?$"
)
# Something has: in a column of returns this may be the return.
_ENDED = re.compile(
    r"complet|closed$|paid$|done$|finish|settled$|received$|accepted$|abgeschlossen$|erledigt$|bezahlt$|terminée?s?$"
    r"|payée?s?$|pagad|finaliz|pagat|conclus|conclu[ií]d|afgerond$|betaald$"
)
# What has not happened yet, or never will.
_UNSETTLED = re.compile(
    r"request|pending$|initiat|approv|authori[sz]|await|waiting$|expected$|eligib|open(?:ed)?$|start|process(?:ing)?$"
    r"|progress$|transit[oò]?$|tránsito$|out$|returning$|refunding$|shipping$|hold$|queue|schedul|planned$|label"
    r"|created?$|new$|placed$|unpaid$|fail|disput|claim|error$|will$|be$|soon$"
    r"|angefragt$|beantragt$|angemeldet$|ausstehend|offen|unterwegs$|bearbeitung$|genehmigt$"
    r"|demand|attente$|cours$|solicit|pendiente|pendente|proceso$|aprobad|richiest|attesa$|corso$|lavorazione$"
    r"|aangevraagd$|onderweg$|wachte|behandeling$|goedgekeurd$|andamento$"
)
# What keeps a parcel from its buyer.
_ASTRAY = re.compile(r"lost$|damag|missing$|undeliver|verloren$|beschädigt$|perdue?s?$|perdid|smarrit")
_CALLED_OFF = re.compile(r"cancel|storn|annul|abgebrochen$|void")
# What never became a sale.
_FAILED = re.compile(r"fail|error$|unpaid$")
_IN_PART = re.compile(r"partial|partly$|partiel|parcial|parzial|teil|gedeeltelijk|deels$")


class Sense(Enum):
    """What a word says of its line."""

    RETURNED = "returned"
    KEPT = "kept"
    ENDED = "ended"  # either of them: the sale or the return has come to its end
    NEITHER = "neither"


def sense(word: str, column: str) -> Sense:
    """What a word says in a column of that name."""
    said = tokens(word)
    if _any(_CALLED_OFF, said):
        return Sense.NEITHER
    is_named = speaks_of_returns(column)
    means = meaning(word, column) if is_named or of_returns(word) else spoken(word)
    if means < 0 or (is_named and not set(said).isdisjoint(_REFUSALS.split())):
        return Sense.KEPT
    if _any(_UNSETTLED, said) or _is_negated(said):
        return Sense.NEITHER
    if means > 0:
        return Sense.RETURNED
    return Sense.NEITHER if _any(_ASTRAY, said) else _of_ends(said, is_named=is_named)


def meaning(word: str, column: str) -> int:
    """1 for returned, -1 for kept, 0 for a word that says neither, as an answer to what the column's name asks."""
    said = spoken(word)
    if said:
        return said
    answer = int(word.casefold() in _YES.split()) - int(word.casefold() in _NO.split())
    return -answer if spoken(" ".join(tokens(column)).replace("no of ", "")) < 0 else answer


def spoken(word: str) -> int:
    """The same of what a text says by itself, negations heeded."""
    said = tokens(word)
    is_negated = _is_negated(said)
    about = [found for token in said if not _ABLE.search(token) and (found := _RETURN.match(token))]
    if about:
        return -1 if is_negated or any(found["negated"] for found in about) else 1
    return -1 if _any(_KEPT, said) and not is_negated else 0


def of_returns(word: str) -> bool:
    """Whether a text speaks of returns, whatever it says of them."""
    return any(_RETURN.match(token) and not _ABLE.search(token) for token in tokens(word))


def of_sales(word: str) -> bool:
    """Whether a text says that a sale has come to its end."""
    said = tokens(word)
    is_over = any(_any(pattern, said) for pattern in (_SOLD, _ENDED))
    return is_over and not (_is_negated(said) or any(_any(pattern, said) for pattern in (_UNSETTLED, _ASTRAY)))


def is_unsettled(word: str) -> bool:
    """Whether a text says of a sale that it has not come to its end, and not that it never will."""
    said = tokens(word)
    has_ended = any(_any(pattern, said) for pattern in (_CALLED_OFF, _ASTRAY, _FAILED))
    return _any(_UNSETTLED, said) and not has_ended and not _is_negated(said)


def denies(word: str) -> bool:
    """Whether a text is a plain no."""
    return word.casefold() in _NO.split()


def says_nothing(word: str) -> bool:
    """Whether a text stands for nothing, as an empty one does."""
    return word.casefold() in _NOTHING.split()


def in_part(word: str) -> bool:
    """Whether a text says that it holds of a part of the line."""
    return _any(_IN_PART, tokens(word))


def speaks_of_returns(name: str) -> bool:
    """Whether the name of a column speaks of returns, and not of a returning customer."""
    if "returning" in tokens(name):
        return False
    return max(name_rank(name, "flag"), name_rank(name, "returns")) > 0 or of_returns(name)


def speaks_of_cancelling(name: str) -> bool:
    """Whether the name of a column speaks of what was called off."""
    return _any(_CALLED_OFF, tokens(name))


def can_be_done(name: str) -> bool:
    """Whether the name of a column speaks of what may be done, rather than of what was."""
    return any(_ABLE.search(token) for token in tokens(name))


def _of_ends(said: Sequence[str], *, is_named: bool) -> Sense:
    if _any(_SOLD, said):
        return Sense.KEPT
    if _any(_ENDED, said):
        return Sense.ENDED if is_named else Sense.KEPT
    return Sense.NEITHER


def _is_negated(said: Sequence[str]) -> bool:
    return not set(said).isdisjoint(_NEGATIONS.split())


def _any(pattern: re.Pattern[str], said: Sequence[str]) -> bool:
    return any(pattern.match(token) for token in said)
