"""`returncast search`: a bounded search for a better recipe; it changes nothing."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from adapters.bootstrap.runs import composition, workflow_for
from adapters.entrypoints.console import out, print_json, print_table
from adapters.entrypoints.options import AsJson, AsOf, Lake, Source, parse_day, use_lake
from adapters.entrypoints.progress import LoggedProgress
from application.backtests.search_recipe import Found, Try
from application.run.step_bodies import history_request
from domain.model.recipe import Recipe
from domain.snapshot import Json


def search(
    tries: Annotated[int, typer.Option(min=1, max=200, help="Recipes that are tried at most.")] = 12,
    origins: Annotated[int, typer.Option(min=1, max=24, help="Newest origins that each is fitted at.")] = 3,
    source: Source = "bundled",
    as_of: AsOf = None,
    lake: Lake = None,
    json: AsJson = False,
) -> None:
    """Try variations of the recipe on tests that are over by --as-of, and say which settings were better beyond doubt.

    Every try is a fit at each origin. Nothing is changed: put the settings that are printed into the environment, and
    the promotion rule decides on the next run whether the new recipe takes over.

    Example: returncast search --tries 8 --source shop.toml
    """
    use_lake(lake)
    workflow = workflow_for(source, parse_day(as_of, "--as-of"))
    for step in workflow.pipeline.leading_to("examples"):
        workflow.run(step, LoggedProgress(step))
    request = history_request(workflow.pipeline)
    found = composition().search_recipe(request, tries, origins, LoggedProgress("search"))
    if json:
        print_json(_as_json(found, request.recipe))
        return
    head = ("parameter", "value", "log-loss", "95 % interval", "")
    title = f"Against the best before, on {len(found.origins)} origins"
    print_table(title, head, [_row(one) for one in found.tries], right=("log-loss",))
    settings = list(settings_of(found.recipe, request.recipe))
    out.print("\n".join(settings) if settings else "The recipe stays as it is.", soft_wrap=True)


def settings_of(found: Recipe, before: Recipe) -> Iterator[str]:
    """The environment variables that turn one recipe into the other."""
    old = before.as_json()
    for name, value in found.as_json().items():
        if value != old[name]:
            yield f"RETURNCAST_RECIPE__{name.upper()}={value}"


def _as_json(found: Found, before: Recipe) -> dict[str, Json]:
    return {
        "recipe": found.recipe.as_json(),
        "settings": list(settings_of(found.recipe, before)),
        "origins": [{"test_from": o.first.isoformat(), "test_to": o.last.isoformat()} for o in found.origins],
        "tries": [
            {
                "parameter": one.parameter,
                "value": one.recipe.as_json()[one.parameter],
                "difference": asdict(one.difference),
                "taken": one.taken,
            }
            for one in found.tries
        ],
    }


def _row(one: Try) -> tuple[str, ...]:
    found = one.difference
    interval = f"{found.low:+.5f} to {found.high:+.5f}"
    value = str(one.recipe.as_json()[one.parameter])
    return one.parameter, value, f"{found.value:+.5f}", interval, "taken" if one.taken else ""
