"""What the report says, as plain values: everything a page needs and nothing about how it looks.

Days are ISO dates, money is in the source's currency, shares and chances are 0 to 1. A part that the run
does not have is None or empty, and the page says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Estimate:
    """A figure with the bounds of its 95 % bootstrap interval, where there is one."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class QuarantineReason:
    """One reason for setting rows aside, with sentences about a few of the rows."""

    reason: str
    rows: int
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataQuality:
    """What became of the source's rows (kept, set aside, duplicate) and of its returned units.

    `cleared` counts by rule the kept rows without a moment that could not be true; `leaks` says in sentences which
    columns probably hold what is known only after the outcome.
    """

    rows_in: int
    rows_kept: int
    rows_set_aside: int
    rows_duplicate: int
    first_day: str | None
    last_day: str | None
    order_lines: int
    return_events: int
    return_units: int
    matched_units: int
    orphan_units: int
    cancelled_units: int
    orphan_units_by_month: tuple[tuple[str, int], ...] = ()
    reasons: tuple[QuarantineReason, ...] = ()
    absent_columns: tuple[str, ...] = ()
    leaks: tuple[str, ...] = ()
    cleared: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class LearnerQuality:
    """The metrics of one learner on the test, by name (`log_loss`, `brier`, `auc`, ...)."""

    learner: str
    metrics: Mapping[str, Estimate]


@dataclass(frozen=True)
class ReliabilityPoint:
    """One bin of a learner's test lines: mean chance, share that came back with its 95 % interval, lines."""

    learner: str
    predicted: float
    observed: float
    low: float
    high: float
    lines: int


@dataclass(frozen=True)
class CurvePoint:
    """One point of a learner's ROC (false and true positive rate) or PR curve (recall, precision)."""

    learner: str
    x: float
    y: float


@dataclass(frozen=True)
class SliceQuality:
    """The model against the baseline on a part of the test; a figure that is not defined is None."""

    dimension: str
    value: str
    lines: int
    positive_share: float
    mean_p: float
    log_loss: float | None
    baseline_log_loss: float | None
    auc: float | None


@dataclass(frozen=True)
class Importance:
    """How much the log-loss grows when a feature is shuffled."""

    feature: str
    value: float


@dataclass(frozen=True)
class Evaluation:
    """How the evaluation fit did on days it had not seen.

    `learner` is the one judged, `cost_without_action` is of 1,000 lines when nothing is done.
    """

    learner: str
    baseline: str
    test_from: str
    test_to: str
    lines: int
    positives: int
    base_rate: float
    learners: tuple[LearnerQuality, ...]
    reliability: tuple[ReliabilityPoint, ...] = ()
    roc: tuple[CurvePoint, ...] = ()
    pr: tuple[CurvePoint, ...] = ()
    slices: tuple[SliceQuality, ...] = ()
    importance: tuple[Importance, ...] = ()
    cost_without_action: float | None = None

    def metric(self, learner: str, name: str) -> Estimate | None:
        """A learner's metric, or None when it was not measured."""
        for quality in self.learners:
            if quality.learner == learner:
                return quality.metrics.get(name)
        return None


@dataclass(frozen=True)
class Decision:
    """Which model scores from now on and why.

    Args:
        outcome: first, baseline, unevaluated, refit, promoted, kept or rolled back.
        before: digest of the model that scored before, None where there was none.
        after: digest of the model that scores.
        learner: whose chances of it are used.
        fitted_on: the day of its fit.
        reasons: why, as sentences.
    """

    outcome: str
    before: str | None
    after: str
    learner: str
    fitted_on: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class LineToActOn:
    """An order line for which acting pays under the cost policy."""

    line_id: str
    order_id: str
    item_id: str
    category: str | None
    ordered_on: str
    net_value: float
    p: float
    expected_return_cost: float
    reasons: str


@dataclass(frozen=True)
class Scores:
    """The scored lines in figures, a histogram of `p` by tenths, and the first lines to act on."""

    lines: int
    open_lines: int
    returned_lines: int
    lines_to_act_on: int
    mean_p: float
    expected_return_cost: float
    from_day: str | None
    to_day: str | None
    histogram: tuple[int, ...] = ()
    top: tuple[LineToActOn, ...] = ()


@dataclass(frozen=True)
class PlannedAction:
    """One action of today's plan: whom it may reach and reaches, what it saves, and what is believed of it.

    `daily_capacity` is None without a bound, `one_more` what one more place a day would save.
    """

    name: str
    says: str
    eligible: int
    planned: int
    held_out: int
    daily_capacity: int | None
    one_more: float | None
    saving: Estimate
    effect: Estimate
    source: str


@dataclass(frozen=True)
class PlannedLine:
    """A line that the plan has an action for, held out of it or not."""

    line_id: str
    order_id: str
    item_id: str
    ordered_on: str
    net_value: float
    p_open: float
    planned: str
    held_out: bool
    expected_saving: float
    reasons: str


