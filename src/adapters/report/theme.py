"""The page's colours: each chart colour is a literal that the style sheet maps to a variable.

Inside the page the literals follow the reader's colour scheme; a figure opened on its own keeps the light one.
"""

from typing import Any

INK = "#1d2733"
MUTED = "#5f6b7a"
GRID = "#e3e7ec"
ACCENT = "#1f5fbf"
WARM = "#c2620c"
TEAL = "#0f857a"
VIOLET = "#7a4fc0"

VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    GRID: "--rule",
    ACCENT: "--accent",
    WARM: "--warm",
    TEAL: "--teal",
    VIOLET: "--violet",
}

LEARNER_COLOURS = {"mean": ACCENT, "hgb": TEAL, "logistic": VIOLET, "baseline": WARM}

CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": "sans-serif",
    "padding": 2,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "titlePadding": 10,
        "labelPadding": 6,
        "gridColor": GRID,
        "domainColor": GRID,
        "tickColor": GRID,
        "ticks": False,
        "domain": False,
    },
    "legend": {
        "orient": "top",
        "title": None,
        "labelColor": INK,
        "labelFontSize": 13,
        "symbolStrokeWidth": 3,
        "symbolSize": 160,
        "symbolOpacity": 1,
        "offset": 8,
        "columnPadding": 18,
    },
    "text": {"color": INK, "fontSize": 13},
}


def colour_rules() -> str:
    """CSS that makes the literals of a chart follow the page's variables."""
    rules = (
        f'.chart [fill="{literal}"]{{fill:var({name})}}.chart [stroke="{literal}"]{{stroke:var({name})}}'
        for literal, name in VARIABLES.items()
    )
    return "".join(rules)
