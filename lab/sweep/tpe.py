"""Suggests a sweep's points one after the other, from what earlier points reached: TPE (Bergstra et al. 2011)."""

from __future__ import annotations

import math
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
    """Suggests each point with every seed, and ranks points by the mean over their seeds.

    Args:
        space: What to choose from.
        seeds: Runs of each point.
        known: The trials of the points that earlier sittings suggested.
        remaining: Those of them that are run first.
    """

    def __init__(self, space: Space, seeds: int, known: Sequence[Trial], remaining: Sequence[Trial]) -> None:
        super().__init__(metric="score", mode="min")
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.space, self.seeds = space, seeds
        self.distributions = {key: distribution(dimension) for key, dimension in space.items()}
        self.queue = deque(remaining)
        self.running: dict[str, Trial] = {}
        self.asked: dict[str, optuna.trial.Trial] = {}
        self.scores: dict[str, list[float]] = {}
        self.points = {label(trial.point): trial.point for trial in known}
        # another sitting must not repeat the draws of the first
        sampler = optuna.samplers.TPESampler(seed=len(self.points), constant_liar=True)
        self.study = optuna.create_study(sampler=sampler)
        waiting = {trial.label for trial in remaining}
        for trial in known:
            if trial.label not in waiting:
                self.learn(trial.point, trial.score)

    def suggest(self, trial_id: str) -> dict[str, Any] | None:
        """Returns the next trial, or FINISHED if the space has no other point."""
        if not self.queue:
            point = self.new_point()
            if point is None:
                return Searcher.FINISHED  # type: ignore[return-value]
            self.queue.extend(Trial(point, seed) for seed in range(self.seeds))
        self.running[trial_id] = self.queue.popleft()
        return {"trial": asdict(self.running[trial_id])}

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        """Learns the score of a trial that ended or failed."""
        score = math.inf if error or not result else result["score"]
        self.learn(self.running.pop(trial_id).point, score)

    def on_trial_result(self, trial_id: str, result: dict[str, Any]) -> None:
        """Ignores epochs: only a trial's end counts."""

    def save(self, checkpoint_path: str) -> None:
        """Saves nothing: `lab.sweep.trials` keeps what was tried."""

    def restore(self, checkpoint_path: str) -> None:
        """Restores nothing, because nothing is saved."""

    def new_point(self) -> Point | None:
        """Returns a point that wasn't suggested before, or None if many draws give none."""
        for _ in range(TRIES):
            asked = self.study.ask(self.distributions)
            point = {
                key: dimension.rounded(asked.params[key]) if isinstance(dimension, Range) else asked.params[key]
                for key, dimension in self.space.items()
            }
            if label(point) not in self.points:
                self.points[label(point)] = point
                self.asked[label(point)] = asked
                return point
            self.study.tell(asked, state=TrialState.FAIL)
        return None

    def learn(self, point: Point, score: float) -> None:
        """Adds a seed's score; once all seeds are there, their mean counts. A point fails if one of its seeds does."""
        name = label(point)
        self.scores.setdefault(name, []).append(score)
        if len(self.scores[name]) < self.seeds:
            return
        mean = statistics.fmean(self.scores[name])
        outcome: dict[str, Any] = {"state": TrialState.FAIL} if mean == math.inf else {"value": mean}
        if name in self.asked:
            self.study.tell(self.asked[name], outcome.get("value"), state=outcome.get("state"))
        else:
            self.study.add_trial(create_trial(params=point, distributions=self.distributions, **outcome))


def distribution(dimension: Choice | Range) -> BaseDistribution:
    """Returns a setting's values as Optuna describes them."""
    if isinstance(dimension, Choice):
        return CategoricalDistribution(dimension.values)
    if dimension.whole:
        return IntDistribution(int(dimension.low), int(dimension.high), log=dimension.log)
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log)
