"""Fits the chance that anything of an order comes back to predictions made out of sample."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from sklearn.linear_model import LogisticRegression

from adapters.sklearn.columns import Numbers
from adapters.sklearn.evaluation.metrics import log_losses, squared_errors
from domain.order_chance import ORDER_INPUTS, OrderModel, chance_of_any, independent_chance, order_inputs
from domain.snapshot import Json

MIN_ORDERS = 200
MIN_ORDERS_OF_A_CLASS = 20
_C = 10.0  # a light penalty: the first two inputs are nearly the same for small orders


def fit_order_model(rows: pa.Table, p: Numbers, y: Numbers) -> dict[str, Json] | None:
    """Coefficients with cross-fitted figures over halves of the customers; None for too few orders.

    `brier` and `log_loss` are of orders whose customers the coefficients had not seen, `brier_independent`
    and `log_loss_independent` of the product of independent chances on the same orders.
    """
    orders = _Orders.of(rows, p, y)
    if not orders.can_be_fitted():
        return None
    model = orders.fit(np.ones(len(orders.outcomes), bool))
    figures = orders.cross_fitted_figures()
    return {
        "intercept": model.intercept,
        "coefficients": {name: getattr(model, name) for name in ORDER_INPUTS},
        "orders": len(orders.outcomes),
        "positives": int(orders.outcomes.sum()),
        **figures,
    }


class _Orders:
    """Orders of the test: the chances of their lines, whether anything came back, and the customer's half."""

    def __init__(self, chances: Sequence[list[float]], outcomes: Numbers, halves: np.ndarray) -> None:
        self.chances = chances
        self.outcomes = outcomes
        self.halves = halves
        self.inputs = np.array([order_inputs(of_order) for of_order in chances]).reshape(-1, len(ORDER_INPUTS))

    @classmethod
    def of(cls, rows: pa.Table, p: Numbers, y: Numbers) -> "_Orders":
        chances: dict[str, list[float]] = {}
        returned: dict[str, float] = {}
        halves: dict[str, int] = {}
        keys = zip(rows.column("order_id").to_pylist(), rows.column("customer_id").to_pylist(), strict=True)
        for (order, customer), chance, outcome in zip(keys, p.tolist(), y.tolist(), strict=True):
            chances.setdefault(order, []).append(chance)
            returned[order] = max(returned.get(order, 0.0), outcome)
            halves.setdefault(order, _half(customer, order))
        names = sorted(chances)
        outcomes = np.array([returned[name] for name in names])
        return cls([chances[name] for name in names], outcomes, np.array([halves[name] for name in names]))

    def can_be_fitted(self) -> bool:
        parts = [self.outcomes[self.halves == half] for half in (0, 1)]
        fewest = min(min(part.sum(), len(part) - part.sum()) for part in parts)
        return len(self.outcomes) >= MIN_ORDERS and fewest >= MIN_ORDERS_OF_A_CLASS

    def fit(self, members: np.ndarray) -> OrderModel:
        logistic = LogisticRegression(C=_C, max_iter=1_000)
        logistic.fit(self.inputs[members], self.outcomes[members].astype(np.int8))
        return OrderModel(float(logistic.intercept_[0]), *(float(weight) for weight in logistic.coef_[0]))

    def cross_fitted_figures(self) -> dict[str, float]:
        fitted = {half: self.fit(self.halves != half) for half in (0, 1)}
        own = [chance_of_any(c, fitted[int(half)]) for c, half in zip(self.chances, self.halves, strict=True)]
        independent = [independent_chance(c) for c in self.chances]
        return {
            "brier": _mean(squared_errors(np.array(own), self.outcomes)),
            "log_loss": _mean(log_losses(np.array(own), self.outcomes)),
            "brier_independent": _mean(squared_errors(np.array(independent), self.outcomes)),
            "log_loss_independent": _mean(log_losses(np.array(independent), self.outcomes)),
        }


def _half(customer: str | None, order: str) -> int:
    """Of a guest that of the order, which may be called as a customer is."""
    if customer is None:
        return hashlib.blake2b(order.encode(), digest_size=1, person=b"order").digest()[0] % 2
    return hashlib.blake2b(customer.encode(), digest_size=1).digest()[0] % 2


def _mean(values: Numbers) -> float:
    return float(values.mean())
