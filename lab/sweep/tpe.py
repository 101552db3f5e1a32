"""Suggests a sweep's points one after the other by what the earlier ones reached: TPE (Bergstra et al. 2011)."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState, create_trial
from ray.tune.search import Searcher

from lab.sweep.space import TRIES, Choice, Point, Range, Space, label
from lab.sweep.trials import Trial


class TPE(Searcher):
    """Each point with each seed; a point is judged by its seeds' mean.

    Args:
        space: What to choose from.
        seeds: Runs of each point.
        known: The trials of points that an earlier sitting suggested.
        left: Those of them that are to be tried first.
    """

    def __init__(self, space: Space, seeds: int, known: Sequence[Trial], left: Sequence[Trial]) -> None:
        super().__init__(metric="score", mode="min")
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.space, self.seeds = space, seeds
        self.distributions = {key: distribution(dimension) for key, dimension in space.items()}
        self.queue = deque(left)
        self.begun: dict[str, Trial] = {}
        self.asked: dict[str, optuna.trial.Trial] = {}
        self.scores: dict[str, list[float]] = {}
        self.points = {label(trial.point): trial.point for trial in known}
        # another sitting must not begin with the draws of the first
        sampler = optuna.samplers.TPESampler(seed=len(self.points), constant_liar=True)
        self.study = optuna.create_study(sampler=sampler)
        waiting = {trial.label for trial in left}
        for trial in known:
            if trial.label not in waiting:
                self.learn(trial.point, trial.score)

    def suggest(self, trial_id: str) -> dict[str, Any] | None:
        """What to try next; FINISHED when the space holds no other point."""
        if not self.queue:
            point = self.new()
            if point is None:
                return Searcher.FINISHED  # type: ignore[return-value]
            self.queue.extend(Trial(point, seed) for seed in range(self.seeds))
        self.begun[trial_id] = self.queue.popleft()
        return {"trial": asdict(self.begun[trial_id])}

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        """Learns what came out, a failure too."""
        score = float("inf") if error or not result else result["score"]
        self.learn(self.begun.pop(trial_id).point, score)

    def on_trial_result(self, trial_id: str, result: dict[str, Any]) -> None:
        """Learns from ends only."""

    def save(self, checkpoint_path: str) -> None:
        """Nothing: `lab.sweep.trials` keeps what was tried."""

    def restore(self, checkpoint_path: str) -> None:
        """Nothing, as nothing was saved."""

    def new(self) -> Point | None:
        """A point that hasn't been suggested; None where none is found."""
        for _ in range(TRIES):
            asked = self.study.ask(self.distributions)
            point = {
                key: dimension.neat(asked.params[key]) if isinstance(dimension, Range) else asked.params[key]
                for key, dimension in self.space.items()
            }
            if label(point) not in self.points:
                self.points[label(point)] = point
                self.asked[label(point)] = asked
                return point
            self.study.tell(asked, state=TrialState.FAIL)
        return None

    def learn(self, point: Point, score: float) -> None:
        """Takes a seed's score, and once all seeds are there, their mean; the point counts as failed if a seed did."""
        name = label(point)
        self.scores.setdefault(name, []).append(score)
        if len(self.scores[name]) < self.seeds:
            return
        mean = statistics.fmean(self.scores[name])
        state = {"state": TrialState.FAIL} if mean == float("inf") else {"value": mean}
        if name in self.asked:
            self.study.tell(self.asked[name], state.get("value"), state=state.get("state"))
        else:
            self.study.add_trial(create_trial(params=point, distributions=self.distributions, **state))


def distribution(dimension: Choice | Range) -> BaseDistribution:
    """A setting's values as Optuna takes them."""
    if isinstance(dimension, Choice):
        return CategoricalDistribution(dimension.values)
    if dimension.whole:
        return IntDistribution(int(dimension.low), int(dimension.high), log=dimension.log)
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log)
