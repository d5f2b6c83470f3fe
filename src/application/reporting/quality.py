"""The report's parts about the data that came in, the test of the model and the decision."""

import heapq
from collections import defaultdict
from collections.abc import Mapping

from domain import cells
from domain.model.fits import NO_TEST_LINE
from domain.model.leak_advice import leak_advice
from domain.model.recipe import BASELINE
from domain.snapshot import Json, Manifest
from domain.source.mapping_parts import Attribute
from ports.report_content import (
    CurvePoint,
    DataQuality,
    Decision,
    Estimate,
    Evaluation,
    Importance,
    LearnerQuality,
    QuarantineReason,
    ReliabilityPoint,
    SliceQuality,
)
from ports.table_store import TableStore

SAMPLES = 2  # sentences about set-aside rows, a reason


def data_part(ingested: Manifest, matched: Manifest, tables: TableStore, leaks: tuple[str, ...] = ()) -> DataQuality:
    """What became of the source's rows and returned units, and what `leaks_part` says of its columns."""
    rows, units = ingested.facts, matched.facts
    return DataQuality(
        rows_in=rows["rows_in"],
        rows_kept=rows["rows_kept"],
        rows_set_aside=rows["rows_set_aside"],
        rows_duplicate=rows["rows_duplicate"],
        first_day=rows["first_day"],
        last_day=rows["last_day"],
        order_lines=rows["lines"],
        return_events=rows["events"],
        return_units=units["return_units"],
        matched_units=units["matched_units"],
        orphan_units=units["orphan_units"],
        cancelled_units=units["cancelled_units"],
        orphan_units_by_month=tuple(sorted(units["orphan_units_by_month"].items())),
        reasons=_reasons(ingested, tables),
        absent_columns=tuple(sorted(rows["absent"])),
        leaks=leaks,
        cleared=tuple(sorted(rows["cleared_by_reason"].items())),
    )


def leaks_part(attributes: Mapping[str, Attribute], evaluated: Manifest) -> tuple[str, ...]:
    """In sentences which columns probably hold what is known only after the outcome; none without a test.

    Args:
        attributes: of the source's mapping, by name.
        evaluated: checkpoint of step evaluate.
    """
    facts = evaluated.facts
    revealing = {entry["feature"]: entry["auc"] for entry in facts["revealing"]}
    auc = facts["learners"].get(facts.get("learner"), {}).get("auc")
    return leak_advice(attributes, revealing, None if auc is None else auc["value"])


def evaluation_part(evaluated: Manifest) -> tuple[Evaluation | None, str | None]:
    """How the evaluation fit did, or None and why it was not tested."""
    facts = evaluated.facts
    if not facts["learners"]:
        return None, facts.get("reason") or NO_TEST_LINE
    chosen = facts["learner"]
    learners = sorted(facts["learners"].items(), key=lambda entry: (entry[0] != chosen, entry[0] == BASELINE))
    evaluation = Evaluation(
        learner=chosen,
        baseline=BASELINE,
        test_from=facts["test_from"],
        test_to=facts["test_to"],
        lines=facts["rows"],
        positives=facts["positives"],
        base_rate=facts["positives"] / facts["rows"],
        learners=tuple(LearnerQuality(name, _metrics(measured)) for name, measured in learners),
        reliability=tuple(ReliabilityPoint(**point) for point in facts["reliability"]),
        roc=tuple(CurvePoint(**point) for point in facts["roc"]),
        pr=tuple(CurvePoint(**point) for point in facts["pr"]),
        slices=tuple(_slice(entry) for entry in facts["slices"]),
        importance=tuple(Importance(entry["feature"], entry["value"]) for entry in facts["importance"]),
        cost_without_action=facts.get("cost_per_1000_without_action"),
    )
    return evaluation, None


def decision_part(promoted: Manifest) -> Decision:
    """Which model scores and why."""
    made = promoted.facts["decision"]
    return Decision(
        outcome=made["outcome"],
        before=None if made["before"] is None else made["before"]["model"],
        after=made["after"]["model"],
        learner=made["after"]["learner"],
        fitted_on=made["after"]["fit_at"],
        reasons=tuple(made["reasons"]),
    )


def _reasons(ingested: Manifest, tables: TableStore) -> tuple[QuarantineReason, ...]:
    by_reason = ingested.facts["set_aside_by_reason"]
    samples: defaultdict[str, set[str]] = defaultdict(set)
    if by_reason:
        for row in tables.read(ingested.table("quarantine"), ("reason", "detail")):
            kept = samples[cells.text(row, "reason")]
            kept.add(cells.text(row, "detail"))
            if len(kept) > SAMPLES:
                kept.remove(max(kept))
    ranked = sorted(by_reason.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(QuarantineReason(name, rows, tuple(heapq.nsmallest(SAMPLES, samples[name]))) for name, rows in ranked)


def _metrics(measured: Json) -> dict[str, Estimate]:
    return {name: Estimate(figure["value"], figure["low"], figure["high"]) for name, figure in measured.items()}


def _slice(entry: Json) -> SliceQuality:
    return SliceQuality(
        dimension=entry["dimension"],
        value=entry["value"],
        lines=entry["lines"],
        positive_share=entry["positive_share"],
        mean_p=entry["mean_p"],
        log_loss=entry["log_loss"],
        baseline_log_loss=entry["baseline_log_loss"],
        auc=entry["auc"],
    )
