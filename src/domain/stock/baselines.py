"""Simple forecasts that the stock forecast has to beat: units of open lines by series and week ahead."""

from collections.abc import Mapping
from dataclasses import replace

from domain.stock.calendar import DockCalendar
from domain.stock.candidates import Candidate
from domain.stock.clock import HISTORY_DAYS, start_clock
from domain.stock.fit import FittedForecast
from domain.stock.fitter import Fitter
from domain.stock.hazards import measure_hazards
from domain.stock.origin import WEEKS, BySeries
from domain.stock.units import HORIZON_DAYS, KnownUnits

CLOSED_DAYS = 60  # age from which a cohort is taken to have given back all it will
LIFE_TABLES = {"life table of 28 days": 28, "life table of 56 days": 56, "life table of all history": HISTORY_DAYS}


def forecast_simply(fitter: Fitter) -> Mapping[str, BySeries]:
    """Each baseline's weeks by name, from what the fitter's origin knew.

    The life tables are hazards by age in days, with factors of category, group and item as the forecast has them.
    """
    tables = {name: fitter.fit(Candidate("flat", False, days, 0.0)) for name, days in LIFE_TABLES.items()}
    return {
        "mean of the last 4 weeks": _last_weeks(fitter),
        "constant rate on recent sales": _rate_on_sales(fitter),
        "closed cohorts": _closed_cohorts(fitter, tables["life table of all history"]).open_weeks_by_series(),
        **{name: fitted.open_weeks_by_series() for name, fitted in tables.items()},
    }


def _last_weeks(fitter: Fitter) -> BySeries:
    units: dict[tuple[str, str, str], float] = {}
    names = {}
    for back in fitter.known.returned.between(fitter.before - HORIZON_DAYS, fitter.before):
        names[back.series.order] = back.series
        units[back.series.order] = units.get(back.series.order, 0.0) + back.units / WEEKS
    return {names[order]: [units[order]] * WEEKS for order in sorted(units)}


def _rate_on_sales(fitter: Fitter) -> BySeries:
    rate = _closed_rate(fitter.known, fitter.before - CLOSED_DAYS)
    recent = fitter.before - HORIZON_DAYS
    return {
        series: [rate * sum(units for ordered, units in sold if ordered >= recent) / WEEKS] * WEEKS
        for series, sold in fitter.known.sold_by_series.items()
    }


def _closed_rate(known: KnownUnits, before_day: int) -> float:
    closed = [cohort for cohort in known.cohorts if cohort.ordered < before_day] or known.cohorts
    sold = sum(cohort.sold for cohort in closed)
    return sum(sum(cohort.came) for cohort in closed) / sold if sold > 0 else 0.0


def _closed_cohorts(fitter: Fitter, like: FittedForecast) -> FittedForecast:
    closed = [cohort for cohort in fitter.cohorts if cohort.ordered < fitter.before - CLOSED_DAYS] or fitter.cohorts
    clock = start_clock(DockCalendar(), fitter.first_day, fitter.known.day)
    hazards = measure_hazards(
        closed, clock.readings, fitter.first_day, fitter.first_day, fitter.before, fitter.known.max_age_days, fitter.law
    )
    return replace(like, clock=clock, hazards=hazards)
