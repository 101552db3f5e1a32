"""Pictures of recurrence at work, with real numbers: its loop, its gates, its gradient (deck: "Unroll RNN")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from experiments.protocol import Experiment, Group
from experiments.recurrence._config import LearningConfig, RecurrenceConfig
from lab.comparison.presentation import Presentation

if TYPE_CHECKING:
    from lab.runs import Run
    from lab.training import Watch

__all__ = ["GROUP", "LearningConfig", "RecurrenceConfig"]


class Recurrence(Group):
    """Each experiment does its own work and draws its own pictures; there are no figures to compare."""

    part = 1
    required = ("perform",)
    optional = ()
    presentation: ClassVar[Presentation] = Presentation(
        captions={
            "unrolled": "The same loop twice: rolled up, and unrolled in time with its numbers.",
            "gates": "What each gate of a trained LSTM does at each timestep.",
            "gradient": "How much of a gradient is left, the further back in time it flows.",
            "clipping": "What an exploding gradient does to the weights, and what clipping prevents.",
        }
    )

    def run(
        self, experiment: Experiment, config: Any, profiles: tuple[str, ...] = (), watch: Watch | None = None
    ) -> Run:
        """Lets the experiment do its work and writes the run."""
        from lab import environment
        from lab.runs import perform

        def work(run: Run) -> dict[str, Any]:
            assert experiment.perform, f"{experiment.name} has no perform"
            run.write_json("environment.json", environment.describe())
            return {"name": experiment.name, **experiment.perform(config, run)}

        # an experiment draws its own data, so its name stands for them
        return perform(experiment.name, config, work, fingerprint=experiment.name, profiles=profiles)

    def result(self, metrics: dict[str, Any]) -> str:
        """Returns what the pictures show, in a line or two."""
        return str(metrics["summary"])

    def next_command(self, name: str) -> list[str]:
        """Returns the report, which has the pictures; there are no figures to compare."""
        return ["report"]


GROUP = Recurrence()
