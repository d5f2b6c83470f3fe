"""The record of a promotion or a rollback: which model scores, which did before, and why.

It holds no keys and no moments: two runs that see the same rows decide the same. Where the model lies is
kept beside it, in the notes of its snapshot.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from domain.features.feature import digest_of_rules
from domain.labels import LabelPolicy
from domain.model.recipe import BASELINE, Recipe
from domain.snapshot import Json, digest_of

DECIDING_STEPS = ("promote", "rollback")  # whose checkpoints hold the decisions


@dataclass(frozen=True)
class Interval:
    """A figure with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Champion:
    """The model that scores.

    Args:
        model: content digest of the shipped model.
        learner: whose probabilities are used: the recipe's, or baseline.
        recipe: how it was fitted, with `learner` as its learner.
        features: the columns it reads.
        feature_set: digest of how those columns are made, whatever others there are beside them.
        fit_at: the day of its fit.
        skill: log-loss skill against the constant rate of the evaluation fit with which its recipe was promoted, kept
            through refits; None while untested.
        fitted: whether an estimator was fitted; where the training rows were too few, the baseline scores instead.
    """

    model: str
    recipe: Recipe
    features: tuple[str, ...]
    feature_set: str
    fit_at: date
    skill: float | None = None
    fitted: bool = True

    @property
    def learner(self) -> str:
        """Whose probabilities are used."""
        return self.recipe.learner

    @property
    def reads(self) -> tuple[str, ...]:
        """The features that it needs to score: none where the baseline does."""
        return self._learned_from if self.fitted else ()

    @property
    def evaluated(self) -> bool:
        """Whether its recipe was tested when it was promoted."""
        return self.skill is not None

    @property
    def recipe_digest(self) -> str:
        """Equal for fits of the same recipe on features of the same meaning, on whatever days."""
        features = self._learned_from
        feature_set = self.feature_set if features else None
        return digest_of({"recipe": self.recipe.as_json(), "features": sorted(features), "feature_set": feature_set})

    @property
    def _learned_from(self) -> tuple[str, ...]:
        return () if self.learner == BASELINE else self.features

    def unable_on(self, rules: Mapping[str, str]) -> str | None:
        """Why it cannot score the features that are made now, as a sentence; None where it can.

        Args:
            rules: digests of how they are made, by name.
        """
        absent = [name for name in self.reads if name not in rules]
        if absent:
            return f"The champion reads {', '.join(absent)}, which the features lack now."
        now = digest_of_rules(rules, self.reads)
        if self.reads and self.feature_set != now:
            return (
                f"The champion learned from feature set {self.feature_set or 'unknown'}; its features are now made as "
                f"{now}, so the same names mean something else."
            )
        return None

    def as_json(self) -> dict[str, Json]:
        """The champion as JSON values; `recipe_digest`, `learner` and `evaluated` are there to be read."""
        return {
            "model": self.model,
            "recipe": self.recipe.as_json(),
            "recipe_digest": self.recipe_digest,
            "learner": self.learner,
            "features": list(self.features),
            "feature_set": self.feature_set,
            "fit_at": self.fit_at.isoformat(),
            "skill": self.skill,
            "evaluated": self.evaluated,
            "fitted": self.fitted,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Json]) -> "Champion":
        """The champion that `as_json` wrote."""
        return cls(
            model=values["model"],
            recipe=Recipe.from_json(values["recipe"]),
            features=tuple(values["features"]),
            feature_set=values.get("feature_set", ""),  # unknown of decisions made before it was recorded
            fit_at=date.fromisoformat(values["fit_at"]),
            skill=values["skill"],
            fitted=values.get("fitted", True),
        )


@dataclass(frozen=True)
class Decision:
    """What was decided for a shop as of a day.

    Args:
        as_of: the day of the run that decided.
        shop: the source's name.
        policy: the label that the champion predicts.
        outcome: first, baseline, unevaluated, refit, promoted, kept or rolled back.
        before: the champion that stood, if any.
        after: the champion from now on: what scores.
        reasons: why, as sentences.
        figures: what the reasons rest on.
    """

    as_of: date
    shop: str
    policy: LabelPolicy
    outcome: str
    before: Champion | None
    after: Champion
    reasons: tuple[str, ...]
    figures: Mapping[str, Json] = field(default_factory=dict)

    @property
    def is_about_refit(self) -> bool:
        """Whether the candidate is a fit of the recipe of the champion that stood."""
        return self.before is not None and self.before.recipe_digest == self._candidate.get("recipe_digest")

    @property
    def tests_champion(self) -> bool:
        """Whether the test of its run says how the recipe that scores is doing.

        It does where a model of the run scores, and where a refit of the champion's recipe was kept out.
        """
        candidate, after = self._candidate, self.after
        return after.model == candidate.get("model") or after.recipe_digest == candidate.get("recipe_digest")

    @property
    def _candidate(self) -> Mapping[str, Json]:
        """The model of its run; nothing of a rollback."""
        found: Mapping[str, Json] = self.figures.get("candidate", {})
        return found

    def as_json(self) -> dict[str, Json]:
        """The decision as JSON values, as in the facts of its snapshot under `decision`."""
        return {
            "as_of": self.as_of.isoformat(),
            "shop": self.shop,
            "label": asdict(self.policy),
            "outcome": self.outcome,
            "before": None if self.before is None else self.before.as_json(),
            "after": self.after.as_json(),
            "reasons": list(self.reasons),
            "figures": dict(self.figures),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Json]) -> "Decision":
        """The decision that `as_json` wrote."""
        return cls(
            as_of=date.fromisoformat(values["as_of"]),
            shop=values["shop"],
            policy=LabelPolicy(**values["label"]),
            outcome=values["outcome"],
            before=None if values["before"] is None else Champion.from_json(values["before"]),
            after=Champion.from_json(values["after"]),
            reasons=tuple(values["reasons"]),
            figures=values["figures"],
        )