@dataclass(frozen=True)
class ActionPlan:
    """Today's plan: eligible lines, those acted on and held out, and the expected saving with its bounds."""

    lines: int
    acted: int
    held_out: int
    hold_out_share: float
    saving: Estimate
    saving_per_1000: Estimate
    actions: tuple[PlannedAction, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    top: tuple[PlannedLine, ...] = ()


@dataclass(frozen=True)
class OpenOrder:
    """An order from which something may still come back."""

    order_id: str
    ordered_on: str
    open_lines: int
    p_any_open: float
    expected_units: float
    expected_refund_value: float
    expected_return_cost: float


@dataclass(frozen=True)
class Orders:
    """The orders in figures and the costliest open ones."""

    orders: int
    open_orders: int
    expected_parcels: float
    expected_units: float
    expected_refund_value: float
    expected_return_cost: float
    top: tuple[OpenOrder, ...] = ()


@dataclass(frozen=True)
class StockDay:
    """Returned units expected on a day: of orders already placed, of those to come, and all with bounds."""

    day: str
    open_units: float
    future_units: float
    arrivals: float
    arrivals_p10: float
    arrivals_p90: float
    sellable_units: float | None = None


@dataclass(frozen=True)
class StockGroup:
    """Returned units expected of one category or item over the whole horizon."""

    name: str
    open_units: float
    arrivals: float | None = None
    sellable_units: float | None = None


@dataclass(frozen=True)
class StockWeek:
    """Returned units expected in seven days, with P10 and P90 as bounds."""

    first_day: str
    last_day: str
    arrivals: Estimate


@dataclass(frozen=True)
class StockRecord:
    """How the forecast did on earlier origins whose horizon is over.

    Args:
        origins: how many there were.
        weekly_error: summed absolute error of weeks over what came (WAPE), shop.
        weekly_bias: the same with signs; above 0 is too much.
        simple_error: WAPE of the mean of the last four weeks.
        coverage: share of days whose arrivals lay between P10 and P90, 0.8 if all is well.
    """

    origins: int
    weekly_error: float | None
    weekly_bias: float | None
    simple_error: float | None
    coverage: float | None


@dataclass(frozen=True)
class Stock:
    """The forecast of returned units: in all (P10 and P90 as bounds), by day and week, and of the largest groups.

    `categories_in_all` also counts those that are not among the largest.
    """

    arrivals: Estimate
    open_units: float
    days: tuple[StockDay, ...]
    weeks: tuple[StockWeek, ...] = ()
    categories: tuple[StockGroup, ...] = ()
    categories_in_all: int = 0
    items: tuple[StockGroup, ...] = ()
    record: StockRecord | None = None


@dataclass(frozen=True)
class ItemRisk:
    """An item as a recommender sees it."""

    item_id: str
    item_group: str | None
    category: str | None
    units: int
    return_probability: float
    support: float
    mean_net_price: float
    expected_cost_of_sale: float
    margin_net_of_returns: float
    penalty: float


@dataclass(frozen=True)
class Items:
    """How many items the table has, and those whose returns cost most in all."""

    items: int
    top: tuple[ItemRisk, ...] = ()


@dataclass(frozen=True)
class Measure:
    """One figure of monitoring with what it is held against."""

    family: str
    subject: str
    value: float | None
    reference: float | None
    threshold: float | None
    crossed: bool
    detail: str
    alert: bool


@dataclass(frozen=True)
class CostAssumptions:
    """What a return is taken to cost and what acting on it is taken to do, each in a sentence's parts."""

    values: tuple[tuple[str, float], ...]
    are_defaults: bool


@dataclass(frozen=True)
class MoneyBasis:
    """The currency of every amount, and whether the source's prices include tax and at what rate."""

    currency: str
    prices_include_tax: bool
    tax_rate: float = 0.0


@dataclass(frozen=True)
class Provenance:
    """Where the figures come from; no part of the report's content.

    Args:
        model: content digest of the model that scores.
        feature_set: digest of its features.
        source: fingerprint of the source.
        commit: the code's revision, empty when unknown.
        branch: the code's branch, empty when unknown.
        made_at: when the page was made.
        version: of the program.
    """

    model: str = ""
    feature_set: str = ""
    source: str = ""
    commit: str = ""
    branch: str = ""
    made_at: str = ""
    version: str = ""


@dataclass(frozen=True)
class ReportContent:
    """Everything the report says of one run of one shop.

    `left_out` names each part that the run does not have, with the reason.
    """

    shop: str
    as_of: str
    window_days: int
    money: MoneyBasis
    costs: CostAssumptions
    data: DataQuality
    decision: Decision
    scores: Scores
    evaluation: Evaluation | None = None
    actions: ActionPlan | None = None
    orders: Orders | None = None
    stock: Stock | None = None
    items: Items | None = None
    monitoring: tuple[Measure, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
