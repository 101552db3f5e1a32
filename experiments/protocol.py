"""What a group of experiments provides, and what an experiment provides: every hook, its type and its default.

A command calls `loading.run`, which calls `Group.run` below. That calls `lab.runs.perform`, which locks the folder of
the run, and there `lab.training.train` trains. `network` is what an experiment's `build` returns; `model` is what is
trained, which may have layers before the network.

An experiment is a module `experiments/<group>/<name>.py` with a `Config` and hooks, see `Experiment`.
A group is a package `experiments/<group>/` whose `GROUP` is an instance of a subclass of `Group`. If it has a module
`_data_set.py`, its experiments also serve data sets of one file: `DataSet(name)` there is the group of such a data set.
"""

from __future__ import annotations

import dataclasses
import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from foundation.user_error import UserError
from lab.comparison.presentation import Presentation

if TYPE_CHECKING:
    from pathlib import Path

    import keras
    import numpy as np

    from lab.classifier import Classifier
    from lab.export import Exported
    from lab.identity import ConfigOf
    from lab.report.sections import Section
    from lab.runs import Run
    from lab.training import Problem, Watch


@dataclass(frozen=True)
class Experiment:
    """One experiment. From `build` on, each field is a hook: a function of that name in its module, or None."""

    name: str
    """Such as "jena/gru"."""
    about: str
    """The first line of the module."""
    Config: type
    """The settings: a frozen dataclass whose fields each have a type and a docstring."""
    build: Callable[[Any], keras.Model] | None = None
    """`build(config)` returns the network."""
    load: Callable[[Any], Any] | None = None
    """`load(config)` returns the data, in groups whose experiments each have their own."""
    inputs: Callable[[Any, Any], np.ndarray] | None = None
    """`inputs(config, data)` returns the features, instead of the group's."""
    fit: Callable[[Any, keras.Model, Any], None] | None = None
    """`fit(config, network, data)` sets weights in closed form, before any training."""
    optimizer: Callable[[Any, int], keras.Optimizer] | None = None
    """`optimizer(config, steps_per_epoch)` returns an optimizer instead of the group's."""
    draw: Callable[[Any, keras.Model, Run, Any], None] | None = None
    """`draw(config, network, run, data)` adds pictures of the trained network to the run."""
    attention: Callable[[Any, keras.Model, np.ndarray, str], tuple[Any, ...]] | None = None
    """`attention(config, network, inputs, text)` returns the parts of a text and the weights that they get."""
    perform: Callable[[Any, Run], dict[str, Any]] | None = None
    """`perform(config, run)` does the whole work of a run and returns its metrics."""

    def network(self, config: Any) -> keras.Model:
        """Builds the network.

        Raises:
            UserError: a layer can't be built with these settings.
        """
        assert self.build, f"{self.name} has no build"
        try:
            return self.build(config)
        except ValueError as error:
            why = " ".join(str(error).split())
            raise UserError(f"{self.name} can't be built with these settings: {why}") from error


class Finished(NamedTuple):
    """A finished run, with its experiment and its settings."""

    experiment: Experiment
    config: Any
    run: Run


PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "build": ("config",),
    "load": ("config",),
    "inputs": ("config", "data"),
    "fit": ("config", "network", "data"),
    "optimizer": ("config", "steps_per_epoch"),
    "draw": ("config", "network", "run", "data"),
    "attention": ("config", "network", "inputs", "text"),
    "perform": ("config", "run"),
}
"""The parameters of each hook. Their names are free; their number and order are fixed."""


