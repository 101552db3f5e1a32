"""The TCN paper's tasks in a size for a laptop: sizes alike, as many epochs, and labelled wherever they are shown."""

import dataclasses
import json

import pandas as pd
import pytest
import yaml

from experiments import catalogue, loading
from experiments.sequences import _pictures, _problem, _table
from lab import settings
from lab.report.sections import Section
from sequences import adding

MODELS = ("tcn", "lstm", "gru", "rnn")
LAPTOP = settings.read_yaml(settings.CONFIGS / "laptop.yaml")
TASKS = [name for name in LAPTOP if name.startswith("sequences/")]


def config(task, model, *profiles):
    return loading.config(task, ["laptop", *profiles], ["--model", model])


def test_every_task_that_can_be_had_has_all_four_models():
    assert set(TASKS) == set(catalogue.names("sequences")) - {
        f"sequences/{name}" for name in ("lambada", "text8", "wikitext103")
    }
    assert all(set(LAPTOP[task]["models"]) == set(MODELS) for task in TASKS)


@pytest.mark.parametrize("task", TASKS)
def test_the_models_of_a_task_are_as_large_and_are_trained_as_long(task):
    configs = [config(task, model) for model in MODELS]
    networks = [loading.experiment(task).network(own) for own in configs]
    for vectors in (True, False):  # with and without those of the symbols, which would hide a difference
        sizes = [
            sum(layer.count_params() for layer in network.layers if vectors or "embedding" not in layer.name)
            for network in networks
        ]
        assert max(sizes) <= 1.05 * min(sizes)
    for key in ("epochs", "steps_per_epoch", "decay_every", "batch_size", "budget_steps", "budget_minutes"):
        assert len({getattr(own, key) for own in configs}) == 1, key


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("model", MODELS)
def test_only_sizes_and_lengths_differ_from_the_paper_s(task, model):
    usual = loading.config(task, [], ["--model", model])
    own = config(task, model)
    changed = {
        field.name for field in dataclasses.fields(own) if getattr(own, field.name) != getattr(usual, field.name)
    }
    sizes = {"units", "layers", "length", "pool", "context", "targets", "embedding"}
    assert changed <= sizes | {"epochs", "steps_per_epoch", "decay_every", "jit_compile"}


@pytest.mark.parametrize("task", TASKS)
def test_a_tcn_sees_the_whole_sequence(task):
    own = config(task, "tcn")
    sees = 1 + 2 * (own.kernel_size - 1) * (2**own.layers - 1)
    needs = {"sequences/adding": 200, "sequences/copy_memory": 220}
    needs |= dict.fromkeys(("sequences/sequential_mnist", "sequences/permuted_mnist"), 14 * 14)
    assert sees >= needs.get(task, 1)


def test_a_training_is_whole_at_its_own_size():
    task = adding.load(length=4, training=64, batch_size=32)
    own = config("sequences/adding", "gru")
    whole = own.epochs * task.steps_per_epoch
    assert _problem.steps_in_full("sequences/adding", own, task, ["laptop"]) == whole
    assert _problem.steps_in_full("sequences/adding", own, task, ["laptop", "laptop_tuned"]) == whole
    assert _problem.steps_in_full("sequences/adding", own, task, ["laptop", "quick"]) == whole
    assert _problem.steps_in_full("sequences/adding", own, task) == 10 * task.steps_per_epoch


@pytest.fixture
def finished(tmp_path):
    """Writes a finished run of adding: `finished(0.1, "laptop", seed=1)`."""

    def write(error, *profiles, model="tcn", seed=0, **own):
        values = {**settings.defaults("sequences/adding", profiles, model), "model": model, "seed": seed, **own}
        folder = tmp_path / f"sequences/adding/seed{seed}-{len(list(tmp_path.rglob('metrics.json')))}"
        folder.mkdir(parents=True)
        record = {"profiles": list(profiles), "data": "abc", "backend": "tensorflow", "settings": values}
        (folder / "settings.yaml").write_text(yaml.safe_dump(record))
        figures = {
            "name": "sequences/adding",
            "metric": "mse",
            "validation": {"mse": error},
            "test": {"mse": error},
            "best_epoch": 1,
        }
        figures |= {"parameters": 19_000, "epochs": 2, "steps": 80, "steps_in_full": 80, "seconds": 1.0}
        figures["baseline"] = {"name": "a model without memory", "test": {"mse": 0.1667}}
        data = {"conditions": "adding", "simulated": False}
        (folder / "metrics.json").write_text(json.dumps({**figures, "data": data}))
        history = pd.DataFrame({"epoch": [1, 2], "mse": [error] * 2, "val_mse": [error] * 2})
        history.to_csv(folder / "history.csv", index=False)
        return folder

    return write


