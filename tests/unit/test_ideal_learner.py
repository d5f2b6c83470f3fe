"""What a learner of a made-up shop reaches at best, on shops small enough for seconds."""

from dataclasses import replace

import numpy as np
import pytest

from adapters.synthetic.shop import count_shoppers, draw
from benchmarks.ideal_learner import ideal_chances
from domain.synthetic.presets import PRESETS
from domain.synthetic.shop import ShopLaw

SHOP = replace(PRESETS["fashion"], lines=6_000, styles=1.0)


def _tested(law: ShopLaw) -> tuple[np.ndarray, np.ndarray]:
    """Numbers and `p_known` of the lines of the last hundred days, without cancelled ones."""
    drawn = draw(law, 0, count_shoppers(law))
    line, day, cancelled, p_known = (
        drawn.column(name).to_numpy(zero_copy_only=False) for name in ("line", "day", "cancelled", "p_known")
    )
    chosen = (day >= law.days - 100) & ~cancelled.astype(bool)
    return line[chosen], p_known[chosen]


def _loss_beyond(p: np.ndarray, best: np.ndarray) -> float:
    """Expected log-loss beyond that of the best chances."""
    return float((best * np.log(best / p) + (1 - best) * np.log((1 - best) / (1 - p))).mean())


@pytest.mark.parametrize("shape", ["table", "flag"])
def test_where_styles_are_alike_both_learners_predict_what_is_known(shape: str) -> None:
    law = replace(SHOP, shape=shape, cancel_days=0 if shape == "flag" else 2, style_spread=0.0, small_share=0.0)
    lines, p_known = _tested(law)

    ideal = ideal_chances(law, lines.tolist())

    assert ideal.lines.tolist() == lines.tolist()
    assert np.allclose(ideal.told_all_else, p_known, atol=1e-12)
    assert np.allclose(ideal.knows_the_law, p_known, atol=1e-12)


def test_who_has_to_tell_the_customers_too_loses_more_and_both_less_than_who_learns_nothing() -> None:
    lines, p_known = _tested(SHOP)
    without = replace(SHOP, style_spread=0.0, small_share=0.0)
    _, ignorant = _tested(without)

    ideal = ideal_chances(SHOP, lines.tolist())

    told, law = (_loss_beyond(p, p_known) for p in (ideal.told_all_else, ideal.knows_the_law))
    assert 0 < told < law < _loss_beyond(ignorant, p_known)


def test_more_sales_of_each_style_tell_more_of_it() -> None:
    few, many = replace(SHOP, styles=8.0), replace(SHOP, styles=0.5)
    losses = []
    for law in (few, many):
        lines, p_known = _tested(law)
        losses.append(_loss_beyond(ideal_chances(law, lines.tolist()).told_all_else, p_known))

    assert losses[1] < 0.7 * losses[0]
