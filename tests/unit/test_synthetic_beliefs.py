"""The best possible prediction against an enumeration of every world, which shares no formula with it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.synthetic.beliefs import Histories, beliefs
from adapters.synthetic.lags import law_month, shares_by_age
from domain.synthetic.presets import PRESETS
from domain.synthetic.shop import ShopLaw

LAW = replace(
    PRESETS["tiny"],
    window_days=8,
    lag_days=2.0,
    lag_drift=0.0,
    cancelled=0.1,
    shock_share=0.3,
    type_shares=(0.5, 0.3, 0.2),
    type_effects=(-1.0, 0.0, 2.0),
)


@dataclass(frozen=True)
class Fate:
    """What may become of one order: cancelled after days, or lines returned after days."""

    cancel_age: int | None
    returned: tuple[bool, ...]
    return_age: int
    chance: float

    def seen_at(self, age: int) -> object:
        """What a shop knows of it at that age."""
        if self.cancel_age is not None:
            return "cancelled" if age >= self.cancel_age else "nothing"
        return (self.returned, self.return_age) if any(self.returned) and age >= self.return_age else "nothing"


def fates(law: ShopLaw, day: int, p: np.ndarray) -> Iterator[Fate]:
    """Every fate of an order and its chance; `p` of (line, shock) for one type."""
    for age in range(law.cancel_days if law.cancelled else 0):
        yield Fate(age, (), 0, law.cancelled / law.cancel_days)
    never = 1 - law.cancelled if law.cancel_days else 1.0
    by_age = np.diff(shares_by_age(law)[law_month(np.array([day]))[0]], prepend=0.0)
    for (shock, (share, _)), returned in product(enumerate(law.shocks), product((False, True), repeat=len(p))):
        outcome = prod(q if came else 1 - q for q, came in zip(p[:, shock], returned, strict=True))
        for age, lag in enumerate(by_age):
            if lag:
                yield Fate(None, returned, age, never * share * outcome * float(lag))


def enumerated(law: ShopLaw, days: list[int], p: list[np.ndarray], true: list[Fate], today: int) -> np.ndarray:
    """The chance of each type given what is seen before `today`, by adding up all worlds that look the same."""
    ages = [today - 1 - day - law.feed_delay_days for day in days]
    joint = defaultdict(float)
    for kind, share in enumerate(law.type_shares):
        each = [list(fates(law, day, of_order[:, kind])) for day, of_order in zip(days, p, strict=True)]
        for world in product(*each):
            views = tuple(fate.seen_at(age) for fate, age in zip(world, ages, strict=True))
            joint[views, kind] += share * prod(fate.chance for fate in world)
    view = tuple(fate.seen_at(age) for fate, age in zip(true, ages, strict=True))
    chance = np.array([joint[view, kind] for kind in range(len(law.type_shares))])
    return chance / chance.sum()


def histories(days: list[int], p: list[np.ndarray], true: list[Fate]) -> Histories:
    sizes = [len(of_order) for of_order in p]
    return Histories(
        customer=np.zeros(len(days), np.int64),
        day=np.array(days),
        first_line=np.cumsum(sizes) - sizes,
        cancelled=np.array([fate.cancel_age is not None for fate in true]),
        cancel_age=np.array([fate.cancel_age or 0 for fate in true]),
        return_age=np.array([fate.return_age for fate in true]),
        returned=np.concatenate([fate.returned or np.zeros(n, bool) for fate, n in zip(true, sizes, strict=True)]),
        p=np.concatenate(p),
    )


@pytest.mark.parametrize(
    "law",
    [
        LAW,
        replace(LAW, feed_delay_days=0, cancelled=0.0),
        replace(LAW, shape="flag", cancel_days=0, feed_delay_days=2),
        replace(LAW, shape="rows", cancel_days=0, shock_share=0.0),
    ],
)
@given(data=st.data())
def test_beliefs_are_what_adding_up_all_worlds_gives(law: ShopLaw, data: st.DataObject) -> None:
    days = sorted(data.draw(st.lists(st.integers(0, 14), min_size=3, max_size=3)))
    sizes = data.draw(st.lists(st.integers(1, 2), min_size=3, max_size=3))
    draws = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    p = [draws.uniform(0.02, 0.98, (size, len(law.type_shares), 2)) for size in sizes]
    possible = [list(fates(law, day, of_order[:, 0])) for day, of_order in zip(days, p, strict=True)]
    true = [fate_list[int(draws.integers(len(fate_list)))] for fate_list in possible]
    found = beliefs(law, histories(days, p, true))
    for nth, today in enumerate(days):
        expected = enumerated(law, days[:nth], p[:nth], true[:nth], today)
        np.testing.assert_allclose(found[nth], expected, rtol=1e-9)


def test_the_future_of_an_order_is_no_matter_to_the_belief_before_it() -> None:
    days, p = [0, 3, 30], [np.full((1, 3, 2), 0.5)] * 3
    p = [of_order * np.array([0.2, 0.8, 1.6])[None, :, None] for of_order in p]
    kept, late = Fate(None, (False,), 0, 1.0), Fate(None, (True,), 6, 1.0)
    as_kept, as_late = (beliefs(LAW, histories(days, p, [first, kept, kept])) for first in (kept, late))
    np.testing.assert_array_equal(as_kept[:2], as_late[:2])
    assert as_late[2, 2] > as_kept[2, 2] + 0.05


def test_what_is_expected_of_the_truth_given_what_is_seen_is_the_belief() -> None:
    """The tower law: over all worlds the mean chance of a type is the same whatever is looked at first."""
    p = [np.array([[[0.1, 0.3], [0.4, 0.6], [0.8, 0.9]]])] * 2
    days = [0, 5]
    total = np.zeros(3)
    for kind, share in enumerate(LAW.type_shares):
        for fate in fates(LAW, 0, p[0][:, kind]):
            found = beliefs(LAW, histories(days, p, [fate, Fate(None, (False,), 0, 1.0)]))[1]
            total += share * fate.chance * found
    np.testing.assert_allclose(total, LAW.type_shares, rtol=1e-9)