def test_the_paper_s_figures_stand_only_beside_its_own_tasks(finished, tmp_path, capsys, monkeypatch):
    drawn, dots = [], _pictures.dots
    monkeypatch.setattr(_pictures, "dots", lambda cells, *rest: drawn.append(cells) or dots(cells, *rest))
    tuned = tmp_path / "laptop_tuned.yaml"
    tuned.write_text("sequences/adding: {models: {tcn: {learning_rate: 0.006}}}")
    for seed in range(3):
        finished(0.001, seed=seed)
        finished(0.002, "laptop", seed=seed)
        finished(0.003, "laptop", str(tuned), seed=seed)
    _table.compare("sequences", loading.config_of, tmp_path)
    comparison = tmp_path / "sequences/comparison"
    tables = {path.parent.name: path.read_text() for path in comparison.rglob("table.md")}
    assert {name: "5.8e-05" in text for name, text in tables.items()} == {
        "comparison": True,
        "laptop": False,
        "laptop-laptop_tuned": False,
    }
    assert "Other sizes than the paper's: laptop.yaml" in tables["laptop"]
    assert {path.parent.name for path in comparison.rglob("table.png")} == {"comparison", "laptop"}
    assert [[(cell.profiles, cell.paper) for cell in cells] for cells in drawn] == [
        [((), 5.8e-5)],
        [(("laptop",), None), (("laptop", str(tuned)), None)],
    ]
    assert "reached" not in tables["laptop"] + tables["laptop-laptop_tuned"]
    assert capsys.readouterr().out.count("the paper's is the mean test") == 1
    report: Section = _table.section("sequences", "about", loading.config_of, tmp_path)
    assert ["Other sizes" in own.caption for own in report.tables] == [False, True, True]
    assert ["laptop.yaml" in own.title for own in report.curves] == [False, True, True]


def test_a_training_cut_short_with_other_settings_is_drawn_where_there_is_nothing_else(finished, tmp_path, monkeypatch):
    drawn, dots = [], _pictures.dots
    monkeypatch.setattr(_pictures, "dots", lambda cells, *rest: drawn.extend(cells) or dots(cells, *rest))
    finished(0.1)
    finished(0.2, model="lstm", learning_rate=0.5)
    for model in ("tcn", "gru"):
        path = finished(0.3, model=model, learning_rate=0.5) / "metrics.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "steps_in_full": 800}))
    _table.compare("sequences", loading.config_of, tmp_path)
    assert [(cell.model, cell.budgeted) for cell in drawn] == [("tcn", ""), ("gru", "budgeted: 80 of 800 steps")]


def test_the_minutes_are_those_of_the_quickest_epochs(finished, tmp_path):
    for seed, seconds in enumerate((120, 90, 180)):
        folder = finished(0.002, "laptop", seed=seed)
        figures = json.loads((folder / "metrics.json").read_text())
        (folder / "metrics.json").write_text(json.dumps({**figures, "seconds_per_epoch": seconds}))
    (cell,) = _table.cells("sequences", loading.config_of, tmp_path)
    assert cell.row()["minutes"] == "3.0"
    for folder in tmp_path.glob("sequences/*/seed*"):
        figures = json.loads((folder / "metrics.json").read_text())
        (folder / "metrics.json").write_text(json.dumps({k: v for k, v in figures.items() if k != "seconds_per_epoch"}))
    (cell,) = _table.cells("sequences", loading.config_of, tmp_path)
    assert cell.row()["minutes"] == "", "runs that didn't record it"


@pytest.mark.parametrize("error, remark", [(0.166, "no better than a model without memory (0.1667)"), (0.165, "")])
def test_a_model_that_has_learned_nothing_is_told(finished, tmp_path, error, remark):
    finished(error, "laptop")
    (cell,) = _table.cells("sequences", loading.config_of, tmp_path)
    assert cell.row()["remark"] == remark


def test_a_run_with_the_settings_of_two_recipes_is_in_both_tables(finished, tmp_path):
    tuned = tmp_path / "tuned.yaml"
    same = settings.defaults("sequences/adding", ["laptop"], "tcn")["learning_rate"]
    tuned.write_text(f"sequences/adding: {{models: {{gru: {{learning_rate: 0.5}}, tcn: {{learning_rate: {same}}}}}}}")
    finished(0.1, "laptop")
    finished(0.2, "laptop", model="gru")
    finished(0.3, "laptop", model="gru", learning_rate=0.5)  # a trial of the search that found it
    finished(0.4, "laptop", str(tuned), model="gru", seed=1)
    finished(0.5, "laptop", model="lstm")
    found = _table.cells("sequences", loading.config_of, tmp_path)
    assert [(cell.model, len(cell.profiles), cell.changed, cell.figure.tolist()) for cell in found] == [
        ("tcn", 1, "", [0.1]),
        ("lstm", 1, "", [0.5]),
        ("gru", 1, "", [0.2]),
        ("tcn", 2, "", [0.1]),
        ("gru", 2, "", [0.3, 0.4]),
    ]


def test_the_picture_has_a_dot_for_each_seed_and_a_line_for_each_of_the_paper_s_figures(finished, tmp_path):
    for seed in range(3):
        finished(0.001, seed=seed)
        finished(0.002, "laptop", seed=seed)
    for profiles, lines in (((), 4), (("laptop",), 0)):
        own = [cell for cell in _table.cells("sequences", loading.config_of, tmp_path) if cell.profiles == profiles]
        (axes,) = [axes for axes in _pictures.dots(own, MODELS, "").axes if axes.get_visible()]
        dots = [line for line in axes.lines if line.get_marker() == "o"]
        assert [list(line.get_ydata()) for line in dots] == [own[0].figure.tolist()]
        assert len([line for line in axes.lines if line.get_marker() == "None"]) == lines
