"""The graph of the pipeline as text that people and tools draw, with the keys and contents of one run."""

from collections.abc import Mapping

from application.run.pipeline import GRAPH
from domain.snapshot import Json, Manifest


def graph_as_mermaid() -> str:
    """A Mermaid flow chart, one box a step and one arrow an input."""
    boxes = [f'    {step.name}["{step.name}<br/>{step.title}"]' for step in GRAPH.values()]
    arrows = [f"    {upstream} --> {step.name}" for step in GRAPH.values() for upstream in step.inputs]
    decided = [f"    promote -.-> {step.name}" for step in GRAPH.values() if step.decided]
    return "\n".join(["flowchart TD", *boxes, *arrows, *decided]) + "\n"


def graph_as_json(run: Mapping[str, Manifest]) -> dict[str, Json]:
    """Every step with its inputs and, where the run holds its checkpoint, key, content and rows by table."""
    return {
        step.name: {"inputs": list(step.inputs), "title": step.title, **_made(run, step.name)}
        for step in GRAPH.values()
    }


def _made(run: Mapping[str, Manifest], name: str) -> dict[str, Json]:
    manifest = run.get(name)
    if manifest is None:
        return {}
    rows = {table.name: table.rows for table in manifest.tables}
    return {"key": manifest.key, "content": manifest.content, "rows": rows, "code": manifest.code}
