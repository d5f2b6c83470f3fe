"""The stock forecast of a source that flags returns without their dates, by a lag law its mapping declares.

Only cohorts whose flags are final tell a rate; the law spreads that rate over the ages, and nothing of a
younger cohort is known to be back or not. There is no backtest, since no arrival was ever dated.
"""

from collections.abc import Iterable

from domain.days import date_of
from domain.labels import LabelPolicy, LagLaw
from domain.stock.calendar import DockCalendar
from domain.stock.clock import start_clock
from domain.stock.fit import FittedForecast
from domain.stock.hazards import Hazards
from domain.stock.law import shares_within, spread
from domain.stock.risks import Risks
from domain.stock.units import Category, KnownUnits, Series

CATEGORY_PRIOR_UNITS = 20.0  # expected units at which a category's own rate weighs as much as the shop's


def fit_declared(known: KnownUnits, labels: LabelPolicy, law: LagLaw) -> FittedForecast:
    """Hazards from the rate of mature cohorts and the declared law, a flat calendar, factors by category.

    Args:
        known: the units as known at the origin.
        labels: says which cohorts' flags are final.
        law: share of returns that have come by each age; between its steps it rises evenly. What it says beyond the
            window is left out: a flag tells of returns within it, and so does the rate.
    """
    as_of = date_of(known.day)
    sold, came = _mature_units(known, labels)
    rate = sum(came.values()) / sum(sold.values()) if sum(sold.values()) > 0 else 0.0
    factors = {
        Series(category): (came.get(category, 0) + CATEGORY_PRIOR_UNITS) / (rate * units + CATEGORY_PRIOR_UNITS)
        for category, units in sold.items()
    }
    settled_before = known.day - (as_of - labels.last_mature_day(as_of)).days + 1
    clock = start_clock(DockCalendar(), min(known.first_day, settled_before), known.day)
    shares = shares_within(law, labels.window_days)
    return FittedForecast(known, settled_before, clock, Hazards(spread(rate, shares)), Risks(factors))


def _mature_units(known: KnownUnits, labels: LabelPolicy) -> tuple[dict[Category, int], dict[Category, int]]:
    def summed(units: Iterable[tuple[Category, int, int]]) -> dict[Category, int]:
        total: dict[Category, int] = {}
        for category, ordered, count in units:
            if labels.is_mature(date_of(ordered), date_of(known.day)):
                total[category] = total.get(category, 0) + count
        return total

    return (
        summed((series.category, ordered, units) for (series, ordered), units in known.sold.items()),
        summed((back.series.category, back.ordered, back.units) for back in known.returned.since(known.first_day)),
    )
