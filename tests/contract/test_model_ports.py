from adapters.sklearn.evaluation.evaluator import SklearnModelEvaluator
from adapters.sklearn.training.trainer import SklearnModelTrainer
from ports.model_evaluator import ModelEvaluator
from ports.model_trainer import ModelTrainer
from tests.contract.model_ports import EXAMPLES, ModelEvaluatorContract, ModelTrainerContract
from tests.examples_table import ExamplesTable
from tests.fakes.models import FakeModelEvaluator, FakeModelTrainer


class TestSklearnModelTrainer(ModelTrainerContract):
    def trainer(self, examples: ExamplesTable) -> ModelTrainer:
        return SklearnModelTrainer(examples.read, examples.read_lines)


class TestFakeModelTrainer(ModelTrainerContract):
    def trainer(self, examples: ExamplesTable) -> ModelTrainer:
        return FakeModelTrainer(examples.table.to_pylist())


class TestSklearnModelEvaluator(ModelEvaluatorContract):
    def trainer(self) -> ModelTrainer:
        return SklearnModelTrainer(EXAMPLES.read, EXAMPLES.read_lines)

    def evaluator(self, examples: ExamplesTable = EXAMPLES) -> ModelEvaluator:
        return SklearnModelEvaluator(examples.read, examples.read_lines)


class TestFakeModelEvaluator(ModelEvaluatorContract):
    def trainer(self) -> ModelTrainer:
        return FakeModelTrainer(EXAMPLES.table.to_pylist())

    def evaluator(self, examples: ExamplesTable = EXAMPLES) -> ModelEvaluator:
        return FakeModelEvaluator(examples.table.to_pylist())
