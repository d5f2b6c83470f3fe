"""What a drawn shop is like: the same however it is divided, and true to its law."""

from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from numpy.typing import NDArray

from adapters.synthetic.baskets import lines_of, orders_of
from adapters.synthetic.beliefs import Histories, beliefs
from adapters.synthetic.chances import chances
from adapters.synthetic.lags import shares_by_age
from adapters.synthetic.outcomes import outcomes
from adapters.synthetic.shop import DRAWN, count_shoppers, draw
from adapters.synthetic.shoppers import shoppers
from domain.synthetic.presets import PRESETS, shop_called
from domain.synthetic.shop import ShopLaw

SMALL = {name: replace(law, lines=20_000) for name, law in PRESETS.items()}


@cache
def drawn(law: ShopLaw) -> dict[str, NDArray[np.float64]]:
    """The uncancelled lines of a whole shop."""
    batch = draw(law, 0, count_shoppers(law))
    sold = batch.filter(pc.invert(batch["cancelled"]))
    return {name: sold[name].to_numpy(zero_copy_only=False) for name in DRAWN.names}


def loss(p: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    """Expected log-loss of a prediction where the truth is a chance."""
    return float(-(truth * np.log(p) + (1 - truth) * np.log1p(-p)).mean())


def test_a_shop_is_the_same_however_it_is_divided() -> None:
    law = SMALL["tiny"]
    whole = draw(law, 0, 300)
    parts = pa.Table.from_batches([draw(law, first, min(first + 7, 300)) for first in range(0, 300, 7)])
    for name in DRAWN.names:
        mine, theirs = whole[name].to_numpy(zero_copy_only=False), parts[name].to_numpy()
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, err_msg=name)


def test_another_seed_is_another_shop() -> None:
    law = SMALL["tiny"]
    assert draw(law, 0, 100)["style"].to_pylist() != draw(replace(law, seed=2), 0, 100)["style"].to_pylist()


@pytest.mark.parametrize("name", list(PRESETS))
def test_lines_and_rate_are_about_what_the_law_says(name: str) -> None:
    law = SMALL[name]
    shop = drawn(law)
    assert len(shop["line"]) / (1 - law.cancelled) == pytest.approx(law.lines, rel=0.2)
    assert shop["p_full"].mean() == pytest.approx(law.rate, rel=0.12)
    assert len(set(shop["line"])) == len(shop["line"])


@pytest.mark.parametrize("rate", [0.005, 0.6])
def test_rates_from_half_a_percent_to_sixty_are_kept(rate: float) -> None:
    assert drawn(shop_called(f"synthetic:fashion?lines=2e4&rate={rate}"))["p_full"].mean() == pytest.approx(
        rate, rel=0.1
    )


@pytest.mark.parametrize("name", list(PRESETS))
@pytest.mark.parametrize("prediction", ["p_prior", "p_known", "p_type", "p_full"])
def test_every_true_chance_is_calibrated(name: str, prediction: str) -> None:
    shop = drawn(replace(SMALL[name], lines=60_000))
    for tenth in np.array_split(np.argsort(shop[prediction], kind="stable"), 10):
        p, orders = shop[prediction][tenth], len(set(shop["order"][tenth]))
        spread = np.sqrt(p.mean() * (1 - p.mean()) / orders)
        assert abs(shop["returned"][tenth].mean() - p.mean()) < 5 * spread


@pytest.mark.parametrize("name", list(PRESETS))
def test_who_knows_more_predicts_better(name: str) -> None:
    shop = drawn(SMALL[name])
    losses = [loss(shop[column], shop["p_full"]) for column in ("p_prior", "p_known", "p_type", "p_full")]
    assert losses == sorted(losses, reverse=True)


def test_hidden_types_carry_a_fifth_of_what_can_be_gained_in_fashion() -> None:
    shop = drawn(SMALL["fashion"])
    truth = shop["p_full"]
    gain = loss(np.full(len(truth), truth.mean()), truth) - loss(truth, truth)
    assert loss(shop["p_prior"], truth) - loss(shop["p_type"], truth) > gain / 5
    assert loss(shop["p_prior"], truth) - loss(shop["p_known"], truth) > gain / 5


