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
from adapters.sklearn.training.lag_law import LagCounts, elapsed
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

    @property
    def rarer(self) -> float:
        """Lines of the rarer outcome, returned or kept, each by its weight against the heaviest of its outcome.

        So a line that is drawn for many counts as any other, and an open one that stands there twice as part of each.
        """
        return min(_by_the_heaviest(self.weights[self.labels == label]) for label in (0.0, 1.0))

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
        seen_days: the longest lag that could be seen of each line, for one that was acted upon until its return would
            have been known; below 0 for none.
        weights: how many lines of its age each stands for.
        acted: whether something was done about the line, which ended the watch.
        beside: of a line that was acted upon, what those of its days that came back before weigh: 1 once their labels
            are final, else the share of the law that has elapsed at the fit; 1 for the others.
        seen: the returns that the laws of lags are measured on.
        lags: these with what is expected beyond; the same where nothing is.
    """

    rows: pa.Table
    returned: Numbers
    seen_days: np.ndarray
    weights: Numbers
    acted: np.ndarray
    beside: Numbers
    seen: LagCounts
    lags: LagCounts

    @property
    def shares(self) -> Numbers:
        """Share of the law that had elapsed of each line when it was last watched."""
        made, known = (elapsed(law.law(), self.seen_days) for law in (self.lags.made, self.lags.known))
        return np.where(self.acted, known, made)

    def expecting(self, chances: Numbers) -> "OpenOrders":
        """These lines with laws that count the returns which the chances expect after something was done.

        Args:
            chances: chance at purchase of every one of these lines.
        """
        of_law = self.acted & self.seen.holds(order_days(self.rows))
        if not of_law.any():
            return self
        expected = (self.weights * open_chances(chances, self.shares))[of_law]
        return replace(self, lags=self.seen.and_unseen(expected, self.seen_days[of_law], self.lags))

    def ended(self, last_day: int) -> "OpenOrders":
        """Those of the lines that something was done about and whose label would be final.

        Args:
            last_day: latest day of order of such lines, as a number.
        """
        return self.at(np.flatnonzero(self.acted & (order_days(self.rows) <= last_day)))

    def kept_weights(self, chances: Numbers) -> Numbers:
        """What each line weighs as kept, by its chance at purchase."""
        return self.weights * self.beside * self.shares * (1 - open_chances(chances, self.shares))

    def weighing(self, share: float) -> "OpenOrders":
        """The same lines, and the returns of their law, with this share of their weights."""
        return replace(self, weights=self.weights * share, seen=self.seen.weighing(share))

    def drawn(self, bound: int, seed: int) -> "OpenOrders":
        """As many of them as `bound` allows, each with the weight of those it stands for."""
        kept, weights = drawn_positions(self.returned, bound, seed)
        return replace(self.at(kept), weights=weights)

    def at(self, kept: np.ndarray) -> "OpenOrders":
        """Those at some positions."""
        columns = ("returned", "seen_days", "weights", "acted", "beside")
        return replace(self, rows=self.rows.take(kept), **{name: getattr(self, name)[kept] for name in columns})

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
        yet = open_chances(chances, self.shares)
        waiting = still[~self.acted[still]]
        kept = self.kept_weights(chances)[still]
        return WeightedLabels(
            np.concatenate([settled.rows, first + came, first + waiting, first + still]),
            np.concatenate([settled.labels, np.ones(len(came) + len(waiting)), np.zeros(len(still))]),
            np.concatenate([settled.weights, told[came], (told * yet)[waiting], kept]),
        )


def _by_the_heaviest(weights: Numbers) -> float:
    return float(weights.sum() / weights.max()) if len(weights) else 0.0


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
    waiting, acted = unsettled_rows(table, policy, fit_at), acted_rows(table, fit_at)
    rows = pa.concat_tables([waiting, acted])
    is_acted = np.arange(rows.num_rows) >= waiting.num_rows
    ordered = order_days(rows)
    at_fit = day_number(fit_at) - 1 - ordered - policy.recording_lag_days
    acted_on = np.append(np.zeros(waiting.num_rows, np.int64), day_numbers(acted, "acted_on"))
    seen = np.where(is_acted, acted_on - ordered, at_fit)
    share_at_fit = elapsed(counts.made.law(), at_fit)
    is_final = ordered <= day_number(policy.last_mature_day(fit_at))
    found = OpenOrders(
        rows,
        np.concatenate([labels_at(waiting, fit_at), np.zeros(acted.num_rows)]),
        seen,
        np.ones(rows.num_rows),
        is_acted,
        np.where(is_acted & ~is_final, share_at_fit, 1.0),
        counts,
        counts,
    )
    told = (found.shares >= _SOME) & (is_final | (share_at_fit >= min_share))
    order = pc.sort_indices(rows["line_id"]).to_numpy()
    kept = order[told[order]]
    return found.at(kept) if len(kept) else None


def open_chances(p: Numbers, shares: Numbers) -> Numbers:
    """`domain.model.open_chance.open_chance` of many lines."""
    remaining = p * (1 - shares)
    return np.asarray(np.divide(remaining, 1 - p * shares, out=np.zeros_like(p), where=shares < 1))
