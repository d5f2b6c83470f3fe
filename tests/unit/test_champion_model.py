"""The champion as a scorer takes it."""

from collections.abc import Mapping
from typing import Any

import pytest

from application.champions.champion_model import known_law

OLD, KNOWN, LATEST = [0.5, 1.0], [0.25, 0.5, 1.0], [0.75, 0.75, 1.0]


@pytest.mark.parametrize(
    ("facts", "law"),
    [
        ({"lag_law": OLD, "shipping": {"known_law": KNOWN, "latest_law": LATEST}}, LATEST),
        ({"lag_law": OLD, "shipping": {"known_law": KNOWN}}, KNOWN),
        ({"lag_law": OLD, "shipping": {}}, [0.0, 0.0, *OLD]),
        ({"lag_law": None, "shipping": {"known_law": None, "latest_law": None}}, None),
        ({}, None),
    ],
)
def test_a_line_that_is_out_is_scored_by_the_latest_law_that_the_fit_measured(
    facts: Mapping[str, Any], law: list[float] | None
) -> None:
    assert known_law(facts, recording_lag_days=2) == law