def test_guests_and_first_orders_have_the_prior_alone() -> None:
    shop = drawn(SMALL["fashion"])
    guest = np.isnan(shop["customer"])
    first = np.zeros(len(guest), bool)
    for customer in np.unique(shop["customer"][~guest])[:200]:
        own = shop["customer"] == customer
        first |= own & (shop["day"] == shop["day"][own].min())
    assert guest.mean() > 0.05
    np.testing.assert_allclose(shop["p_known"][guest | first], shop["p_prior"][guest | first], rtol=1e-9)


def test_what_becomes_known_from_a_day_on_changes_no_belief_before_it() -> None:
    law, today = SMALL["fashion"], 400
    who = shoppers(law, np.arange(400, dtype=np.int64))
    orders, counts = orders_of(law, who)
    lines = lines_of(law, who, orders, counts)
    p = chances(law, orders, lines)
    came = outcomes(law, who.kind[orders.shopper], orders, lines, p)
    seen = Histories(
        customer=orders.shopper,
        day=orders.day,
        first_line=orders.first_line,
        cancelled=came.cancelled,
        cancel_age=came.cancel_age,
        return_age=came.return_age,
        returned=came.returned,
        p=p,
    )
    hidden = orders.day + came.return_age + law.feed_delay_days >= today
    assert 50 < hidden.sum() < len(hidden)
    other = (hidden & ~came.cancelled)[lines.order]
    flipped = replace(seen, returned=np.where(other, ~came.returned, came.returned))
    before = orders.day <= today
    np.testing.assert_allclose(beliefs(law, flipped)[before], beliefs(law, seen)[before], rtol=1e-9)
    assert abs(beliefs(law, flipped)[~before] - beliefs(law, seen)[~before]).max() > 0.05


def test_one_item_breaks_on_its_day() -> None:
    law = replace(SMALL["fashion"], defect_effect=4.0, defect_rank=0)
    shop = drawn(law)
    slot, late = shop["style"] // 1000 == 0, shop["day"] >= law.defect_at * law.days
    assert shop["p_full"][slot & late].mean() > shop["p_full"][slot & ~late].mean() + 0.2


def test_lines_of_an_order_come_back_together() -> None:
    shop = drawn(SMALL["fashion"])
    sent_back = shop["returned"].astype(bool)
    _, orders, sizes = np.unique(shop["order"], return_inverse=True, return_counts=True)
    in_order = np.bincount(orders, sent_back)
    pairs = sizes == 2
    rate = in_order[pairs].sum() / sizes[pairs].sum()
    assert (in_order[pairs] == 2).mean() > 1.3 * rate**2
    by_order: dict[float, set[float]] = {}
    for order, day in zip(shop["order"][sent_back], shop["return_day"][sent_back], strict=True):
        by_order.setdefault(order, set()).add(day)
    assert all(len(days) == 1 for days in by_order.values())


def test_returns_come_later_as_the_law_of_lags_drifts() -> None:
    shares = shares_by_age(replace(SMALL["fashion"], lag_drift=1.0))
    assert (shares[-1, 3:-1] < shares[0, 3:-1]).all()
    shop = drawn(replace(SMALL["fashion"], lag_drift=1.0))
    came, lag = shop["returned"].astype(bool), shop["return_day"] - shop["day"]
    assert lag[came & (shop["day"] > 600)].mean() > 1.3 * lag[came & (shop["day"] < 130)].mean()
    assert lag[came].min() > SMALL["fashion"].cancel_days
    assert lag[came].max() <= SMALL["fashion"].window_days


def test_customers_and_items_appear_all_along() -> None:
    shop = drawn(SMALL["fashion"])
    for key in ("customer", "style"):
        named = ~np.isnan(shop[key])
        order = np.argsort(shop["day"][named], kind="stable")
        _, first = np.unique(shop[key][named][order], return_index=True)
        days = shop["day"][named][order][first]
        assert (days > 550).mean() > 0.05


def test_ranges_grow_slowly_with_lines() -> None:
    assert shop_called("synthetic:fashion?lines=1e6").slots == 10 * shop_called("synthetic:fashion?lines=1e4").slots
