"""The run in a few sentences: what happened, how good the forecast is, how sure, and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.report.words import day, decimals, learner_name, money, percent, plural, units, whole
from ports.report_content import Evaluation, ReportContent


@dataclass(frozen=True)
class Headline:
    """One answer: the question, its figure, and the sentences around it."""

    question: str
    figure: str
    unit: str
    text: str


def headlines(content: ReportContent) -> tuple[Headline, ...]:
    """The answers in reading order; one without figures is left out."""
    return tuple(_answers(content))


def _answers(content: ReportContent) -> Iterator[Headline]:
    yield _what_happened(content)
    if content.stock is not None:
        yield _what_comes(content)
    yield _what_to_do(content)
    yield _how_good(content)


def _what_happened(content: ReportContent) -> Headline:
    scores = content.scores
    share = scores.returned_lines / scores.lines if scores.lines else None
    text = (
        f"Of {plural(scores.lines, 'line')} ordered in the {content.window_days} days before {day(content.as_of)}, "
        f"{whole(scores.returned_lines)} are back already; {whole(scores.open_lines)} may still come."
    )
    return Headline("What happened", percent(share), "already back", text)


def _what_comes(content: ReportContent) -> Headline:
    stock = content.stock
    if stock is None or not stock.days:
        return Headline("What is coming", whole(0), "units", "No unit is expected back.")
    total = stock.arrivals
    bounds = (
        f" (four times in five between {whole(total.low)} and {whole(total.high)})" if total.low is not None else ""
    )
    text = (
        f"Expected back from {day(stock.days[0].day)} to {day(stock.days[-1].day)}{bounds}: "
        f"{units(stock.open_units)} of them from orders already placed, the rest from orders still to come."
    )
    return Headline("What is coming", whole(total.value), "units", text)


def _what_to_do(content: ReportContent) -> Headline:
    scores = content.scores
    cost = money(scores.expected_return_cost, content.money.currency)
    text = (
        f"For {plural(scores.lines_to_act_on, 'line')} advice is expected to save more than it costs. "
        f"All scored lines together stand for {cost} of expected return costs."
    )
    return Headline("What to do", whole(scores.lines_to_act_on), "lines", text)


def _how_good(content: ReportContent) -> Headline:
    evaluation = content.evaluation
    if evaluation is None:
        reason = content.left_out.get("evaluation", "There was no room for a test.")
        return Headline(
            "How good it is", "untested", "", f"The chances have not been checked against outcomes. {reason}"
        )
    auc = evaluation.metric(evaluation.learner, "auc")
    if auc is None:
        return Headline("How good it is", whole(evaluation.lines), "test lines", _gain(evaluation))
    bounds = f" (95 % interval {decimals(auc.low)} to {decimals(auc.high)})" if auc.low is not None else ""
    text = (
        f"Of a returned and a kept line, the returned one gets the higher chance in {percent(auc.value)} of pairs"
        f"{bounds}. {_gain(evaluation)}"
    )
    return Headline("How good it is", decimals(auc.value), "AUC", text)


def _gain(evaluation: Evaluation) -> str:
    ours = evaluation.metric(evaluation.learner, "log_loss")
    theirs = evaluation.metric(evaluation.baseline, "log_loss")
    tested = f"Tested on {plural(evaluation.lines, 'line')} that it had not seen"
    if ours is None or theirs is None or theirs.value <= 0 or evaluation.learner == evaluation.baseline:
        return f"{tested}."
    gain = 1 - ours.value / theirs.value
    better = "better" if gain >= 0 else "worse"
    return f"{tested}; log-loss {percent(abs(gain), 1)} {better} than {learner_name(evaluation.baseline).lower()}."
