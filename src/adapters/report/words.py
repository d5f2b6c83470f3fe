"""Names and numbers as people read them."""

from datetime import date

from domain.source.money import NO_CURRENCY

LEARNERS = {
    "mean": "Mean of logits",
    "hgb": "Gradient boosting",
    "logistic": "Logistic regression",
    "baseline": "Smoothed rates",
    "constant": "Constant rate",
}
SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}
NONE = "\u2013"
LONGEST_ID = 24
UNKNOWN_CURRENCIES = frozenset({"", NO_CURRENCY})


def learner_name(learner: str) -> str:
    """What people call a learner."""
    return LEARNERS.get(learner, learner)


def whole(value: float | None) -> str:
    """A count with thousands apart."""
    return NONE if value is None else f"{value:,.0f}"


def decimals(value: float | None, places: int = 2) -> str:
    """A figure with a fixed number of decimals and thousands apart; a real minus sign."""
    return NONE if value is None else f"{value:,.{places}f}".replace("-", "\u2212")


def percent(value: float | None, places: int = 0) -> str:
    """A share as a percentage; what is not nothing never reads as 0 %, what is not all never as 100 %."""
    if value is None:
        return NONE
    least = 10.0**-places / 2
    if 0 < value * 100 <= least:
        return f"< {least * 2:.{places}f} %".replace(" ", "\u202f")
    if 100 - least <= value * 100 < 100:
        return f"> {100 - least * 2:.{places}f} %".replace(" ", "\u202f")
    return f"{value * 100:.{places}f}\u202f%".replace("-", "\u2212")


def units(value: float | None) -> str:
    """Expected units: whole from ten on, with a decimal below."""
    if value is None:
        return NONE
    return whole(value) if abs(value) >= 10 else decimals(value, 1)


def money(value: float | None, currency: str) -> str:
    """An amount with its currency, if that is known: whole from a hundred on, with cents below."""
    if value is None:
        return NONE
    amount = f"{abs(value):,.0f}" if abs(value) >= 100 else f"{abs(value):,.2f}"
    sign = "\u2212" if value < 0 else ""
    if currency in UNKNOWN_CURRENCIES:
        return f"{sign}{amount}"
    symbol = SYMBOLS.get(currency)
    return f"{sign}{symbol}{amount}" if symbol else f"{sign}{amount}\u00a0{currency}"


def day(text: str | None) -> str:
    """An ISO date as day, month and year."""
    if not text:
        return NONE
    moment = date.fromisoformat(text)
    return f"{moment.day} {moment:%B %Y}"


def short_day(text: str) -> str:
    """An ISO date as day and short month."""
    moment = date.fromisoformat(text)
    return f"{moment.day} {moment:%b}"


def plural(count: float, one: str, many: str | None = None) -> str:
    """A count with its noun."""
    return f"{whole(count)} {one if count == 1 else many or one + 's'}"


def phrase(name: str) -> str:
    """A name in code as words: `negative_quantity` reads "Negative quantity"."""
    return name.replace("_", " ").replace(".", " ").strip().capitalize()


def short_id(text: str) -> str:
    """An identifier that fits a column: the middle of a long one is left out."""
    return text if len(text) <= LONGEST_ID else f"{text[:14]}…{text[-6:]}"
