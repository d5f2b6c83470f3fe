"""What every explainer owes its reader."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from domain.model.explanations import LOGIT_TOLERANCE
from domain.snapshot import DatasetRef
from ports.batch_scorer import ScoringModel
from ports.line_explainer import LineExplainer


@dataclass(frozen=True)
class ExplainerBench:
    """An explainer with a model and lines whose logits are known otherwise."""

    explainer: LineExplainer
    model: ScoringModel
    features: DatasetRef
    logits: Mapping[str, float]
    names: Sequence[str]


class LineExplainerContract(ABC):
    """Run by a class that supplies the bench."""

    @pytest.fixture
    @abstractmethod
    def bench(self) -> ExplainerBench:
        """Supplied by the class that runs the suite."""

    def test_start_and_parts_add_up_to_the_logit_of_every_line(self, bench: ExplainerBench) -> None:
        lines = sorted(bench.logits)[:40]
        found = bench.explainer.explain(bench.model, bench.features, lines, sorted(bench.logits)) or {}
        assert sorted(found) == lines
        for line, explanation in found.items():
            assert explanation.logit == pytest.approx(bench.logits[line], abs=LOGIT_TOLERANCE)
            assert set(explanation.parts) == set(explanation.values) == set(bench.names)

    def test_a_line_is_explained_alike_whatever_others_are_explained_with_it(self, bench: ExplainerBench) -> None:
        first, *others = sorted(bench.logits)[:5]
        alone = bench.explainer.explain(bench.model, bench.features, [first], others) or {}
        together = bench.explainer.explain(bench.model, bench.features, [*others, first], others[::-1]) or {}
        assert alone[first].start == pytest.approx(together[first].start, abs=1e-12)
        assert alone[first].parts == pytest.approx(together[first].parts, abs=1e-12)

    def test_a_line_that_the_table_does_not_hold_is_not_explained(self, bench: ExplainerBench) -> None:
        assert bench.explainer.explain(bench.model, bench.features, ["nobody's"], sorted(bench.logits)[:3]) == {}

    def test_the_baseline_has_no_parts(self, bench: ExplainerBench) -> None:
        model = replace(bench.model, learner="baseline")
        assert bench.explainer.explain(model, bench.features, sorted(bench.logits)[:1], []) is None
