"""A run as a tracker keeps it: parameters of the fit, figures of the test, fingerprints of the data, provenance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from application.champions.model_snapshots import SHIPPING_MODEL
from domain.labels import LabelPolicy
from domain.snapshot import Json, Manifest
from ports.experiment_tracker import DataInput, TrackedRun
from ports.report_content import Provenance

DIGEST_LENGTH = 36  # characters that a tracker keeps of a digest


@dataclass(frozen=True)
class RecordSubject:
    """What is recorded.

    Args:
        shop: the source's name.
        as_of: day of the run.
        labels: the label that the models predict.
        aliases: the registry's names for the champion and the challenger.
        provenance: the code's revision.
    """

    shop: str
    as_of: date
    labels: LabelPolicy
    aliases: tuple[str, str]
    provenance: Provenance


def tracked_run(run: Mapping[str, Manifest], subject: RecordSubject, files: Mapping[str, bytes]) -> TrackedRun:
    """One run a fit: its key and parameters are those of step train.

    Args:
        run: the checkpoints by step: ingest, examples, train, evaluate and promote.
        subject: what is recorded.
        files: its attachments by path.
    """
    trained = run["train"]
    return TrackedRun(
        key=trained.key,
        name=f"{subject.shop} as of {subject.as_of.isoformat()}",
        parameters={name: str(value) for name, value in _flat(trained.parameters)},
        metrics=dict(_metrics(trained, run["evaluate"])),
        tags=_tags(run, subject),
        inputs=_inputs(run, subject),
        files=files,
    )


def _flat(values: Mapping[str, Json], prefix: str = "") -> Iterator[tuple[str, Json]]:
    for name, value in sorted(values.items()):
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _metrics(trained: Manifest, evaluated: Manifest) -> Iterator[tuple[str, float]]:
    facts = evaluated.facts
    yield "test/rows", float(facts["rows"])
    yield "test/positives", float(facts["positives"])
    yield "training/rows", float(trained.facts["shipping"]["rows"])
    yield "training/positives", float(trained.facts["shipping"]["positives"])
    for learner, measured in facts["learners"].items():
        for name, figure in measured.items():
            yield f"{learner}/{name}", float(figure["value"])
            yield f"{learner}/{name}_low", float(figure["low"])
            yield f"{learner}/{name}_high", float(figure["high"])
            if learner == facts["learner"]:
                yield name, float(figure["value"])


def _tags(run: Mapping[str, Manifest], subject: RecordSubject) -> dict[str, str]:
    decision = run["promote"].facts["decision"]
    return {
        "shop": subject.shop,
        "as_of": subject.as_of.isoformat(),
        "model": run["train"].artifact(SHIPPING_MODEL).content,
        "decision": decision["outcome"],
        "champion": decision["after"]["model"],
        "data.fingerprint": str(run["ingest"].parameters["source"]),
        "data.examples": run["examples"].table("examples").content,
        "code": run["train"].code,
        "git.commit": subject.provenance.commit or "unknown",
        "git.branch": subject.provenance.branch or "unknown",
        "version": subject.provenance.version or "unknown",
    }


def _inputs(run: Mapping[str, Manifest], subject: RecordSubject) -> tuple[DataInput, ...]:
    examples = run["examples"].table("examples")
    ingested = run["ingest"]
    source = str(ingested.parameters["source"])[:DIGEST_LENGTH]
    return (
        DataInput(f"{subject.shop} examples", examples.content.rpartition("-")[2], "training", examples.rows),
        DataInput(f"{subject.shop} source", source, "source", int(ingested.facts["rows_in"])),
    )
