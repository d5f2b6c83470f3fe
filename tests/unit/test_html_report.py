"""The page: it stands alone, escapes what comes from data, names every part, and says what is missing."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from adapters.report import theme
from adapters.report.html import HtmlReportRenderer
from application.reporting.compose_report import ComposeReport
from domain.model.recipe import Recipe
from ports.report_content import (
    CurvePoint,
    Evaluation,
    Importance,
    ReliabilityPoint,
    ReportContent,
    Scores,
    SliceQuality,
    StockGroup,
)
from tests.fakes.report_renderer import PlainReportRenderer
from tests.finished_run import HOSTILE, PROVENANCE, FinishedRun

SECTIONS = ("plan", "act", "stock", "items", "quality", "decision", "drift", "data", "assumptions", "glossary")
VOID = frozenset({"meta", "br", "link", "img", "hr", "input"})


class Page(HTMLParser):
    """A parsed page: tags with their attributes, visible text by section, and whether every tag is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.open_tags = html, list[str]()
        self.tags = list[tuple[str, dict[str, str | None]]]()
        self.text: dict[str, str] = {}
        self._section = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "section":
            self._section = dict(attrs).get("id") or ""
        if tag not in VOID:
            self.open_tags.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag
        if tag == "section":
            self._section = ""

    def handle_data(self, data: str) -> None:
        self.text[self._section] = f"{self.text.get(self._section, '')} {data.strip()}".rstrip()

    @property
    def addresses(self) -> Iterator[str]:
        for _, attributes in self.tags:
            yield from (
                attributes[name] or "" for name in ("href", "src", "xlink:href", "action") if name in attributes
            )


def plotted(evaluation: Evaluation) -> Evaluation:
    learners = ("mean", "baseline")
    ends = ((0.0, 0.0), (0.4, 0.6), (1.0, 1.0))
    curve = tuple(CurvePoint(learner, x, y) for learner in learners for x, y in ends)
    return replace(
        evaluation,
        reliability=tuple(ReliabilityPoint(n, p, p, p - 0.01, p + 0.01, 50) for n in learners for p in (0.1, 0.3)),
        roc=curve,
        pr=curve,
        slices=(SliceQuality("category", HOSTILE, 40, 0.2, 0.21, 0.4, 0.5, None),),
        importance=(Importance(HOSTILE, 0.02), Importance("noise", -0.001)),
    )


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> ReportContent:
    finished = FinishedRun(tmp_path_factory.mktemp("lake"))
    made = finished.run(Recipe(learning_rate=0.2), PlainReportRenderer())
    composer = ComposeReport(finished.tables, finished.store, PlainReportRenderer())
    gathered = composer.content(made, finished.report_subject)
    assert gathered.evaluation is not None
    return replace(gathered, evaluation=plotted(gathered.evaluation))


@pytest.fixture(scope="module")
def page(content: ReportContent) -> Page:
    return rendered(content)


def rendered(content: ReportContent) -> Page:
    return Page(HtmlReportRenderer().render(content, PROVENANCE).decode())


def test_the_page_is_well_formed_and_has_every_section(page: Page) -> None:
    assert page.html.startswith("<!doctype html>")
    assert page.open_tags == []
    assert [a["id"] for tag, a in page.tags if tag == "section"] == list(SECTIONS)
    assert {address for address in page.addresses if address.startswith("#")} == {f"#{name}" for name in SECTIONS}


def test_the_page_fetches_nothing_and_runs_nothing(page: Page) -> None:
    assert all(address.startswith("#") for address in page.addresses)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "embed", "img", "foreignobject"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert "@import" not in page.html
    assert "url(" not in page.html
    assert (
        re.findall(r"https?://[^\"\s]+", page.html)
        == ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"] * 7
    )


def test_texts_of_the_data_are_escaped_in_tables_and_plots(page: Page) -> None:
    assert HOSTILE not in page.html
    for section in ("act", "quality", "data"):
        assert HOSTILE in page.text[section]
    assert any("&lt;script&gt;" in svg for svg in re.findall(r"<svg.*?</svg>", page.html, re.DOTALL))


def test_every_plot_is_drawn_and_follows_the_colour_scheme(page: Page) -> None:
    assert sum(tag == "svg" for tag, _ in page.tags) == 7
    assert "prefers-color-scheme:dark" in page.html
    literals = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{3,8})"', page.html))
    assert literals <= set(theme.VARIABLES)
    for literal in literals:
        assert f'[fill="{literal}"]{{fill:var({theme.VARIABLES[literal]})}}' in page.html


def test_figures_are_told_in_words_with_their_uncertainty(page: Page, content: ReportContent) -> None:
    assert content.stock is not None
    assert f"{content.stock.arrivals.value:,.0f} units" in re.sub(r"\s+", " ", page.text[""] + page.text["stock"])
    assert "four times in five between" in page.text[""]
    assert "95 % interval" in page.text["quality"]
    assert "defaults, meant to be replaced" in page.text["assumptions"]
    assert "GBP" in page.text["assumptions"]
    assert "abc123" in page.html


