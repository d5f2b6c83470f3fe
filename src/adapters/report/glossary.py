"""What the report's words, metrics and cost settings mean, for a reader who is not a data scientist."""

from typing import NamedTuple

from domain.monitoring.thresholds import DEFAULTS


class Metric(NamedTuple):
    """A metric's name in the facts, its heading, its decimals, and which way is better."""

    name: str
    title: str
    places: int
    better: str


METRICS = (
    Metric("log_loss", "Log-loss", 4, "lower"),
    Metric("brier", "Brier", 4, "lower"),
    Metric("brier_skill", "Brier skill", 3, "higher"),
    Metric("auc", "ROC-AUC", 3, "higher"),
    Metric("pr_auc", "PR-AUC", 3, "higher"),
    Metric("ece", "Calibration error", 4, "lower"),
)

COSTS = {
    "return_cost_fixed": ("A returned unit costs, whatever its price", "money"),
    "return_cost_share": ("and, of its price,", "share"),
    "margin_share": ("Margin of a kept unit, of its price", "share"),
    "effect": ("Returns that acting prevents", "share"),
    "friction": ("Kept sales that acting loses", "share"),
    "cost_of_action": ("Acting on a unit costs", "money"),
}

OUTCOMES = {
    "first": "The candidate of this run scores: no earlier model could, and it beat the baseline.",
    "baseline": "The baseline scores, with the rates of this run: the candidate did not beat it.",
    "unevaluated": "The candidate of this run scores without having been tested: no earlier model could.",
    "refit": "The refit of the champion's recipe takes over.",
    "promoted": "The new recipe of this run takes over.",
    "kept": "The champion stays.",
    "rolled back": "An earlier champion was put back.",
}

DIMENSIONS = {
    "category": "Category",
    "customer": "Customer",
    "price_band": "Price band",
    "month": "Month",
}

TERMS = (
    ("Line", "One item in an order, in any number of units."),
    (
        "Chance of return",
        "The probability, as seen right after the purchase, that the line comes back within the window.",
    ),
    ("Back already, still open", "A line with a known return; a line with units neither returned nor cancelled."),
    ("As of", "The start of that day, UTC. Nothing that became known later plays any part in this report."),
    ("Mature", "A line whose window is over, so that its outcome is final. Only such lines test the model."),
    ("Orphan", "A returned unit whose sale is not in the source, mostly sold before it begins."),
    ("Set aside", "A source row that breaks a rule of quality; it is kept apart with the reason and used for nothing."),
    (
        "Log-loss, Brier",
        "Errors of the chances themselves, 0 at best. Skill is the part of the error of a constant rate that is gone.",
    ),
    ("ROC-AUC", "How often a returned line gets a higher chance than a kept one; 0.5 is guessing, 1 is perfect."),
    (
        "PR-AUC",
        "Mean share of true returns among the lines with the highest chances; guessing gets the share of returns.",
    ),
    ("Calibration", "Of the lines given 20 %, about 20 % should come back. The error is the mean gap over ten groups."),
    ("95 % interval", "The range of the figure when customers are drawn again and again at random (bootstrap)."),
    ("P10 to P90", "Four times in five the true number should lie between these two."),
    (
        "PSI",
        f"Population stability index: how far a distribution moved; below 0.1 is calm, above {DEFAULTS.psi:g} a shift.",
    ),
    ("Penalty", "What a recommender subtracts from an item's rank: expected cost of returns over margin, 0 to 1."),
)
