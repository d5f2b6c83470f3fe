import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
import typer

from adapters.entrypoints import monitoring
from adapters.report.history import history_page
from application.watch_runs import WatchRuns, series_of
from domain.errors import ConfigurationError, SnapshotError
from domain.monitoring.measures import Measure, drift, score_drift
from domain.monitoring.thresholds import Thresholds
from domain.outputs import MONITORING
from domain.snapshot import MadeFrom, Manifest, StepResult
from tests.fakes.snapshot_store import InMemorySnapshotStore
from tests.fakes.table_store import InMemoryTableStore

FIRST = date(2024, 3, 1)
ASKED = {"label": {"window_days": 60}}
NOW = "tonight's rows"


class Lake:
    """Runs of a shop, committed one after another."""

    def __init__(self) -> None:
        self.store = InMemorySnapshotStore()
        self.tables = InMemoryTableStore()
        self.commits = 0

    def run(
        self, day: int, psi: float, shop: str = "ours", key: str = "", window: int = 60, ingested: str = NOW
    ) -> Manifest:
        as_of = FIRST + timedelta(days=day)
        attempt = self.store.begin("monitor", f"{shop}-{as_of}-{key}")
        measures = (
            score_drift(psi, lines=900),
            Measure("input.lines", 100.0 + day, "Lines."),
            *(drift(f"moved_{n}", 0.3 + n / 10, "mature training lines") for n in range(5)),
        )
        rows = [measure.row(as_of) for measure in measures]
        table = self.tables.write(attempt, "monitoring", MONITORING, rows)
        self.commits += 1
        at = datetime(2024, 5, 1, 0, 0, self.commits, tzinfo=UTC)
        asked = {"as_of": as_of.isoformat(), "label": {"window_days": window}}
        result, made_from = StepResult((table,), facts={"shop": shop}), MadeFrom({"ingest": ingested}, asked, "")
        return self.store.commit(Manifest.of(attempt, result, (), made_from, at))

    @property
    def watch(self) -> WatchRuns:
        return WatchRuns(self.store, self.tables)


def test_the_series_holds_a_days_latest_run_of_the_shop_up_to_the_one_looked_at() -> None:
    lake = Lake()
    lake.run(0, 0.05)
    lake.run(1, 0.99)
    lake.run(1, 0.10, key="again")
    lake.run(1, 0.77, shop="another")
    lake.run(3, 0.88)
    history = lake.watch("ours", lake.run(2, 0.30), days=60)
    assert series_of(history, "psi.score") == [
        (FIRST, 0.05),
        (FIRST + timedelta(days=1), 0.10),
        (FIRST + timedelta(days=2), 0.30),
    ]
    assert [row["measure"] for row in history[-1].alerts] == ["psi.score"]
    assert history[0].alerts == []


def test_the_latest_run_of_the_shop_is_that_of_the_latest_day_asked_for_in_the_same_way() -> None:
    lake = Lake()
    latest, _ = lake.run(3, 0.88), lake.run(2, 0.30)
    lake.run(4, 0.77, shop="another", ingested="of another shop")
    lake.run(5, 0.66, window=30)
    lake.run(6, 0.55, ingested="before tonight's rows")
    lake.run(900, 0.99)  # of a day that cannot have been
    until = FIRST + timedelta(days=9)
    assert lake.watch.latest(NOW, ASKED, FIRST, until) == latest
    assert lake.watch.latest("never ingested", ASKED, FIRST, until) is None
    assert lake.watch.latest(NOW, ASKED, FIRST + timedelta(days=3), until) is None


def test_the_alarm_is_that_of_the_latest_run_unless_a_day_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake()
    of_the_data = lake.run(1, 0.10)
    lake.run(2, 0.88)
    as_command(lake, of_the_data, monkeypatch)
    monitoring.monitor(fail_on_alert=True, as_of="2024-03-02")
    with pytest.raises(typer.Exit) as ended:
        monitoring.monitor(fail_on_alert=True)
    assert ended.value.exit_code == monitoring.ALERT


def test_the_run_of_an_earlier_night_answers_for_no_night_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake()
    lake.run(0, 0.10)
    as_command(lake, None, monkeypatch)
    with pytest.raises(ConfigurationError, match="'monitor' has not run yet"):
        monitoring.monitor(fail_on_alert=True)
    as_command(lake, None, monkeypatch, is_read=False)
    with pytest.raises(ConfigurationError, match="'monitor' has not run yet"):
        monitoring.monitor(fail_on_alert=True)


def test_features_that_shifted_are_named_and_end_no_night(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = Lake()
    as_command(lake, lake.run(1, 0.10), monkeypatch)
    monitoring.monitor(fail_on_alert=True, as_of="2024-03-02")
    printed = " ".join(capsys.readouterr().out.split())
    assert "7 measures, 0 alerts" in printed
    assert (
        "5 shifted, which explains an alert and raises none: psi.moved_4, psi.moved_3, psi.moved_2 and 2 more"
        in printed
    )
    monitoring.monitor(as_of="2024-03-02", json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["alerts"] == []
    assert len(told["shifted"]) == 5


def test_plots_that_cannot_be_written_are_refused_and_those_written_are_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lake = Lake()
    as_command(lake, lake.run(1, 0.10), monkeypatch)
    monitoring.monitor(as_of="2024-03-02", plot=tmp_path / "history.svg")
    assert [file.name for file in tmp_path.iterdir()] == ["history.svg"]
    with pytest.raises(ConfigurationError, match="cannot be written"):
        monitoring.monitor(as_of="2024-03-02", plot=tmp_path / "none/history.svg")


@pytest.mark.parametrize(("days_later", "feed_delay_days", "code"), [(3, 0, 0), (4, 0, 8), (4, 1, 0), (5, 1, 8)])
def test_a_source_that_ended_days_ago_raises_the_alarm_once_its_feed_delay_is_over(
    days_later: int, feed_delay_days: int, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake()
    as_command(lake, lake.run(1, 0.10), monkeypatch, days_later=days_later, feed_delay_days=feed_delay_days)
    assert exit_code(source="shop.toml", fail_on_alert=True) == code
    assert exit_code(source="shop.toml") == 0


def test_a_run_that_named_today_hides_no_source_that_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = Lake()
    of_the_data = lake.run(1, 0.10)
    lake.run(9, 0.10)
    as_command(lake, of_the_data, monkeypatch, days_later=8)
    assert exit_code(source="shop.toml", fail_on_alert=True, json=True) == 8
    told = json.loads(capsys.readouterr().out)
    assert (told["as_of"], [alert["measure"] for alert in told["alerts"]]) == ("2024-03-10", ["input.age_days"])
    assert (told["alerts"][0]["value"], told["alerts"][0]["threshold"]) == (8, 3)


@pytest.mark.parametrize(("days_later", "code"), [(-1, 0), (-2, 8)])
def test_a_source_whose_last_row_is_of_a_day_that_has_not_come_raises_the_alarm(
    days_later: int, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake()
    as_command(lake, lake.run(1, 0.10), monkeypatch, days_later=days_later)
    assert exit_code(source="shop.toml", fail_on_alert=True) == code


@pytest.mark.parametrize("source", ["bundled", "synthetic:fashion?lines=1e4", "kaggle:someone/orders"])
def test_a_source_that_never_grows_may_be_as_old_as_it_is(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake()
    as_command(lake, lake.run(1, 0.10), monkeypatch, days_later=3000)
    assert exit_code(source=source, fail_on_alert=True) == 0


def test_a_day_that_is_named_may_be_as_old_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake()
    as_command(lake, lake.run(1, 0.10), monkeypatch, days_later=3000)
    assert exit_code(source="shop.toml", as_of="2024-03-02", fail_on_alert=True) == 0


def exit_code(source: str, *, as_of: str | None = None, fail_on_alert: bool = False, json: bool = False) -> int:
    """How the command ends."""
    try:
        monitoring.monitor(source=source, as_of=as_of, fail_on_alert=fail_on_alert, json=json)
    except typer.Exit as ended:
        return ended.exit_code
    return 0


def as_command(
    lake: Lake,
    of_the_data: Manifest | None,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_read: bool = True,
    days_later: int = 0,
    feed_delay_days: int = 0,
) -> None:
    """Put the lake behind the command, and a source whose run is of 2024-03-02 once its rows are read."""

    def require(step: str) -> Manifest:
        if of_the_data is None:
            raise ConfigurationError(f"The step '{step}' has not run yet for this source and day.", "Run it.")
        return of_the_data

    pipeline = SimpleNamespace(
        source=SimpleNamespace(mapping=SimpleNamespace(name="ours", feed_delay_days=feed_delay_days)),
        as_of=date(2024, 3, 2) if is_read else None,
        request=SimpleNamespace(thresholds=Thresholds()),
        require=require,
        parameters=lambda _step: {"as_of": "2024-03-02", **ASKED},
        key=lambda _step: NOW,
    )
    use_cases = SimpleNamespace(
        watch_runs=lake.watch,
        latest_day=lambda _source: FIRST + timedelta(days=9),
        today=lambda: date(2024, 3, 2) + timedelta(days=days_later),
    )
    monkeypatch.setattr(monitoring, "workflow_for", lambda *_: SimpleNamespace(pipeline=pipeline))
    monkeypatch.setattr(monitoring, "composition", lambda: use_cases)
    monkeypatch.setattr(monitoring, "use_lake", lambda _lake: None)


@pytest.mark.parametrize(("days", "kept"), [(1, 1), (2, 2), (10, 4)])
def test_no_more_runs_than_asked_for_are_read(days: int, kept: int) -> None:
    lake = Lake()
    for day in range(3):
        lake.run(day, 0.1)
    assert len(lake.watch("ours", lake.run(3, 0.1), days)) == kept


def test_a_measure_that_no_run_has_is_refused_with_those_there_are() -> None:
    lake = Lake()
    with pytest.raises(SnapshotError, match=r"psi\.score"):
        series_of(lake.watch("ours", lake.run(0, 0.1), 5), "psi.scores")


def test_the_plots_are_one_drawing_with_a_plot_a_measure() -> None:
    lake = Lake()
    lake.run(0, 0.05)
    drawn = history_page(lake.watch("ours", lake.run(1, 0.30), 5), ("psi.score", "input.lines", "lag.median_days"))
    texts = {element.text for element in ET.fromstring(drawn).iter() if element.tag.endswith("text")}
    assert {"psi.score", "input.lines"} <= texts
    assert "lag.median_days" not in texts
