"""The command `returncast`: every use case for a person at a terminal or a program that calls one."""

import typer

from adapters.entrypoints import (
    backtest,
    candidate_scores,
    diagnosis,
    inspection,
    jars,
    mapping_draft,
    monitoring,
    pipeline_run,
    pruning,
    recipe_search,
    registry,
    stock_backtest,
)
from adapters.entrypoints.ending import end_plainly

EPILOG = (
    "Exit codes: 0 done; 1 failed; 2 wrong arguments, settings or mapping; 3 unreadable source; 4 too little history; "
    "5 damaged snapshot; 6 model; 7 a service beside the pipeline; 8 alerts (monitor --fail-on-alert); "
    "9 a disk that is full or closed to this user; 10-40 Luigi's (see luigi_tasks/luigi.cfg)."
)

app = typer.Typer(
    name="returncast",
    help="Predicts, right after a purchase, the probability that each order line comes back.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("run")(pipeline_run.run)
app.command("init")(mapping_draft.init)
app.command("backtest")(backtest.backtest)
app.command("search")(recipe_search.search)
app.command("backtest-stock")(stock_backtest.backtest_stock)
app.command("score-candidates")(candidate_scores.score_candidates)
app.command("outputs")(inspection.outputs)
app.command("export")(inspection.export)
app.command("status")(inspection.status)
app.command("history")(inspection.history)
app.command("monitor")(monitoring.monitor)
app.command("prune")(pruning.prune)
app.command("doctor")(diagnosis.doctor)
app.command("jars")(jars.jars)
app.add_typer(registry.app, name="registry")


def main() -> None:
    """Run the command line."""
    end_plainly(app)


if __name__ == "__main__":
    main()
