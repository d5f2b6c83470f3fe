"""Batch scoring for spark-submit: scores a day with the champion that stands in the lake, fitting nothing.

Spark's master, memory and packages are spark-submit's business; docs/cluster.md has the commands.
"""

import sys
from pathlib import Path

_SOURCES = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    # Run by its path: in a checkout the sources are two folders up, elsewhere the package is installed or was given
    # with --py-files; this folder itself holds modules of a package, which nobody should find as modules of their own.
    sys.path[:] = [place for place in sys.path if Path(place or ".").resolve() != Path(__file__).resolve().parent]
    if (_SOURCES / "domain" / "__init__.py").is_file():
        sys.path.insert(0, str(_SOURCES))

# ruff: noqa: E402 (the path comes first)
import time
from typing import Annotated

import typer

from adapters.bootstrap.runs import composition, source_called
from adapters.entrypoints.console import configure_logging, out, print_json, print_table
from adapters.entrypoints.ending import end_plainly
from adapters.entrypoints.options import AsJson, Lake, Source, parse_day, use_lake
from adapters.entrypoints.progress import LoggedProgress
from application.champions.score_with_champion import SCORE, ScoredDay, ScoreWithChampion
from application.run.pipeline import GRAPH
from domain.errors import ConfigurationError
from domain.snapshot import Json

EPILOG = (
    "Exit codes: 0 done; 1 failed; 2 wrong arguments, settings or mapping; 3 unreadable source; 5 damaged snapshot; "
    "6 no champion, or one that cannot score; 7 a service beside the pipeline; 9 a disk that is full or closed to this "
    "user. Settings: RETURNCAST_* and .env."
)

AsOf = Annotated[
    str, typer.Option("--as-of", metavar="YYYY-MM-DD", help="Day to score: the lines still in their window.")
]
Publish = Annotated[bool, typer.Option("--publish/--no-publish", help="Whether readers outside get the scores.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say which champion would score, and which steps run.")]

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False, rich_markup_mode="rich")


@app.command(epilog=EPILOG)
def score(
    as_of: AsOf,
    source: Source = "bundled",
    lake: Lake = None,
    publish: Publish = True,
    dry_run: DryRun = False,
    json: AsJson = False,
) -> None:
    """Score a day with the champion that stands in the lake as of that day; nothing is fitted.

    Reading, matching and features are run if they are not committed. A score that the pipeline has committed is
    found, and the pipeline finds the one made here.

    Examples:
      spark-submit score_job.py --as-of 2019-04-15

      spark-submit --master spark://host:7077 --py-files returncast-0.1.0.zip score_job.py --as-of 2019-04-15

      spark-submit score_job.py --source shop.toml --as-of 2024-03-01 --lake s3:// --no-publish --json
    """
    use_lake(lake)
    if json:  # spark-submit hands on standard error as standard output, and a program wants the one value there
        configure_logging("ERROR")
    day = parse_day(as_of, "--as-of")
    if day is None:
        raise ConfigurationError("No day was named.", "Name one with --as-of YYYY-MM-DD.")
    scoring = composition().score_with_champion(source_called(source), day)
    if dry_run:
        _print_plan(scoring, json)
        return
    began = time.monotonic()
    scored = scoring(LoggedProgress, publish=publish)
    summary = _summary(scored, round(time.monotonic() - began, 1))
    if json:
        print_json(summary)
    else:
        _print_summary(summary)


def _print_plan(scoring: ScoreWithChampion, as_json: bool) -> None:
    champion = scoring.decided.decision.after
    steps = [
        {"step": step, "state": "done" if done else "would run", "does": GRAPH[step].title}
        for step, done in scoring.plan().items()
    ]
    if as_json:
        print_json({"model": champion.model, "steps": steps})
        return
    out.print(f"champion  {champion.model}  ({champion.learner}, fitted at {champion.fit_at})", soft_wrap=True)
    print_table("What the job would do", ("step", "state", "what it does"), [tuple(step.values()) for step in steps])


def _summary(scored: ScoredDay, seconds: float) -> dict[str, Json]:
    table = scored.scored.table("scores")
    decision = scored.decided.decision
    return {
        "shop": decision.shop,
        "as_of": scored.scored.parameters["as_of"],
        "model": decision.after.model,
        "decided": {"as_of": decision.as_of.isoformat(), "outcome": decision.outcome},
        "key": scored.scored.key,
        "content": table.content,
        "rows": table.rows,
        "facts": dict(scored.scored.facts),
        "executed": list(scored.executed),
        "scored_in_seconds": scored.scored.notes["usage"]["seconds"] if SCORE in scored.executed else None,
        "published": None if scored.published is None else scored.published.uri,
        "seconds": seconds,
    }


def _print_summary(summary: dict[str, Json]) -> None:
    facts = summary["facts"]
    out.print(f"[bold]{summary['shop']}[/], as of {summary['as_of']}")
    out.print(f"champion  {summary['model']}, decided as of {summary['decided']['as_of']}", soft_wrap=True)
    out.print(f"scores    {summary['rows']:,} lines, {facts['advised_lines']:,} of them with advice")
    if summary["published"] is not None:
        out.print(f"output    {summary['published']}", soft_wrap=True)
    steps = ", ".join(summary["executed"])
    ran = f"run now: {steps}" if steps else "everything was committed; nothing was run"
    out.print(f"[green]done[/]      {ran} ({summary['seconds']} s)")


def main() -> None:
    """Run the job."""
    end_plainly(app)


if __name__ == "__main__":
    main()
