"""A guest's order stands for a customer, and for none that happens to be called as it is."""

import numpy as np
import pyarrow as pa

from adapters.sklearn.training.calibrating import _customers
from adapters.sklearn.training.order_model import _Orders

NAMES = [f"{number}" for number in range(64)]
ROWS = pa.table(
    {
        "order_id": [*NAMES, *(f"order of {name}" for name in NAMES), *NAMES],
        "customer_id": pa.array([*[None] * len(NAMES), *NAMES, *[None] * len(NAMES)], pa.string()),
    }
)


def test_the_blocks_of_the_calibrator_tell_a_guest_from_the_customer_of_that_name() -> None:
    guests, customers, again = np.split(_customers(ROWS), 3)
    assert not set(guests) & set(customers)
    assert guests.tolist() == again.tolist()


def test_the_halves_of_the_order_model_tell_a_guest_from_the_customer_of_that_name() -> None:
    chances = np.full(ROWS.num_rows, 0.5)
    orders = _Orders.of(ROWS, chances, chances)
    halves = dict(zip(sorted(set(ROWS.column("order_id").to_pylist())), orders.halves.tolist(), strict=True))
    assert [halves[name] for name in NAMES] != [halves[f"order of {name}"] for name in NAMES]
