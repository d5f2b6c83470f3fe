"""Score candidates: what a sale of an item to a customer would be worth net of its returns, if it were made on the day.

Each candidate becomes the one line of an order of its own; features, champion and costs are those of a run. The result
is a snapshot keyed by all it is made of, so that the same question is answered once.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from application.candidates.candidate_chances import FindCandidateChances, features_of
from application.champions.champion import StandingDecision
from application.champions.champion_model import champion_model
from application.champions.score_with_champion import check_able, require_champion
from application.run.pipeline import Pipeline, key_of
from domain import cells
from domain.errors import ConfigurationError
from domain.labels import LabelPolicy
from domain.recommendation.candidate_history import KNOWN_COLUMNS, KnownLines
from domain.recommendation.candidate_lines import place
from domain.recommendation.candidate_reading import read_candidate
from domain.recommendation.candidate_report import ScoredBy, candidate_row, counts_of, set_aside_row
from domain.recommendation.candidates import CANDIDATES, SET_ASIDE, Asked, Candidate, SetAside
from domain.snapshot import Attempt, Json, MadeFrom, Manifest, StepResult, digest_of
from ports.code_identity import CodeIdentity
from ports.progress import Progress
from ports.snapshot_store import SnapshotStore
from ports.table_store import TableStore

STEP, TABLE, ASIDE = "candidates", "candidates", "set_aside"
CODE = (
    "application.candidates.score_candidates",
    "adapters.spark.features.candidates",
    "adapters.spark.lines.scoring",
    "adapters.spark.session.spark_session",
    "adapters.sklearn.prediction.model_files",
    "adapters.arrow.content",
    "adapters.arrow.table_parts",
    "adapters.arrow.table_store",
)
LIBRARIES = ("pyspark", "scikit-learn", "skops", "numpy", "pyarrow")


@dataclass(frozen=True)
class ScoreCandidates:
    """Scores candidates with the champion that stands as of a run's day; nothing is fitted.

    Args:
        store: the lake.
        tables: small tables in it.
        chances: gives lines that nobody has bought yet their chances.
        code: identifies the code that scores.
    """

    store: SnapshotStore
    tables: TableStore
    chances: FindCandidateChances
    code: CodeIdentity

    def __call__(self, run: Pipeline, asked: Sequence[Asked], progress: Progress) -> Manifest:
        """The checkpoint with the tables `candidates`, one row a row kept, and `set_aside`, one row a row set aside.

        Args:
            run: the source, the day and the costs; its orders must have been read and matched.
            asked: the rows asked about, cells by column.
            progress: told what is being done.

        Facts: `rows_in` = `rows_kept` + `rows_set_aside` + `rows_duplicate`, `set_aside_by_reason`, `of_new_items`,
        `for_new_customers`, `for_guests`, `placed_at` (moment of the orders), `model` and `learner`.

        Raises ConfigurationError when the orders were not read yet, and ModelError when no champion stands or the one
        that does cannot score.
        """
        day = run.known_as_of()
        inputs = {step: _committed(run, step).key for step in ("ingest", "match")}
        standing = require_champion(self.store, run.source.mapping.name, _label(run), day)
        features = features_of(run)
        check_able(standing, features.rules, day)
        parameters: dict[str, Json] = {
            "as_of": day.isoformat(),
            "label": asdict(_label(run)),
            "costs": asdict(run.request.costs),
            "asked": digest_of([dict(row) for row in asked]),
        }
        inputs["decision"] = f"{standing.manifest.key}-{standing.manifest.content}"
        code = self.code.digest(CODE, LIBRARIES)
        key = key_of(STEP, inputs, parameters, code)
        found = self.store.find(STEP, key)
        if found is not None:
            return found
        attempt = self.store.begin(STEP, key)
        result = self._score(run, standing, asked, attempt, progress)
        made_from = MadeFrom(inputs, parameters, code)
        return self.store.commit(
            Manifest.of(attempt, result, self.store.inventory(attempt), made_from, datetime.now(UTC))
        )

    def _score(
        self, run: Pipeline, standing: StandingDecision, asked: Sequence[Asked], attempt: Attempt, progress: Progress
    ) -> StepResult:
        read = [read_candidate(row, cells_asked) for row, cells_asked in enumerate(asked, start=1)]
        candidates = [candidate for candidate in read if isinstance(candidate, Candidate)]
        known = self._known(run, candidates, progress)
        placed = place(candidates, known, run.source.mapping.tax_divisor, f"candidate-{attempt.key}")
        unreadable = (row for row in read if isinstance(row, SetAside))
        set_aside = sorted((*unreadable, *placed.set_aside), key=lambda left_out: left_out.row)
        model = champion_model(self.store, standing)
        chances = self.chances(run, [one.line for one in placed.candidates], model, attempt, progress)
        scored_by = ScoredBy(model.content, model.unit_shares)
        rows = [
            candidate_row(one, chances[cells.text(one.line, "line_id")], known, run.request.costs, scored_by)
            for one in placed.candidates
        ]
        written = self.tables.write(attempt, TABLE, CANDIDATES, rows)
        left_out = self.tables.write(attempt, ASIDE, SET_ASIDE, map(set_aside_row, set_aside))
        facts = {
            **counts_of(rows, set_aside, placed.duplicates),
            "placed_at": known.placed_at().isoformat(),
            "model": model.content,
            "learner": model.learner,
        }
        return StepResult(tables=(written, left_out), facts=facts)

    def _known(self, run: Pipeline, candidates: Sequence[Candidate], progress: Progress) -> KnownLines:
        lines = run.require("ingest").table("order_lines")
        progress.report(f"Looking up items and customers in {lines.rows} lines", 0.0)
        known = KnownLines.asked_about(candidates, run.known_as_of())
        for line in self.tables.read(lines, KNOWN_COLUMNS):
            known.add(line)
        return known


def _committed(run: Pipeline, step: str) -> Manifest:
    found = run.checkpoint(step)
    if found is None:
        raise ConfigurationError(
            f"The lake holds no run of '{run.source.mapping.name}' as its orders and the code stand now: the step "
            f"'{step}' is missing.",
            f"Run `returncast run --as-of {run.known_as_of()}` with the same --source and --lake first.",
        )
    return found


def _label(run: Pipeline) -> LabelPolicy:
    return run.request.label_policy(run.source.mapping)
