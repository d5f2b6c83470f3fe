"""Which currency's sign or code, or percent sign, stands at the numbers of a column, and which currency that is."""

import re
from collections import Counter
from collections.abc import Sequence

from domain.source.number_format import PERCENT, SPACES

_CODES = (  # ISO 4217
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP "
    "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD "
    "MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB "
    "RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD "
    "UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
)
# Signs that one currency alone has; `$`, `¥` and `kr` are of several.
_MEANT = {code: code for code in _CODES.split()} | {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₺": "TRY",
    "₽": "RUB",
    "₩": "KRW",
    "₪": "ILS",
    "₫": "VND",
    "₴": "UAH",
    "₱": "PHP",
    "₦": "NGN",
    "฿": "THB",
    "US$": "USD",
    "R$": "BRL",
    "A$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "lei": "RON",
    "Fr.": "CHF",
    "SFr.": "CHF",
}
_WORDS = frozenset([*_MEANT, "kr", "kr.", "Rs", "Rs.", "Fr"])
_SYMBOLS = f"${PERCENT}\u00a2-\u00a5\u0e3f\u20a0-\u20c0"
_SIGN = rf"[^\W\d_]{{0,3}}[{_SYMBOLS}]|[^\W\d_]{{2,3}}\.?"
_DIGITS = rf"[+-]?[0-9.,'\u2019{SPACES}]*[0-9][.,]?"
_BESIDE = re.compile(rf"(?:[+-]?(?P<before>{_SIGN})[{SPACES}]?)?{_DIGITS}(?:[{SPACES}]?(?P<after>{_SIGN}))?")
_MARK = re.compile(r"[0-9][.,'\u2019][0-9]")


def currency_sign(texts: Sequence[str]) -> str:
    """The sign that most of those texts have that have any, empty for none.

    Letters before nothing but whole numbers are no currency: `CUP 12` may be an article.
    """
    held = [(text, *found) for text in texts if (found := _beside(text)) is not None]
    sign = Counter(sign for _, sign, _ in held).most_common(1)[0][0] if held else ""
    if not sign.isalpha():
        return sign
    return sign if any(is_after or _MARK.search(text) for text, own, is_after in held if own == sign) else ""


def currency_of(sign: str) -> str | None:
    """The ISO 4217 code of the currency that alone has this sign, None where several have it or none."""
    return _MEANT.get(sign)


def _beside(text: str) -> tuple[str, bool] | None:
    """The sign beside a number, and whether it stands after it; None where there is not just one."""
    if not text or (text[-1].isdigit() and text[0] in "+-.0123456789"):
        return None
    found = _BESIDE.fullmatch(text)
    if found is None or (found["before"] is None) == (found["after"] is None):
        return None
    sign = found["before"] or found["after"]
    is_known = sign in _WORDS or not sign.rstrip(".").isalpha()
    return (sign, found["before"] is None) if is_known else None
