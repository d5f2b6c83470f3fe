"""The summary of a run, as printed: a test without a return, or none at all, is said and stops nothing."""

from typing import Any

import pytest

from adapters.entrypoints.summary_view import print_summary
from domain.snapshot import Json

FIGURE = {"value": 0.2, "low": 0.1, "high": 0.3}


def summary(test: Json) -> dict[str, Json]:
    return {
        "source": "shop",
        "as_of": "2024-03-01",
        "days": {"first": "2024-01-01", "last": "2024-02-29"},
        "rows": {"in": 9, "kept": 9, "set_aside": 0, "duplicate": 0},
        "cleared_by_reason": {"delivered_before_ordered": 1_200},
        "repeated_files": {},
        "units": {"return": 0, "matched": 0, "orphan": 0, "cancelled": 0},
        "actions": {"rows": 2_000, "kept": 1_900, "lines": 1_200},
        "test": test,
        "decision": {"reasons": ["It is the first."]},
        "alerts": [{"measure": f"realised.rate.2024-0{number}"} for number in range(5)],
        "advice": [],
        "left_out": {},
        "put_off": {},
        "published": {},
        "executed": [],
        "seconds": 1.0,
    }


def test_a_metric_that_is_not_defined_is_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    defined: dict[str, Any] = {"log_loss": FIGURE, "brier": FIGURE}
    days = {"from": "2024-01-01", "to": "2024-01-28"}
    print_summary(summary({**days, "rows": 5, "positives": 0, "model": defined, "baseline": defined}))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["ROC-AUC", "-", "-"] in lines
    assert ["Brier", *["0.2000", "[0.1000,", "0.3000]"] * 2] in lines


def test_moments_left_out_of_rows_that_were_kept_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(summary({"reason": "Not enough history."}))
    assert "moments left out of rows that were kept: 1,200 delivered_before_ordered" in capsys.readouterr().out


def test_lines_that_something_was_done_about_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(summary({"reason": "Not enough history."}))
    assert "2,000 rows, 1,900 kept: 1,200 lines are learned from until something was done" in capsys.readouterr().out


def test_alerts_are_named_at_the_end_of_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(summary({"reason": "Not enough history."}))
    assert (
        "realised.rate.2024-00, realised.rate.2024-01, realised.rate.2024-02 and 2 more beyond the threshold"
        in capsys.readouterr().out
    )
