"""Puts an earlier champion back by a new decision; nothing committed is changed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from application.champions.champion import LISTED, ModelLocation, StandingDecision, champion_files, decisions, named
from domain.errors import ConfigurationError
from domain.labels import LabelPolicy
from domain.model.decision import Champion, Decision
from domain.snapshot import MadeFrom, Manifest, StepResult, digest_of
from ports.snapshot_store import SnapshotStore

STEP = "rollback"
ROLLED_BACK = "rolled back"


@dataclass(frozen=True)
class RollBackChampion:
    """Commits a decision under step rollback; runs of that day and later take its champion as the one that stands."""

    store: SnapshotStore

    def __call__(
        self,
        shop: str,
        policy: LabelPolicy,
        as_of: date | None = None,
        to: str | None = None,
        latest: date = date.max,
    ) -> Manifest:
        """The committed decision.

        Args:
            shop: the source's name.
            policy: the label that its champions predict.
            as_of: the day whose champion is put aside, and the day of the new decision; decisions of later days stay
                as they are. None for that of the latest decision.
            to: content digest, or its beginning, of the champion to put back; None for the one before.
            latest: the last day that a run can be of; a decision beyond it, made by a slip, is no run's.

        Raises ConfigurationError when there is no such champion or several are meant, SnapshotError when its files are
        not what they were.
        """
        made = decisions(self.store, shop, policy, as_of or latest)
        if not made:
            until = "" if as_of is None else f" as of {as_of} or earlier"
            raise ConfigurationError(f"There is no decision about '{shop}'{until}.", "Run the pipeline first.")
        current = made[-1]
        target = _target(made, to)
        champion_files(self.store, target)
        decision = Decision(
            as_of=as_of or current.decision.as_of,
            shop=shop,
            policy=policy,
            outcome=ROLLED_BACK,
            before=current.decision.after,
            after=target.decision.after,
            reasons=(_reason(current.decision.after, target.decision),),
        )
        return self._commit(decision, current, target.location)

    def _commit(self, decision: Decision, current: StandingDecision, location: ModelLocation) -> Manifest:
        inputs = {current.manifest.step: current.manifest.key}
        attempt = self.store.begin(STEP, digest_of({"decision": decision.as_json(), "inputs": inputs}))
        result = StepResult(facts={"decision": decision.as_json()}, notes={"model": location.as_json()})
        parameters = {"as_of": decision.as_of.isoformat(), "shop": decision.shop}
        made_from = MadeFrom(inputs, parameters, code="")
        # Decisions of a day stand in the order of their moments, and another machine's clock may have run ahead.
        after_current = datetime.fromisoformat(current.manifest.committed_at) + timedelta(microseconds=1)
        at = max(datetime.now(UTC), after_current)
        return self.store.commit(Manifest.of(attempt, result, (), made_from, at))


def _target(made: list[StandingDecision], to: str | None) -> StandingDecision:
    current = made[-1].decision.after
    if to is None:
        others = list(_line(made)[:-1])
    else:
        others = [standing for standing in named(made, to) if standing.decision.after != current]
    if others:
        return others[-1]
    wanted = "other champion" if to is None else f"other champion whose digest begins with '{to}'"
    raise ConfigurationError(
        f"There is no {wanted} to go back to; the one that stands is {current.model}.",
        LISTED,
    )


def _line(made: list[StandingDecision]) -> tuple[StandingDecision, ...]:
    """The decisions that led to the champion that stands, one a champion.

    A rollback continues from the decision that it went back to: what it put aside is no longer in the line.
    """
    lines: list[tuple[StandingDecision, ...]] = [()]
    for standing in made:
        champion = standing.decision.after
        earlier = lines[:0:-1] if standing.decision.outcome == ROLLED_BACK else lines[1:][-1:]
        same = next((line for line in earlier if line[-1].decision.after == champion), None)
        lines.append(same or (*lines[-1], standing))
    return lines[-1]


def _reason(current: Champion, target: Decision) -> str:
    before, after = (f"{champion.model} ({champion.learner})" for champion in (current, target.after))
    return f"Rolled back by hand from {before} to {after}, champion as of {target.as_of}."
