"""What one run was asked for: the day and the parameters that shape its results."""

from dataclasses import asdict, dataclass, field
from datetime import date

from domain.costs import CostPolicy
from domain.labels import LabelPolicy
from domain.mapping import SourceMapping
from domain.recipe import Recipe
from domain.snapshot import Json


@dataclass(frozen=True)
class RunRequest:
    """The significant parameters of a run.

    Args:
        as_of: the day of the run; None for the day after the source's last valid row.
        window_days: days after the order in which a return counts; None for the mapping's.
        recipe: how the model is fitted.
        costs: what a return costs and what acting on it does.
        max_training_lines: bound of the training sample.
        aliases: the registry's names for the champion and the challenger.
    """

    as_of: date | None = None
    window_days: int | None = None
    recipe: Recipe = field(default_factory=Recipe)
    costs: CostPolicy = field(default_factory=CostPolicy)
    max_training_lines: int = 2_000_000
    aliases: tuple[str, str] = ("champion", "challenger")

    def label_policy(self, mapping: SourceMapping) -> LabelPolicy:
        """The label of this run: the mapping's, with the window that was asked for."""
        policy = mapping.label_policy()
        return policy if self.window_days is None else LabelPolicy(self.window_days, policy.recording_lag_days)

    def parameters(self, mapping: SourceMapping) -> dict[str, Json]:
        """Every significant parameter by the name the graph uses, as JSON values."""
        return {
            "label": asdict(self.label_policy(mapping)),
            "recipe": asdict(self.recipe),
            "costs": asdict(self.costs),
            "max_training_lines": self.max_training_lines,
            "registry": list(self.aliases),
        }
