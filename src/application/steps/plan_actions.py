"""Plan what to do today about the lines that may still come back, under the capacities, and say why."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from application.steps.source_features import features_of_source
from domain import cells
from domain.actions.decided_lines import DecidedLine, Decisions
from domain.actions.declared import DERIVED, Action, ActionPolicy
from domain.actions.outputs import ACTIONS, REASONS
from domain.actions.plan import Offer, best_plan, worth_of_one_more
from domain.actions.reasons import parts_of, reason
from domain.actions.value import OpenLine, derived_columns, stakes
from domain.content import Cell
from domain.costs import CostPolicy
from domain.days import day_number
from domain.model.explanations import Explanation
from domain.outputs import SCORES
from domain.sampling import BottomSample
from domain.snapshot import Attempt, DatasetRef, Json, Manifest, StepResult
from domain.unit_shares import UnitShares
from ports.batch_scorer import ScoringModel
from ports.line_explainer import LineExplainer
from ports.table_store import Row, TableStore

AVERAGED_LINES = 2_000
HAPPENS_LATER = frozenset({"dispatched_at", "delivered_at"})  # a line's row has them whatever the day of the run
_SCORE_COLUMNS = (
    *("line_id", "order_id", "customer_id", "item_id", "ordered_at", "open_quantity", "quantity", "net_value"),
    *("p_open", "model"),
)


@dataclass(frozen=True)
class PlanActions:
    """One decision a line for which an action is meant; memory is bounded by the scored window."""

    tables: TableStore
    explainer: LineExplainer

    def __call__(  # noqa: PLR0913, PLR0917 (three checkpoints, a model, two policies, a day and where it all goes)
        self,
        ingested: Manifest,
        featured: Manifest,
        scored: Manifest,
        model: ScoringModel,
        policy: ActionPolicy,
        costs: CostPolicy,
        as_of: date,
        attempt: Attempt,
    ) -> StepResult:
        """Write `actions`, one row a line that meets an action's conditions, and `reasons`, some rows a planned one.

        Args:
            ingested: checkpoint of step ingest.
            featured: checkpoint of step features.
            scored: checkpoint of step score, made as of the same day.
            model: the model that scored, with the shares of units known at its fit.
            policy: the actions and the experiment.
            costs: what a return costs and a kept unit earns.
            as_of: the day of the run, whose actions are planned.
            attempt: where the tables go.

        Facts: `lines`, `actions` (figures by name), `left_out` (by action, why), `saving_per_1000` (with `low` and
        `high`), `hold_out_share`, `held_out`, `explained`.
        """
        values = _Values(self.tables, ingested.table("order_lines"), featured.table("features"), day_number(as_of))
        absent = (*ingested.facts["absent"], *featured.facts["left_out"], *values.lacking(policy))
        actions, left_out = policy.possible(absent)
        sampled: BottomSample[str] = BottomSample(AVERAGED_LINES)
        read = _Reading(model.unit_shares, day_number(as_of))
        eligible = list(self._eligible(scored.table("scores"), values, actions, costs, read, sampled))
        decisions = _decide(eligible, actions, policy, costs)
        explained = self._explain(decisions, policy, model, featured, sampled)
        described = {f.name: f for f in features_of_source(ingested).features}
        words = {line_id: reason(found, described) for line_id, found in explained.items()}
        rows = [line.row(words.get(line.line_id)) for line in decisions.lines]
        parts = (
            {"line_id": line_id, "rank": rank, **vars(part)}
            for line_id, found in sorted(explained.items())
            for rank, part in enumerate(parts_of(found, described))
        )
        written = self.tables.write(attempt, "actions", ACTIONS, rows)
        reasons = self.tables.write(attempt, "reasons", REASONS, parts)
        return StepResult(tables=(written, reasons), facts=_facts(decisions, policy, left_out, len(explained)))

    def _eligible(
        self,
        scores: DatasetRef,
        values: "_Values",
        actions: Sequence[Action],
        costs: CostPolicy,
        read: "_Reading",
        sampled: BottomSample[str],
    ) -> Iterator["Candidate"]:
        asked = frozenset(column for action in actions for column in action.columns) - set(DERIVED)
        of_scores = [name for name in SCORES.names if name in {*_SCORE_COLUMNS, *asked}]
        opened: dict[str, Row] = {}
        for row in self.tables.read(scores, of_scores):
            sampled.offer(cells.text(row, "line_id"), cells.text(row, "line_id"))
            if cells.integer(row, "open_quantity") > 0:
                opened[cells.text(row, "line_id")] = row
        further = values.of(opened, asked - set(of_scores)) if actions else {}
        for line_id, row in sorted(opened.items()):
            line = read.line(row)
            known = {**row, **further.get(line_id, {}), **derived_columns(line, costs)}
            meant = tuple(action for action in actions if action.applies(known))
            if meant:
                yield Candidate(row, line, meant)

    def _explain(
        self,
        decisions: Decisions,
        policy: ActionPolicy,
        model: ScoringModel,
        featured: Manifest,
        sampled: BottomSample[str],
    ) -> Mapping[str, Explanation]:
        chosen = [line.line_id for line in decisions.most_worth(policy.explained_lines)]
        if not chosen:
            return {}
        return self.explainer.explain(model, featured.table("features"), chosen, sampled.values()) or {}


@dataclass(frozen=True)
class Candidate:
    """An open line and the actions whose conditions it meets."""

    row: Row
    line: OpenLine
    eligible: tuple[Action, ...]


@dataclass(frozen=True)
class _Reading:
    """How a row of the scores becomes a line that is decided about."""

    unit_shares: UnitShares
    as_of_day: int

    def line(self, row: Row) -> OpenLine:
        """The line of a row with open units."""
        units = cells.integer(row, "open_quantity")
        return OpenLine(
            line_id=cells.text(row, "line_id"),
            p_open=cells.number(row, "p_open"),
            units=units,
            unit_value=cells.number(row, "net_value") / cells.integer(row, "quantity"),
            age_days=self.as_of_day - cells.day(row, "ordered_at"),
            unit_share=self.unit_shares.share(units),
        )


@dataclass(frozen=True)
class _Values:
    """Further columns of the open lines, from the tables that hold them, as known before the day."""

    tables: TableStore
    lines: DatasetRef
    features: DatasetRef
    as_of_day: int

    def lacking(self, policy: ActionPolicy) -> frozenset[str]:
        """The columns that no table has: attributes that the mapping does not declare, and slips in their names."""
        asked = frozenset(column for action in policy.actions for column in action.columns)
        return asked - {*DERIVED, *SCORES.names, *self.lines.schema.names, *self.features.schema.names}

    def of(self, line_ids: Mapping[str, Row], columns: frozenset[str]) -> Mapping[str, Mapping[str, Cell]]:
        found: defaultdict[str, dict[str, Cell]] = defaultdict(dict)
        for table in (self.lines, self.features):
            names = sorted(column for column in columns if column in table.schema)
            for row in self.tables.read(table, ("line_id", *names), line_ids.keys()) if names else ():
                found[cells.text(row, "line_id")].update({name: self._known(row, name) for name in names})
        return found

    def _known(self, row: Row, name: str) -> Cell:
        """The value, or None for what happens on the day or later."""
        ahead = name in HAPPENS_LATER and (day := cells.optional_day(row, name)) is not None and day >= self.as_of_day
        return None if ahead else row[name]


def _decide(
    candidates: Sequence[Candidate], actions: Sequence[Action], policy: ActionPolicy, costs: CostPolicy
) -> Decisions:
    at_stake = {
        (candidate.line.line_id, action.name): (action, stakes(action, candidate.line, costs))
        for candidate in candidates
        for action in candidate.eligible
    }
    offers = [
        Offer(line_id, name, value)
        for (line_id, name), (action, of_line) in at_stake.items()
        if (value := of_line.worth(action).value) > 0
    ]
    capacities = {action.name: action.daily_capacity for action in actions}
    plan = best_plan(offers, capacities)
    pays = Counter(offer.line_id for offer in offers)
    lines = tuple(
        DecidedLine.of(
            candidate.row,
            eligible=tuple(action.name for action in candidate.eligible),
            planned=(name := plan.action_of.get(candidate.line.line_id)),
            pays=pays[candidate.line.line_id] > 0,
            at_stake=None if name is None else at_stake[candidate.line.line_id, name],
            policy=policy,
        )
        for candidate in candidates
    )
    more = {
        name: worth_of_one_more(offers, capacities, name, plan)
        for name, bound in capacities.items()
        if bound is not None
    }
    return Decisions(lines, tuple(actions), more)


def _facts(decisions: Decisions, policy: ActionPolicy, left_out: Mapping[str, str], explained: int) -> dict[str, Json]:
    return {
        **decisions.facts(),
        "left_out": dict(left_out),
        "hold_out_share": policy.hold_out_share,
        "explained": explained,
    }
