"""A model's files wrapped so that MLflow can load and serve them: signature, example, requirements, program."""

import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from domain.content import Cell
from domain.schema import ColumnType, Schema
from ports.model_registry import ModelPackage

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.models import ModelSignature

PROGRAM = Path(__file__).with_name("served_model.py")
REQUIREMENTS = ("mlflow", "scikit-learn", "skops", "numpy", "pandas")


def save_package(package: ModelPackage, target: Path, run_id: str, model_id: str) -> None:
    """Write the model in MLflow's layout to the new directory `target`.

    Args:
        package: the model as it is handed over.
        target: a directory that is not there yet.
        run_id: MLflow's id of the run that made it.
        model_id: MLflow's id of the model.
    """
    import mlflow.pyfunc  # noqa: PLC0415 - takes seconds
    from mlflow.models import Model  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="returncast-files-") as directory:
        for name, data in package.files.items():
            path = Path(directory, "files", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        mlflow.pyfunc.save_model(
            target,
            python_model=str(PROGRAM),
            artifacts={"model": str(Path(directory, "files"))},
            signature=_signature(package.inputs),
            input_example=_example(package.inputs, package.example) if package.example else None,
            model_config={"learner": package.learner},
            pip_requirements=[f"{name}=={version(name)}" for name in REQUIREMENTS],
            mlflow_model=Model(run_id=run_id, model_id=model_id),
            metadata={"content": package.content, **package.tags},
        )


def _signature(inputs: Schema) -> "ModelSignature":
    from mlflow.models import ModelSignature  # noqa: PLC0415
    from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, TensorSpec  # noqa: PLC0415
    from mlflow.types import Schema as Columns  # noqa: PLC0415

    kinds = {ColumnType.TEXT: DataType.string, ColumnType.NUMBER: DataType.double}
    columns: list[ColSpec | TensorSpec] = [
        ColSpec(kinds[c.type], c.name, required=not c.nullable) for c in inputs.columns
    ]
    learner = ParamSpec("learner", DataType.string, default="")
    return ModelSignature(Columns(columns), Columns([ColSpec(DataType.double, "p")]), ParamSchema([learner]))


def _example(inputs: Schema, rows: Sequence[Mapping[str, Cell]]) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415

    kinds = {ColumnType.TEXT: "object", ColumnType.NUMBER: "float64"}
    return pd.DataFrame(
        {c.name: pd.Series([row.get(c.name) for row in rows], dtype=kinds[c.type]) for c in inputs.columns}
    )
