"""Where a run stands, step by step, and which runs came before it."""

from application.run.pipeline import GRAPH
from application.run.workflow import Workflow
from domain.model.decision import DECIDING_STEPS
from domain.snapshot import Json, Manifest
from ports.snapshot_store import SnapshotStore


def describe_steps(workflow: Workflow) -> list[dict[str, Json]]:
    """One entry a step, in order: its state, key, content, rows and cost.

    State is `done` or `to do`; the key is None while it waits for another step's commit.
    """
    return [_describe(workflow, name) for name in GRAPH]


def describe_history(store: SnapshotStore) -> list[dict[str, Json]]:
    """One entry a promotion or rollback in the lake, oldest first: when it was decided, and what."""
    manifests = [manifest for step in DECIDING_STEPS for manifest in store.manifests(step)]
    return [_decision_of(manifest) for manifest in sorted(manifests, key=lambda m: (m.committed_at, m.key))]


def _describe(workflow: Workflow, name: str) -> dict[str, Json]:
    manifest = workflow.pipeline.checkpoint(name)
    if manifest is None:
        return {"step": name, "does": GRAPH[name].title, "state": "to do", "key": workflow.pipeline.key(name)}
    return {
        "step": name,
        "does": GRAPH[name].title,
        "state": "done",
        "key": manifest.key,
        "content": manifest.content,
        "rows": {table.name: table.rows for table in manifest.tables},
        "attempt": manifest.attempt,
        "committed_at": manifest.committed_at,
        "usage": manifest.notes.get("usage"),
    }


def _decision_of(manifest: Manifest) -> dict[str, Json]:
    return {
        "step": manifest.step,
        "key": manifest.key,
        "committed_at": manifest.committed_at,
        "decision": manifest.facts["decision"],
    }
