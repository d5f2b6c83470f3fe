"""What every builder of candidates' features must do: each is as a line bought that day, and none sees another."""

import math
from abc import abstractmethod
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.content import Cell
from domain.days import start_of
from domain.features.catalogue import features_for_source
from domain.features.feature import FeatureSet
from domain.features.reference import Reference
from domain.labels import LagLaw
from domain.schema import ColumnType
from domain.snapshot import DatasetRef
from domain.tables import LINE_RETURNS
from ports.candidate_feature_builder import CandidateFeatureBuilder, History
from tests.contract.feature_builder import RULES
from tests.contract.rule_cases import LINES, Row, a_fate, a_line, as_feature_set, edge_shop
from tests.contract.table_bench import TableBench

DAY = date(2024, 3, 27)  # the edge shop sold and took back both before it and after
ATTRIBUTES = {"attr_score": ColumnType.NUMBER, "attr_country": ColumnType.TEXT}
CATALOGUE = features_for_source((), ATTRIBUTES, LagLaw(((0, 0.25), (1, 0.5), (3, 1.0))))


def candidate(number: int, **cells: Cell) -> Row:
    """A line of an order of its own, placed at the start of the day."""
    return a_line(0, start_of(DAY), line_id=f"candidate {number}", order_id=f"candidate {number}", **cells)


CANDIDATES = (
    candidate(1, item_id="item 1", item_group="shirt", category="tops", size="m", seller="the shop"),
    candidate(2, item_id="item 1", item_group="shirt", category="tops", size="l", seller="the shop"),
    candidate(3, customer_id=None, item_id="item 2", item_group="shoe", category="feet", colour="red", quantity=2),
    candidate(4, customer_id="bob", item_id="item 3", net_value=Decimal("99.5000"), attr_country="de"),
    candidate(5, customer_id="new", item_id="never sold", seller="the shop"),
)


class CandidateBench(TableBench):
    """One engine's builder and tables."""

    @property
    @abstractmethod
    def builder(self) -> CandidateFeatureBuilder:
        """The builder under test."""

    def build(
        self,
        candidates: Sequence[Row],
        shop: tuple[list[Row], list[Row]] | None = None,
        features: FeatureSet = CATALOGUE,
    ) -> DatasetRef:
        lines, fates = shop or edge_shop()
        history = History(self.put("order_lines", LINES, lines), self.put("line_returns", LINE_RETURNS, fates), DAY)
        asked = self.put("candidates", LINES, list(candidates))
        return self.builder.build(features, history, asked, self.attempt())

    def values(self, candidates: Sequence[Row], shop: tuple[list[Row], list[Row]] | None = None) -> dict[Cell, Row]:
        return {row["line_id"]: row for row in self.rows(self.build(candidates, shop))}


def until_the_day(shop: tuple[list[Row], list[Row]]) -> tuple[list[Row], list[Row]]:
    """What the shop had seen by the start of the day."""
    lines, fates = shop
    start = start_of(DAY)
    return [line for line in lines if max(line["ordered_at"], line["available_at"]) < start], [
        fate for fate in fates if fate["available_at"] < start
    ]


def assert_same(found: Row, wanted: Row) -> None:
    """Equal to the last bit but for logarithms, which no two libraries round alike."""
    differing = [name for name in CATALOGUE.names if not _same(found[name], wanted[name])]
    assert differing == [], [(name, found[name], wanted[name]) for name in differing]


def _same(found: Cell, wanted: Cell) -> bool:
    if isinstance(found, float) and isinstance(wanted, float):
        return math.isclose(found, wanted, rel_tol=1e-12, abs_tol=1e-12)
    return found == wanted


class CandidateFeatureBuilderContract:
    """Laws of `ports.candidate_feature_builder.CandidateFeatureBuilder`; a suite's own class gives `bench`."""

    @pytest.fixture(scope="class")
    @classmethod
    def built(cls, bench: CandidateBench) -> DatasetRef:
        """All candidates in one table."""
        return bench.build(CANDIDATES)

    @pytest.fixture(scope="class")
    @classmethod
    def together(cls, bench: CandidateBench, built: DatasetRef) -> dict[Cell, Row]:
        return {row["line_id"]: row for row in bench.rows(built)}

    def test_one_row_a_candidate_and_none_of_the_history(self, bench: CandidateBench, built: DatasetRef) -> None:
        rows = bench.rows(built)

        assert sorted(str(row["line_id"]) for row in rows) == [line["line_id"] for line in CANDIDATES]
        assert {row["ordered_at"] for row in rows} == {start_of(DAY)}
        assert (built.name, built.rows, built.schema) == ("features", len(CANDIDATES), CATALOGUE.schema)

    @pytest.mark.parametrize("place", range(len(CANDIDATES)))
    def test_a_candidate_has_the_features_of_a_line_bought_that_day_alone_in_a_basket(
        self, together: dict[Cell, Row], place: int
    ) -> None:
        bought = CANDIDATES[place]
        lines, fates = edge_shop()

        wanted = Reference([*lines, bought], fates, CATALOGUE.lag_law).features(CATALOGUE)[-1]

        assert wanted["line_id"] == bought["line_id"]
        assert_same(together[bought["line_id"]], dict(wanted))

    def test_a_candidate_has_the_same_features_alone_as_among_others_whatever_comes_on_the_day_or_later(
        self, bench: CandidateBench, together: dict[Cell, Row]
    ) -> None:
        first = CANDIDATES[0]
        lines, fates = until_the_day(edge_shop())
        start = start_of(DAY)
        assert len(lines) < len(edge_shop()[0])
        that_day = a_line(900, start, item_id="item 1", item_group="shirt", category="tops", seller="the shop")
        told_late = that_day | {"line_id": "late", "ordered_at": start - timedelta(days=9)}
        sent_back = a_fate(lines[0], start, event="that day")

        found = bench.values([first], ([*lines, that_day, told_late], [*fates, sent_back]))

        assert found == {first["line_id"]: together[first["line_id"]]}

    def test_no_candidate_gives_a_table_without_rows(self, bench: CandidateBench) -> None:
        built = bench.build([], features=as_feature_set(RULES))

        assert (bench.rows(built), built.rows) == ([], 0)

    def test_a_shop_without_history_has_candidates(self, bench: CandidateBench) -> None:
        (found,) = bench.rows(bench.build(CANDIDATES[:1], ([], []), as_feature_set(RULES)))

        assert [found[f"f{n}"] for n in range(len(RULES))] == [1.0, 0.0, 0.0, None, None, 0.0]
