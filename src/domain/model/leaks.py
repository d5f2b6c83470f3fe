"""Checks that a feature tells nothing of the future: what proves that there is no leak.

Agreement is the proof: a feature of a line is the same whether or not the table goes on after the
day from which it was cut, and whatever stands there. A single feature that nearly gives the label away is
a warning besides; a low figure proves nothing, since leaks were seen at 0.78.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from domain.content import Cell
from domain.errors import ConfigurationError

MAX_SINGLE_FEATURE_AUC = 0.9
MIN_LINES_OF_EACH_OUTCOME = 20  # of fewer, one honest feature of a hundred may order them all by chance

FeatureRows: TypeAlias = Mapping[str, Mapping[str, Cell]]  # line_id to feature to value


def changed_by_the_future(expected: FeatureRows, found: FeatureRows) -> dict[str, int]:
    """Features whose values differ, with the number of lines on which they do; empty when all agree.

    Args:
        expected: features of the lines known by a day, made from what was known by that day.
        found: features of the same lines, made from data that goes on after it, or ends in garbage.

    Raises ConfigurationError when a line is not in `found`, for then nothing was compared.
    """
    absent = sorted(expected.keys() - found.keys())
    if absent or not expected:
        raise ConfigurationError(
            f"There is nothing to compare for the lines {absent[:3]}." if absent else "There are no lines to compare.",
            "Make the features of the same lines from both tables.",
        )
    changed = Counter(
        feature
        for line_id, values in expected.items()
        for feature, value in values.items()
        if not _same(value, found[line_id].get(feature))
    )
    return dict(sorted(changed.items()))


def revealing_features(
    columns: Mapping[str, Sequence[float | None]], outcomes: Sequence[int], limit: float = MAX_SINGLE_FEATURE_AUC
) -> dict[str, float]:
    """Features that alone order the lines by outcome with an AUC above the limit, in either direction.

    None where fewer than 20 lines came back or fewer than 20 were kept.
    """
    if min(sum(outcomes), len(outcomes) - sum(outcomes)) < MIN_LINES_OF_EACH_OUTCOME:
        return {}
    aucs = {name: single_feature_auc(values, outcomes) for name, values in columns.items()}
    return {name: auc for name, auc in aucs.items() if auc is not None and auc > limit}


def single_feature_auc(values: Sequence[float | None], outcomes: Sequence[int]) -> float | None:
    """Area under the ROC curve of one feature, the better of both directions; None with one class only.

    Missing values (None, NaN) rank below all others, ties count half (Mann and Whitney 1947).
    """
    ranked = sorted(zip((_rankable(value) for value in values), outcomes, strict=True))
    positives = sum(outcomes)
    negatives = len(ranked) - positives
    if not positives or not negatives:
        return None
    won, below, start = 0.0, 0, 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        tied_positives = sum(outcome for _, outcome in ranked[start:end])
        tied_negatives = end - start - tied_positives
        won += tied_positives * (below + tied_negatives / 2)
        below += tied_negatives
        start = end
    auc = won / (positives * negatives)
    return max(auc, 1 - auc)


def _rankable(value: float | None) -> float:
    return float("-inf") if value is None or value != value else float(value)  # noqa: PLR0124 - NaN


def _same(left: Cell, right: Cell) -> bool:
    if isinstance(left, float) and isinstance(right, float) and left != left:  # noqa: PLR0124 - NaN
        return right != right  # noqa: PLR0124
    return type(left) is type(right) and left == right
