"""The report's plots as inline SVG: declarative Vega-Lite, drawn without a browser."""

from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import vl_convert

from adapters.report import theme
from adapters.report.words import learner_name
from ports.report_content import CurvePoint, Importance, ReliabilityPoint, StockDay

Row = dict[str, Any]
# Width and height in pixels, axes and legend included, so that every plot is drawn at the same scale.
SQUARE = (500, 380)
WIDE = (1060, 350)
NARROW = (440, 320)


def reliability_chart(points: Sequence[ReliabilityPoint], learners: Sequence[str]) -> str:
    """Predicted chance against the share that came back, one line a learner; the diagonal is perfect."""
    rows: list[Row] = [
        {"x": p.predicted, "y": p.observed, "low": p.low, "high": p.high, "learner": learner_name(p.learner)}
        for p in points
        if p.learner in learners
    ]
    top = max((max(r["x"], r["high"]) for r in rows), default=1.0)
    end = min(1.0, top * 1.05)
    scale = alt.Scale(domain=[0, end], nice=False)
    base = alt.Chart(_data(rows)).encode(
        x=_share("x", "Predicted chance of return", scale), color=_by_learner(learners)
    )
    bounds = base.mark_rule(strokeWidth=1, opacity=0.6).encode(
        y=_share("low", "Share that came back", scale), y2="high:Q"
    )
    lines = base.mark_line(strokeWidth=2).encode(y=_share("y", "Share that came back", scale))
    marks = base.mark_point(filled=True, size=50, opacity=1).encode(y=_share("y", "Share that came back", scale))
    return _svg(_diagonal(scale, end) + bounds + lines + marks, SQUARE)


def roc_chart(points: Sequence[CurvePoint], learners: Sequence[str]) -> str:
    """False against true positive rate, one curve a learner; the diagonal is guessing."""
    scale = alt.Scale(domain=[0, 1])
    return _svg(
        _diagonal(scale) + _curves(points, learners, ("False positive rate", "True positive rate"), scale), SQUARE
    )


def precision_recall_chart(points: Sequence[CurvePoint], learners: Sequence[str], base_rate: float) -> str:
    """Recall against precision, one curve a learner; the dashed line is the share of returns, which guessing gets."""
    curves = _curves(points, learners, ("Recall", "Precision"), alt.Scale(domain=[0, 1]))
    level = alt.Chart(_data([{"y": base_rate}])).mark_rule(color=theme.MUTED, strokeDash=[4, 4]).encode(y="y:Q")
    return _svg(level + curves, SQUARE)


def importance_chart(features: Sequence[Importance]) -> str:
    """Bars of the features that the model would miss most."""
    rows: list[Row] = [{"feature": f.feature, "value": f.value} for f in features]
    bars = (
        alt.Chart(_data(rows))
        .mark_bar(color=theme.ACCENT)
        .encode(
            x=alt.X("value:Q", title="Increase of log-loss when shuffled", axis=alt.Axis(tickCount=4)),
            y=alt.Y(
                "feature:N", sort=None, title=None, axis=alt.Axis(grid=False, labelLimit=230, labelColor=theme.INK)
            ),
        )
    )
    return _svg(bars, (SQUARE[0], 60 + 26 * max(len(rows), 1)))


def histogram_chart(tenths: Sequence[int]) -> str:
    """How many scored lines have which chance of return."""
    step = 1 / max(len(tenths), 1)
    rows: list[Row] = [{"from": i * step, "to": (i + 1) * step, "lines": n} for i, n in enumerate(tenths)]
    bars = (
        alt.Chart(_data(rows))
        .mark_rect(fill=theme.ACCENT, stroke=None)
        .encode(
            x=alt.X("left:Q", title="Predicted chance of return", axis=alt.Axis(format="%", grid=False, tickCount=5)),
            x2="right:Q",
            y=alt.Y("lines:Q", title="Lines", axis=alt.Axis(tickCount=4)),
            y2=alt.datum(0),
        )
        .transform_calculate(left="datum.from + 0.003", right="datum.to - 0.003")
    )
    return _svg(bars, (SQUARE[0], SQUARE[1] - 70))


def by_day(axis: alt.Axis) -> alt.X:
    """Days from left to right, the same whatever the zone of this machine."""
    return alt.X("day:T", title=None, scale=alt.Scale(type="utc"), axis=axis)


def stock_chart(days: Sequence[StockDay], size: tuple[int, int] = WIDE) -> str:
    """Returned units by day: the band from P10 to P90, all arrivals, and the part of orders already placed."""
    rows: list[Row] = [
        {"day": d.day, "low": d.arrivals_p10, "high": d.arrivals_p90, "all": d.arrivals, "open": d.open_units}
        for d in days
    ]
    base = alt.Chart(_data(rows)).encode(
        x=by_day(alt.Axis(format="%-d %b", grid=False, tickCount="week", labelFlush=True))
    )
    band = base.mark_area(opacity=0.18, color=theme.ACCENT).encode(y=alt.Y("low:Q", title="Units a day"), y2="high:Q")
    every = base.mark_line(strokeWidth=2.5, color=theme.ACCENT).encode(y="all:Q")
    placed = base.mark_line(strokeWidth=2, strokeDash=[5, 3], color=theme.WARM).encode(y="open:Q")
    return _svg(band + every + placed, size)


def _curves(
    points: Sequence[CurvePoint], learners: Sequence[str], titles: tuple[str, str], scale: alt.Scale
) -> alt.Chart:
    rows: list[Row] = [
        {"x": p.x, "y": p.y, "order": i, "learner": learner_name(p.learner)}
        for i, p in enumerate(points)
        if p.learner in learners
    ]
    curves: alt.Chart = (
        alt.Chart(_data(rows))
        .mark_line(strokeWidth=2)
        .encode(
            x=_share("x", titles[0], scale),
            y=_share("y", titles[1], scale),
            order="order:Q",
            color=_by_learner(learners),
        )
    )
    return curves


def _diagonal(scale: alt.Scale, top: float = 1.0) -> alt.Chart:
    rows: list[Row] = [{"x": 0, "y": 0}, {"x": top, "y": top}]
    diagonal: alt.Chart = (
        alt.Chart(_data(rows))
        .mark_line(color=theme.MUTED, strokeDash=[4, 4], strokeWidth=1)
        .encode(x=alt.X("x:Q", scale=scale), y=alt.Y("y:Q", scale=scale))
    )
    return diagonal


def _share(field: str, title: str, scale: alt.Scale) -> Any:
    channel = alt.X if field == "x" else alt.Y
    return channel(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(format="%", tickCount=5))


def _by_learner(learners: Sequence[str]) -> alt.Color:
    names = [learner_name(learner) for learner in learners]
    colours = [theme.LEARNER_COLOURS.get(learner, theme.MUTED) for learner in learners]
    return alt.Color("learner:N", scale=alt.Scale(domain=names, range=colours))


def _data(rows: Iterable[Row]) -> alt.InlineData:
    return alt.InlineData(values=list(rows))


def _svg(chart: alt.TopLevelMixin, size: tuple[int, int]) -> str:
    spec = chart.properties(width=size[0], height=size[1]).to_dict()
    spec["config"] = theme.CONFIG
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))
