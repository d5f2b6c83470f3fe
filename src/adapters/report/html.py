"""The report as one HTML page: text escaped by Jinja2, plots as inline SVG, style inside, no script."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from adapters.report import charts, glossary, words
from adapters.report.headlines import headlines
from adapters.report.theme import colour_rules
from ports.report_content import Evaluation, Provenance, ReportContent
from ports.report_renderer import ReportRenderer

TEMPLATES = Path(__file__).with_name("templates")
PSI_SHOWN = 12
FEATURES_SHOWN = 12


class HtmlReportRenderer(ReportRenderer):
    """Renders the templates beside this file; equal content and provenance give equal bytes."""

    def render(self, content: ReportContent, provenance: Provenance) -> bytes:
        """The page."""
        environment = _environment(content.money.currency)
        page = environment.get_template("page.html.j2").render(
            content=content,
            provenance=provenance,
            headlines=headlines(content),
            charts={name: Markup(svg) for name, svg in _charts(content).items()},  # noqa: S704 - drawn by us, texts escaped
            colours=Markup(colour_rules()),  # noqa: S704
            glossary=glossary,
            drift=_drift(content),
        )
        return page.encode()

    def figures(self, evaluation: Evaluation) -> Mapping[str, bytes]:
        """The plots of an evaluation as SVG files."""
        return {f"{name}.svg": svg.encode() for name, svg in _evaluation_charts(evaluation).items()}


def _environment(currency: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: Mapping[str, Callable[..., str]] = {
        "whole": words.whole,
        "decimals": words.decimals,
        "percent": words.percent,
        "units": words.units,
        "money": partial(words.money, currency=currency),
        "day": words.day,
        "short_day": words.short_day,
        "learner": words.learner_name,
        "phrase": words.phrase,
        "short_id": words.short_id,
    }
    environment.filters.update(filters)
    environment.tests["known_currency"] = lambda code: code not in words.UNKNOWN_CURRENCIES
    return environment


def _charts(content: ReportContent) -> dict[str, str]:
    drawn = _evaluation_charts(content.evaluation) if content.evaluation is not None else {}
    if sum(content.scores.histogram):
        drawn["histogram"] = charts.histogram_chart(content.scores.histogram)
    if content.stock is not None and content.stock.days:
        drawn["stock"] = charts.stock_chart(content.stock.days)
        drawn["stock_narrow"] = charts.stock_chart(content.stock.days, charts.NARROW)
    return drawn


def _evaluation_charts(evaluation: Evaluation) -> dict[str, str]:
    shown = tuple(dict.fromkeys((evaluation.learner, evaluation.baseline)))
    drawn = {}
    if evaluation.reliability:
        drawn["reliability"] = charts.reliability_chart(evaluation.reliability, shown)
    if evaluation.roc:
        drawn["roc"] = charts.roc_chart(evaluation.roc, shown)
    if evaluation.pr:
        drawn["precision_recall"] = charts.precision_recall_chart(evaluation.pr, shown, evaluation.base_rate)
    if evaluation.importance:
        drawn["importance"] = charts.importance_chart(evaluation.importance[:FEATURES_SHOWN])
    return drawn


def _drift(content: ReportContent) -> Mapping[str, object]:
    features = [m for m in content.monitoring if m.family == "psi" and m.subject != "score"]
    psi = sorted(features, key=lambda m: (-(m.value or 0), m.subject))
    return {
        "psi": psi[:PSI_SHOWN],
        "psi_hidden": max(len(psi) - PSI_SHOWN, 0),
        "alerts": [m for m in content.monitoring if m.alert],
        "moved": [m for m in content.monitoring if m.crossed and not m.alert],
        "others": [m for m in content.monitoring if m not in features and m.threshold is not None],
    }
