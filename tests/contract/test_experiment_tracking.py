import subprocess
import sys
from pathlib import Path

import pytest

from adapters.mlflow.connection import MlflowConnection
from adapters.mlflow.registry import MlflowRegistry
from adapters.mlflow.tracker import MlflowTracker
from ports.experiment_tracker import ExperimentTracker
from ports.model_registry import ModelRegistry
from tests.contract.experiment_tracking import ExperimentTrackerContract, ModelRegistryContract
from tests.fakes.experiment_tracker import InMemoryExperimentTracker
from tests.fakes.model_registry import InMemoryModelRegistry


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> MlflowConnection:
    """One database for all tests here: laying out its tables takes seconds."""
    return MlflowConnection.embedded(tmp_path_factory.mktemp("lake") / "mlflow")


@pytest.fixture
def unusable(tmp_path: Path) -> MlflowConnection:
    """A database that cannot be: its directory is a file."""
    (tmp_path / "mlflow").write_text("in the way")
    return MlflowConnection.embedded(tmp_path / "mlflow")


class TestInMemoryExperimentTracker(ExperimentTrackerContract):
    @pytest.fixture
    def tracker(self) -> ExperimentTracker:
        return InMemoryExperimentTracker()

    @pytest.fixture
    def silent_tracker(self) -> ExperimentTracker:
        return InMemoryExperimentTracker(answers=False)

    def stored_file(self, tracker: ExperimentTracker, run_id: str, path: str) -> bytes:
        assert isinstance(tracker, InMemoryExperimentTracker)
        return tracker.runs[run_id.removeprefix("run-")].files[path]


class TestMlflowTracker(ExperimentTrackerContract):
    @pytest.fixture
    def tracker(self, embedded: MlflowConnection) -> ExperimentTracker:
        self.artifacts = Path(embedded.tracking_uri.removeprefix("sqlite:///")).parent / "artifacts"
        return MlflowTracker(embedded)

    @pytest.fixture
    def silent_tracker(self, unusable: MlflowConnection) -> ExperimentTracker:
        return MlflowTracker(unusable)

    def stored_file(self, tracker: ExperimentTracker, run_id: str, path: str) -> bytes:
        return (self.artifacts / run_id / "artifacts" / path).read_bytes()


class TestInMemoryModelRegistry(ModelRegistryContract):
    @pytest.fixture
    def registry(self) -> ModelRegistry:
        return InMemoryModelRegistry()

    @pytest.fixture
    def silent_registry(self) -> ModelRegistry:
        return InMemoryModelRegistry(answers=False)


class TestMlflowRegistry(ModelRegistryContract):
    @pytest.fixture
    def registry(self, embedded: MlflowConnection) -> ModelRegistry:
        return MlflowRegistry(embedded)

    @pytest.fixture
    def silent_registry(self, unusable: MlflowConnection) -> ModelRegistry:
        return MlflowRegistry(unusable)


def test_building_the_adapters_imports_no_mlflow_and_touches_no_disk(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from adapters.mlflow.connection import MlflowConnection\n"
        "from adapters.mlflow.registry import MlflowRegistry\n"
        "from adapters.mlflow.tracker import MlflowTracker\n"
        "connection = MlflowConnection.embedded(Path('lake/mlflow'))\n"
        "MlflowTracker(connection), MlflowRegistry(connection)\n"
        "assert 'mlflow' not in sys.modules\n"
    )
    source = Path(__file__).parents[2] / "src"
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []
