"""Learning from orders whose window is still open, without looking at what came of them.

A line already returned counts as returned. One still open at age a enters twice: as returned with the share of its
chance to come back yet, `w = p (1 - F(a)) / (1 - p F(a))`, and as kept with `1 - w` (delayed feedback, Chapelle
2014), where `F` is the lag law known at the fit and `p` the chance of the model before. A line of age a weighs `F(a)`,
about as much as it can tell by then: what is filled in repeats the model before, and weighed whole it would hold the
next one to it. Lines of an age whose share of the law is small are left out whole, the returned ones too: else only
these would be there.

A line that something was done about is watched until then, and had not come back: what followed is the action's doing.
Its likelihood is `1 - p F(a)` at its age `a` on that day (right censoring), and since lines of that age that did come
back stand among the mature ones, whole, it must not weigh less than that says. It enters as kept with `F(a) (1 - w)`,
which has the slope of its log-likelihood at the `p` of the model before. Left out, only those of its kind would be
there that came back before anything could be done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.sklearn.columns import Numbers
from adapters.sklearn.training.bounded_sample import drawn_positions
from adapters.sklearn.training.example_rows import (
    acted_rows,
    day_numbers,
    labels_at,
    order_days,
    unsettled_rows,
)
from adapters.sklearn.training.lag_law import LagCounts
from domain.days import day_number
from domain.labels import LabelPolicy

_SOME = float(np.finfo(float).tiny)  # a line that nothing can be known of yet weighs nothing


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
    """Lines known at a fit whose label is not final then, or never will be, since something was done about them.

    Args:
        rows: the lines in the order of `line_id`.
        returned: 1.0 where a return is known already.
        seen_days: the longest lag that could be seen of each line; below 0 for none.
        weights: how many lines of its age each stands for.
        acted: whether something was done about the line, which ended the watch.
        counts: the returns that the law of lags is measured on.
        law: cumulative share of returns by days from order.
    """

    rows: pa.Table
    returned: Numbers
    seen_days: np.ndarray
    weights: Numbers
    acted: np.ndarray
    counts: LagCounts
    law: Sequence[float]

    @property
    def shares(self) -> Numbers:
        """Share of the law that had elapsed of each line when it was last watched."""
        return elapsed(self.law, self.seen_days)

    def expecting(self, chances: Numbers) -> "OpenOrders":
        """These lines with a law that counts the returns which the chances expect after something was done.

        Args:
            chances: chance at purchase of every one of these lines.
        """
        hidden = self.acted & self.counts.holds(order_days(self.rows))
        if not hidden.any():
            return self
        expected = (self.weights * _open_chances(chances, self.shares))[hidden]
        return replace(self, law=self.counts.and_unseen(expected, self.seen_days[hidden], self.law).law())

    def weighing(self, share: float) -> "OpenOrders":
        """The same lines, and the returns of their law, with this share of their weights."""
        return replace(self, weights=self.weights * share, counts=self.counts.weighing(share))

    def drawn(self, bound: int, seed: int) -> "OpenOrders":
        """As many of them as `bound` allows, each with the weight of those it stands for."""
        kept, weights = drawn_positions(self.returned, bound, seed)
        return replace(
            self,
            rows=self.rows.take(kept),
            returned=self.returned[kept],
            seen_days=self.seen_days[kept],
            weights=weights,
            acted=self.acted[kept],
        )

    def joined(self, settled: WeightedLabels, chances: Numbers) -> WeightedLabels:
        """The labels of mature lines, then these lines', each still open one twice unless something was done about it.

        Args:
            settled: labels of the mature lines, which stand before these in the matrix.
            chances: chance at purchase of every one of these lines, by the model before.
        """
        first = len(settled.labels)
        came = np.flatnonzero(self.returned == 1)
        still = np.flatnonzero(self.returned == 0)
        told = self.weights * self.shares
        yet = _open_chances(chances, self.shares)
        waiting = still[~self.acted[still]]
        return WeightedLabels(
            np.concatenate([settled.rows, first + came, first + waiting, first + still]),
            np.concatenate([settled.labels, np.ones(len(came) + len(waiting)), np.zeros(len(still))]),
            np.concatenate([settled.weights, told[came], (told * yet)[waiting], (told * (1 - yet))[still]]),
        )


def open_orders(
    table: pa.Table, policy: LabelPolicy, fit_at: date, counts: LagCounts | None, min_share: float
) -> OpenOrders | None:
    """The lines whose label is not final at the fit, watched long enough to tell something; None where there are none.

    Args:
        table: the examples.
        policy: when a label is final.
        fit_at: day of the fit.
        counts: the returns that the law of lags is measured on; None where no lag is known.
        min_share: share of the law that must have elapsed of an open window.
    """
    if counts is None:
        return None
    law = counts.law()
    waiting, acted = unsettled_rows(table, policy, fit_at), acted_rows(table, fit_at)
    returned = np.concatenate([labels_at(waiting, fit_at), np.zeros(acted.num_rows)])
    last_days = np.concatenate([np.full(waiting.num_rows, day_number(fit_at) - 1), day_numbers(acted, "acted_on")])
    least = np.concatenate([np.full(waiting.num_rows, min_share), np.zeros(acted.num_rows)])
    rows = pa.concat_tables([waiting, acted])
    seen = last_days - order_days(rows) - policy.recording_lag_days
    order = pc.sort_indices(rows["line_id"]).to_numpy()
    told = order[(elapsed(law, seen) >= np.maximum(least, _SOME))[order]]
    is_acted = np.arange(rows.num_rows) >= waiting.num_rows
    found = OpenOrders(rows.take(told), returned[told], seen[told], np.ones(len(told)), is_acted[told], counts, law)
    return found if len(told) else None


def elapsed(law: Sequence[float], seen_days: np.ndarray) -> Numbers:
    """The share of a law at the longest lags that could be seen; 0 where none could."""
    return np.where(seen_days < 0, 0.0, np.asarray(law)[np.clip(seen_days, 0, len(law) - 1)])


def _open_chances(p: Numbers, shares: Numbers) -> Numbers:
    """`domain.model.open_chance.open_chance` of many lines."""
    remaining = p * (1 - shares)
    return np.asarray(np.divide(remaining, 1 - p * shares, out=np.zeros_like(p), where=shares < 1))
