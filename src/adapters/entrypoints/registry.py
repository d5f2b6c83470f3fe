"""`returncast registry`: the shop's champions, why each was chosen, and how to change by hand who scores."""

from typing import Annotated

import typer

from adapters.bootstrap.runs import composition, workflow_for
from adapters.entrypoints.console import out, print_json, print_table
from adapters.entrypoints.options import AsJson, Lake, Source, parse_day, use_lake
from application.champions.champion import LISTED, SHOWN, StandingDecision, decisions, named, standing_decision
from application.run.pipeline import Pipeline
from domain.errors import ConfigurationError
from domain.snapshot import Json

app = typer.Typer(
    help="Champions and decisions. Decisions in the lake are the truth; MLflow's aliases mirror them.",
    no_args_is_help=True,
)

Digest = Annotated[str | None, typer.Argument(help="Content digest of a champion, or its beginning.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="YYYY-MM-DD", help="Leave decisions of later days aside; default: none of them."),
]


@app.command("list")
def list_(source: Source = "bundled", as_of: AsOf = None, lake: Lake = None, json: AsJson = False) -> None:
    """List the decisions, oldest first; the last one's champion scores.

    Example: returncast registry list --source shop.toml
    """
    made = _decisions(source, as_of, lake)
    if json:
        print_json([_as_json(standing) for standing in made])
        return
    rows = [
        (
            standing.decision.as_of,
            standing.decision.outcome,
            standing.decision.after.model[:SHOWN],
            standing.decision.after.learner,
            "untested" if standing.decision.after.skill is None else f"{standing.decision.after.skill:+.4f}",
            standing.decision.reasons[0] if standing.decision.reasons else "",
        )
        for standing in made
    ]
    print_table("Decisions", ("as of", "outcome", "champion", "learner", "skill", "reason"), rows, right=("skill",))


@app.command("show")
def show(
    digest: Digest = None, source: Source = "bundled", as_of: AsOf = None, lake: Lake = None, json: AsJson = False
) -> None:
    """Show one decision whole, with its reasons and figures: the standing one, or a named champion's latest.

    Example: returncast registry show 3f2a --json
    """
    every = _decisions(source, as_of, lake)
    made = every if digest is None else named(every, digest)
    if not made:
        what = "There is no decision yet." if digest is None else f"No champion's digest begins with '{digest}'."
        raise ConfigurationError(what, LISTED)
    if json:
        print_json(_as_json(made[-1]))
        return
    decision = made[-1].decision
    out.print(f"[bold]{decision.shop}[/], as of {decision.as_of}: {decision.outcome}")
    out.print(f"champion  {decision.after.model}  ({decision.after.learner}, fitted at {decision.after.fit_at})")
    out.print(f"before    {decision.before.model if decision.before else 'none'}")
    for reason in decision.reasons:
        out.print(f"because   {reason}", soft_wrap=True, markup=False)


@app.command("promote")
def promote(
    digest: Annotated[str, typer.Argument(help="Content digest of an earlier champion, or its beginning.")],
    source: Source = "bundled",
    as_of: AsOf = None,
    lake: Lake = None,
) -> None:
    """Make an earlier champion the one that scores, by a decision of its own; committed scores stay as they are.

    Example: returncast registry promote 3f2a --as-of 2019-05-01
    """
    _put_back(source, as_of, lake, digest)


@app.command("rollback")
def rollback(source: Source = "bundled", as_of: AsOf = None, lake: Lake = None) -> None:
    """Go back to the champion before the standing one; committed scores stay as they are.

    Example: returncast registry rollback
    """
    _put_back(source, as_of, lake, None)


def _put_back(source: str, as_of: str | None, lake: Lake, digest: str | None) -> None:
    pipeline = _pipeline(source, as_of, lake)
    request, mapping = pipeline.request, pipeline.source.mapping
    put_back = composition().roll_back_champion
    latest = composition().latest_day(pipeline.source)
    decided = standing_decision(put_back(mapping.name, request.label_policy(mapping), request.as_of, digest, latest))
    out.print(decided.decision.reasons[0], markup=False, soft_wrap=True)
    out.print(f"The next run of a day after {decided.decision.as_of} starts from it; what is committed stays.")
    unmirrored = composition().mirror_champion(decided, request.aliases)
    if unmirrored is not None:
        out.print(f"Warning: {unmirrored}", markup=False, soft_wrap=True)


def _decisions(source: str, as_of: str | None, lake: Lake) -> list[StandingDecision]:
    pipeline = _pipeline(source, as_of, lake)
    request, mapping = pipeline.request, pipeline.source.mapping
    # Not up to the default day of a run: runs that named a later one decided too.
    until = request.as_of or composition().latest_day(pipeline.source)
    return decisions(pipeline.store, mapping.name, request.label_policy(mapping), until)


def _pipeline(source: str, as_of: str | None, lake: Lake) -> Pipeline:
    """The run that tells shop and label; its source is not read."""
    use_lake(lake)
    return workflow_for(source, parse_day(as_of, "--as-of")).pipeline


def _as_json(standing: StandingDecision) -> dict[str, Json]:
    return {
        "step": standing.manifest.step,
        "committed_at": standing.manifest.committed_at,
        "decision": standing.decision.as_json(),
    }