class Group:
    """A group of experiments that share data and a protocol. Subclasses override what differs.

    By default `run` trains the network. Define `load` and `problem`, and `loss` if it is not "mse".
    """

    required: ClassVar[tuple[str, ...]] = ("build",)
    """Hooks that each of its experiments has."""
    optional: ClassVar[tuple[str, ...]] = ("optimizer", "draw")
    """Hooks that its experiments may have. Any other public function in a module is an error."""
    presentation: ClassVar[Presentation] = Presentation()
    """How tables and pictures show its figures."""
    part: ClassVar[int] = 99
    """Its part of the lecture; the report shows groups in this order."""
    loss: ClassVar[str] = "mse"
    """What training minimizes, as Keras names it."""

    def load(self, experiment: Experiment, config: Any) -> Any:
        """Loads the data. The object must have a `fingerprint`, a digest: runs on other data are other runs."""
        raise NotImplementedError(f"{type(self).__name__}.load")

    def describe(self, data: Any) -> str:
        """Returns a line or two on the data, printed before a run."""
        return ""

    def problem(self, experiment: Experiment, config: Any, data: Any) -> Problem:
        """Returns the data as batches, with the metric."""
        raise NotImplementedError(f"{type(self).__name__}.problem")

    def model(self, network: keras.Model, data: Any) -> keras.Model:
        """Returns the model to train; by default the network itself."""
        return network

    def compile(self, experiment: Experiment, config: Any, model: keras.Model, problem: Problem, data: Any) -> None:
        """Compiles the model; by default with RMSprop or the experiment's optimizer, the loss and the metric."""
        import keras

        from lab.environment import jit_compile, steps_per_execution

        own = experiment.optimizer
        loss, metrics = self.objective(config, problem.metric)
        model.compile(
            own(config, problem.steps_per_epoch) if own else keras.optimizers.RMSprop(float(config.learning_rate)),
            loss,
            metrics=metrics if isinstance(metrics, list) else [metrics],
            jit_compile=jit_compile(config.jit_compile),
            steps_per_execution=steps_per_execution(problem.steps_per_epoch),
        )

    def objective(self, config: Any, metric: str) -> tuple[Any, Any]:
        """Returns what training minimizes, and the metric of this name or a list with it, as Keras takes them."""
        return self.loss, metric

    def limits(self, config: Any, data: Any) -> dict[str, Any]:
        """Returns how long to train, as keyword arguments of `lab.training.train`: epochs, and minutes if limited."""
        return {"epochs": config.epochs}

    def finish(self, config: Any, model: keras.Model, run: Run, data: Any, metrics: dict[str, Any]) -> dict[str, Any]:
        """Returns the metrics to record once training has ended; may add files to the run."""
        return metrics

    def run(
        self, experiment: Experiment, config: Any, profiles: tuple[str, ...] = (), watch: Watch | None = None
    ) -> Run:
        """Trains the experiment's network, or resumes its training, and writes the run."""
        from lab import memory
        from lab.runs import perform

        data = self.load(experiment, config)
        memory.check(experiment.network, config)

        def work(run: Run) -> dict[str, Any]:
            from lab.training import train

            network = experiment.network(config)
            if experiment.fit:
                experiment.fit(config, network, data)
            model, problem = self.model(network, data), self.problem(experiment, config, data)
            self.compile(experiment, config, model, problem, data)
            limits = self.limits(config, data)
            metrics = train(model, problem, run, network=network, tensorboard=config.tensorboard, watch=watch, **limits)
            metrics = self.finish(config, model, run, data, metrics)
            if experiment.draw:
                experiment.draw(config, network, run, data)
            return metrics

        about = self.describe(data)
        return perform(experiment.name, config, work, fingerprint=data.fingerprint, profiles=profiles, about=about)

    def result(self, metrics: dict[str, Any]) -> str:
        """Returns what a finished run reached beside its baseline, in a line or a few."""
        from lab.comparison.result import in_words

        return in_words(metrics, self.presentation)

    def next_command(self, name: str) -> list[str]:
        """Returns the words of a command that goes on from a finished run of an experiment."""
        return ["compare", name.split("/")[0], "--with-reference"]

    def compare(self, name: str, config_of: ConfigOf, reference: Path | None = None) -> None:
        """Prints and writes the tables and pictures of the group's finished runs, beside those of a reference."""
        from lab.comparison.groups import compare

        compare(name, config_of, self.presentation, reference=reference)

    def section(self, name: str, about: str, config_of: ConfigOf) -> Section:
        """Returns the group's part of the report."""
        from lab.report.sections import section

        return section(name, about, config_of, self.presentation)

    def forecast(self, experiment: Experiment, config: Any, run: Run, csv: str) -> str:
        """Returns a finished run's forecast of what follows the last row of a file."""
        raise UserError(f"runs of {experiment.name.split('/')[0]} can't forecast")

    def backtest(self, asked: Finished, others: Sequence[Finished], csv: str) -> str:
        """Returns how good a finished run has been on a later file, beside other runs under its conditions."""
        raise UserError(f"runs of {asked.experiment.name.split('/')[0]} have no backtest")

    def classify(self, experiment: Experiment, config: Any, run: Run, shade: bool) -> Classifier:
        """Returns what answers questions about texts with a finished run; with `shade`, for a terminal in colour."""
        raise UserError(f"runs of {experiment.name.split('/')[0]} can't classify texts")

    def lend(self, experiment: Experiment, name: str) -> Experiment:
        """Returns an experiment under the name that it has on a data set, with the settings that it has there."""
        return dataclasses.replace(experiment, name=name)

    def export(self, experiment: Experiment, config: Any, run: Run) -> Exported:
        """Returns a finished run's network to be used without this project.

        By default it takes and gives what the network does. Override it where the data are scaled.

        Raises:
            UserError: the run has no network.
        """
        from lab.export import as_it_is

        if not experiment.build:
            raise UserError(f"{experiment.name} has no network to export")
        return as_it_is(experiment.network(config), run)

    def show_data(self, config: Any) -> None:
        """Prints what the group's data are, and draws them."""
        raise UserError("this group has no data of its own to show")


