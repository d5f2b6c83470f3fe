import math
from collections.abc import Callable, Mapping, Sequence

import pytest

from domain.content import Cell
from domain.errors import ConfigurationError
from domain.model.leaks import changed_by_the_future, revealing_features, single_feature_auc
from tests.planted_leaks import HONEST, LEAKS, Feature, Line, cut, poisoned, shop

SHOP = shop()
DAY = 80
BOTH = {**HONEST, **LEAKS}


def rows(features: Mapping[str, Feature], lines: Sequence[Line]) -> dict[str, dict[str, Cell]]:
    made = {name: feature(lines) for name, feature in features.items()}
    return {line.line_id: {name: values[line.line_id] for name, values in made.items()} for line in lines}


@pytest.mark.parametrize("future", [lambda lines, day: lines, poisoned], ids=["truncation", "poisoning"])
def test_every_planted_leak_is_caught_and_the_honest_feature_is_not(
    future: Callable[[Sequence[Line], int], Sequence[Line]],
) -> None:
    caught = changed_by_the_future(rows(BOTH, cut(SHOP, DAY)), rows(BOTH, future(SHOP, DAY)))
    assert sorted(caught) == sorted(LEAKS)


def test_a_leak_is_caught_on_the_lines_it_changes_and_counted() -> None:
    caught = changed_by_the_future(rows(LEAKS, cut(SHOP, DAY)), rows(LEAKS, SHOP))
    still_open = sum(line.day < DAY and line.returned_on is not None and line.returned_on >= DAY for line in SHOP)
    assert caught["target_rate_with_the_own_label"] >= still_open > 0


def test_the_own_label_in_a_rate_gives_itself_away_where_a_low_auc_proves_nothing() -> None:
    outcomes = [int(line.returned_on is not None) for line in SHOP]
    columns = {name: [float(str(v)) for v in feature(SHOP).values()] for name, feature in BOTH.items()}
    assert list(revealing_features(columns, outcomes)) == ["target_rate_with_the_own_label"]
    missed = single_feature_auc(columns["customer_total_over_the_whole_table"], outcomes)
    assert missed is not None
    assert 0.6 < missed < 0.9


@pytest.mark.parametrize(
    ("values", "auc"),
    [
        ([1.0, 2.0, 3.0, 4.0], 1.0),
        ([4.0, 3.0, 2.0, 1.0], 1.0),
        ([1.0, 1.0, 1.0, 1.0], 0.5),
        ([None, 2.0, 2.0, 3.0], 0.875),
        ([math.nan, -math.inf, 0.0, 1.0], 1.0),
    ],
)
def test_auc_of_one_feature_counts_ties_half_and_missing_values_lowest(values: list[float | None], auc: float) -> None:
    assert single_feature_auc(values, [0, 0, 1, 1]) == auc


def test_auc_of_one_class_is_not_defined() -> None:
    assert single_feature_auc([1.0, 2.0], [0, 0]) is None
    assert revealing_features({"price": [1.0, 2.0]}, [1, 1]) == {}


def test_missing_values_agree_and_a_value_that_vanished_or_appeared_does_not() -> None:
    expected: dict[str, dict[str, Cell]] = {
        "L1": {"a": math.nan, "b": None, "c": 1.0, "d": 0.0, "e": 1, "f": None, "g": math.nan}
    }
    found: dict[str, dict[str, Cell]] = {
        "L1": {"a": math.nan, "b": None, "c": None, "d": 0.0, "e": 1.0, "f": 1.0, "g": 1.0},
        "L2": {"a": 1.0},
    }
    assert changed_by_the_future(expected, found) == {"c": 1, "e": 1, "f": 1, "g": 1}


def test_comparing_nothing_is_refused_rather_than_called_agreement() -> None:
    with pytest.raises(ConfigurationError, match="no lines"):
        changed_by_the_future({}, {"L1": {}})
    with pytest.raises(ConfigurationError, match="L1"):
        changed_by_the_future({"L1": {"a": 1.0}}, {})