def test_the_laws_of_rows_and_units_stand_in_the_data_section(page: Page) -> None:
    said = re.sub(r"\s+", " ", page.text["data"])
    for law in ("Kept 1,496", "Set aside 3", "Duplicates 1", "Rows in 1,500", "Returned units 100"):
        assert law in said


def test_equal_content_gives_equal_bytes(content: ReportContent) -> None:
    renderer = HtmlReportRenderer()
    assert renderer.render(content, PROVENANCE) == renderer.render(content, PROVENANCE)


def test_days_of_a_chart_are_the_same_in_every_time_zone() -> None:
    drawn = """
from adapters.report.charts import stock_chart
from ports.report_content import StockDay
print(stock_chart([StockDay(f"2019-05-0{n}", 1.0, 1.0, 2.0 * n, n, 3 * n) for n in range(1, 8)]))
"""
    west, east = (
        subprocess.run(
            [sys.executable, "-c", drawn], env={**os.environ, "TZ": zone}, stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        for zone in ("America/Los_Angeles", "Pacific/Auckland")
    )
    assert west == east
    assert "30 Apr" not in west


def test_a_run_without_a_test_says_that_the_model_is_unevaluated(content: ReportContent) -> None:
    page = rendered(replace(content, evaluation=None, left_out={"evaluation": "Not enough history: two days."}))
    assert "unevaluated. Not enough history: two days." in page.text["quality"]
    assert "untested" in page.text[""]


def test_a_run_without_dates_says_why_there_is_no_stock(content: ReportContent) -> None:
    page = rendered(replace(content, stock=None, left_out={"stock": "The source flags returns without their dates."}))
    assert "The source flags returns without their dates." in page.text["stock"]


def test_a_column_that_tells_the_outcome_is_told_where_the_data_stands(content: ReportContent) -> None:
    page = rendered(replace(content, data=replace(content.data, leaks=("The feature 'x' tells <all>.",))))
    assert "The feature 'x' tells <all>." in page.text["data"]


def test_moments_that_were_left_out_are_counted_beside_the_rows(content: ReportContent) -> None:
    page = rendered(replace(content, data=replace(content.data, cleared=(("delivered_before_ordered", 1_200),))))
    assert "left out and their rows kept: delivered before ordered 1,200." in page.text["data"]


@pytest.mark.parametrize(("in_all", "heading"), [(10, "By category"), (1_234, "By category: the largest 10 of 1,234")])
def test_it_says_how_many_categories_are_not_shown(content: ReportContent, in_all: int, heading: str) -> None:
    assert content.stock is not None
    groups = tuple(StockGroup(f"c{number}", 1.0, 1.0, None) for number in range(10))
    page = rendered(replace(content, stock=replace(content.stock, categories=groups, categories_in_all=in_all)))
    assert f"{heading} Category" in re.sub(r"\s+", " ", page.text["stock"])


def test_empty_parts_leave_a_page_that_reads(content: ReportContent) -> None:
    nothing = Scores(0, 0, 0, 0, 0.0, 0.0, None, None)
    assert content.stock is not None
    assert content.items is not None
    data = replace(
        content.data,
        reasons=(),
        orphan_units_by_month=(),
        absent_columns=(),
        first_day=None,
        rows_in=0,
        return_units=0,
    )
    page = rendered(
        replace(
            content,
            data=data,
            scores=nothing,
            evaluation=None,
            orders=None,
            stock=replace(content.stock, days=(), weeks=(), categories=(), items=()),
            items=replace(content.items, top=()),
            monitoring=(),
        )
    )
    assert page.open_tags == []
    assert "no open line for which acting pays" in page.text["act"]
    assert "No unit is expected back." in page.text["stock"]
    assert "No row was set aside." in page.text["data"]
    assert "None" not in " ".join(page.text.values())
    assert "nan" not in " ".join(page.text.values()).split()


def test_alerts_stand_at_the_head_and_features_that_moved_only_where_drift_is_told(content: ReportContent) -> None:
    page = rendered(content)
    assert "1 of the watched figures raises an alert: input set_aside_share" in page.text[""]
    assert "risk" not in page.text[""]
    assert "1 of 5 watched figures raises an alert." in page.text["drift"]
    assert "1 more moved beyond a bound" in page.text["drift"]
    calm = tuple(replace(measure, alert=False, crossed=False) for measure in content.monitoring)
    calmed = rendered(replace(content, monitoring=calm))
    assert "None of 5 watched figures raise an alert." in calmed.text["drift"]
    assert "moved beyond" not in calmed.text["drift"]


def test_the_figures_of_an_evaluation_stand_alone(content: ReportContent) -> None:
    assert content.evaluation is not None
    figures = HtmlReportRenderer().figures(content.evaluation)
    assert sorted(figures) == ["importance.svg", "precision_recall.svg", "reliability.svg", "roc.svg"]
    assert all(svg.startswith(b"<svg") for svg in figures.values())
    bare = replace(content.evaluation, reliability=(), roc=(), pr=(), importance=())
    assert HtmlReportRenderer().figures(bare) == {}


def test_style_and_templates_lie_beside_the_renderer() -> None:
    beside = Path(theme.__file__).with_name("templates")
    assert {"page.css", "page.html.j2"} <= {path.name for path in beside.iterdir()}
