"""The history of a shop's monitoring as one SVG of small plots, a plot a measure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import altair as alt
import vl_convert

from adapters.report import theme
from adapters.report.charts import by_day
from domain.monitoring.measures import RECENT_DAYS

WATCHED = (
    f"input.lines_last_{RECENT_DAYS}_days",
    "input.set_aside_share",
    "psi.score",
    "estimated.rate",
    "estimated.log_loss",
    "estimated.auc",
    "lag.median_days",
    "decision.refit_skill",
)


class Day(Protocol):
    """The measures of one run by name, each with `value` and `threshold`."""

    @property
    def as_of(self) -> date: ...  # noqa: D102

    @property
    def measures(self) -> Mapping[str, Mapping[str, object]]: ...  # noqa: D102


def history_page(history: Sequence[Day], measures: Sequence[str] = WATCHED) -> str:
    """An SVG with a plot for each measure that a run of the history has, its threshold dashed.

    Args:
        history: the runs, oldest first.
        measures: which to draw, in order.
    """
    plots = [_plot(rows, name) for name in measures if (rows := _rows(history, name))]
    spec = alt.vconcat(*plots).to_dict()
    spec["config"] = {**theme.CONFIG, "background": "white"}
    return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))


def _rows(history: Sequence[Day], name: str) -> list[dict[str, object]]:
    return [
        {"day": day.as_of.isoformat(), "value": row["value"], "threshold": row["threshold"]}
        for day in history
        if (row := day.measures.get(name)) is not None and row["value"] is not None
    ]


def _plot(rows: list[dict[str, object]], name: str) -> alt.LayerChart | alt.FacetChart:
    base = alt.Chart(alt.InlineData(values=rows), title=name).encode(
        x=by_day(alt.Axis(format="%-d %b %Y", grid=False, tickCount=5))
    )
    line = base.mark_line(color=theme.ACCENT, point={"color": theme.ACCENT}).encode(y=alt.Y("value:Q", title=None))
    layers = [line]
    if any(row["threshold"] is not None for row in rows):
        layers.append(base.mark_line(color=theme.WARM, strokeDash=[4, 4]).encode(y="threshold:Q"))
    return alt.layer(*layers).properties(width=560, height=110)