def check_experiment(name: str, about: str, module: ModuleType, group: Group) -> Experiment:
    """Returns an experiment's hooks, once its module has been checked against the protocol.

    Raises:
        UserError: the module lacks its Config or a hook, or has a function that nothing calls, or a hook takes other
            parameters.
    """
    where = f"experiments/{name}.py"
    config = getattr(module, "Config", None)
    if not (inspect.isclass(config) and hasattr(config, "__dataclass_fields__")):
        raise UserError(f"{where} has no Config; define its settings as a frozen dataclass of that name")
    allowed = (*group.required, *group.optional)
    own = {
        key
        for key, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not key.startswith("_")
    }
    for key in sorted(own - set(allowed)):
        near = difflib.get_close_matches(key, allowed, n=1)
        hint = f"did you mean {near[0]}?" if near else "start its name with an underscore if it is your own"
        raise UserError(f"{where} defines {key}(), which nothing calls; its hooks are {', '.join(allowed)}: {hint}")
    for key in group.required:
        if not callable(getattr(module, key, None)):
            raise UserError(f"{where} lacks {key}({', '.join(PARAMETERS[key])}), which its group calls")
    hooks = {key: getattr(module, key) for key in allowed if hasattr(module, key)}
    for key, hook in hooks.items():
        if len(inspect.signature(hook).parameters) != len(PARAMETERS[key]):
            raise UserError(f"{where}: {key} must take ({', '.join(PARAMETERS[key])})")
    return Experiment(name, about, config, **hooks)


def check_group(name: str, module: ModuleType) -> Group:
    """Returns a group, once its class has been checked against the protocol.

    Raises:
        UserError: the package has no GROUP, or its class has a public method or attribute that `Group` doesn't have.
    """
    group = getattr(module, "GROUP", None)
    if not isinstance(group, Group):
        raise UserError(f"experiments/{name}/__init__.py has no GROUP; set it to an instance of a subclass of Group")
    known = [key for key in dir(Group) if not key.startswith("_")]
    for key in dir(group):
        if not key.startswith("_") and key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "start its name with an underscore if it is your own"
            raise UserError(f"experiments/{name}: {type(group).__name__} has {key}, which nothing calls: {hint}")
    return group
