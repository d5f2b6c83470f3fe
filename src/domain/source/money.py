"""Money on one basis: the price before discount, the discount, and the net value of a line.

Net value is `unit_price * quantity * (1 - discount)`, less tax where prices include it. Amounts are exact decimals,
rounded half up: amounts to 4 places, shares to 8. Where the source gives the line's total and what was taken off,
the net value is their difference, so that the rounding of a unit's price never enters a sum.
This is the reference; engines must give the same digits.
"""

from decimal import ROUND_HALF_UP, Decimal, localcontext

NO_CURRENCY = "XXX"  # of ISO 4217, where none is known

MONEY_PLACES = 4
SHARE_PLACES = 8
MONEY_DIGITS, SHARE_DIGITS = 18, 12  # in all, as stored
TAX_RATE_PLACES = 6
# Divisions pass through these many places before their last rounding, so that every engine gives the same digits.
WORKING_PLACES = 10
NET_OF_TAX_PLACES = 18
QUOTIENT_PLACES = 20

# Above these no amount of a shop is real, and below them every product fits its column.
MAX_AMOUNT = Decimal(10) ** 10
MAX_UNITS = Decimal(10) ** 7
MAX_VALUE = Decimal(10) ** 13


def rounded(value: Decimal, places: int) -> Decimal:
    """`value` at that many decimals, half away from zero."""
    with localcontext(prec=60):
        return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def unit_price_of(total: Decimal, units: Decimal) -> Decimal:
    """A unit's price from the line's total before discount; `units` is above 0."""
    with localcontext(prec=60):
        return rounded(total / units, MONEY_PLACES)


def share_taken_off(amount: Decimal, of: Decimal) -> Decimal | None:
    """The discount as a share: nothing off nothing is 0, something off nothing is None."""
    if of == 0:
        return Decimal(0).scaleb(-SHARE_PLACES) if amount == 0 else None
    with localcontext(prec=60):
        return rounded(rounded(amount / of, QUOTIENT_PLACES), SHARE_PLACES)


def net_of_share(gross: Decimal, discount: Decimal, tax_divisor: Decimal) -> Decimal:
    """Net value of a line worth `gross` before discount, from the share taken off."""
    with localcontext(prec=60):
        return _net_of_tax(gross * (1 - discount), tax_divisor)


def net_of_amount(gross: Decimal, reduction: Decimal, tax_divisor: Decimal) -> Decimal:
    """Net value of a line worth `gross` before discount, from the amount taken off."""
    return _net_of_tax(gross - reduction, tax_divisor)


def _net_of_tax(value: Decimal, tax_divisor: Decimal) -> Decimal:
    if tax_divisor == 1:
        return rounded(value, MONEY_PLACES)
    with localcontext(prec=60):
        quotient = rounded(value, WORKING_PLACES) / tax_divisor
        return rounded(rounded(quotient, NET_OF_TAX_PLACES), MONEY_PLACES)
