"""How good the stock forecast was on earlier origins: WAPE with bias, and whether the intervals hold.

Coverage is judged without hindsight, and of the intervals that are published: the shock of an origin is estimated as
for a forecast, from those of the origins whose horizon was over and recorded by then; before there are any, it is the
declared one.
"""

from collections.abc import Sequence

from domain.snapshot import Json
from domain.stock.backtest import MIN_HISTORY_DAYS, Backtest
from domain.stock.intervals import count_quantiles
from domain.stock.origin import WEEKS, ByCategory, Origin, total, weekly
from domain.stock.shock import estimate_shock
from domain.stock.units import HORIZON_DAYS

_NOTHING = (0.0,) * HORIZON_DAYS


def judge(backtest: Backtest) -> dict[str, Json]:
    """Figures of the chosen forecast and of the last-4-weeks mean over all origins, as JSON.

    Weekly errors of all arrivals, relative to what came: `wape` and `bias` (above 0 is too much) at shop and category,
    the `relative_error` of each origin's whole horizon, and the share of actual counts within P10 to P90, None where
    there is no count to hold.
    """
    if not backtest.origins:
        reason = f"no earlier origin has {MIN_HISTORY_DAYS} days of history and a horizon that is over"
        return {"origins": 0, "reason": reason}
    return {
        "origins": len(backtest.origins),
        "shop": _errors([_shop_pair(origin) for origin in backtest.origins]),
        "category": _errors([pair for origin in backtest.origins for pair in _category_pairs(origin)]),
        "open_lines": _open_errors(backtest.origins),
        "horizon": [_horizon(origin) for origin in backtest.origins],
        "coverage_p10_p90": _coverage(backtest),
    }


def describe_choice(backtest: Backtest) -> list[dict[str, Json]]:
    """Every way with the errors that the choice went by: root mean squared logs of forecast over actual units."""
    return [
        {
            **way.describe(),
            "horizon_log_rmse": errors.horizon,
            "day_log_rmse": errors.day,
            "chosen": way == backtest.chosen,
        }
        for way, errors in backtest.errors.items()
    ]


_Triple = tuple[Sequence[float], Sequence[float], Sequence[float]]


def _shop_pair(origin: Origin) -> _Triple:
    return total(origin.expected_all), total(origin.baseline), total(origin.actual_all)


def _category_pairs(origin: Origin) -> list[_Triple]:
    parts: tuple[ByCategory, ...] = (origin.expected_all, origin.baseline, origin.actual_all)
    categories = sorted({category for part in parts for category in part}, key=lambda name: (name is not None, name))
    return [
        (
            origin.expected_all.get(category, list(_NOTHING)),
            origin.baseline.get(category, list(_NOTHING)),
            origin.actual_all.get(category, list(_NOTHING)),
        )
        for category in categories
    ]


def _errors(triples: Sequence[_Triple]) -> dict[str, Json]:
    forecast = [(weekly(expected), weekly(actual)) for expected, _, actual in triples]
    baseline = [(weekly(flat), weekly(actual)) for _, flat, actual in triples]
    return {"weekly": _wape(forecast), "last_4_weeks_mean": _wape(baseline)}


def _open_errors(origins: Sequence[Origin]) -> dict[str, Json]:
    return _wape([(weekly(total(origin.expected_open)), weekly(total(origin.actual_open))) for origin in origins])


def _wape(pairs: Sequence[tuple[Sequence[float], Sequence[float]]]) -> dict[str, Json]:
    flat = [(e, a) for expected, actual in pairs for e, a in zip(expected, actual, strict=True)]
    came = sum(a for _, a in flat)
    if came <= 0:
        return {"wape": None, "bias": None}
    return {"wape": sum(abs(e - a) for e, a in flat) / came, "bias": sum(e - a for e, a in flat) / came}


def _horizon(origin: Origin) -> dict[str, Json]:
    expected, flat, actual = (sum(values) for values in _shop_pair(origin))
    return {
        "origin_day": origin.day,
        "expected_units": expected,
        "actual_units": actual,
        "last_4_weeks_units": flat,
        "relative_error": (expected - actual) / actual if actual > 0 else None,
    }


def _coverage(backtest: Backtest) -> dict[str, Json]:
    shop: list[bool] = []
    category: list[bool] = []
    weeks: list[bool] = []
    for origin in backtest.origins:
        shock = estimate_shock(backtest.recorded_by(origin.day), origin.at_once)
        expected, actual = total(origin.expected_all), total(origin.actual_all)
        shop += _within(expected, actual, shock.day, shock.at_once)
        weeks += _within(weekly(expected), weekly(actual), [shock.week] * WEEKS, shock.at_once)
        for by_day, _, came in _category_pairs(origin):
            category += _within(by_day, came, shock.day, shock.at_once)
    return {"shop_day": _share(shop), "category_day": _share(category), "shop_week": _share(weeks)}


def _within(expected: Sequence[float], actual: Sequence[float], shocks: Sequence[float], at_once: float) -> list[bool]:
    span = len(expected) // len(shocks)
    held = []
    for ahead, (mean, came) in enumerate(zip(expected, actual, strict=True)):
        low, _, high = count_quantiles(mean, shocks[ahead // span], at_once)
        held.append(low <= came <= high)
    return held


def _share(held: Sequence[bool]) -> float | None:
    return sum(held) / len(held) if held else None
