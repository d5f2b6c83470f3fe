"""What each part of the recipe is worth: open orders, rolling intercept, every family of features, with and without.

`make bench-ablation ARGS="--source shop.toml --lake lake"`. Every variant is fitted at the same day, judged on the same
lines, and set against the default by the paired interval of its log-loss; a difference below 0 says that the variant is
better without the part.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from adapters.bootstrap.runs import Composition, composition, source_called
from adapters.entrypoints.options import use_lake
from adapters.entrypoints.progress import LoggedProgress
from application.backtests.backtest_history import HistoryRequest
from application.backtests.backtest_model import Backtest, BacktestRequest
from application.run.step_bodies import history_request
from domain.features.feature import Family
from domain.model.recipe import Recipe

METRICS = ("auc", "brier_skill", "ece", "log_loss")


def main() -> None:
    """Measure and print; writes the figures as JSON where `--out` says."""
    parser = argparse.ArgumentParser(prog="make bench-ablation", description=__doc__)
    parser.add_argument("--source", default="bundled", help="'bundled', a mapping file, or a made-up shop")
    parser.add_argument("--lake", help="the lake; what is committed there is not made again")
    parser.add_argument("--test-from", type=date.fromisoformat, help="first test day; default: the pipeline's own")
    parser.add_argument("--test-to", type=date.fromisoformat, help="last test day")
    parser.add_argument("--window", type=int, help="days a return counts in")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    asked = parser.parse_args()
    use_lake(asked.lake)
    figures = measure(composition(), asked)
    print(render(figures))
    if asked.out is not None:
        asked.out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def variants(recipe: Recipe) -> Iterator[tuple[str, Recipe]]:
    """The default, then what is without one part of it."""
    yield "default", recipe
    yield "without open orders", replace(recipe, open_order_rounds=0)
    yield "without rolling intercept", replace(recipe, rolling_intercept=False)
    yield "without both", replace(recipe, open_order_rounds=0, rolling_intercept=False)
    for family in Family:
        yield f"without {family}", replace(recipe, without_families=family.value)
    for learner in ("hgb", "logistic"):
        yield f"{learner} alone", recipe.using(learner)


def measure(parts: Composition, asked: argparse.Namespace) -> list[dict[str, Any]]:
    """One entry a variant: its metrics, and the difference of its log-loss to the default's with the interval."""
    request = replace(parts.request(None), window_days=asked.window or parts.settings.window_days)
    workflow = parts.workflow(source_called(asked.source), request)
    for step in workflow.pipeline.leading_to("examples"):
        workflow.run(step, LoggedProgress(step))
    about = history_request(workflow.pipeline)
    figures: list[dict[str, Any]] = []
    default: Backtest | None = None
    for name, recipe in variants(request.recipe):
        tested = parts.backtest_model(_request(about, recipe, asked))
        default = default or tested
        figures.append({"variant": name, **_figures(tested, recipe), **_difference(parts, about, tested, default)})
        print(f"{name}: {figures[-1]}", flush=True)
    return figures


def _request(about: HistoryRequest, recipe: Recipe, asked: argparse.Namespace) -> BacktestRequest:
    return BacktestRequest(
        about.examples, recipe, about.policy, about.costs, about.as_of, asked.test_from, asked.test_to
    )


def _figures(tested: Backtest, recipe: Recipe) -> dict[str, float | None]:
    own = tested.facts["learners"][recipe.learner]
    return {name: own[name]["value"] if name in own else None for name in METRICS}


def _difference(parts: Composition, about: HistoryRequest, tested: Backtest, default: Backtest) -> dict[str, float]:
    found = parts.evaluator.compare_predictions(about.examples, tested.predictions, default.predictions, about.costs)
    difference = found.log_loss_difference
    return {"difference": difference.value, "low": difference.low, "high": difference.high}


def render(figures: list[Mapping[str, Any]] | list[dict[str, Any]]) -> str:
    """The figures as a table."""
    head = "| variant | AUC | Brier skill | ECE | log-loss | against the default [95 %] |\n|---|---|---|---|---|---|"
    rows = [
        f"| {f['variant']} | {_shown(f['auc'], '.4f')} | {_shown(f['brier_skill'], '+.4f')} "
        f"| {_shown(f['ece'], '.4f')} | {_shown(f['log_loss'], '.4f')} "
        f"| {f['difference']:+.5f} [{f['low']:+.5f}, {f['high']:+.5f}] |"
        for f in figures
    ]
    return "\n".join([head, *rows])


def _shown(figure: float | None, form: str) -> str:
    """A figure, or a dash where it is not defined."""
    return "-" if figure is None else format(figure, form)


if __name__ == "__main__":
    main()
