"""The report's part about today's plan: what is done, under which capacities, and what that is believed to save."""

import heapq

from domain import cells
from domain.actions.outputs import ACTS, HELD_OUT
from domain.costs import NO_ACTION
from domain.days import date_of
from domain.snapshot import Json, Manifest
from ports.report_content import ActionPlan, Estimate, PlannedAction, PlannedLine
from ports.table_store import Row, TableStore

LINES_SHOWN = 15


def actions_part(planned: Manifest, tables: TableStore) -> ActionPlan:
    """The plan in figures, and the lines acted on or held out that are expected to save most."""
    facts = planned.facts
    rows = (row for row in tables.read(planned.table("actions")) if row["planned"] != NO_ACTION)
    top = heapq.nsmallest(LINES_SHOWN, rows, key=lambda row: (-_saving(row), cells.text(row, "line_id")))
    return ActionPlan(
        lines=facts["lines"],
        acted=facts["outcomes"].get(ACTS, 0),
        held_out=facts["outcomes"].get(HELD_OUT, 0),
        hold_out_share=facts["hold_out_share"],
        saving=_estimate(facts["saving"]),
        saving_per_1000=_estimate(facts["saving_per_1000"]),
        actions=tuple(_action(entry) for entry in facts["actions"]),
        left_out=tuple(sorted(facts["left_out"].items())),
        top=tuple(_line(row) for row in top),
    )


def _action(entry: Json) -> PlannedAction:
    return PlannedAction(
        name=entry["name"],
        says=entry["says"],
        eligible=entry["eligible"],
        planned=entry["planned"],
        held_out=entry["held_out"],
        daily_capacity=entry["daily_capacity"],
        one_more=entry["one_more"],
        saving=_estimate(entry["saving"]),
        effect=Estimate(entry["effect"]["mean"], entry["effect"]["low"], entry["effect"]["high"]),
        source=entry["source"],
    )


def _line(row: Row) -> PlannedLine:
    return PlannedLine(
        line_id=cells.text(row, "line_id"),
        order_id=cells.text(row, "order_id"),
        item_id=cells.text(row, "item_id"),
        ordered_on=date_of(cells.day(row, "ordered_at")).isoformat(),
        net_value=cells.number(row, "net_value"),
        p_open=cells.number(row, "p_open"),
        planned=cells.text(row, "planned"),
        held_out=row["outcome"] == HELD_OUT,
        expected_saving=_saving(row),
        reasons=cells.optional_text(row, "reasons") or "",
    )


def _saving(row: Row) -> float:
    return cells.number(row, "expected_saving")


def _estimate(figure: Json) -> Estimate:
    return Estimate(figure["value"], figure["low"], figure["high"])
