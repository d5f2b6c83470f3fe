"""Learning from orders whose window is still open, without looking at what came of them.

A line already returned counts as returned. One still open at age a enters twice: as returned with the share of its
chance to come back yet, `w = p (1 - F(a)) / (1 - p F(a))`, and as kept with `1 - w` (delayed feedback, Chapelle
2014), where `F` is the lag law known at the fit and `p` the chance of the model before. A line of age a weighs `F(a)`,
about as much as it can tell by then: what is filled in repeats the model before, and weighed whole it would hold the
next one to it. Lines of an age whose share of the law is small are left out whole, the returned ones too: else only
these would be there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Numbers
from adapters.sklearn.training.bounded_sample import drawn_positions
from adapters.sklearn.training.example_rows import labels_at, order_days, unsettled_rows
from domain.days import day_number
from domain.labels import LabelPolicy


@dataclass(frozen=True)
class WeightedLabels:
    """Labels 1.0 and 0.0 of rows of a matrix, with what each weighs; a row may stand there twice.

    Args:
        rows: positions in the matrix.
        labels: a value an entry.
        weights: a value an entry.
    """

    rows: np.ndarray
    labels: Numbers
    weights: Numbers

    @classmethod
    def certain(cls, labels: Numbers, weights: Numbers) -> "WeightedLabels":
        """Every row once."""
        return cls(np.arange(len(labels)), labels, weights)

    def at(self, kept: np.ndarray) -> "WeightedLabels":
        """Those where `kept` is True."""
        return WeightedLabels(self.rows[kept], self.labels[kept], self.weights[kept])

    def thinned(self, most: int) -> "WeightedLabels":
        """Those of every second, third or so row of the matrix, `most` rows at most.

        All where they fit, or where a class is so rare that none of it would be left.
        """
        rows = int(self.rows.max(initial=-1)) + 1
        if rows <= most:
            return self
        fewer = self.at(self.rows % -(-rows // most) == 0)
        return fewer if len(np.unique(fewer.labels)) == len(np.unique(self.labels)) else self


@dataclass(frozen=True)
class OpenOrders:
    """Lines known at a fit whose label is not final then.

    Args:
        rows: the lines in the order of `line_id`.
        returned: 1.0 where a return is known already.
        shares: share of the lag law that has elapsed at each line's age.
        weights: how many lines of its age each stands for.
    """

    rows: pa.Table
    returned: Numbers
    shares: Numbers
    weights: Numbers

    def drawn(self, bound: int, seed: int) -> "OpenOrders":
        """As many of them as `bound` allows, each with the weight of those it stands for."""
        kept, weights = drawn_positions(self.returned, bound, seed)
        return OpenOrders(self.rows.take(kept), self.returned[kept], self.shares[kept], weights)

    def joined(self, settled: WeightedLabels, chances: Numbers) -> WeightedLabels:
        """The labels of mature lines, then these lines', each still open one twice.

        Args:
            settled: labels of the mature lines, which stand before these in the matrix.
            chances: chance at purchase of every one of these lines, by the model before.
        """
        first = len(settled.labels)
        came = np.flatnonzero(self.returned == 1)
        still = np.flatnonzero(self.returned == 0)
        yet = _open_chances(chances[still], self.shares[still])
        told = self.weights * self.shares
        return WeightedLabels(
            np.concatenate([settled.rows, first + came, first + still, first + still]),
            np.concatenate([settled.labels, np.ones(len(came) + len(still)), np.zeros(len(still))]),
            np.concatenate([settled.weights, told[came], told[still] * yet, told[still] * (1 - yet)]),
        )


def open_orders(
    table: pa.Table, policy: LabelPolicy, fit_at: date, law: Sequence[float] | None, min_share: float
) -> OpenOrders | None:
    """The lines whose window is open at the fit and old enough to tell something; None where there are none.

    Args:
        table: the examples.
        policy: when a label is final.
        fit_at: day of the fit.
        law: cumulative share of returns by days from order; None where no lag is known.
        min_share: share of the law that must have elapsed.
    """
    if law is None:
        return None
    rows = unsettled_rows(table, policy, fit_at)
    visible = day_number(fit_at) - order_days(rows) - 1 - policy.recording_lag_days
    shares = np.where(visible < 0, 0.0, np.asarray(law)[np.clip(visible, 0, len(law) - 1)])
    told = shares >= max(min_share, np.finfo(float).tiny)
    kept = rows.filter(pa.array(told))
    return OpenOrders(kept, labels_at(kept, fit_at), shares[told], np.ones(kept.num_rows)) if kept.num_rows else None


def _open_chances(p: Numbers, shares: Numbers) -> Numbers:
    """`domain.model.open_chance.open_chance` of many lines."""
    remaining = p * (1 - shares)
    return np.asarray(np.divide(remaining, 1 - p * shares, out=np.zeros_like(p), where=shares < 1))
