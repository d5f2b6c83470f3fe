"""What nobody can know yet of a made-up shop: the effects of its styles, which only what came of their sales tells.

`p_known` is told every effect. A learner has to estimate each style's from the style's own lines, and no estimate has a
mean squared error below `1 / (1 / v + I)`, with `v` the variance of styles' effects and `I` the information of
what was known before (van Trees' inequality; Gill and Levit 1995). An error of `e` in the logits costs
`slope^2 e^2 / (2 p (1 - p))` of log-loss, where `slope` is by how much the chance moves with the effect. All else
counts as known: which styles run small, categories, prices, the level, and of the customer's type what `p_known` knows.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from adapters.synthetic.lags import law_month, shares_by_age
from domain.days import day_number
from domain.snapshot import Manifest
from domain.synthetic.shop import ShopLaw

Numbers = NDArray[np.float64]
_BINS = 20


def style_floor(law: ShopLaw, shop: Manifest, tested: Manifest) -> float:
    """Mean log-loss of the test lines, beyond that of `p_known`, that the styles' unknown effects cost at least.

    Args:
        law: of the shop.
        shop: the snapshot of the shop.
        tested: the snapshot of the evaluation, with the table `test_predictions`.
    """
    lines = _lines(shop)
    day = lines["day"].to_numpy() - day_number(law.start)
    _, style = np.unique(lines["style"].to_numpy(zero_copy_only=False), return_inverse=True)
    worth = _information(lines["p_known"].to_numpy(), lines["p_full"].to_numpy())
    sold = np.zeros((style.max() + 1, law.days))
    np.add.at(sold, (style, day), worth)
    test_ids = pq.read_table(tested.table("test_predictions").uri, columns=["line_id"])["line_id"]
    of_test = np.flatnonzero(pc.is_in(lines["line_id"], value_set=test_ids.combine_chunks()).to_numpy())
    costs = np.zeros(len(of_test))
    for today in np.unique(day[of_test]):
        told = 1 / (1 / law.style_spread**2 + sold @ _shares_known(law, int(today)))
        here = day[of_test] == today
        costs[here] = worth[of_test[here]] * told[style[of_test[here]]] / 2
    return float(costs.mean())


def _lines(shop: Manifest) -> pa.Table:
    """`line_id`, `style`, `day` and chances of all lines that were not cancelled."""
    orders = pq.read_table(shop.table("orders").uri)
    sales = orders.filter(pc.greater(orders["units"], 0)).select(["line_no", "style", "placed_at"])
    sales = sales.append_column("day", sales["placed_at"].cast(pa.date32()).cast(pa.int32())).drop_columns(
        ["placed_at"]
    )
    truth = pq.read_table(shop.table("truth").uri, columns=["line_id", "p_known", "p_full", "cancelled"])
    joined = truth.join(sales, "line_id", "line_no", join_type="inner")
    return joined.filter(pc.equal(joined["cancelled"], 0)).combine_chunks()


def _information(p_known: Numbers, p_full: Numbers) -> Numbers:
    """What a line's outcome tells of an effect on it, the slope being a mean of `p_full (1 - p_full)` of like lines."""
    bins = np.argsort(np.argsort(p_known)) * _BINS // len(p_known)
    slope = (np.bincount(bins, p_full * (1 - p_full)) / np.bincount(bins))[bins]
    return np.asarray(slope**2 / (p_known * (1 - p_known)))


def _shares_known(law: ShopLaw, today: int) -> Numbers:
    """For lines of each day, the share of their outcome that was known before `today`."""
    days = np.arange(law.days)
    age = today - 1 - days - law.feed_delay_days
    shares = shares_by_age(law)[law_month(days), np.clip(age, 0, law.window_days)]
    return np.asarray(np.where(age >= 0, shares, 0.0))
